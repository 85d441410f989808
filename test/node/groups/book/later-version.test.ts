import assert from 'node:assert/strict'
import { epochLifeMs } from '../../../../src/node/groups/book/limits.js'
import { encode } from '../../../../src/protocol/codec.js'
import { GroupEntry } from '../../../../src/protocol/pb/group.js'
import { GroupReadResponse } from '../../../../src/protocol/pb/service.js'
import { sealRecord } from '../../../../src/records/signed.js'
import { P2pChatError } from '../../../../src/errors.js'
import type { SimulatedDevice } from '../../../simulation/world.js'
import { rejectsCode } from '../../support.js'
import { changed, EvilServer } from '../evil-server.js'
import { bookOf, GroupWorld, laneOf } from './group-world.js'

describe('an entry of a later version', () => {
  let world: GroupWorld
  let server: EvilServer
  let alice: SimulatedDevice
  let bob: SimulatedDevice
  let id: string

  beforeEach(async function () {
    world = new GroupWorld(`later ${this.currentTest?.title ?? ''}`)
    server = new EvilServer()
    world.serverNetwork = server.network
    await world.startServer()
    ;[alice, bob] = await world.people('alice', 'bob') as [SimulatedDevice, SimulatedDevice]
    id = (await world.group('team', alice, bob)).id
  })

  afterEach(async () => {
    const errors = world.devices.flatMap((device) => device.errors)
    await world.stop()
    assert.deepEqual(errors, [])
    assert.equal(world.clock.pending, 0, 'timers are left')
  })

  /** From now on the log goes on with an entry that has a field more, of a device that is bob's or not; only this server knows how. */
  async function append (by: SimulatedDevice, username = by.username): Promise<void> {
    const state = await bookOf(alice).state(laneOf(alice), id)
    assert.ok(state !== undefined)
    const { self } = bookOf(by)['components']
    const payload = encode(GroupEntry, { sequence: BigInt(state.head.sequence + 1), previousHash: state.head.hash, author: username, authorDevice: self.deviceKey, createdAtMs: 1n })
    const entry = Uint8Array.from(sealRecord('p2pchat/1 group-entry', self.seed, Uint8Array.from([...payload, 0xfa, 0x01, 0])))
    const head = { groupId: Uint8Array.from(state.groupId), sequence: BigInt(state.head.sequence + 1), headHash: new Uint8Array(32) }
    server.lies['groups/read'] = changed(GroupReadResponse, (answer) => ({ entries: [...answer.entries, entry], head }))
    server.lies['groups/append'] = async () => { throw new P2pChatError('ERR_CONFLICT', 'There is another head.') }
    await server.pushHead(head)
    await world.clock.advance(5_000)
  }

  const sending = async (): Promise<string> => {
    const epoch = await bookOf(alice).sendingEpoch(laneOf(alice), id)
    return epoch.kind === 'waiting' ? epoch.why : epoch.kind
  }
  const lines = async (): Promise<Array<string | null>> => (await world.do(alice.node.history({ group: 'team' }))).filter(({ text }) => text?.includes('newer version')).map(({ text }) => text)

  it('stops what is sent under the membership before it, and says what is to be done', async () => {
    await append(bob)
    assert.match(await sending(), /newer version of p2pchat/)
    await rejectsCode(world.do(alice.node.groupPromote({ name: 'team', usernames: ['bob'] })), 'ERR_UNSUPPORTED')
    await world.do(alice.node.groupSend({ names: ['team'], text: 'not for everybody' }))
    await world.clock.advance(60_000)
    assert.deepEqual((await world.do(alice.node.history({ group: 'team' }))).filter(({ kind }) => kind === 'text').map(({ state }) => state), ['queued'])
    assert.deepEqual(await lines(), ['bob has changed team by a newer version of p2pchat: until one is installed here, messages to the group wait.'])
    server.lied = 0
    await world.clock.advance(600_000)
    assert.ok(server.lied < 5, `${server.lied} times the same was asked for`)
  })

  it('is still there after a start, and a week later', async () => {
    await append(bob)
    await world.do(alice.stop())
    await world.do(alice.start())
    await world.clock.advance(1_000)
    assert.match(await sending(), /newer version of p2pchat/)
    world.clock.jump(epochLifeMs)
    await world.clock.advance(1_000)
    assert.match(await sending(), /newer version of p2pchat/)
    assert.equal((await lines()).length, 1)
  })

  it('is forgotten once the log is read to its head', async () => {
    await append(bob)
    await world.do(alice.node.groupSend({ names: ['team'], text: 'hello' }))
    server.lies = {}
    await server.endChannels()
    await world.clock.advance(30_000)
    assert.equal(await sending(), 'ready')
    assert.deepEqual((await world.do(bob.node.history({ group: 'team' }))).filter(({ kind }) => kind === 'text').map(({ text }) => text), ['hello'])
  })

  it('is no server\'s to make, nor a stranger\'s', async () => {
    const [mallory] = await world.people('mallory') as [SimulatedDevice]
    for (const username of ['mallory', 'bob']) {
      await append(mallory, username)
      assert.equal(await sending(), 'ready')
      await rejectsCode(world.do(alice.node.groupPromote({ name: 'team', usernames: ['bob'] })), 'ERR_INVALID_RECORD')
    }
    assert.deepEqual(await lines(), [])
  })
})
