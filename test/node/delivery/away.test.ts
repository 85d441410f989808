import assert from 'node:assert/strict'
import { resendRequestMs, upkeepIntervalMs } from '../../../src/node/delivery/limits.js'
import { mailRetentionMs } from '../../../src/protocol/limits.js'
import { maxSteadyStepMs } from '../../../src/steady-time.js'
import { believeClock } from '../../helpers/home-time.js'
import { World, type SimulatedDevice } from '../../simulation/world.js'

/** A little more than lies between two sweeps of a server. */
const sweepMs = 11 * 60 * 1000
const dayMs = 24 * 60 * 60 * 1000

describe('a device that was away for longer than its mail is kept', () => {
  let world: World
  let alice: SimulatedDevice
  let bob: SimulatedDevice
  let seed = 0

  beforeEach(async () => {
    world = new World(`away ${seed++}`)
    await world.startServer()
    alice = await world.addDevice('alice-1', 'alice')
    bob = await world.addDevice('bob-1', 'bob')
    await world.clock.advance(1_000)
    await bob.stop()
  })

  afterEach(async () => {
    const errors = world.devices.flatMap((device) => device.errors)
    await world.stop()
    assert.deepEqual(errors, [])
    assert.equal(world.clock.pending, 0, 'timers are left')
  })

  const jump = async (ms: number): Promise<void> => {
    // The server follows a clock that jumps only so far at each of its sweeps.
    for (let left = ms; left > 0; left -= maxSteadyStepMs) {
      const step = Math.min(left, maxSteadyStepMs)
      world.clock.jump(Math.max(0, step - sweepMs))
      await world.clock.advance(Math.min(step, sweepMs))
    }
    if (alice.isRunning) await believeClock(alice.node['components'].lane)
    await world.clock.advance(upkeepIntervalMs + 60_000)
  }
  const writes = async (days: number): Promise<void> => {
    for (let day = 1; day <= days; day++) {
      await world.clock.until(alice.node.send({ to: 'bob', text: `day ${day}` }))
      await jump(dayMs)
    }
  }
  const shown = async (): Promise<string[]> => (await bob.history('alice')).map(({ kind, text }) => text ?? kind)

  it('shows at once what is left, behind a marked gap', async () => {
    await writes(4)
    await jump(mailRetentionMs - 2 * dayMs - 4 * upkeepIntervalMs)
    await world.clock.until(bob.start())
    await world.clock.advance(2_000)
    // One for what expired at a time.
    assert.deepEqual((await shown()).filter((line, at, all) => line !== 'gap' || all[at - 1] !== 'gap'), ['gap', 'day 3', 'day 4'])
  })

  it('asks for what is missing when its sender was not there to say that it has expired, and gets it when that is back', async () => {
    await writes(4)
    await alice.stop()
    await jump(mailRetentionMs - 2 * dayMs - 4 * upkeepIntervalMs)
    await world.clock.until(bob.start())
    await world.clock.advance(10_000)
    assert.deepEqual(await shown(), [])
    await world.clock.advance(resendRequestMs)
    await bob.stop()
    await world.clock.until(alice.start())
    await world.clock.advance(10_000)
    await world.clock.until(bob.start())
    await world.clock.advance(10_000)
    assert.deepEqual(await shown(), ['day 1', 'day 2', 'day 3', 'day 4'])
  })
})
