import assert from 'node:assert/strict'
import { World } from './world.js'

describe('three servers in memory', () => {
  it('bring a message from one device to another, and the receipt back', async () => {
    const world = new World('first', { servers: 3 })
    await world.startServer()
    const alice = await world.addDevice('alice-1', 'alice')
    const bob = await world.addDevice('bob-1', 'bob')
    const { id } = await world.clock.until(alice.node.send({ to: 'bob', text: 'hello' }))
    const status = await world.clock.until(alice.node.wait({ id, state: 'delivered', timeoutMs: 5_000 }))
    assert.equal(status.state, 'delivered')
    await world.clock.advance(1_000)
    assert.deepEqual(bob.heard.map(({ text, from }) => [from, text]), [['alice', 'hello']])
    await world.stop()
    assert.equal(world.clock.pending, 0)
  })
})
