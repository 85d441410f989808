import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { ed25519KeyPair } from '../../src/crypto/ed25519.js'
import { ratchetDecrypt, ratchetEncrypt, ratchetInitAlice, ratchetInitBob, type RatchetState } from '../../src/crypto/double-ratchet.js'
import { pad, unpad } from '../../src/crypto/padding.js'
import { decodeRatchet, encodeRatchet } from '../../src/crypto/ratchet-codec.js'
import { safetyNumber } from '../../src/crypto/safety-number.js'
import { open, seal, type SealLabel } from '../../src/crypto/seal.js'
import { openReceipt, sealReceipt, type Session } from '../../src/crypto/session.js'
import { openVault, sealVault } from '../../src/crypto/vault.js'
import { x25519KeyPair } from '../../src/crypto/x25519.js'
import { x3dhInitiate, x3dhRespond, type SelfEnd } from '../../src/crypto/x3dh.js'
import { assertCode, hex, readVectors, ScriptedRandom, toHex } from './support.js'

type Hex = string
interface SealVector { comment: string, messageKey: Hex, label: SealLabel, ad: Hex, header: Hex, plaintext: Hex, salt: Hex, sealed: Hex, valid: boolean }
type PaddingVector = { plain: Hex, padded: Hex } | { padded: Hex, valid: false }
interface EndVector { username: string, accountSeed: Hex, deviceSeed: Hex, identityPrivate: Hex }
interface X3dhVector {
  comment: string
  initiator: EndVector
  responder: EndVector
  ephemeralPrivate: Hex
  signedPrekeyPrivate: Hex
  oneTimePrekeyPrivate?: Hex
  ad: Hex
  rootKey: Hex
  receiptKeyInitiator: Hex
  receiptKeyResponder: Hex
  sessionId: Hex
}
type Side = 'alice' | 'bob'
type RatchetStep =
  | { by: Side, op: 'encrypt', plaintext: Hex, salt: Hex, header: Hex, sealed: Hex, message: number }
  | { by: Side, op: 'decrypt', plaintext: Hex, newRatchetPrivate?: Hex, message: number }
interface RatchetVector { comment: string, rootKey: Hex, ad: Hex, aliceFirstRatchetPrivate: Hex, responderSignedPrekeyPrivate: Hex, steps: RatchetStep[] }
interface ReceiptVector { receiptKey: Hex, ad: Hex, sessionId: Hex, receipt: Hex, salt: Hex, sealed: Hex }
interface VaultVector { poolId: string, username: string, exportKey: Hex, seed: Hex, salt: Hex, vault: Hex }
interface AccountVector { username: string, accountKey: Hex }
interface SafetyNumberVector { a: AccountVector, b: AccountVector, number: string }

/** Made by the implementation in test/reference, which was written from docs/wire/sessions.md alone. */
describe('frozen vectors of a second implementation', () => {
  it('has a test for every file', () => {
    const files = ['padding', 'ratchet', 'receipt', 'safety-number', 'seal', 'vault', 'x3dh'].map((name) => `${name}.json`)
    assert.deepEqual(readdirSync('test/vectors/sessions').filter((name) => name.endsWith('.json')).sort(), files)
  })

  it('seal', () => {
    for (const vector of load<SealVector>('seal')) {
      const [messageKey, ad, header] = [hex(vector.messageKey), hex(vector.ad), hex(vector.header)]
      const read = (): Uint8Array => open(messageKey, vector.label, ad, header, hex(vector.sealed))
      if (vector.valid) {
        assert.equal(toHex(seal(messageKey, vector.label, ad, header, hex(vector.plaintext), hex(vector.salt))), vector.sealed, vector.comment)
        assert.equal(toHex(read()), vector.plaintext, vector.comment)
      } else {
        assertCode(read, 'ERR_DECRYPT')
      }
    }
  })

  it('padding', () => {
    for (const vector of load<PaddingVector>('padding')) {
      if ('plain' in vector) {
        assert.equal(toHex(pad(hex(vector.plain))), vector.padded)
        assert.equal(toHex(unpad(hex(vector.padded))), vector.plain)
      } else {
        assertCode(() => unpad(hex(vector.padded)), 'ERR_DECRYPT')
      }
    }
  })

  it('X3DH', () => {
    for (const vector of load<X3dhVector>('x3dh')) {
      const [A, B] = [deviceEnd(vector.initiator), deviceEnd(vector.responder)]
      const SPK = x25519KeyPair(hex(vector.signedPrekeyPrivate))
      const OPK = vector.oneTimePrekeyPrivate === undefined ? undefined : x25519KeyPair(hex(vector.oneTimePrekeyPrivate))
      const { ephemeralKey, ...initiated } = x3dhInitiate({
        self: A, peer: B, signedPrekey: SPK.publicKey, oneTimePrekey: OPK?.publicKey, ephemeralPrivateKey: hex(vector.ephemeralPrivate)
      })
      const responded = x3dhRespond({
        self: B, peer: A, signedPrekeyPrivateKey: SPK.privateKey, oneTimePrekeyPrivateKey: OPK?.privateKey, ephemeralKey
      })
      const { ad, rootKey, receiptKeyInitiator, receiptKeyResponder, sessionId } = vector
      for (const result of [initiated, responded]) {
        const got = Object.fromEntries(Object.entries(result).map(([name, value]) => [name, toHex(value)]))
        assert.deepEqual(got, { ad, rootKey, receiptKeyInitiator, receiptKeyResponder, sessionId }, vector.comment)
      }
    }
  })

  it('Double Ratchet, with the state stored and read again at every step', () => {
    for (const vector of load<RatchetVector>('ratchet')) runRatchet(vector)
  })

  it('receipts', () => {
    for (const vector of load<ReceiptVector>('receipt')) {
      const key = hex(vector.receiptKey)
      const session = receiptSession(vector, key)
      assert.equal(toHex(sealReceipt(session, hex(vector.receipt), new ScriptedRandom(hex(vector.salt)))), vector.sealed)
      assert.equal(toHex(openReceipt(session, hex(vector.sealed)).receipt), vector.receipt)
    }
  })

  it('vault', () => {
    for (const { poolId, username, ...vector } of load<VaultVector>('vault')) {
      const owner = { poolId, username, exportKey: hex(vector.exportKey) }
      assert.equal(toHex(sealVault(owner, hex(vector.seed), new ScriptedRandom(hex(vector.salt)))), vector.vault)
      assert.equal(toHex(openVault(owner, hex(vector.vault))), vector.seed)
    }
  })

  it('safety numbers', () => {
    for (const { a, b, number } of load<SafetyNumberVector>('safety-number')) {
      const [endA, endB] = [a, b].map(({ username, accountKey }) => ({ username, accountKey: hex(accountKey) }))
      assert.equal(safetyNumber(endA!, endB!), number)
    }
  })
})

function load<T> (name: string): T[] {
  const vectors = JSON.parse(readVectors(`sessions/${name}.json`)) as T[]
  assert.ok(vectors.length > 0, `${name}.json is empty`)
  return vectors
}

function deviceEnd ({ username, accountSeed, deviceSeed, identityPrivate }: EndVector): SelfEnd {
  const IK = x25519KeyPair(hex(identityPrivate))
  return {
    username,
    accountKey: ed25519KeyPair(hex(accountSeed)).publicKey,
    deviceKey: ed25519KeyPair(hex(deviceSeed)).publicKey,
    identityKey: IK.publicKey,
    identityPrivateKey: IK.privateKey
  }
}

function runRatchet (vector: RatchetVector): void {
  const SPK = x25519KeyPair(hex(vector.responderSignedPrekeyPrivate))
  const [rootKey, ad] = [hex(vector.rootKey), hex(vector.ad)]
  const states: Record<Side, RatchetState> = {
    alice: ratchetInitAlice(rootKey, SPK.publicKey, new ScriptedRandom(hex(vector.aliceFirstRatchetPrivate))),
    bob: ratchetInitBob(rootKey, SPK)
  }
  const sent = new Map<number, { header: Uint8Array, sealed: Uint8Array }>()
  for (const [at, step] of vector.steps.entries()) {
    const where = `${vector.comment}, step ${at}`
    if (step.op === 'encrypt') {
      const random = new ScriptedRandom(hex(step.salt))
      const { state, header, sealed } = ratchetEncrypt(states[step.by], hex(step.plaintext), ad, random)
      assert.deepEqual([toHex(header), toHex(sealed)], [step.header, step.sealed], where)
      random.end()
      states[step.by] = state
      sent.set(step.message, { header, sealed })
    } else {
      const { header, sealed } = sent.get(step.message)!
      const random = new ScriptedRandom(...step.newRatchetPrivate === undefined ? [] : [hex(step.newRatchetPrivate)])
      const { state, plaintext } = ratchetDecrypt(states[step.by], header, sealed, ad, random)
      assert.equal(toHex(plaintext), step.plaintext, where)
      random.end()
      states[step.by] = state
    }
    states[step.by] = decodeRatchet(encodeRatchet(states[step.by]))
  }
}

function receiptSession (vector: ReceiptVector, key: Uint8Array): Session {
  const ratchet = ratchetInitBob(new Uint8Array(32), x25519KeyPair(new Uint8Array(32).fill(1)))
  return { id: hex(vector.sessionId), ad: hex(vector.ad), role: 'responder', initiation: undefined, receiptKeyOut: key, receiptKeyIn: key, ratchet }
}
