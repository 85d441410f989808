import assert from 'node:assert/strict'
import { isP2pChatError } from '../../../src/errors.js'
import { FirstLook, firstLookMs } from '../../../src/node/groups/first-look.js'
import { FakeClock } from '../../helpers/fake-clock.js'
import type { SimulatedDevice } from '../../simulation/world.js'
import { GroupWorld } from './book/group-world.js'

describe('a home that comes back to its groups', () => {
  let world: GroupWorld
  let seed = 0
  let alice: SimulatedDevice
  let bob: SimulatedDevice
  let carol: SimulatedDevice

  beforeEach(async () => {
    world = new GroupWorld(`first look ${seed++}`)
    await world.startServer()
    ;[alice, bob, carol] = await world.people('alice', 'bob', 'carol') as [SimulatedDevice, SimulatedDevice, SimulatedDevice]
    await world.group('team', alice, bob)
    world.hub.delay({ minMs: 5, maxMs: 5 })
  })

  afterEach(async () => {
    const errors = world.devices.flatMap((device) => device.errors)
    await world.stop()
    await world.clock.advance(1_000)
    assert.deepEqual(errors, [])
    assert.equal(world.clock.pending, 0, 'timers are left')
  })

  /** As a one-shot command: the call is made as soon as the node has started. */
  const comeBack = async <T>(device: SimulatedDevice, call: () => Promise<T>): Promise<T> => {
    await device.start()
    assert.notEqual((await device.node.status()).connection.kind, 'connected', 'it has looked before it was asked')
    return await world.do(call())
  }

  it('sends to who joined while it was away, and not to who was removed', async () => {
    await world.do(alice.stop())
    await world.do(carol.node.groupJoin({ name: 'team' }))
    await world.clock.advance(5_000)
    const [sent] = await comeBack(alice, async () => await alice.node.groupSend({ names: ['team'], text: 'hello, all' }))
    await world.clock.advance(5_000)
    assert.deepEqual((await alice.node.trace({ id: sent?.id ?? '' })).members, { delivered: 2, read: 0, of: 2, missing: [] })
    for (const device of [bob, carol]) assert.deepEqual(device.heard.map(({ text }) => text), ['hello, all'])
  })

  it('knows of groups that it was added to while it was away', async () => {
    for (const call of [
      async () => { assert.deepEqual((await carol.node.myGroups({})).map(({ name }) => name), ['team']) },
      async () => { assert.equal((await carol.node.groupLog({ name: 'team' })).at(-1)?.kind, 'add') },
      async () => { assert.ok(Array.isArray(await carol.node.history({ group: 'team' }))) },
      async () => { await carol.node.groupLeave({ name: 'team' }) }
    ]) {
      await world.do(carol.stop())
      if ((await world.members(alice, 'team')).includes('carol')) await world.do(alice.node.groupRemove({ name: 'team', usernames: ['carol'] }))
      await world.do(alice.node.groupAdd({ name: 'team', usernames: ['carol'] }))
      await comeBack(carol, call)
    }
  })

  it('is told that it was removed, when it writes', async () => {
    await world.do(bob.stop())
    await world.do(alice.node.groupRemove({ name: 'team', usernames: ['bob'] }))
    await assert.rejects(comeBack(bob, async () => await bob.node.groupSend({ names: ['team'], text: 'hello?' })), (error) => isP2pChatError(error, 'ERR_NOT_PERMITTED'))
  })

  it('goes on at once with what it knows when no server can be reached', async () => {
    await world.do(alice.stop())
    world.crashServer()
    const startMs = world.clock.now()
    const [sent] = await comeBack(alice, async () => await alice.node.groupSend({ names: ['team'], text: 'for later' }))
    assert.ok(world.clock.now() - startMs < 1_000, 'it waited for a server that is not there')
    assert.equal(sent?.state, 'queued')
    await world.startServer()
    await world.clock.advance(120_000)
    assert.deepEqual(bob.heard.map(({ text }) => text), ['for later'])
  })

  it('waits no longer than it should for a server that is silent', async () => {
    await world.do(alice.stop())
    world.hub.freeze(world.serverPeerId)
    const startMs = world.clock.now()
    await comeBack(alice, async () => await alice.node.groupSend({ names: ['team'], text: 'one' }))
    const waitedMs = world.clock.now() - startMs
    assert.ok(waitedMs > 0 && waitedMs <= firstLookMs, `it waited for ${waitedMs} ms`)
    await world.do(alice.node.groupSend({ names: ['team'], text: 'two' }))
    assert.equal(world.clock.now() - startMs, waitedMs, 'it waited again')
    world.hub.heal()
    await world.clock.advance(120_000)
    assert.deepEqual(bob.heard.map(({ text }) => text), ['one', 'two'])
  })
})

describe('the first look at groups after a start', () => {
  it('ends when a server has told, or none is there, or after a while, for everybody who waits', async () => {
    const clock = new FakeClock()
    const told = new FirstLook(clock)
    const waiting = Promise.all([told.wait(), told.wait()])
    told.end()
    await waiting
    assert.equal(clock.pending, 0, 'timers are left')

    const silent = new FirstLook(clock)
    const startMs = clock.now()
    await clock.until(silent.wait())
    assert.equal(clock.now() - startMs, firstLookMs)
    await silent.wait()
    assert.equal(clock.now() - startMs, firstLookMs)
  })
})
