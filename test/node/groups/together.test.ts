import assert from 'node:assert/strict'
import { staysOf } from '../../../src/node/groups/book/stays.js'
import type { SimulatedDevice } from '../../simulation/world.js'
import { GroupWorld, laneOf } from './book/group-world.js'

describe('clients with groups', () => {
  let world: GroupWorld
  let seed = 0
  let alice: SimulatedDevice
  let bob: SimulatedDevice
  let carol: SimulatedDevice

  beforeEach(async () => {
    world = new GroupWorld(`together ${seed++}`)
    await world.startServer()
    ;[alice, bob, carol] = await world.people('alice', 'bob', 'carol') as [SimulatedDevice, SimulatedDevice, SimulatedDevice]
  })

  afterEach(async () => {
    const errors = world.devices.flatMap((device) => device.errors)
    await world.stop()
    assert.deepEqual(errors, [])
    assert.equal(world.clock.pending, 0, 'timers are left')
  })

  const says = async (from: SimulatedDevice, text: string): Promise<string> => (await world.do(from.node.groupSend({ names: ['team'], text })))[0]?.id ?? ''
  const texts = async (at: SimulatedDevice): Promise<Array<string | null>> => (await at.node.history({ group: 'team', limit: 1_000 })).filter(({ kind }) => kind === 'text').map(({ text }) => text)

  it('read each other, and know who has it', async () => {
    await world.group('team', alice, bob, carol)
    const id = await says(alice, 'hello')
    await world.clock.advance(2_000)
    for (const device of [alice, bob, carol]) assert.deepEqual(await texts(device), ['hello'])
    const trace = await alice.node.trace({ id })
    assert.deepEqual(trace.members, { delivered: 2, read: 0, of: 2, missing: [] })
    await world.do(bob.node.markRead({ group: 'team' }))
    await world.clock.advance(2_000)
    assert.equal((await alice.node.trace({ id })).members?.read, 1)
    assert.equal((await world.info(carol, 'team'))?.unread, 1)
  })

  it('find what was said while they were away, and nothing of before they came or after they went', async () => {
    await world.group('team', alice, bob)
    await says(alice, 'before')
    await world.do(bob.stop())
    await world.do(carol.node.groupJoin({ name: 'team' }))
    await world.clock.advance(3_000)
    await says(carol, 'with carol')
    await world.do(alice.node.groupRemove({ name: 'team', usernames: ['carol'] }))
    await says(alice, 'without carol')
    await world.clock.advance(3_000)
    await world.do(bob.start())
    await world.clock.advance(10_000)
    assert.deepEqual(await texts(alice), ['before', 'with carol', 'without carol'])
    assert.deepEqual(await texts(bob), ['before', 'with carol', 'without carol'])
    assert.deepEqual(await texts(carol), ['with carol'])
    assert.deepEqual((await bob.node.history({ group: 'team' })).map(({ kind, text }) => `${kind}: ${text ?? ''}`), [
      'group-change: bob joined', 'text: before', 'group-change: carol joined', 'group-change: alice removed carol', 'text: with carol', 'text: without carol'
    ])
  })
  it('are read by who came after one had talked to oneself', async () => {
    await world.group('team', alice, bob)
    await world.do(bob.node.groupLeave({ name: 'team' }))
    await world.clock.advance(3_000)
    await says(alice, 'is anybody here?')
    await world.do(carol.node.groupJoin({ name: 'team' }))
    await world.clock.advance(3_000)
    await says(alice, 'welcome')
    await world.clock.advance(3_000)
    assert.deepEqual(await texts(carol), ['welcome'])
  })
  it('go on at once at who slept through a removal and a return', async () => {
    await world.group('team', alice, bob, carol)
    await world.do(bob.stop())
    await says(alice, 'one')
    await world.do(alice.node.groupRemove({ name: 'team', usernames: ['bob'] }))
    await says(alice, 'two')
    await world.do(alice.node.groupAdd({ name: 'team', usernames: ['bob'] }))
    await says(alice, 'three')
    await world.do(bob.start())
    await world.clock.advance(10_000)
    assert.deepEqual(await texts(bob), ['one', 'three'])
  })
  it('go on without a gap at who came back, whoever writes', async () => {
    await world.group('team', alice, bob, carol)
    for (const text of ['one', 'two']) await says(alice, text)
    await says(carol, 'three')
    await world.do(bob.node.groupLeave({ name: 'team' }))
    await world.clock.advance(3_000)
    await says(alice, 'without bob')
    await says(carol, 'without bob either')
    await world.do(bob.node.groupJoin({ name: 'team' }))
    await world.clock.advance(3_000)
    for (const text of ['four', 'five']) {
      for (const from of [alice, carol]) {
        await says(from, `${text} by ${from.username ?? ''}`)
        await world.clock.advance(1_000)
      }
    }
    const shown = (await bob.node.history({ group: 'team', limit: 1_000 })).filter(({ kind }) => kind !== 'group-change')
    assert.deepEqual(shown.map(({ kind, text }) => text ?? kind), ['one', 'two', 'three', 'four by alice', 'four by carol', 'five by alice', 'five by carol'])
    await world.do(bob.node.groupLeave({ name: 'team' }))
    await world.do(bob.node.groupJoin({ name: 'team' }))
    const stays = await staysOf(laneOf(bob), (await world.info(bob, 'team'))?.id ?? '', 'bob', bob.deviceKey ?? new Uint8Array(0))
    const begun = stays.map(({ from }) => from)
    assert.equal(begun.length, 3)
    assert.deepEqual(begun, [...begun].sort((a, b) => a - b))
  })
})
