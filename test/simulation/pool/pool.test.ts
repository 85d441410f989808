import assert from 'node:assert/strict'
import { runPoolSeed, soakPool } from './pool-soak.js'

// CI runs the same seeds everywhere, about half a minute of them; with a budget it is as many as fit.
const budgetMs = process.env.POOL_SIMULATION_MS === undefined ? undefined : Number(process.env.POOL_SIMULATION_MS)
const maxSeeds = Number(process.env.SEEDS ?? (budgetMs === undefined ? 60 : Infinity))
const first = Number(process.env.FIRST_SEED ?? 1)

describe('the whole pool, simulated', function () {
  this.timeout(0)

  it('takes the same course with the same seed', async () => {
    const run = await runPoolSeed(1)
    assert.deepEqual(await runPoolSeed(1), run)
    assert.notEqual((await runPoolSeed(2)).traceHash, run.traceHash)
    assert.ok(run.operations >= 200 && run.faults >= 5)
  })

  it('has linearizable registers, and loses, doubles, reorders and brings back no mail', async () => {
    if (process.env.SEED !== undefined) {
      console.log(`      ${JSON.stringify(await runPoolSeed(Number(process.env.SEED)))}`)
      return
    }
    const sum = await soakPool({ first, maxSeeds, ...budgetMs === undefined ? {} : { budgetMs } })
    assert.ok(sum.operations >= 200 * sum.seeds && sum.faults >= 5 * sum.seeds)
    assert.ok(sum.stored > 0 && sum.acknowledged > 0, 'nothing was stored or acknowledged')
    console.log(`      ${JSON.stringify(sum)}`)
  })
})
