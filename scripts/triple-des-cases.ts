/** Holds Triple DES against OpenSSL in random cases: node dist/scripts/triple-des-cases.js [count] [seed] */
import { tripleDesCtrInPlace, tripleDesEngine } from '../src/crypto/triple-des/index.js'
import { runRandomCases } from '../test/crypto/triple-des/random-cases.js'

const count = Number(process.argv[2] ?? 100_000)
const seed = Number(process.argv[3] ?? 1)
const start = process.hrtime.bigint()
const failure = runRandomCases(tripleDesCtrInPlace, count, seed)
const seconds = Number(process.hrtime.bigint() - start) / 1e9
if (failure === undefined) {
  console.log(`${count} cases of seed ${seed}, ${tripleDesEngine()} against OpenSSL: all equal (${seconds.toFixed(1)} s)`)
} else {
  console.error(failure)
  process.exitCode = 1
}
