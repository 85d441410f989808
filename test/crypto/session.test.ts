import assert from 'node:assert/strict'
import {
  acceptSession, forgetSession, initiateSession, openReceipt, sealReceipt, sessionDecrypt, sessionEncrypt, type Session
} from '../../src/crypto/session.js'
import { decodeSession, encodeSession } from '../../src/crypto/session-codec.js'
import { associatedData, sessionId } from '../../src/crypto/x3dh.js'
import { x25519KeyPair } from '../../src/crypto/x25519.js'
import { SeededRandom } from '../helpers/seeded-random.js'
import { assertCode, flipBit, makeDevice, toHex, utf8 } from './support.js'

describe('session', () => {
  const keys = new SeededRandom('session keys')
  const [A, B] = [makeDevice('alice', keys), makeDevice('bob', keys)]
  const [SPK, OPK] = [x25519KeyPair(keys.bytes(32)), x25519KeyPair(keys.bytes(32))]
  let random: SeededRandom
  let alice: Session
  let bob: Session

  beforeEach(() => {
    random = new SeededRandom('session')
    alice = initiate(true)
    bob = accept(alice, true)
  })

  function initiate (withOneTimePrekey: boolean): Session {
    const oneTimePrekey = withOneTimePrekey ? { id: 8, publicKey: OPK.publicKey } : undefined
    const { session, initiation } = initiateSession({ self: A, peer: B, signedPrekey: { id: 7, publicKey: SPK.publicKey }, oneTimePrekey, random })
    assert.deepEqual(session.initiation, initiation)
    return session
  }

  function accept ({ id, initiation }: Session, withOneTimePrekey: boolean): Session {
    return acceptSession({ self: B, peer: A, sessionId: id, ephemeralKey: initiation!.ephemeralKey, signedPrekey: SPK, oneTimePrekey: withOneTimePrekey ? OPK : undefined })
  }

  function aliceSays (text: string): void {
    const { session, header, sealed } = sessionEncrypt(alice, utf8(text), random)
    alice = session
    const read = sessionDecrypt(bob, header, sealed, random)
    bob = read.session
    assert.equal(toHex(read.plaintext), toHex(utf8(text)))
  }

  function bobSays (text: string): void {
    const { session, header, sealed } = sessionEncrypt(bob, utf8(text), random)
    bob = session
    const read = sessionDecrypt(alice, header, sealed, random)
    alice = read.session
    assert.equal(toHex(read.plaintext), toHex(utf8(text)))
  }

  it('carries messages both ways, with a one-time prekey and without', () => {
    for (const withOneTimePrekey of [true, false]) {
      alice = initiate(withOneTimePrekey)
      bob = accept(alice, withOneTimePrekey)
      assert.equal(alice.initiation?.oneTimePrekeyId, withOneTimePrekey ? 8 : undefined)
      aliceSays('hello')
      bobSays('hello yourself')
      aliceSays('bye')
    }
  })

  it('carries its initiation until a message came back', () => {
    aliceSays('first')
    aliceSays('second')
    assert.equal(alice.initiation?.signedPrekeyId, 7)
    bobSays('heard')
    assert.equal(alice.initiation, undefined)
    assert.equal(bob.initiation, undefined)
  })

  it('carries its initiation until a receipt came back', () => {
    const receipt = utf8('delivered')
    const opened = openReceipt(alice, sealReceipt(bob, receipt, random))
    assert.deepEqual(opened.receipt, receipt)
    assert.equal(opened.session.initiation, undefined)
    assert.deepEqual({ ...opened.session, initiation: alice.initiation }, alice)
  })

  it('seals receipts per direction and session, and opens none that was changed', () => {
    const sealed = sealReceipt(bob, utf8('r'), random)
    assertCode(() => openReceipt(bob, sealed), 'ERR_DECRYPT')
    const another = initiate(true)
    assertCode(() => openReceipt({ ...alice, id: another.id }, sealed), 'ERR_DECRYPT')
    for (let bit = 0; bit < sealed.byteLength * 8; bit += 5) assertCode(() => openReceipt(alice, flipBit(sealed, bit)), 'ERR_DECRYPT')
    assert.deepEqual(openReceipt(bob, sealReceipt(alice, utf8('a'), random)).receipt, utf8('a'))
  })

  it('reads nothing when the one-time prekey is another, or none', () => {
    const { header, sealed } = sessionEncrypt(alice, utf8('first'), random)
    const wrong = { self: B, peer: A, sessionId: alice.id, ephemeralKey: alice.initiation!.ephemeralKey, signedPrekey: SPK }
    for (const oneTimePrekey of [undefined, SPK]) {
      assertCode(() => sessionDecrypt(acceptSession({ ...wrong, oneTimePrekey }), header, sealed, random), 'ERR_DECRYPT')
    }
  })

  it('is not between other ends: a message to one is not read as from or for another', () => {
    const { header, sealed } = sessionEncrypt(alice, utf8('first'), random)
    const { ephemeralKey } = alice.initiation!
    const others = [{ self: B, peer: { ...A, username: 'mallory' } }, { self: { ...B, accountKey: flipBit(B.accountKey, 1) }, peer: A }]
    for (const { self, peer } of others) {
      const input = { self, peer, ephemeralKey, signedPrekey: SPK, oneTimePrekey: OPK }
      assertCode(() => acceptSession({ ...input, sessionId: alice.id }), 'ERR_DECRYPT')
      const relabelled = acceptSession({ ...input, sessionId: sessionId(associatedData(peer, self), ephemeralKey) })
      assertCode(() => sessionDecrypt(relabelled, header, sealed, random), 'ERR_DECRYPT')
    }
  })

  it('does not let a first message begin another session under an equivalent EK_A', () => {
    const { header, sealed } = sessionEncrypt(alice, utf8('first'), random)
    const equivalent = flipBit(alice.initiation!.ephemeralKey, 255)
    const id = sessionId(alice.ad, equivalent)
    assert.notDeepEqual(id, alice.id)
    const again = acceptSession({ self: B, peer: A, sessionId: id, ephemeralKey: equivalent, signedPrekey: SPK, oneTimePrekey: OPK })
    assert.deepEqual(again.ratchet, bob.ratchet)
    assertCode(() => sessionDecrypt(again, header, sealed, random), 'ERR_DECRYPT')
  })

  it('refuses an EK_A that gives no secret or has another length, and a session id that is not its own', () => {
    const input = { self: B, peer: A, signedPrekey: SPK, oneTimePrekey: OPK }
    for (const ephemeralKey of [new Uint8Array(32), new Uint8Array(31), new Uint8Array(0)]) {
      assertCode(() => acceptSession({ ...input, ephemeralKey, sessionId: sessionId(alice.ad, ephemeralKey) }), 'ERR_DECRYPT')
    }
    const { ephemeralKey } = alice.initiation!
    for (const wrong of [flipBit(alice.id, 0), alice.id.subarray(1), new Uint8Array(0)]) {
      assertCode(() => acceptSession({ ...input, ephemeralKey, sessionId: wrong }), 'ERR_DECRYPT')
    }
  })

  it('wipes EK_A when it was used, or could not be', () => {
    const drawn: Uint8Array[] = []
    const watched = { bytes: (length: number) => { const bytes = random.bytes(length); drawn.push(bytes); return bytes } }
    const bundle = { self: A, peer: B, random: watched }
    initiateSession({ ...bundle, signedPrekey: { id: 7, publicKey: SPK.publicKey } })
    assertCode(() => initiateSession({ ...bundle, signedPrekey: { id: 7, publicKey: new Uint8Array(32) } }), 'ERR_CRYPTO_INPUT')
    const [first, ratchetKey, second] = drawn as [Uint8Array, Uint8Array, Uint8Array]
    assert.ok([first, second].every((bytes) => bytes.every((byte) => byte === 0)))
    assert.ok(ratchetKey.some((byte) => byte !== 0))
  })

  it('leaves prekeys as they were: the same signed prekey begins another session', () => {
    aliceSays('x')
    forgetSession(bob)
    const other = initiate(false)
    const { header, sealed } = sessionEncrypt(other, utf8('again'), random)
    assert.equal(toHex(sessionDecrypt(accept(other, false), header, sealed, random).plaintext), toHex(utf8('again')))
  })

  it('forgets what the next session does not hold', () => {
    const before = alice
    aliceSays('x')
    forgetSession(before, alice)
    aliceSays('y')
    bobSays('z')
    assert.deepEqual(openReceipt(alice, sealReceipt(bob, utf8('r'), random)).receipt, utf8('r'))
    forgetSession(alice)
    assert.ok([alice.receiptKeyIn, alice.receiptKeyOut, alice.ratchet.RK].every((key) => key.every((byte) => byte === 0)))
  })

  it('goes on from its stored form at any point', () => {
    for (let round = 0; round < 4; round++) {
      aliceSays('a')
      if (round > 0) bobSays('b')
      for (const session of [alice, bob]) assert.deepEqual(decodeSession(encodeSession(session)), session)
      alice = decodeSession(encodeSession(alice))
      bob = decodeSession(encodeSession(bob))
    }
  })
})
