import assert from 'node:assert/strict'
import type { NodeEvent } from '../../../src/node/chat-node.js'
import { World } from '../../simulation/world.js'
import { rejectsCode } from '../support.js'

describe('events of a home whose disk has refused a write', () => {
  it('say so and what to do, and end; what came meanwhile is there after the next start', async () => {
    const world = new World('a full home')
    await world.startServer()
    const alice = await world.addDevice('alice-1', 'alice')
    const bob = await world.addDevice('bob-1', 'bob')
    const events: NodeEvent[] = []
    const ended = (async () => { for await (const event of bob.node.events({}, new AbortController().signal)) events.push(event) })()
    ended.catch(() => {})
    bob.refuseWrites(() => true)
    await world.clock.until(alice.node.send({ to: 'bob', text: 'are you there?' }))
    const error = await world.clock.until(rejectsCode(ended, 'ERR_STORE_IO'))
    assert.match(error.message, /Make room .* start p2pchat again/)
    assert.deepEqual(events.at(-1), { event: 'error', code: 'ERR_STORE_IO', message: error.message })
    await world.clock.until(rejectsCode((async () => { for await (const event of bob.node.events({}, new AbortController().signal)) events.push(event) })(), 'ERR_STORE_IO'))
    await world.clock.until(bob.stop())
    await world.clock.until(bob.start())
    await world.clock.advance(20_000)
    assert.deepEqual((await bob.history('alice')).map(({ text }) => text), ['are you there?'])
    await world.stop()
  })
})
