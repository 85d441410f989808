import assert from 'node:assert/strict'
import { Scenario, type ScenarioInit } from './scenario.js'

// What CI gives to it; a soak gives more. Each seed is at least 200 operations and 5 faults.
const budgetMs = Number(process.env.SIMULATION_MS ?? 30_000)
const maxSeeds = Number(process.env.SIMULATION_SEEDS ?? 4)

const shapes: Array<{ name: string, init: ScenarioInit }> = [
  { name: 'four people, many faults', init: { accounts: 4, secondDevices: 0, steps: 300, faults: 0.25 } },
  { name: 'twenty people, everybody to everybody', init: { accounts: 20, secondDevices: 0, steps: 420, faults: 0.1, everyPair: true } },
  { name: 'three people with two devices each', init: { accounts: 3, secondDevices: 3, steps: 270, faults: 0.2 } },
  { name: 'six people on three servers and more', init: { accounts: 6, secondDevices: 1, steps: 300, faults: 0.25, servers: 3 } }
]

async function runSeed (seed: string, init: ScenarioInit): Promise<number> {
  const scenario = new Scenario(seed, init)
  try {
    return (await scenario.run()).sent
  } catch (error) {
    const story = process.env.STORY === undefined ? '' : `\n${scenario.story.join('\n')}`
    throw new Error(`SEED=${seed} replays it (STORY=1 tells what happened): ${error instanceof Error ? error.message : String(error)}${story}`, { cause: error })
  }
}

describe('delivery, simulated', () => {
  it('happens the same way again with the same seed', async function () {
    this.timeout(0)
    const init = { accounts: 3, secondDevices: 1, steps: 60, faults: 0.3 }
    const [first, second] = [new Scenario('again', init), new Scenario('again', init)]
    assert.deepEqual(await first.run(), await second.run())
    assert.deepEqual(first.story, second.story)
  })

  for (const { name, init } of shapes) {
    it(`loses nothing, doubles nothing and keeps the order: ${name}`, async function () {
      this.timeout(0)
      const only = process.env.SEED
      if (only !== undefined) {
        await runSeed(only, init)
        return
      }
      const endMs = Date.now() + budgetMs / shapes.length
      let seeds = 0
      let sent = 0
      for (; seeds < maxSeeds && (sent === 0 || Date.now() < endMs); seeds++) sent += await runSeed(`${name} ${seeds}`, init)
      console.log(`      ${seeds} seeds, ${sent} messages`)
    })
  }
})
