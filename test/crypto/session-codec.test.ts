import assert from 'node:assert/strict'
import fc from 'fast-check'
import { concat } from 'uint8arrays/concat'
import { isP2pChatError } from '../../src/errors.js'
import type { RatchetState } from '../../src/crypto/double-ratchet.js'
import { maxEndedChains, maxSkippedKeys } from '../../src/crypto/limits.js'
import { decodeRatchet, encodeRatchet } from '../../src/crypto/ratchet-codec.js'
import type { Session } from '../../src/crypto/session.js'
import { decodeSession, encodeSession } from '../../src/crypto/session-codec.js'
import { assertCode } from './support.js'

const key = fc.uint8Array({ minLength: 32, maxLength: 32 })
const u32 = fc.nat({ max: 0xffff_ffff })
const none = fc.constant(undefined)
const chain = fc.tuple(key, fc.array(fc.record({ N: u32, mk: key }), { minLength: 1, maxLength: 3 }))
  .map(([DHr, keys]) => keys.map(({ N, mk }) => ({ DHr, N, mk })))

function ratchet (DHr: fc.Arbitrary<Uint8Array | undefined>, CKs: typeof DHr, CKr: typeof DHr): fc.Arbitrary<RatchetState> {
  return fc.record({
    DHs: fc.record({ privateKey: key, publicKey: key }, { noNullPrototype: true }),
    DHr,
    RK: key,
    CKs,
    CKr,
    Ns: u32,
    Nr: u32,
    PN: u32,
    MKSKIPPED: fc.array(chain, { maxLength: 3 }).map((chains) => chains.flat()),
    endedChains: fc.array(key, { maxLength: 3 })
  }, { noNullPrototype: true })
}

const anyRatchet = fc.oneof(ratchet(none, none, none), ratchet(key, key, none), ratchet(key, key, key))
const shared = { id: fc.uint8Array({ minLength: 16, maxLength: 16 }), ad: key, receiptKeyOut: key, receiptKeyIn: key, ratchet: anyRatchet }
const initiation = fc.record({ ephemeralKey: key, signedPrekeyId: u32, oneTimePrekeyId: fc.oneof(none, u32) }, { noNullPrototype: true })
const anySession: fc.Arbitrary<Session> = fc.oneof(
  fc.record({ ...shared, role: fc.constant('initiator' as const), initiation: fc.oneof(none, initiation) }, { noNullPrototype: true }),
  fc.record({ ...shared, role: fc.constant('responder' as const), initiation: none }, { noNullPrototype: true })
)

describe('stored sessions', () => {
  it('come back as they were', () => {
    fc.assert(fc.property(anySession, (session) => { assert.deepEqual(decodeSession(encodeSession(session)), session) }))
    fc.assert(fc.property(anyRatchet, (state) => { assert.deepEqual(decodeRatchet(encodeRatchet(state)), state) }))
  })

  it('share nothing with the bytes they were read from', () => {
    const [session] = fc.sample(anySession, { numRuns: 1, seed: 1 })
    for (const bytes of [encodeSession(session!), Buffer.from(encodeSession(session!))]) {
      const decoded = decodeSession(bytes)
      bytes.fill(0)
      assert.deepEqual(decoded, session)
    }
  })

  it('are corrupt when cut or lengthened anywhere', () => {
    for (const session of fc.sample(anySession, { numRuns: 20, seed: 2 })) {
      const bytes = encodeSession(session)
      for (let end = 0; end < bytes.byteLength; end++) assertCode(() => decodeSession(bytes.subarray(0, end)), 'ERR_STORE_CORRUPT')
      assertCode(() => decodeSession(concat([bytes, new Uint8Array(1)])), 'ERR_STORE_CORRUPT')
    }
  })

  it('are a session or refused, whatever the bytes are', () => {
    const damaged = fc.tuple(anySession, fc.nat(), fc.nat({ max: 255 })).map(([session, at, value]) => {
      const bytes = encodeSession(session)
      bytes[at % Math.min(bytes.byteLength, 340)] = value
      return bytes
    })
    fc.assert(fc.property(fc.oneof(damaged, fc.uint8Array({ maxLength: 500 })), (bytes) => {
      try {
        assert.deepEqual(new Uint8Array(encodeSession(decodeSession(bytes))), new Uint8Array(bytes))
      } catch (error) {
        if (!isP2pChatError(error, 'ERR_STORE_CORRUPT', 'ERR_STORE_NEWER')) throw error
      }
    }), { numRuns: 500 })
  })

  it('are corrupt when a responder has an initiation', () => {
    const [initiator] = fc.sample(anySession.filter(({ initiation }) => initiation !== undefined), { numRuns: 1, seed: 5 })
    assertCode(() => decodeSession(encodeSession({ ...initiator!, role: 'responder' })), 'ERR_STORE_CORRUPT')
  })

  it('say when a newer version wrote them', () => {
    const [session] = fc.sample(anySession, { numRuns: 1, seed: 3 })
    const [bytes, ratchetBytes] = [encodeSession(session!), encodeRatchet(session!.ratchet)]
    bytes[0] = ratchetBytes[0] = 2
    assertCode(() => decodeSession(bytes), 'ERR_STORE_NEWER')
    assertCode(() => decodeRatchet(ratchetBytes), 'ERR_STORE_NEWER')
    bytes[0] = ratchetBytes[0] = 0
    assertCode(() => decodeSession(bytes), 'ERR_STORE_CORRUPT')
    assertCode(() => decodeRatchet(ratchetBytes), 'ERR_STORE_CORRUPT')
  })

  it('keep the limits of a state', () => {
    const [state] = fc.sample(ratchet(key, key, key), { numRuns: 1, seed: 4 })
    const skipped = (count: number, perChain: number): RatchetState['MKSKIPPED'] => Array.from({ length: count }, (_, N) => {
      return { DHr: new Uint8Array(32).fill(Math.floor(N / perChain)), N, mk: new Uint8Array(32) }
    })
    const full = { ...state!, MKSKIPPED: skipped(maxSkippedKeys, 1_000), endedChains: Array.from({ length: maxEndedChains }, () => new Uint8Array(32)) }
    assert.deepEqual(decodeRatchet(encodeRatchet(full)), full)
    assert.ok(encodeRatchet(full).byteLength < 76_000)
    for (const perChain of [1_000, 10_000]) {
      assertCode(() => decodeRatchet(encodeRatchet({ ...full, MKSKIPPED: skipped(maxSkippedKeys + 1, perChain) })), 'ERR_STORE_CORRUPT')
    }
    assertCode(() => decodeRatchet(encodeRatchet({ ...full, endedChains: [...full.endedChains, new Uint8Array(32)] })), 'ERR_STORE_CORRUPT')
  })
})
