/**
 * The proofs that take longer than CI has time for, each the same code with more of it: npm run soak [minutes].
 * Ends with 1 if any of them failed; the output names the seed that replays it.
 */
import { spawn } from 'node:child_process'

const minutes = Number(process.argv[2] ?? 10)
const mocha = ['node_modules/mocha/bin/mocha.js', '--spec']

interface Proof { name: string, args: string[], env?: Record<string, string> }

const proofs: Proof[] = [
  { name: 'Triple DES against OpenSSL', args: ['dist/scripts/triple-des-cases.js', '1000000', String(Date.now() % 1_000_000)] },
  { name: 'Triple DES, time of fixed against random', args: ['dist/scripts/triple-des-timing.js', '200000'] },
  {
    name: 'delivery, simulated',
    args: [...mocha, 'dist/test/simulation/*.test.js', '--config', '.mocharc.soak.json'],
    env: { SIMULATION_MS: String(minutes * 60_000), SIMULATION_SEEDS: '1000000' }
  },
  {
    name: 'files in memory, everybody dies',
    args: [...mocha, 'dist/test/node/transfers/crashes.test.js', '--config', '.mocharc.soak.json'],
    env: { FILE_SEEDS: String(20 * minutes) }
  },
  {
    name: 'a file of 1 GiB between processes, each of the three killed several times',
    args: [...mocha, 'dist/test/e2e/files.test.js', '--grep', 'go on by themselves', '--config', '.mocharc.soak.json'],
    env: { FILE_MIB: '1024', FILE_KILLS: '5' }
  },
  {
    name: 'the memory of both sides of a file of 4 GiB',
    args: [...mocha, 'dist/test/e2e/files.test.js', '--grep', 'no more memory', '--config', '.mocharc.soak.json'],
    env: { LARGE_FILE_MIB: '4096' }
  },
  {
    name: 'groups, simulated',
    args: [...mocha, 'dist/test/simulation/groups.test.js', '--config', '.mocharc.soak.json'],
    env: { GROUP_SIMULATION_MS: String(minutes * 60_000), SIMULATION_SEEDS: '1000000' }
  },
  {
    name: 'the whole pool, and files on several servers, simulated',
    args: [...mocha, 'dist/test/simulation/pool/*.test.js', '--config', '.mocharc.soak.json'],
    env: { POOL_SIMULATION_MS: String(minutes * 60_000), SIMULATION_MS: String(minutes * 60_000), SIMULATION_SEEDS: '1000000' }
  },
  {
    name: '100,000 messages of 200 people while servers are killed',
    args: [...mocha, 'dist/test/e2e/pool-kills.test.js', '--config', '.mocharc.soak.json'],
    env: { KILL_USERS: '200', KILL_MESSAGES: '100000', KILL_PAUSE_MS: '1500', KILLS: '20' }
  },
  {
    name: 'fifty clients and a thousand names',
    args: [...mocha, 'dist/test/rendezvous/member/names.test.js', '--config', '.mocharc.soak.json'],
    env: { RACED_NAMES: '1000' }
  },
  {
    name: 'groups in turmoil',
    args: [...mocha, 'dist/test/node/groups/book/convergence.test.js', '--config', '.mocharc.soak.json'],
    env: { GROUP_SEEDS: String(minutes * 10) }
  },
  ...Array.from({ length: Math.max(1, Math.round(minutes / 5)) }, (_, i) => ({
    name: `twenty clients on loopback, seed ${i + 2}`,
    args: [...mocha, 'dist/test/loopback/twenty-clients.test.js', '--config', '.mocharc.soak.json'],
    env: { SEED: String(i + 2), ROUNDS: '20' }
  }))
]

let failed = 0
for (const { name, args, env } of proofs) {
  console.log(`\n== ${name}`)
  const child = spawn(process.execPath, args, { stdio: 'inherit', env: { ...process.env, ...env } })
  const status = await new Promise<number | null>((resolve) => { child.on('exit', resolve) })
  if (status !== 0) failed++
}
console.log(`\n${proofs.length - failed} proofs held, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
