import assert from 'node:assert/strict'
import { maxReadAtOnce } from '../../../src/node/delivery/limits.js'
import { World, type SimulatedDevice } from '../../simulation/world.js'
import { rejectsCode } from '../support.js'

describe('messages that are read up to one of them', () => {
  it('are told as read, and no others, which are still unread after a restart', async () => {
    const world = new World('some are read')
    await world.startServer()
    const alice = await world.addDevice('alice-1', 'alice')
    const phone = await world.addDevice('alice-2', 'alice')
    const bob = await world.addDevice('bob-1', 'bob')
    const says = async (from: SimulatedDevice, text: string): Promise<string> => {
      const { id } = await world.clock.until(from.node.send({ to: 'bob', text }))
      await world.clock.advance(1_000)
      return id
    }
    const sent = [{ from: alice, id: await says(alice, '1') }, { from: phone, id: await says(phone, '2') }, { from: alice, id: await says(alice, '3') }, { from: phone, id: await says(phone, '4') }]
    const states = async (): Promise<string[]> => {
      await world.clock.advance(5_000)
      return await Promise.all(sent.map(async ({ from, id }) => (await from.node.trace({ id })).state))
    }
    const unread = async (): Promise<number | undefined> => (await bob.node.contacts()).find(({ username }) => username === 'alice')?.unread
    const cursors = (await bob.node.history({ user: 'alice' })).filter(({ kind }) => kind === 'text').map(({ cursor }) => cursor)
    await world.clock.until(bob.node.markRead({ user: 'alice', through: cursors[0] ?? '' }))
    assert.deepEqual([await states(), await unread()], [['read', 'delivered', 'delivered', 'delivered'], 3])
    await world.clock.until(bob.node.markRead({ user: 'alice', through: cursors[2] ?? '' }))
    await world.clock.until(bob.node.markRead({ user: 'alice', through: cursors[1] ?? '' }))
    assert.deepEqual([await states(), await unread()], [['read', 'read', 'read', 'delivered'], 1])
    bob.crash()
    await world.clock.until(bob.start())
    assert.equal(await world.clock.until(unread()), 1)
    await world.clock.until(bob.node.markRead({ user: 'alice' }))
    assert.deepEqual([await states(), await unread()], [['read', 'read', 'read', 'read'], 0])
    await rejectsCode(world.clock.until(bob.node.markRead({ user: 'alice', through: 'x' })), 'ERR_USAGE')
    await world.stop()
  })
})

describe('many messages that are read at once', () => {
  it('are all told as read, also when the sender stops in between', async () => {
    const world = new World('many are read')
    await world.startServer()
    const alice = await world.addDevice('alice-1', 'alice')
    const bob = await world.addDevice('bob-1', 'bob')
    const { id: first } = await world.clock.until(alice.node.send({ to: 'bob', text: 'first' }))
    for (let n = 0; n < 3 * maxReadAtOnce; n++) await world.clock.until(alice.node.send({ to: 'bob', text: String(n) }))
    await world.clock.advance(10_000)
    const states = async (): Promise<string[]> => [...new Set((await alice.node.history({ user: 'bob', limit: 1_000 })).map(({ state }) => state ?? ''))]
    assert.deepEqual(await states(), ['delivered'])
    let told = 0
    alice.onEvent = (event) => {
      if (event.event !== 'status' || event.state !== 'read') return
      told++
      if (event.id === first) alice.crash()
    }
    await world.clock.until(bob.node.markRead({ user: 'alice' }))
    await world.clock.advance(5_000)
    assert.equal(told, maxReadAtOnce)
    await world.clock.until(alice.start())
    await world.clock.advance(5_000)
    assert.deepEqual(await states(), ['read'])
    await world.stop()
  })
})
