import assert from 'node:assert/strict'
import { associatedData, x3dhInitiate, x3dhRespond, type DeviceEnd, type X3dhInitiator, type X3dhResult } from '../../src/crypto/x3dh.js'
import { x25519KeyPair, type X25519KeyPair } from '../../src/crypto/x25519.js'
import { SeededRandom } from '../helpers/seeded-random.js'
import { assertCode, flipBit, makeDevice, toHex } from './support.js'

describe('X3DH', () => {
  const random = new SeededRandom('x3dh')
  const [A, B, M] = [makeDevice('alice', random), makeDevice('bob', random), makeDevice('mallory', random)]
  const keyPair = (): X25519KeyPair => x25519KeyPair(random.bytes(32))
  const [EK, SPK, OPK, other] = [keyPair(), keyPair(), keyPair(), keyPair()]
  const initiator: X3dhInitiator = { self: A, peer: B, signedPrekey: SPK.publicKey, oneTimePrekey: OPK.publicKey, ephemeralPrivateKey: EK.privateKey }
  const responder = { self: B, peer: A, signedPrekeyPrivateKey: SPK.privateKey, oneTimePrekeyPrivateKey: OPK.privateKey, ephemeralKey: EK.publicKey }

  it('agrees with a one-time prekey and without', () => {
    assertAgree(x3dhInitiate(initiator), x3dhRespond(responder))
    const without = x3dhInitiate({ ...initiator, oneTimePrekey: undefined })
    assertAgree(without, x3dhRespond({ ...responder, oneTimePrekeyPrivateKey: undefined }))
    assert.notDeepEqual(without.rootKey, x3dhInitiate(initiator).rootKey)
  })

  it('gives three keys that differ, and the same session id and AD at both ends', () => {
    const { rootKey, receiptKeyInitiator, receiptKeyResponder, sessionId, ad } = x3dhInitiate(initiator)
    assert.equal(new Set([rootKey, receiptKeyInitiator, receiptKeyResponder].map(toHex)).size, 3)
    assert.deepEqual([rootKey, receiptKeyInitiator, receiptKeyResponder, sessionId, ad].map((bytes) => bytes.byteLength), [32, 32, 32, 16, 32])
    assert.deepEqual(ad, associatedData(A, B))
  })

  it('depends on every key of both ends', () => {
    const { rootKey } = x3dhInitiate(initiator)
    const changes: Array<Partial<X3dhInitiator>> = [
      { self: { ...A, identityPrivateKey: M.identityPrivateKey } }, { peer: { ...B, identityKey: M.identityKey } },
      { signedPrekey: other.publicKey }, { oneTimePrekey: other.publicKey }, { ephemeralPrivateKey: other.privateKey }
    ]
    for (const change of changes) assert.notDeepEqual(x3dhInitiate({ ...initiator, ...change }).rootKey, rootKey)
  })

  it('binds every field of both ends and who began', () => {
    const ads = new Set([toHex(associatedData(A, B)), toHex(associatedData(B, A))])
    for (const field of ['accountKey', 'deviceKey', 'identityKey'] as const) {
      ads.add(toHex(associatedData({ ...A, [field]: flipBit(A[field], 0) }, B))).add(toHex(associatedData(A, { ...B, [field]: flipBit(B[field], 255) })))
    }
    ads.add(toHex(associatedData({ ...A, username: 'alic' }, B))).add(toHex(associatedData(A, { ...B, username: 'bobb' })))
    assert.equal(ads.size, 10)
  })

  it('refuses keys of small order, wherever they stand', () => {
    const zero = new Uint8Array(32)
    const peer: DeviceEnd = { ...B, identityKey: zero }
    for (const change of [{ signedPrekey: zero }, { oneTimePrekey: zero }, { peer }]) assertCode(() => x3dhInitiate({ ...initiator, ...change }), 'ERR_CRYPTO_INPUT')
    for (const change of [{ ephemeralKey: zero }, { peer: { ...A, identityKey: zero } }]) assertCode(() => x3dhRespond({ ...responder, ...change }), 'ERR_CRYPTO_INPUT')
  })

  it('refuses keys of another length', () => {
    for (const field of ['accountKey', 'deviceKey', 'identityKey'] as const) {
      assertCode(() => x3dhInitiate({ ...initiator, peer: { ...B, [field]: B[field].subarray(1) } }), 'ERR_CRYPTO_INPUT')
    }
  })

  it('leaves the keys it was given as they were', () => {
    const given = [A.identityPrivateKey, B.identityPrivateKey, EK.privateKey, SPK.privateKey, OPK.privateKey]
    const before = given.map(toHex)
    x3dhInitiate(initiator)
    x3dhRespond(responder)
    assert.deepEqual(given.map(toHex), before)
  })
})

function assertAgree (initiated: X3dhResult & { ephemeralKey: Uint8Array }, responded: X3dhResult): void {
  const { ephemeralKey: _, ...result } = initiated
  assert.deepEqual(result, responded)
}
