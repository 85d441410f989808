import assert from 'node:assert/strict'
import fc from 'fast-check'
import { isP2pChatError, type ErrorCode } from '../../../src/errors.js'
import { peerIdFromEd25519 } from '../../../src/overlay/peer-id.js'
import { createFirstRoster, verifyRosterChain } from '../../../src/overlay/pool/roster.js'
import { RosterChain } from '../../../src/protocol/pb/pool.js'
import { keyOf, makeChain, RECOVERY, seedOf, type VersionInit } from './roster-chain.js'

const refuses = (versions: readonly VersionInit[], code: ErrorCode): void => {
  const { chain, poolId } = makeChain(versions)
  assert.throws(() => verifyRosterChain(poolId, chain), (error) => isP2pChatError(error, code) || assert.fail(String(error)))
}
const first: VersionInit = { servers: [1, 2, 3], signers: [1, 2, 3] }

describe('pool roster', () => {
  const init = { serverSeed: seedOf(1), recoveryPublicKey: keyOf(RECOVERY), addresses: ['/ip4/127.0.0.1/tcp/4001'], opaqueSetupVersion: 1, name: 'home', nowMs: 1000 }

  it('makes a pool of one server that verifies', () => {
    const { chain, poolId } = createFirstRoster(init)
    const roster = verifyRosterChain(poolId, chain)
    assert.deepEqual({ ...roster, servers: roster.servers.map(({ serverKey, ...rest }) => rest), recoveryKey: undefined, previousHash: undefined }, {
      poolId,
      version: 1,
      createdAtMs: 1000,
      phase: 'settled',
      servers: [{ peerId: peerIdFromEd25519(keyOf(1)), state: 'member', acceptor: true, nextAcceptor: false, incarnation: 1n, addresses: ['/ip4/127.0.0.1/tcp/4001'] }],
      recoveryKey: undefined,
      opaqueSetupVersion: 1,
      name: 'home',
      previousHash: undefined
    })
    assert.deepEqual(roster.recoveryKey, keyOf(RECOVERY))
  })

  it('gives the same bytes for the same pool, and another id for another', () => {
    assert.deepEqual(createFirstRoster(init), createFirstRoster(init))
    assert.notEqual(createFirstRoster({ ...init, nowMs: 1001 }).poolId, createFirstRoster(init).poolId)
  })

  it('is refused where a field is out of bounds', () => {
    const refused = (change: object): void => { assert.throws(() => createFirstRoster({ ...init, ...change }), (error) => isP2pChatError(error, 'ERR_INVALID_RECORD')) }
    refused({ name: 'x'.repeat(65) })
    refused({ name: 'a\u202eb' })
    refused({ recoveryPublicKey: new Uint8Array(31) })
    refused({ addresses: ['not an address'] })
    refused({ addresses: Array.from({ length: 17 }, (_, index) => `/ip4/127.0.0.1/tcp/${index + 1}`) })
  })

  it('is told as newer where only a later version knows a state or a phase', () => {
    refuses([{ ...first, change: ({ servers: [server] }) => { if (server !== undefined) server.state = 99 } }], 'ERR_UNSUPPORTED')
    refuses([first, { ...first, signers: [1, 2], change: (roster) => { roster.phase = 99 } }], 'ERR_UNSUPPORTED')
  })

  it('is taken with an address of a protocol that only later versions dial', () => {
    const addresses = ['/ip4/127.0.0.1/tcp/4001', '/ip9/future.example/warp/7']
    const { chain, poolId } = createFirstRoster({ ...init, addresses })
    assert.deepEqual(verifyRosterChain(poolId, chain).servers[0]?.addresses, addresses)
  })

  it('is refused under the id of another pool', () => {
    const other = createFirstRoster({ ...init, nowMs: 2 }).poolId
    assert.throws(() => verifyRosterChain(other, createFirstRoster(init).chain), (error) => isP2pChatError(error, 'ERR_NOT_IN_POOL'))
  })

  it('accepts later versions by a majority of the acceptors before, or by the recovery key', () => {
    const later = (signers: number[], servers: VersionInit = first): number => {
      const { chain, poolId } = makeChain([servers, { servers: [1, 2, 4], signers }])
      return verifyRosterChain(poolId, chain).version
    }
    assert.equal(later([1, 2]), 2)
    assert.equal(later([1, 2, 3]), 2)
    assert.equal(later([RECOVERY]), 2)
    assert.equal(later([1, 2], { servers: [1, 2, 3], acceptors: [1, 2], signers: [1, 2, 3] }), 2)
    assert.equal(later([1], { servers: [1, 2, 3], acceptors: [1], signers: [1, 2, 3] }), 2)
  })

  it('refuses a later version that too few, or the wrong ones, have signed', () => {
    refuses([first, { servers: [1, 2, 4], signers: [1] }], 'ERR_INVALID_SIGNATURE')
    refuses([first, { servers: [1, 2, 4], signers: [] }], 'ERR_INVALID_SIGNATURE')
    refuses([first, { servers: [1, 2, 4], signers: [1, 1] }], 'ERR_INVALID_SIGNATURE')
    refuses([first, { servers: [1, 2, 4], signers: [1, 2, 4] }], 'ERR_INVALID_SIGNATURE')
    refuses([{ ...first, acceptors: [1, 2] }, { servers: [1, 2], signers: [1, 3] }], 'ERR_INVALID_SIGNATURE')
    refuses([{ ...first, acceptors: [1, 2] }, { servers: [1, 2], signers: [1] }], 'ERR_INVALID_SIGNATURE')
  })

  it('refuses a first version that not all its servers have signed, or the recovery key alone', () => {
    refuses([{ servers: [1, 2, 3], signers: [1, 2] }], 'ERR_INVALID_SIGNATURE')
    refuses([{ servers: [1, 2, 3], signers: [RECOVERY] }], 'ERR_INVALID_SIGNATURE')
  })

  it('refuses versions that do not link', () => {
    const second: VersionInit = { servers: [1, 2], signers: [1, 2] }
    refuses([first, { ...second, change: (roster) => { roster.version = 1n } }], 'ERR_INVALID_RECORD')
    refuses([{ ...first, change: (roster) => { roster.version = 2n } }, { ...second, change: (roster) => { roster.version = 3n } }], 'ERR_INVALID_RECORD')
    refuses([first, { ...second, change: (roster) => { roster.previousHash = new Uint8Array(32) } }], 'ERR_INVALID_RECORD')
    refuses([first, { ...second, change: (roster) => { roster.recoveryKey = keyOf(9) } }], 'ERR_INVALID_RECORD')
    refuses([{ ...first, change: (roster) => { roster.previousHash = new Uint8Array(32) } }], 'ERR_INVALID_RECORD')
    refuses([{ ...first, change: (roster) => { roster.version = 0n } }], 'ERR_INVALID_RECORD')
  })

  it('takes a version after one that is missing, signed by those who may sign it', () => {
    const later = (signers: number[]): VersionInit => ({ servers: [1, 2], signers, change: (roster) => { roster.version = 7n } })
    const { chain, poolId } = makeChain([first, later([1, 3])])
    assert.equal(verifyRosterChain(poolId, chain).version, 7)
    refuses([first, later([1])], 'ERR_INVALID_SIGNATURE')
    refuses([first, later([1, 4])], 'ERR_INVALID_SIGNATURE')
  })

  it('refuses rosters without a server, with one twice, or without a vote', () => {
    refuses([{ servers: [], signers: [] }], 'ERR_INVALID_RECORD')
    refuses([{ servers: [1, 1], signers: [1] }], 'ERR_INVALID_RECORD')
    refuses([{ servers: [1], acceptors: [], signers: [1] }], 'ERR_INVALID_RECORD')
    refuses([{ servers: Array.from({ length: 51 }, (_, index) => index + 1), signers: [1] }], 'ERR_INVALID_RECORD')
  })

  it('refuses what is too large before it looks at it', () => {
    const { poolId } = makeChain([first])
    assert.throws(() => verifyRosterChain(poolId, new Uint8Array(1024 * 1024)), (error) => isP2pChatError(error, 'ERR_INVALID_RECORD'))
    refuses([{ ...first, tamper: (signed) => { signed.roster = new Uint8Array(70_000) } }], 'ERR_INVALID_RECORD')
    assert.throws(() => verifyRosterChain(poolId, new Uint8Array(0)), (error) => isP2pChatError(error, 'ERR_INVALID_RECORD'))
  })

  it('refuses a chain with a field of its own added', () => {
    const { chain, poolId } = makeChain([first])
    const longer = new Uint8Array([...chain, 0x7a, 0x01, 0x00])
    assert.deepEqual(RosterChain.decode(longer), RosterChain.decode(chain))
    assert.throws(() => verifyRosterChain(poolId, longer), (error) => isP2pChatError(error, 'ERR_INVALID_RECORD'))
  })

  it('refuses any flipped bit and any cut', () => {
    const { chain, poolId } = makeChain([first, { servers: [1, 2, 4], signers: [1, 2] }, { servers: [1, 2], signers: [RECOVERY] }])
    assert.equal(verifyRosterChain(poolId, chain).version, 3)
    const ends = new Set([0, ...RosterChain.decode(chain).rosters.map((_, index, rosters) => RosterChain.encode({ rosters: rosters.slice(0, index + 1) }).byteLength)])
    fc.assert(fc.property(fc.nat(chain.byteLength * 8 - 1), (bit) => {
      const flipped = Uint8Array.from(chain)
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      assert.throws(() => verifyRosterChain(poolId, flipped), (error) => isP2pChatError(error, 'ERR_INVALID_RECORD', 'ERR_INVALID_SIGNATURE', 'ERR_NOT_IN_POOL'))
    }), { numRuns: 500 })
    fc.assert(fc.property(fc.nat(chain.byteLength - 1), (length) => {
      if (ends.has(length) && length > 0) return
      assert.throws(() => verifyRosterChain(poolId, chain.subarray(0, length)), (error) => isP2pChatError(error))
    }))
  })

  it('never throws anything but our errors, whatever the bytes', () => {
    const { poolId } = makeChain([first])
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      assert.throws(() => verifyRosterChain(poolId, bytes), (error) => isP2pChatError(error))
    }))
  })
})
