import assert from 'node:assert/strict'
import fc from 'fast-check'
import { readRoster, readRosterHistory } from '../../../src/overlay/index.js'
import { RosterChain } from '../../../src/protocol/pb/pool.js'
import { formerServers } from '../../../src/rendezvous/consensus/index.js'
import { dueSetupVersion } from '../../../src/rendezvous/join/setup-renewal.js'
import { makeChain } from '../../overlay/pool/roster-chain.js'
import { rosterStories } from '../../overlay/pool/roster-story.js'

describe('servers that were in the pool', () => {
  it('are known for ever, also where versions of the list are left out', () => {
    fc.assert(fc.property(rosterStories, (story) => {
      const { chain, poolId } = makeChain(story)
      const all = RosterChain.decode(chain).rosters.map(({ roster }) => readRoster(poolId, roster))
      const removals = all.flatMap(({ servers }, at) => servers
        .filter(({ peerId }) => all[at + 1]?.servers.every((server) => server.peerId !== peerId))
        .map(({ peerId }) => [peerId, at + 2] as const))
      const history = readRosterHistory(poolId, chain)
      assert.deepEqual(formerServers(history).map(({ server, removedInVersion }) => [server.peerId, removedInVersion]), removals)
      const last = removals.at(-1)?.[1]
      assert.equal(dueSetupVersion(history), last !== undefined && last > history.newest.opaqueSetupVersion ? last : undefined)
    }), { numRuns: 200 })
  })
})
