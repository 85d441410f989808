import assert from 'node:assert/strict'
import { keyOf } from '../../../../src/store/keys.js'
import { servedSecretMs, tellDevicesMs } from '../../../../src/node/groups/book/limits.js'
import { PASSWORD, type SimulatedDevice } from '../../../simulation/world.js'
import { isP2pChatError } from '../../../../src/errors.js'
import { epochMakers } from '../../../../src/records/group/index.js'
import { groupTable } from '../../../../src/node/groups/book/tables.js'
import { findOutState } from '../../../../src/node/groups/talk/out-tables.js'
import { believeClock } from '../../../helpers/home-time.js'
import { bookOf, GroupWorld, laneOf } from './group-world.js'

const dayMs = 24 * 60 * 60 * 1000

describe('the epochs of groups', () => {
  let world: GroupWorld
  let seed = 0
  let alice: SimulatedDevice
  let bob: SimulatedDevice
  let carol: SimulatedDevice

  beforeEach(async () => {
    world = new GroupWorld(`epochs ${seed++}`)
    await world.startServer()
    ;[alice, bob, carol] = await world.people('alice', 'bob', 'carol') as [SimulatedDevice, SimulatedDevice, SimulatedDevice]
  })

  afterEach(async () => {
    const errors = world.devices.flatMap((device) => device.errors)
    await world.stop()
    assert.deepEqual(errors, [])
    assert.equal(world.clock.pending, 0, 'timers are left')
  })

  /** Time in which nobody's machine runs. */
  const passes = async (ms: number): Promise<void> => {
    for (const device of world.devices) {
      await believeClock(laneOf(device))
      await world.do(device.stop())
    }
    world.clock.jump(ms)
    for (const device of world.devices) await world.do(device.start())
    await world.clock.advance(1_000)
  }

  it('come to an end together when many join at once', async () => {
    const { group: { id } } = await world.do(alice.node.groupCreate({ name: 'team' }))
    const others = await world.people('dave', 'erin', 'frank', 'grace', 'heidi', 'ivan', 'judy', 'mallory')
    const all = [bob, carol, ...others]
    await world.do(Promise.all(all.map(async (device) => await device.node.groupJoin({ name: 'team' }))))
    await world.clock.advance(10_000)
    await world.assertTogether(id, alice, ...all)
  })

  it('keep one root for all their chains until the first message, and never both', async () => {
    const { id } = await world.group('team', alice, bob, carol)
    const epoch = await world.assertTogether(id, alice, bob, carol)
    const rows = async (device: SimulatedDevice, table: string): Promise<number> => (await laneOf(device).list(keyOf(table, id, epoch))).length
    for (const device of [alice, bob]) assert.deepEqual([await rows(device, 'group-root'), await rows(device, 'group-chain')], [1, 0])
    await world.do(alice.node.groupSend({ names: ['team'], text: 'the first' }))
    await world.clock.advance(2_000)
    assert.deepEqual(bob.heard.map(({ text }) => text), ['the first'])
    for (const device of [alice, bob]) assert.deepEqual([await rows(device, 'group-root'), await rows(device, 'group-chain')], [0, 3])
  })

  it('are one after two admins have removed each other at the same moment', async () => {
    const { id } = await world.group('team', alice, bob, carol)
    await world.do(alice.node.groupPromote({ name: 'team', usernames: ['bob'] }))
    await world.clock.advance(1_000)
    const outcomes = await world.do(Promise.allSettled([
      alice.node.groupRemove({ name: 'team', usernames: ['bob'] }),
      bob.node.groupRemove({ name: 'team', usernames: ['alice'] })
    ]))
    await world.clock.advance(10_000)
    const failures = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []))
    assert.equal(failures.length, 1)
    assert.ok(isP2pChatError(failures[0], 'ERR_NOT_PERMITTED'))
    const winner = outcomes[0].status === 'fulfilled' ? alice : bob
    const loser = winner === alice ? bob : alice
    await world.assertTogether(id, winner, carol)
    assert.equal((await world.info(loser, 'team'))?.standing, 'removed')
    assert.deepEqual(await world.members(carol, 'team'), [winner.username, 'carol'].sort())
  })

  it('let a removal and joins at the same moment both happen, and nobody is without the key', async () => {
    const { id } = await world.group('team', alice, bob, carol)
    const others = await world.people('dave', 'erin', 'frank')
    await world.do(Promise.all([
      alice.node.groupRemove({ name: 'team', usernames: ['carol'] }),
      ...others.map(async (device) => await device.node.groupJoin({ name: 'team' }))
    ]))
    await world.clock.advance(10_000)
    await world.assertTogether(id, alice, bob, ...others)
    assert.equal((await world.info(carol, 'team'))?.standing, 'removed')
  })

  it('are caught up with by who slept through ten of them', async () => {
    const { id } = await world.group('team', alice, bob, carol)
    await world.do(bob.stop())
    for (let i = 0; i < 5; i++) {
      await world.do(alice.node.groupRemove({ name: 'team', usernames: ['carol'] }))
      await world.do(alice.node.groupAdd({ name: 'team', usernames: ['carol'] }))
    }
    await world.clock.advance(5_000)
    const epoch = await world.assertTogether(id, alice, carol)
    await world.do(bob.start())
    await world.clock.advance(2_000)
    assert.equal(await world.assertTogether(id, alice, bob, carol), epoch)
    // All that was sent meanwhile can be read.
    for (let before = 3; before < epoch; before++) assert.ok(await bookOf(bob).receiptKey(laneOf(bob), id, before) !== undefined, `bob lacks epoch ${before}`)
  })

  it('are given to a newcomer by a member who is online', async () => {
    const { id } = await world.group('team', alice, bob)
    await world.do(alice.stop())
    await world.do(carol.node.groupJoin({ name: 'team' }))
    await world.clock.advance(1_000)
    assert.equal(await world.assertTogether(id, bob, carol), 3, 'no fresh epoch was needed')
  })

  it('are made anew by a newcomer whom nobody can serve', async () => {
    const { id } = await world.group('team', alice, bob)
    await world.do(alice.stop())
    await world.do(bob.stop())
    await world.clock.advance(1_000)
    await world.do(carol.node.groupJoin({ name: 'team' }))
    await world.clock.advance(10_000)
    assert.equal(await world.assertTogether(id, carol), 4)
    await world.do(bob.start())
    await world.do(alice.start())
    await world.clock.advance(10_000)
    assert.equal(await world.assertTogether(id, alice, bob, carol), 4)
  })

  it('go on after two seconds when those who were asked do not answer', async () => {
    const { id } = await world.group('team', alice, bob)
    await world.do(bob.stop())
    await world.clock.advance(1_000)
    world.hub.freeze(alice.peerId ?? '')
    await world.do(carol.node.groupJoin({ name: 'team' }))
    await world.clock.advance(1_500)
    assert.equal((await bookOf(carol).sendingEpoch(laneOf(carol), id)).kind, 'waiting')
    await world.clock.advance(15_000)
    assert.equal(await world.assertTogether(id, carol), 4)
    world.hub.thaw(alice.peerId ?? '')
    await world.do(bob.start())
    await world.clock.advance(60_000)
    assert.equal(await world.assertTogether(id, alice, bob, carol), 4)
  })

  it('are fresh after a leave, made by one of those who are online', async () => {
    const { id } = await world.group('team', alice, bob, carol)
    await world.do(bob.stop())
    const { epoch } = await world.info(alice, 'team') ?? { epoch: 0 }
    await world.do(carol.node.groupLeave({ name: 'team' }))
    await world.clock.advance(3_000)
    assert.equal(await world.assertTogether(id, alice), epoch + 1)
    await world.do(bob.start())
    await world.clock.advance(2_000)
    assert.equal(await world.assertTogether(id, alice, bob), epoch + 1)
  })

  it('are renewed every week by one device', async () => {
    const { id } = await world.group('team', alice, bob, carol)
    const before = await world.assertTogether(id, alice, bob, carol)
    await passes(7 * dayMs - 60_000)
    assert.equal(await world.assertTogether(id, alice, bob, carol), before)
    await world.clock.advance(60_000)
    assert.equal(await world.assertTogether(id, alice, bob, carol), before + 1)
    assert.deepEqual((await world.do(alice.node.groupLog({ name: 'team', limit: 1 }))).map(({ kind, text }) => [kind, text.endsWith('renewed the key')]), [['epoch', true]])
  })

  it('are renewed by whoever comes after the week, before anything is said, however short they stay', async () => {
    const { id } = await world.group('team', alice, bob, carol)
    const before = await world.assertTogether(id, alice, bob, carol)
    const state = await bookOf(alice).state(laneOf(alice), id)
    assert.ok(state !== undefined)
    const last = world.devices.find(({ username }) => username === epochMakers(state).at(-1)?.username)
    assert.ok(last !== undefined)
    for (const device of world.devices) await world.do(device.stop())
    world.clock.jump(8 * dayMs)
    await world.do(last.start())
    const fromMs = world.clock.now()
    await world.do(last.node.groupSend({ names: ['team'], text: 'a week later' }))
    await world.clock.advance(200)
    assert.ok(world.clock.now() - fromMs < 500)
    assert.deepEqual((await findOutState(laneOf(last), id)).starts.map(({ epoch }) => epoch), [before + 1])
    await world.do(last.stop())
    for (const device of world.devices) if (device !== last) await world.do(device.start())
    const others = world.devices.filter((device) => device !== last)
    await world.clock.advance(2_000)
    assert.equal(await world.assertTogether(id, ...others), before + 1)
    for (const other of others) assert.deepEqual((await other.node.history({ group: 'team' })).filter(({ kind }) => kind === 'text').map(({ text }) => text), ['a week later'])
  })

  it('that are a week old are not sent in while there is a server, also where the clock went forward', async () => {
    const { id } = await world.group('team', alice, bob, carol)
    const before = await world.assertTogether(id, alice, bob, carol)
    world.clock.jump(7 * dayMs)
    await world.do(alice.node.groupSend({ names: ['team'], text: 'not under the old one' }))
    await world.clock.advance(3_000)
    assert.equal(await world.assertTogether(id, alice, bob, carol), before + 1)
    assert.deepEqual((await findOutState(laneOf(alice), id)).starts.map(({ epoch }) => epoch), [before + 1])
    assert.deepEqual(bob.heard.map(({ text }) => text), ['not under the old one'])
    world.hub.cut(world.serverPeerId, alice.peerId ?? '')
    await world.clock.advance(1_000)
    world.clock.jump(7 * dayMs)
    assert.equal((await bookOf(alice).sendingEpoch(laneOf(alice), id)).kind, 'ready')
  })

  it('turn a week after a clock that was a year ahead was set right', async () => {
    const { id } = await world.group('team', alice, bob)
    const lane = laneOf(alice)
    await lane.write(async (tx) => {
      const row = await groupTable.get(tx, id)
      assert.ok(row !== undefined)
      groupTable.put(tx, { ...row, epochSinceMs: world.clock.now() + 365 * dayMs }, id)
    })
    await world.do(bookOf(alice).upkeep())
    await world.clock.advance(1_000)
    assert.ok((await groupTable.get(lane, id))?.epochSinceMs as number <= world.clock.now())
  })

  it('include a new device of a member, which tells the log of itself', async () => {
    const { id } = await world.group('team', alice, bob)
    const before = await world.assertTogether(id, alice, bob)
    const second = await world.addDevice('bob-2', 'bob')
    await world.clock.advance(10_000)
    assert.equal(await world.assertTogether(id, alice, bob, second), before + 1)
    assert.equal((await world.do(alice.node.groupMembers({ name: 'team' }))).find(({ username }) => username === 'bob')?.devices, 2)
    assert.equal((await world.do(second.node.groupLog({ name: 'team' }))).filter(({ kind }) => kind === 'device-change').length, 1)
  })

  it('shut out a device that its account has removed', async () => {
    const { id } = await world.group('team', alice, bob)
    const second = await world.addDevice('bob-2', 'bob')
    await world.clock.advance(10_000)
    const before = await world.assertTogether(id, alice, bob, second)
    const device = (await world.do(bob.node.devices())).find(({ label }) => label === 'bob-2')
    await world.do(bob.node.removeDevice({ id: device?.id ?? '', password: PASSWORD }))
    await world.clock.advance(10_000)
    assert.equal(await world.assertTogether(id, alice, bob), before + 1)
    assert.equal((await world.do(alice.node.groupMembers({ name: 'team' }))).find(({ username }) => username === 'bob')?.devices, 1)
  })

  it('shut it out also where the one who removed it is gone at once', async () => {
    await world.group('team', alice, bob)
    const { group: { id } } = await world.do(bob.node.groupCreate({ name: 'other', members: ['alice'] }))
    const second = await world.addDevice('bob-2', 'bob')
    await world.clock.advance(10_000)
    await world.assertTogether(id, alice, bob, second)
    await world.do(second.stop())
    const device = (await world.do(bob.node.devices())).find(({ label }) => label === 'bob-2')
    await world.do(bob.node.removeDevice({ id: device?.id ?? '', password: PASSWORD }))
    await world.do(bob.stop())
    await world.clock.advance(2_000)
    for (const name of ['team', 'other']) assert.equal((await world.do(alice.node.groupMembers({ name }))).find(({ username }) => username === 'bob')?.devices, 1)
  })

  it('do not hold up who removes a device while the log takes no change', async () => {
    const { id } = await world.group('team', alice, bob)
    await world.addDevice('bob-2', 'bob')
    await world.clock.advance(10_000)
    const { changes } = bookOf(bob)['caretaker']['components']
    const append = changes.append.bind(changes)
    let goOn = (): void => {}
    const busy = new Promise<void>((resolve) => { goOn = resolve })
    changes.append = async (...args) => {
      await busy
      return await append(...args)
    }
    const device = (await world.do(bob.node.devices())).find(({ label }) => label === 'bob-2')
    const fromMs = world.clock.now()
    await world.do(bob.node.removeDevice({ id: device?.id ?? '', password: PASSWORD }))
    assert.ok(world.clock.now() - fromMs <= tellDevicesMs + 1_000)
    goOn()
    await world.clock.advance(10_000)
    await world.assertTogether(id, alice, bob)
  })

  it('do not keep the secrets that they came from', async () => {
    const { id } = await world.group('team', alice, bob)
    await world.do(carol.node.groupJoin({ name: 'team' }))
    await world.clock.advance(2 * servedSecretMs)
    for (const device of [alice, bob, carol]) {
      const rows = await laneOf(device).list(`${keyOf('group-epoch', id)}/`)
      const parsed = rows.map(([, bytes]) => JSON.parse(new TextDecoder().decode(bytes)) as { successor?: unknown })
      assert.equal(parsed.length, device === carol ? 1 : device === bob ? 2 : 3)
      assert.deepEqual(parsed.slice(0, -1).filter(({ successor }) => successor !== undefined), [], `${device.name} keeps a successor that was used`)
      assert.deepEqual(await laneOf(device).list(`${keyOf('group-served', id)}/`), [], `${device.name} keeps a secret`)
      assert.deepEqual(await laneOf(device).list(`${keyOf('group-candidate', id)}/`), [])
    }
  })

  it('are wiped a month after they are over', async () => {
    const { id } = await world.group('team', alice, bob, carol)
    await world.do(alice.node.groupRemove({ name: 'team', usernames: ['carol'] }))
    await world.clock.advance(1_000)
    await passes(31 * dayMs)
    await world.clock.advance(21 * 60_000)
    const { epoch } = await world.info(alice, 'team') ?? { epoch: 0 }
    assert.equal(epoch, 5)
    assert.equal(await bookOf(alice).receiptKey(laneOf(alice), id, 1), undefined)
    assert.equal((await laneOf(alice).list(`${keyOf('group-chain', id, 1)}/`)).length, 0)
    assert.equal(await bookOf(alice).isLost(laneOf(alice), id, 1), true)
    assert.equal((await laneOf(carol).list(`${keyOf('group-epoch', id)}/`)).length, 0, 'carol keeps keys of a group that she was removed from')
  })
})
