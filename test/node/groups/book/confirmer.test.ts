import assert from 'node:assert/strict'
import { encode } from '../../../../src/protocol/codec.js'
import * as pb from '../../../../src/protocol/pb/service.js'
import { verifyGroupEntry } from '../../../../src/records/group/index.js'
import { EvilServer, type Lie } from '../evil-server.js'
import { GroupWorld } from './group-world.js'
import type { SimulatedDevice } from '../../../simulation/world.js'

describe('a change that a server says it has taken', () => {
  it('is looked for in its log, and brought there again', async () => {
    const world = new GroupWorld('confirmer')
    const evil = new EvilServer()
    world.serverNetwork = evil.network
    await world.startServer()
    const [alice, bob] = await world.people('alice', 'bob') as [SimulatedDevice, SimulatedDevice]
    await world.group('team', alice, bob)
    const log = async (at: SimulatedDevice): Promise<number> => (await world.do(at.node.groupLog({ name: 'team' }))).length
    const drops: Lie = async (body) => {
      const { groupId, entry } = pb.GroupAppendRequest.decode(body)
      const { sequence, hash } = verifyGroupEntry(entry)
      return encode(pb.GroupHead, { groupId, sequence: BigInt(sequence), headHash: Uint8Array.from(hash) })
    }
    evil.lies = { 'groups/append': drops }
    await world.do(alice.node.groupPolicy({ name: 'team', unlisted: true }))
    evil.lies = {}
    await world.clock.advance(5_000)
    assert.equal(await log(bob), await log(alice) - 1)
    await world.clock.advance(10_000)
    assert.equal(await log(bob), await log(alice))
    await world.stop()
    assert.equal(world.clock.pending, 0, 'timers are left')
  })
})
