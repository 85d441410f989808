import assert from 'node:assert/strict'
import { registersShapes, runRegistersSeed, soakRegisters } from './registers-soak.js'

// What CI gives to it; a soak gives more.
const budgetMs = Number(process.env.POOL_SIMULATION_MS ?? 6_000)
const maxSeeds = Number(process.env.POOL_SIMULATION_SEEDS ?? Infinity)
const from = Number(process.env.POOL_SIMULATION_FROM ?? 0)

describe('registers of a pool, simulated', () => {
  const init = { servers: 4, acceptors: 3, operations: 200, faults: 0.1, changes: 0.05 }

  it('happen the same way again with the same seed', async () => {
    const first = await runRegistersSeed('again', init)
    assert.deepEqual(await runRegistersSeed('again', init), first)
    assert.notDeepEqual((await runRegistersSeed('other', init)).trace, first.trace)
    assert.ok(first.operations >= 200 && first.faults >= 5)
  })

  for (const shape of registersShapes) {
    it(`are linearizable: ${shape.name}`, async function () {
      this.timeout(0)
      if (process.env.SEED !== undefined) await runRegistersSeed(process.env.SEED, shape.init)
      else console.log(`      ${JSON.stringify(await soakRegisters(shape, { budgetMs: budgetMs / registersShapes.length, maxSeeds, from }))}`)
    })
  }
})
