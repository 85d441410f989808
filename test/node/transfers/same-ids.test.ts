import assert from 'node:assert/strict'
import { findMessage, type FileBody, type MessageRow } from '../../../src/node/history/messages.js'
import { deleteIn, findIn } from '../../../src/node/transfers/records.js'
import type { SimulatedDevice } from '../../simulation/world.js'
import { laneOf } from '../groups/book/group-world.js'
import { chunk, FileWorld } from './file-world.js'

type FileRow = MessageRow & { body: FileBody }

describe('files whose senders gave them the id of another\'s', () => {
  let world: FileWorld
  let seed = 0
  let alice: SimulatedDevice
  let bob: SimulatedDevice
  let mallory: SimulatedDevice
  let data: Buffer
  let theirs: FileRow
  let forged: FileRow

  /** Bob's file of a group is offered to Alice, and one that Mallory sends to her alone. */
  beforeEach(async () => {
    world = new FileWorld(`files same ids ${seed++}`)
    await world.startServer()
    ;[alice, bob, mallory] = await world.people('alice', 'bob', 'mallory') as [SimulatedDevice, SimulatedDevice, SimulatedDevice]
    await world.do(alice.node.changeSettings({ autoAcceptBytes: 0 }))
    await world.group('team', bob, alice, mallory)
    data = world.put(bob, '/home/plan', 5 * chunk)
    world.put(mallory, '/home/junk', 5 * chunk)
    theirs = await rowOf(bob, { groups: ['team'], path: '/home/plan' })
    const own = await rowOf(mallory, { to: 'alice', path: '/home/junk' })
    await world.do(alice.node.declineFile({ id: own.id }))
    forged = { ...own, id: theirs.id }
  })

  afterEach(async () => {
    await world.stop()
    await world.clock.advance(1_000)
    assert.equal(world.clock.pending, 0, 'timers are left')
  })

  async function rowOf (sender: SimulatedDevice, request: { groups?: string[], to?: string, path: string }): Promise<FileRow> {
    const { id } = await world.sendFile(sender, request)
    await world.until(alice, id, 'offered')
    const row = await findMessage(laneOf(alice), sender.username, id)
    assert.ok(row?.body.kind === 'file')
    return { ...row, body: row.body }
  }

  async function arrive (row: FileRow, sender: SimulatedDevice): Promise<void> {
    const transfers = alice.node['signedIn']?.transfers
    await world.do(laneOf(alice).write(async (tx) => { await transfers?.fileArrived(tx, row, Buffer.from(sender.deviceKey ?? []).toString('hex')) }))
  }

  async function statusOf (row: FileRow): Promise<string | undefined> {
    const found = await findMessage(laneOf(alice), row.from, row.id)
    return found?.body.kind === 'file' ? found.body.status : undefined
  }

  async function assertOnlyTheirs (): Promise<void> {
    assert.deepEqual((await alice.node.transfers({})).filter(({ id }) => id === theirs.id).map(({ peer, state }) => [peer, state]), [['team', 'offered']])
    assert.deepEqual([await statusOf(theirs), await statusOf(forged)], ['offered', 'failed'])
    await world.do(alice.node.blockContact({ username: 'mallory' }))
    await world.do(alice.node.acceptFile({ id: theirs.id }))
    await world.until(alice, theirs.id, 'done')
    await world.assertLanded(alice, theirs.id, data)
  }

  it('do not come, and the other one does', async () => {
    await arrive(forged, mallory)
    await assertOnlyTheirs()
  })

  it('do not come either when they were quicker: only members of its group can know the id', async () => {
    await world.do(alice.node.declineFile({ id: theirs.id }))
    await world.do(laneOf(alice).write(async (tx) => {
      const known = await findIn(tx, theirs.id)
      assert.ok(known !== undefined)
      deleteIn(tx, known)
    }))
    await world.do(alice.node.changeSettings({ autoAcceptBytes: 10 * chunk }))
    await world.do(bob.stop())
    await world.do(mallory.stop())
    await arrive(forged, mallory)
    await world.do(alice.node.changeSettings({ autoAcceptBytes: 0 }))
    assert.equal((await world.transfer(alice, theirs.id))?.peer, 'mallory')
    await arrive(theirs, bob)
    await world.do(bob.start())
    await world.do(mallory.start())
    await assertOnlyTheirs()
    assert.deepEqual(alice.files.paths, ['/downloads/plan'])
  })

  it('do not take the place of what this device has sent', async () => {
    world.put(alice, '/home/mine', 5 * chunk)
    const { id } = await world.sendFile(alice, { groups: ['team'], path: '/home/mine' })
    await arrive({ ...forged, id }, mallory)
    assert.deepEqual((await alice.node.transfers({})).filter((one) => one.id === id).map(({ direction }) => direction), ['out'])
  })
})
