import assert from 'node:assert/strict'
import { maxReadAtOnce } from '../../../src/node/delivery/limits.js'
import { World } from '../../simulation/world.js'

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
