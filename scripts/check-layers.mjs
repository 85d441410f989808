// Runs dependency-cruiser, and makes sure that it saw the project: a cruise over nothing finds nothing.
import { spawnSync } from 'node:child_process'

const { stdout, stderr, status } = spawnSync('npx', ['depcruise', 'src', 'bin', '--output-type', 'json'], { encoding: 'utf8', maxBuffer: 1 << 28 })
if (stdout === '') {
  console.error(stderr)
  process.exit(status ?? 1)
}
const { summary } = JSON.parse(stdout)
for (const { rule, from, to } of summary.violations) console.error(`${rule.severity}: ${rule.name}: ${from} -> ${to}`)
console.log(`layers: ${summary.totalCruised} modules, ${summary.totalDependenciesCruised} dependencies, ${summary.error} violations`)
process.exit(summary.error > 0 || summary.totalCruised < 50 ? 1 : 0)
