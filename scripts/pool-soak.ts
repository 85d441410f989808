/**
 * Seeds of the simulated pool in great numbers: FIRST_SEED=1 SEEDS=100000 npm run soak:pool. Tells the sums so far after
 * every hundred, so that those of several ranges and machines can be added up, and at once of each seed that fails; it goes
 * on after one. POOL_SIMULATION_MS ends it after so long. Ends with 1 if any has failed.
 */
import { soakPool, type SoakSummary } from '../test/simulation/pool/pool-soak.js'

const seedsPerLine = 100
const first = Number(process.env.FIRST_SEED ?? 1)
const maxSeeds = Number(process.env.SEEDS ?? 1_000)
const budgetMs = Number(process.env.POOL_SIMULATION_MS ?? Infinity)

function tell (sum: SoakSummary): void {
  console.log(`${new Date().toISOString()} seeds ${first} to ${first + sum.seeds - 1}: ${JSON.stringify(sum)}`)
}

const sum = await soakPool({
  first,
  maxSeeds,
  budgetMs,
  onSeed: (so) => { if (so.seeds % seedsPerLine === 0) tell(so) },
  onFailure: (error) => { console.log(`FAILED ${error.message}`) }
})
tell(sum)
process.exitCode = sum.failed === 0 ? 0 : 1
