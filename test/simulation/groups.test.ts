import assert from 'node:assert/strict'
import { GroupScenario, type GroupScenarioInit, type GroupScenarioReport } from './groups-scenario.js'

// What CI gives to it; a soak gives more. A seed that was begun is brought to its end.
const budgetMs = Number(process.env.GROUP_SIMULATION_MS ?? 20_000)
const maxSeeds = Number(process.env.SIMULATION_SEEDS ?? 4)

const shapes: Array<{ name: string, init: GroupScenarioInit }> = [
  { name: 'five people, two groups, many changes', init: { accounts: 5, secondDevices: 0, groups: 2, steps: 120, faults: 0.2, sends: 0.5 } },
  { name: 'four people with two devices each, many faults', init: { accounts: 4, secondDevices: 4, groups: 2, steps: 100, faults: 0.35, sends: 0.6 } },
  { name: 'seven people, one group, who are away for long', init: { accounts: 7, secondDevices: 1, groups: 1, steps: 140, faults: 0.15, sends: 0.4 } }
]

async function runSeed (seed: string, init: GroupScenarioInit): Promise<GroupScenarioReport> {
  const scenario = new GroupScenario(seed, init)
  try {
    return await scenario.run()
  } catch (error) {
    const story = process.env.STORY === undefined ? '' : `\n${scenario.story.join('\n')}`
    throw new Error(`SEED="${seed}" replays it (STORY=1 tells what happened): ${error instanceof Error ? error.message : String(error)}${story}`, { cause: error })
  }
}

describe('groups, simulated', () => {
  it('happen the same way again with the same seed', async function () {
    this.timeout(0)
    const init = { accounts: 3, secondDevices: 1, groups: 2, steps: 40, faults: 0.2, sends: 0.5 }
    const [first, second] = [new GroupScenario('again', init), new GroupScenario('again', init)]
    assert.deepEqual(await first.run(), await second.run())
    assert.deepEqual(first.story, second.story)
  })

  for (const { name, init } of shapes) {
    it(`come to one log and one key, and bring each message to whom it is for and to nobody else: ${name}`, async function () {
      this.timeout(0)
      const only = process.env.SEED
      if (only !== undefined) {
        await runSeed(only, init)
        return
      }
      const endMs = Date.now() + budgetMs / shapes.length
      const all = { seeds: 0, sent: 0, read: 0, changes: 0, faults: 0, longestWithoutKeyMs: 0 }
      for (; all.seeds < maxSeeds && (all.read === 0 || Date.now() < endMs); all.seeds++) {
        const report = await runSeed(`${name} ${all.seeds}`, init)
        for (const what of ['sent', 'read', 'changes', 'faults'] as const) all[what] += report[what]
        all.longestWithoutKeyMs = Math.max(all.longestWithoutKeyMs, report.longestWithoutKeyMs)
      }
      assert.ok(all.read > 0, 'nobody has read anything')
      console.log(`      ${all.seeds} seeds, ${all.sent} messages read ${all.read} times, ${all.changes} changes, ${all.faults} faults; without a key for ${all.longestWithoutKeyMs / 1000} s at most`)
    })
  }
})
