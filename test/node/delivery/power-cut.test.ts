import assert from 'node:assert/strict'
import { World } from '../../simulation/world.js'

describe('a power cut that takes what a device acknowledged, and not what was written after it', () => {
  it('leaves no message that waits for ever', async () => {
    const world = new World('a power cut')
    await world.startServer()
    const alice = await world.addDevice('alice-1', 'alice')
    const bob = await world.addDevice('bob-1', 'bob')
    const say = async (text: string): Promise<string> => {
      const { id } = await world.clock.until(alice.node.send({ to: 'bob', text }))
      await world.clock.advance(5_000)
      return id
    }
    await say('first')
    alice.loseUnsynced()
    const ids = [await say('second'), await say('third')]
    alice.crash()
    await world.clock.until(alice.start())
    await world.clock.advance(60_000)
    assert.deepEqual(await Promise.all(ids.map(async (id) => (await alice.node.trace({ id })).state)), ['delivered', 'delivered'])
    assert.deepEqual((await bob.history('alice')).flatMap(({ text }) => text ?? []), ['first', 'second', 'third'])
    await world.stop()
  })
})
