/**
 * Seeds of the simulated pool in great numbers: FIRST_SEED=1 SEEDS=100000 npm run soak:pool. A line after every thousand,
 * and at once for each seed that fails; it goes on after one. Ends with 1 if any has failed.
 */
import { soakPool, type SoakSummary } from '../test/simulation/pool/pool-soak.js'

const seedsPerLine = 1_000
const first = Number(process.env.FIRST_SEED ?? 1)
const maxSeeds = Number(process.env.SEEDS ?? seedsPerLine)
const startMs = Date.now()

function tell (sum: SoakSummary): void {
  const cpu = process.cpuUsage()
  const cpuSeconds = Math.round((cpu.user + cpu.system) / 1e6)
  console.log(`${new Date().toISOString()} seeds ${first} to ${first + sum.seeds - 1}: ${sum.failed} failed, ${cpuSeconds} s CPU, ${Math.round((Date.now() - startMs) / 1_000)} s; ${JSON.stringify(sum)}`)
}

const sum = await soakPool({
  first,
  maxSeeds,
  onSeed: (so) => { if (so.seeds % seedsPerLine === 0 || so.seeds === 10 || so.seeds === 100) tell(so) },
  onFailure: (error) => { console.log(`FAILED ${error.message}`) }
})
tell(sum)
process.exitCode = sum.failed === 0 ? 0 : 1
