import assert from 'node:assert/strict'
import type { GroupEvent } from '../../../src/node/chat-node.js'
import { parkedOfStrangers } from '../../../src/node/groups/talk/limits.js'
import { listParkedMessages, parkMessage } from '../../../src/node/groups/talk/parked.js'
import { maxWholeLogEntries } from '../../../src/node/groups/book/limits.js'
import { checkpointOf } from '../../../src/records/group/index.js'
import type { SimulatedDevice } from '../../simulation/world.js'
import { GroupWorld, laneOf } from './book/group-world.js'

describe('a group that one is added to', () => {
  let world: GroupWorld
  let seed = 0
  let bob: SimulatedDevice
  let mallory: SimulatedDevice
  let carol: SimulatedDevice
  let told: GroupEvent[]

  beforeEach(async () => {
    world = new GroupWorld(`invitations ${seed++}`)
    await world.startServer()
    ;[bob, mallory, carol] = await world.people('bob', 'mallory', 'carol') as [SimulatedDevice, SimulatedDevice, SimulatedDevice]
    told = world.groupEvents(bob)
  })

  afterEach(async () => {
    const errors = world.devices.flatMap((device) => device.errors)
    await world.stop()
    assert.deepEqual(errors, [])
    assert.equal(world.clock.pending, 0, 'timers are left')
  })

  const makes = async (by: SimulatedDevice, ...members: string[]): Promise<void> => {
    assert.deepEqual((await world.do(by.node.groupCreate({ name: 'club', members }))).refused, [])
    await world.clock.advance(5_000)
  }
  const says = async (from: SimulatedDevice, text: string): Promise<string> => {
    const [sent] = await world.do(from.node.groupSend({ names: ['club'], text }))
    await world.clock.advance(5_000)
    return sent?.id ?? ''
  }
  const texts = async (): Promise<Array<string | null>> => (await bob.node.history({ group: 'club' })).filter(({ kind }) => kind === 'text').map(({ text }) => text)
  const stateOf = async (at: SimulatedDevice, id: string): Promise<string> => (await at.node.trace({ id })).state
  const asksFirst = async (): Promise<void> => { await world.do(bob.node.changeSettings({ contacts: 'request' })) }

  it('by somebody who is blocked says nothing, gives no receipt, and is shown once it is joined', async () => {
    await world.do(bob.node.blockContact({ username: 'mallory' }))
    await makes(mallory, 'bob')
    const id = await says(mallory, 'you again')
    assert.deepEqual([told, bob.heard, await texts()], [[], [], []])
    const info = await world.info(bob, 'club')
    assert.deepEqual([info?.standing, info?.invitedBy, info?.unread], ['member', 'mallory', 0])
    assert.equal(await stateOf(mallory, id), 'stored')

    const { group, created } = await world.do(bob.node.groupJoin({ name: 'club' }))
    assert.deepEqual([group.invitedBy, created], [undefined, false])
    await world.clock.advance(5_000)
    assert.deepEqual(await texts(), ['you again'])
    assert.equal(await stateOf(mallory, id), 'delivered')
  })

  it('by somebody who has to ask tells so once, and shows the rest with accepting them, across a restart', async () => {
    await asksFirst()
    await makes(mallory, 'bob')
    for (const text of ['one', 'two']) await says(mallory, text)
    await world.do(mallory.node.groupRename({ name: 'club', newName: 'choir' }))
    await world.clock.advance(5_000)
    assert.deepEqual(told.map(({ kind, by, users }) => [kind, by, users]), [['invited', 'mallory', ['bob']]])
    assert.match(told[0]?.message ?? '', /group join club.*group leave club/)
    await world.do(bob.stop())
    await world.do(bob.start())
    await world.clock.advance(5_000)
    assert.deepEqual(bob.heard, [])
    await world.do(bob.node.acceptContact({ username: 'mallory' }))
    await world.clock.advance(5_000)
    assert.deepEqual(bob.heard.map(({ text }) => text), ['one', 'two'])
    assert.equal((await world.info(bob, 'choir'))?.invitedBy, undefined)
  })

  it('is shown once one writes to who has added one, also from another device', async () => {
    await asksFirst()
    await makes(mallory, 'bob')
    await says(mallory, 'hello?')
    await world.do(bob.node.send({ to: 'mallory', text: 'who are you?' }))
    await world.clock.advance(5_000)
    assert.deepEqual(await texts(), ['hello?'])
  })

  it('takes no room from other groups while it waits', async () => {
    await asksFirst()
    await makes(mallory, 'bob')
    const lane = laneOf(bob)
    const { id } = await world.info(bob, 'club') ?? assert.fail()
    await says(mallory, 'one')
    const key = { id: 'other', username: 'carol', device: 'device', epoch: 1, counter: 1, hash: 'hash' }
    const bytes = new Uint8Array(10)
    assert.equal((await listParkedMessages(lane, id))[0]?.mark.sort, 'invited')
    await lane.write(async (tx) => {
      for (let counter = 0; counter < parkedOfStrangers.count; counter++) await parkMessage(tx, { ...key, id, counter }, { header: bytes, sealed: bytes, signature: bytes, via: 'direct', atMs: 0 }, 'invited', 'invited')
      assert.equal(await parkMessage(tx, { ...key, id, counter: 10_000 }, { header: bytes, sealed: bytes, signature: bytes, via: 'direct', atMs: 0 }, 'invited', 'invited'), false)
      assert.equal(await parkMessage(tx, { ...key, id, counter: 10_000 }, { header: bytes, sealed: bytes, signature: bytes, via: 'direct', atMs: 0 }, 'ahead', 'stranger'), true)
    })
  })

  it('waits also where others speak in it, and not where oneself was there before', async () => {
    await asksFirst()
    await makes(mallory, 'bob')
    await world.do(carol.node.groupJoin({ name: 'club' }))
    await says(carol, 'hello')
    assert.deepEqual(await texts(), [])
    await says(bob, 'who are you?')
    await world.clock.advance(5_000)
    assert.deepEqual(await texts(), ['who are you?', 'hello'])
  })

  it('by somebody who is welcome, or that one has joined by oneself, is shown at once', async () => {
    await asksFirst()
    await world.do(bob.node.acceptContact({ username: 'carol' }))
    await makes(carol, 'bob')
    await says(carol, 'welcome')
    await world.do(bob.node.groupLeave({ name: 'club' }))
    await world.do(bob.node.groupJoin({ name: 'club' }))
    await world.do(mallory.node.groupJoin({ name: 'club' }))
    await world.clock.advance(5_000)
    await says(mallory, 'I am new')
    assert.deepEqual(await texts(), ['welcome', 'I am new'])
  })

  it('opens with the door, but not for who is blocked', async () => {
    await asksFirst()
    await makes(mallory, 'bob')
    await says(mallory, 'hello?')
    await world.do(bob.node.blockContact({ username: 'mallory' }))
    await world.do(bob.node.changeSettings({ contacts: 'open' }))
    await world.clock.advance(5_000)
    assert.deepEqual(await texts(), [])
    await asksFirst()
    await world.do(carol.node.groupCreate({ name: 'choir', members: ['bob'] }))
    await world.do(carol.node.groupSend({ names: ['choir'], text: 'sing' }))
    await world.clock.advance(5_000)
    assert.deepEqual(bob.heard, [])
    await world.do(bob.node.changeSettings({ contacts: 'open' }))
    await world.clock.advance(5_000)
    assert.deepEqual(bob.heard.map(({ text }) => text), ['sing'])
  })

  it('is left without having been read, and asks again with the next time', async () => {
    await asksFirst()
    await makes(mallory, 'bob')
    await says(mallory, 'never read')
    await world.do(bob.node.groupLeave({ name: 'club' }))
    await world.clock.advance(5_000)
    assert.deepEqual(await texts(), [])
    await world.do(mallory.node.groupAdd({ name: 'club', usernames: ['bob'] }))
    await says(mallory, 'again')
    assert.deepEqual([bob.heard, told.filter(({ kind }) => kind === 'invited').length], [[], 2])
    await world.do(bob.node.groupJoin({ name: 'club' }))
    await world.clock.advance(5_000)
    assert.deepEqual(await texts(), ['again'])
  })

  it('is no way around it for a founder who sums the log up at once', async () => {
    await asksFirst()
    await world.do(bob.stop())
    await makes(mallory, 'bob')
    const { book } = mallory.node['signedIn'] ?? assert.fail()
    const { id } = await world.info(mallory, 'club') ?? assert.fail()
    // One that is this short is read whole.
    for (let entry = 0; entry < maxWholeLogEntries; entry++) await world.do(mallory.node.groupPolicy({ name: 'club', inviteOnly: entry % 2 === 0 }))
    await world.do(book.operations.change(id, checkpointOf))
    await says(mallory, 'gotcha')
    await world.do(bob.start())
    await world.clock.advance(10_000)
    assert.deepEqual(bob.heard, [])
    assert.equal((await world.info(bob, 'club'))?.invitedBy, 'mallory')
  })
})
