import assert from 'node:assert/strict'
import { takeRecord } from '../../../../src/node/contacts/contacts.js'
import { Person } from '../../../records/group/support.js'
import type { SimulatedDevice } from '../../../simulation/world.js'
import { bookOf, GroupWorld, laneOf } from './group-world.js'

describe('a member whose identity has changed for one of the others', () => {
  let world: GroupWorld
  let alice: SimulatedDevice
  let bob: SimulatedDevice
  let carol: SimulatedDevice
  let dave: SimulatedDevice
  let id: string

  beforeEach(async () => {
    world = new GroupWorld('identity')
    await world.startServer()
    ;[alice, bob, carol, dave] = await world.people('alice', 'bob', 'carol', 'dave') as [SimulatedDevice, SimulatedDevice, SimulatedDevice, SimulatedDevice]
    id = (await world.group('team', alice, bob, carol, dave)).id
    await laneOf(alice).write(async (tx) => { await takeRecord(tx, new Person('bob', world.random.fork('impostor')).record, world.clock.now()) })
  })

  afterEach(async () => {
    const errors = world.devices.flatMap((device) => device.errors)
    await world.stop()
    assert.deepEqual(errors, [])
    assert.equal(world.clock.pending, 0, 'timers are left')
  })

  it('gets no key of theirs, and does not stop the group for the rest', async () => {
    await world.do(alice.node.groupRemove({ name: 'team', usernames: ['dave'] }))
    await world.clock.advance(1_000)
    const { epoch } = await world.info(alice, 'team') ?? { epoch: 0 }
    assert.equal(await bookOf(bob).receiptKey(laneOf(bob), id, epoch), undefined)
    assert.ok(await bookOf(carol).receiptKey(laneOf(carol), id, epoch) !== undefined)
    // Bob helps himself, with a key that Alice does not take from him; both come to rest, and Carol has every key.
    await world.clock.advance(10 * 60_000)
    const later = await world.info(carol, 'team') ?? { epoch: 0 }
    assert.ok(later.epoch > epoch && later.epoch < epoch + 24, `${later.epoch - epoch} epochs in ten minutes`)
    await world.assertTogether(id, carol)
    for (let n = epoch; n <= later.epoch; n++) assert.ok(await bookOf(carol).receiptKey(laneOf(carol), id, n) !== undefined, `carol lacks epoch ${n}`)
  })

  it('is one like the others again once it is accepted', async () => {
    await world.do(alice.node.groupRemove({ name: 'team', usernames: ['dave'] }))
    await world.clock.advance(5_000)
    // The pinned key is shown again.
    await world.do(alice.node.send({ to: 'carol', text: 'x' }))
    await laneOf(alice).write(async (tx) => {
      const record = (await bookOf(alice).state(tx, id))?.members.get('bob')?.accountRecord
      if (record !== undefined) await takeRecord(tx, record, world.clock.now())
    })
    await world.do(carol.node.groupLeave({ name: 'team' }))
    await world.clock.advance(60_000)
    await world.assertTogether(id, alice, bob)
  })
})
