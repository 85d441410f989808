import assert from 'node:assert/strict'
import { findContact, takeRecord } from '../../../../src/node/contacts/contacts.js'
import { groupConversation, readConversation } from '../../../../src/node/history/messages.js'
import { Person } from '../../../records/group/support.js'
import type { SimulatedDevice } from '../../../simulation/world.js'
import { bookOf, GroupWorld, laneOf } from './group-world.js'

/** Texts in the conversation, and what a line about somebody's identity stands for. */
async function said (at: SimulatedDevice): Promise<Array<string | null>> {
  const rows = await readConversation(laneOf(at), groupConversation((await bookOf(at).findByName(laneOf(at), 'team'))?.id ?? ''), { limit: 100 })
  return rows.flatMap(({ body }) => (body.kind === 'text' ? [body.text] : body.kind === 'group-change' && body.change === 'identity' ? ['identity'] : []))
}

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

  it('is not shown to who has not accepted them', async () => {
    await world.do(bob.node.groupSend({ names: ['team'], text: 'it is me' }))
    await world.clock.advance(5_000)
    assert.deepEqual([await said(alice), await said(carol)], [['identity'], ['it is me']])
    // The directory shows the pinned key again, and that is compared.
    await world.do(alice.node.safetyNumber({ username: 'bob' }))
    await world.do(alice.node.acceptIdentity({ username: 'bob' }))
    await world.clock.advance(1_000)
    assert.deepEqual(await said(alice), ['identity', 'it is me'])
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

describe('an account that joins under the name of somebody whom one of the members knows', () => {
  it('cannot speak as them to that member, also while the server shows the right record, until it is accepted', async () => {
    const world = new GroupWorld('another of that name')
    await world.startServer()
    const [alice, carol] = await world.people('alice', 'carol') as [SimulatedDevice, SimulatedDevice]
    const right = new Person('bob', world.random.fork('the right one')).record
    await laneOf(alice).write(async (tx) => { await takeRecord(tx, right, world.clock.now()) })
    await world.group('team', alice, carol)
    const bob = await world.addDevice('bob-1', 'bob')
    await world.do(bob.node.groupJoin({ name: 'team' }))
    await world.clock.advance(5_000)
    await world.do(bob.node.groupSend({ names: ['team'], text: 'lend me some money' }))
    await world.clock.advance(5_000)
    assert.deepEqual([await said(alice), await said(carol)], [['identity'], ['lend me some money']])
    await laneOf(alice).write(async (tx) => { await takeRecord(tx, right, world.clock.now()) })
    assert.equal((await findContact(laneOf(alice), 'bob'))?.identity, 'pinned')
    await world.do(bob.node.groupSend({ names: ['team'], text: 'quickly' }))
    await world.do(bob.node.groupLeave({ name: 'team' }))
    await world.clock.advance(60_000)
    assert.deepEqual(await said(alice), ['identity', 'identity'], 'it is told once for each of the two reasons')
    await world.do(alice.node.send({ to: 'bob', text: 'is it you?' }))
    await world.clock.advance(5_000)
    assert.equal((await findContact(laneOf(alice), 'bob'))?.identity, 'changed')
    await world.do(alice.node.safetyNumber({ username: 'bob' }))
    await world.do(alice.node.acceptIdentity({ username: 'bob' }))
    await world.clock.advance(5_000)
    assert.deepEqual(await said(alice), ['identity', 'identity', 'lend me some money', 'quickly'])
    assert.deepEqual(world.devices.flatMap((device) => device.errors), [])
    await world.stop()
  })
})
