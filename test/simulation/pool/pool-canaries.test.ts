/** Mistakes that the simulation must find within a bounded number of seeds: a test of the test. */
import assert from 'node:assert/strict'
import { withCheapSignatures } from './cheap-signatures.js'
import type { PoolBug } from './pool-bugs.js'
import { PoolScenario, type PoolScenarioInit } from './pool-scenario.js'

const maxSeeds = 60
/** `findings`: what the checks say of it; anything else that a mistake breaks is not what it has to be known by. */
const wholeDisks: PoolScenarioInit['weights'] = { 'lost disk': 0, 'stale disk': 0, 'flipped file': 0, 'truncated file': 0, 'lying server': 0 }

const canaries: Array<{ bug: PoolBug, findings: RegExp, init?: PoolScenarioInit }> = [
  { bug: 'no sync', findings: /not linearizable|lost/, init: { servers: 3, faults: 30, weights: { ...wholeDisks, crash: 8, 'crash after an answer': 8 } } },
  { bug: 'quorum of one', findings: /not linearizable|lost/ },
  { bug: 'acceptors from live discovery', findings: /not linearizable/ },
  { bug: 'replica sets from live discovery', findings: /lost/, init: { servers: 4, changes: false, registerShare: 0.1, faults: 30, weights: { ...wholeDisks, partition: 8, cut: 4, crash: 4 } } },
  { bug: 'acknowledgement before storage', findings: /lost/, init: { servers: 4, faults: 40 } },
  { bug: 'promises forgotten after a restore', findings: /not linearizable/, init: { servers: 3, changes: false, registerShare: 0.95, faults: 40, weights: { ...wholeDisks, 'stale disk': 20, cut: 8, 'cut one way': 8 } } },
  { bug: 'acknowledgements forgotten too early', findings: /back/ },
  { bug: 'what was missed is not fetched', findings: /not caught up/ },
  { bug: 'clocks are believed', findings: /lost/, init: { changes: false, registerShare: 0.1, weights: { ...wholeDisks, 'clock a month off': 8 } } }
]

/** What is wrong with what was seen, if anything; the registers are looked at whatever else ends it. */
async function finding (seed: string, findings: RegExp, init: PoolScenarioInit): Promise<string | undefined> {
  const scenario = new PoolScenario(seed, { restRounds: 8, ...init })
  const problems: unknown[] = []
  await scenario.run().catch((error: unknown) => { problems.push(error) })
  try {
    scenario.checkRegisters()
  } catch (error) {
    problems.push(error)
  }
  return problems.map((problem) => String(problem).split('\n')[0] ?? '').find((problem) => findings.test(problem))
}

describe('canaries: the simulation of the pool finds', function () {
  this.timeout(0)

  for (const { bug, findings, init } of canaries) {
    it(bug, async () => {
      for (let seed = 1; seed <= maxSeeds; seed++) {
        const problem = await withCheapSignatures(async () => await finding(`canary ${seed}`, findings, { ...init, bug }))
        if (problem === undefined) continue
        console.log(`      seed ${seed}: ${problem}`)
        return
      }
      assert.fail(`${maxSeeds} seeds have not shown it.`)
    })
  }

  it('the same thing again with a seed that fails, on the same way', async () => {
    const traces: string[][] = []
    for (let run = 0; run < 2; run++) {
      await withCheapSignatures(async () => {
        const scenario = new PoolScenario('canary 1', { bug: 'acknowledgements forgotten too early', keepsTrace: true })
        await assert.rejects(scenario.run())
        traces.push(scenario.world.trace)
      })
    }
    assert.ok((traces[0]?.length ?? 0) > 1_000)
    assert.deepEqual(traces[1], traces[0])
  })
})
