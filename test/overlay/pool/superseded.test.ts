import assert from 'node:assert/strict'
import fc from 'fast-check'
import { extendRosterHistory, hasRoomFor, readRosterHistory, rosterAt, rosterVersionOf, type RosterHistory } from '../../../src/overlay/pool/roster.js'
import { maxRosterChainBytes } from '../../../src/overlay/pool/limits.js'
import { encodeRoster, readRoster, type Roster } from '../../../src/overlay/pool/roster-record.js'
import { appendRoster, signRoster } from '../../../src/overlay/index.js'
import { RosterChain } from '../../../src/protocol/pb/pool.js'
import { makeChain, seedOf, type VersionInit } from './roster-chain.js'
import { rosterStories } from './roster-story.js'

const storing = ({ servers }: Roster): string[] => servers.filter(({ state }) => state === 'member').map(({ peerId }) => peerId)
const voting = ({ servers, phase }: Roster): unknown => [servers.filter(({ acceptor }) => acceptor).map(({ peerId }) => peerId), phase === 'recovering']
const versionsOf = ({ versions }: RosterHistory): number[] => versions.map(({ roster: { version } }) => version)

describe('a chain of rosters without those that are superseded', () => {
  it('tells what the whole one tells, whatever has happened to the pool', () => {
    fc.assert(fc.property(rosterStories, (story) => {
      const { chain, poolId } = makeChain(story)
      const all = RosterChain.decode(chain).rosters.map(({ roster }) => readRoster(poolId, roster))
      const history = readRosterHistory(poolId, chain)
      assert.deepEqual(history.newest, all.at(-1))
      for (const roster of all) {
        const at = rosterAt(history, roster.version) ?? assert.fail()
        assert.deepEqual([at.version, storing(at), voting(at)], [roster.version, storing(roster), voting(roster)])
      }
      assert.equal(rosterAt(history, all.length + 1), undefined)
      assert.deepEqual(readRosterHistory(poolId, history.chain), history)
      assert.equal(rosterVersionOf(poolId, history.chain), all.length)
    }), { numRuns: 200 })
  })

  it('is gone on with from any version that somebody has, superseded or not', () => {
    fc.assert(fc.property(rosterStories, fc.nat(), fc.nat(), (story, one, other) => {
      const { chain, poolId } = makeChain(story)
      const { rosters } = RosterChain.decode(chain)
      const upTo = (count: number): RosterHistory => readRosterHistory(poolId, RosterChain.encode({ rosters: rosters.slice(0, count) }))
      const [a, b] = [upTo(1 + one % rosters.length), upTo(1 + other % rosters.length)]
      const newer = a.newest.version > b.newest.version ? a : b
      for (const [from, to] of [[a, b], [b, a]] as const) {
        const both = extendRosterHistory(from, to.chain)
        assert.deepEqual(both.newest, newer.newest)
        assert.deepEqual(versionsOf(both), versionsOf(newer))
      }
    }), { numRuns: 200 })
  })

  it('stays as large as it is when a server changes its address every day', () => {
    const story: VersionInit[] = Array.from({ length: 400 }, (_, day) => ({
      servers: [1, 2, 3],
      signers: day === 0 ? [1, 2, 3] : [1, 2],
      change: (roster) => { roster.servers[2]!.addresses = [`/ip4/192.0.2.${day % 250}/tcp/4001`] }
    }))
    const { chain, poolId } = makeChain(story)
    const history = readRosterHistory(poolId, chain)
    assert.deepEqual(versionsOf(history), [1, 400])
    assert.ok(history.chain.byteLength < 2048)
  })

  it('is not begun with where it has no room: what is decided must be installed', () => {
    const { chain, poolId } = makeChain([{ servers: [1], signers: [1] }])
    let history = readRosterHistory(poolId, chain)
    const next = (version: number): Uint8Array => encodeRoster({
      ...history.newest,
      version,
      previousHash: history.newestHash,
      servers: history.newest.servers.map((server) => ({ ...server, state: version % 2 === 0 ? 'draining' : 'member', addresses: Array.from({ length: 16 }, (_, index) => `/dns4/${`${version}${index}`.padEnd(60, 'x')}.${'y'.repeat(60)}.${'z'.repeat(60)}.example.org/tcp/4001`) }))
    })
    let bytes = next(2)
    while (hasRoomFor(history, bytes, 0)) {
      history = appendRoster(history, bytes, [signRoster(seedOf(1), bytes)])
      bytes = next(history.newest.version + 1)
    }
    assert.ok(history.chain.byteLength > maxRosterChainBytes - 10_000, 'it was used to the end')
    assert.equal(readRosterHistory(poolId, history.chain).newest.version, history.newest.version)
    const over = appendRoster(history, bytes, [signRoster(seedOf(1), bytes)])
    assert.throws(() => readRosterHistory(poolId, over.chain), { code: 'ERR_INVALID_RECORD' })
  })
})
