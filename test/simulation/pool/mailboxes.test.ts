import assert from 'node:assert/strict'
import { MailScenario, type MailScenarioInit } from './mailboxes.js'

const shape: MailScenarioInit = { servers: 4, operations: 200, faults: 15, rosterChanges: true }

describe('mail on simulated servers', () => {
  it('smoke', async () => {
    for (let seed = 0; seed < Number(process.env.SEEDS ?? 3); seed++) {
      const scenario = new MailScenario(`s${seed + Number(process.env.FROM ?? 0)}`, shape)
      const t = Date.now()
      try {
        const report = await scenario.run()
        console.log(seed, JSON.stringify(report), Date.now() - t, 'ms', scenario.trace.length)
      } catch (error) {
        console.log('SEED', seed, (error as Error).message)
        if (process.env.TRACE) { console.log(scenario.trace.join('\n')); throw error }
      }
    }
    assert.ok(true)
  })
})
