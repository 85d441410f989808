import assert from 'node:assert/strict'
import type { FileBug } from './file-bugs.js'
import { FileScenario, type FileScenarioInit } from './files.js'

// What CI gives to it; a soak gives more. Each seed is at least 200 operations and 5 faults.
const budgetMs = Number(process.env.SIMULATION_MS ?? 30_000) / 5
const maxSeeds = Number(process.env.SIMULATION_SEEDS ?? 1_000)
const firstSeed = Number(process.env.SIMULATION_FIRST_SEED ?? 1)
const maxCanarySeeds = 40

const shapes: Array<{ name: string, init: FileScenarioInit }> = [
  { name: 'three servers that stay', init: { servers: 3, operations: 200, faults: 25, rosterChanges: false } },
  { name: 'servers that come and go', init: { servers: 4, operations: 200, faults: 20, rosterChanges: true } },
  { name: 'two servers', init: { servers: 2, operations: 200, faults: 20, rosterChanges: true } },
  { name: 'one server that grows', init: { servers: 1, operations: 200, faults: 20, rosterChanges: true } }
]

const canaries: Array<{ bug: FileBug, init: FileScenarioInit }> = [
  { bug: 'told before it is synced', init: { servers: 1, operations: 200, faults: 30, rosterChanges: true } },
  { bug: 'no sync', init: { servers: 3, operations: 200, faults: 30, rosterChanges: false } },
  { bug: 'quorum of one', init: { servers: 4, operations: 200, faults: 30, rosterChanges: true } },
  { bug: 'replica sets from live discovery', init: { servers: 4, operations: 200, faults: 30, rosterChanges: false } },
  { bug: 'removals are forgotten', init: { servers: 3, operations: 200, faults: 30, rosterChanges: false } },
  { bug: 'clocks are believed', init: { servers: 3, operations: 200, faults: 30, rosterChanges: false } }
]

async function seedsWithin (init: FileScenarioInit, name: string): Promise<{ seeds: number, operations: number, faults: number, kept: number, removed: number, reads: number }> {
  const total = { seeds: 0, operations: 0, faults: 0, kept: 0, removed: 0, reads: 0 }
  const endMs = performance.now() + budgetMs
  for (let seed = firstSeed; seed < firstSeed + maxSeeds && (seed === firstSeed || performance.now() < endMs); seed++) {
    const scenario = new FileScenario(`${name} ${seed}`, init)
    try {
      const report = await scenario.run()
      total.seeds++
      for (const field of ['operations', 'faults', 'kept', 'removed', 'reads'] as const) total[field] += report[field]
    } catch (error) {
      const story = scenario.trace.slice(-60).join('\n  ')
      throw new Error(`Files, ${name}, seed ${seed} (SIMULATION_FIRST_SEED=${seed} SIMULATION_SEEDS=1): ${error instanceof Error ? error.message : String(error)}\n  ${story}`, { cause: error })
    }
  }
  return total
}

describe('files on simulated servers', function () {
  this.timeout(budgetMs * 10 + 600_000)

  for (const { name, init } of shapes) {
    it(`are neither lost nor back: ${name}`, async function () {
      const { seeds, operations, faults, kept, removed, reads } = await seedsWithin(init, name)
      assert.ok(seeds > 0 && operations >= 200 * seeds && faults >= 5 * seeds)
      assert.ok(kept > 0 && removed > 0 && reads > 0, 'nothing was kept, removed or read')
      process.stdout.write(`      ${seeds} seeds: ${operations} operations, ${faults} faults, ${kept} told as kept, ${removed} removed, ${reads} chunks read\n`)
    })
  }

  it('take the same course with the same seed', async () => {
    const init: FileScenarioInit = { servers: 4, operations: 60, faults: 10, rosterChanges: true }
    const traces: string[][] = []
    for (let i = 0; i < 2; i++) {
      const scenario = new FileScenario('replay', init)
      await scenario.run()
      traces.push(scenario.trace)
    }
    assert.deepEqual(traces[0], traces[1])
  })

  for (const { bug, init } of canaries) {
    it(`catch a deliberate bug: ${bug}`, async () => {
      for (let seed = 1; seed <= maxCanarySeeds; seed++) {
        const caught = await new FileScenario(`canary ${seed}`, { ...init, bug }).run().then(() => undefined, (error: unknown) => error)
        if (caught instanceof Error && /told as|is back at/.test(caught.message)) return
      }
      assert.fail(`${maxCanarySeeds} seeds did not catch it`)
    })
  }
})
