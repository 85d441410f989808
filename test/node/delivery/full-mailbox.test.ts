import assert from 'node:assert/strict'
import { World, type SimulatedDevice } from '../../simulation/world.js'

describe('a mailbox that is full', () => {
  let world: World
  const start = async (limits: { maxMailboxEntries?: number, maxMailboxEntriesPerSender?: number }): Promise<SimulatedDevice[]> => {
    world = new World(`full mailbox ${JSON.stringify(limits)}`, { limits })
    await world.startServer()
    const people = [await world.addDevice('alice-1', 'alice'), await world.addDevice('carol-1', 'carol'), await world.addDevice('bob-1', 'bob')]
    for (const one of people.slice(0, 2)) await says(one, 'hello')
    await people[2]?.stop()
    await world.clock.advance(5_000)
    return people
  }
  const says = async (from: SimulatedDevice, ...all: string[]): Promise<void> => {
    for (const text of all) await world.clock.until(from.node.send({ to: 'bob', text }))
    await world.clock.advance(5_000)
  }

  afterEach(async () => { await world.stop() })

  it('of messages of one sender takes the rest as soon as its owner has fetched some', async () => {
    const [alice, , bob] = await start({ maxMailboxEntriesPerSender: 3 }) as [SimulatedDevice, SimulatedDevice, SimulatedDevice]
    const texts = Array.from({ length: 10 }, (_, n) => String(n))
    await says(alice, ...texts)
    await bob.start()
    await world.clock.advance(10_000)
    assert.deepEqual((await bob.history('alice')).map(({ text }) => text), ['hello', ...texts])
  })

  it('of messages of others keeps nothing from who comes online', async () => {
    const [alice, carol, bob] = await start({ maxMailboxEntries: 3 }) as [SimulatedDevice, SimulatedDevice, SimulatedDevice]
    await says(carol, '1', '2', '3')
    await says(alice, 'and I')
    await bob.start()
    await world.clock.advance(10_000)
    assert.deepEqual((await bob.history('alice')).map(({ text }) => text), ['hello', 'and I'])
  })
})
