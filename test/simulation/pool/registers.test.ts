import assert from 'node:assert/strict'
import { RegistersScenario, type RegistersScenarioInit } from './registers-scenario.js'

// What CI gives to it; a soak gives more. Each seed is at least 200 operations and 5 faults.
const budgetMs = Number(process.env.POOL_SIMULATION_MS ?? 6_000)
const maxSeeds = Number(process.env.POOL_SIMULATION_SEEDS ?? 1_000_000)

const shapes: Array<{ name: string, init: RegistersScenarioInit }> = [
  { name: 'three acceptors of four servers', init: { servers: 4, acceptors: 3, operations: 200, faults: 0.1, changes: 0.02 } },
  { name: 'a pool that grows from one server to five', init: { servers: 5, acceptors: 1, operations: 200, faults: 0.08, changes: 0.06 } },
  { name: 'two acceptors', init: { servers: 3, acceptors: 2, operations: 200, faults: 0.1, changes: 0.04 } }
]

async function runSeed (seed: string, init: RegistersScenarioInit): Promise<Awaited<ReturnType<RegistersScenario['run']>>> {
  const scenario = new RegistersScenario(seed, init)
  try {
    return await scenario.run()
  } catch (error) {
    const story = process.env.STORY === undefined ? '' : `\n${scenario.world.trace.join('\n')}`
    throw new Error(`SEED='${seed}' replays it (STORY=1 tells what happened): ${error instanceof Error ? error.message : String(error)}${story}`, { cause: error })
  }
}

describe('registers of a pool, simulated', () => {
  it('happen the same way again with the same seed', async () => {
    const init = { servers: 4, acceptors: 3, operations: 200, faults: 0.1, changes: 0.05 }
    const first = await runSeed('again', init)
    assert.deepEqual(await runSeed('again', init), first)
    assert.notDeepEqual((await runSeed('other', init)).trace, first.trace)
  })

  for (const { name, init } of shapes) {
    it(`are linearizable: ${name}`, async function () {
      this.timeout(0)
      const only = process.env.SEED
      if (only !== undefined) {
        await runSeed(only, init)
        return
      }
      const endMs = Date.now() + budgetMs / shapes.length
      const sum = { seeds: 0, operations: 0, unknown: 0, faults: 0, rosters: 0, retired: 0 }
      for (; sum.seeds < maxSeeds && (sum.seeds === 0 || Date.now() < endMs); sum.seeds++) {
        const report = await runSeed(`${name} ${sum.seeds}`, init)
        for (const key of ['operations', 'unknown', 'faults', 'rosters', 'retired'] as const) sum[key] += report[key]
      }
      console.log(`      ${JSON.stringify(sum)}`)
    })
  }
})
