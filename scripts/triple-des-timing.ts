/**
 * Does the time of a Triple DES call depend on what it is given? Fixed against random, as dudect does it: samples of
 * two classes in random order, one with the same key, prefix and data every time, one with new ones; then Welch's t
 * between their times, over all samples and over the quickest part of them (what the machine does otherwise only
 * makes some samples slow). Below 4.5, no difference can be told.
 *
 * node dist/scripts/triple-des-timing.js [samples] [seed]
 */
import { createCipheriv } from 'node:crypto'
import { opensslCtr } from '../src/crypto/triple-des/openssl.js'
import { tripleDesCtrInPlace, tripleDesEngine } from '../src/crypto/triple-des/index.js'

const LIMIT = 4.5
const QUICKEST_PARTS = [1, 0.999, 0.99, 0.9, 0.75, 0.5, 0.25]
const DATA_BYTES = 1024
const INPUT_BYTES = 28 + DATA_BYTES
const ROUND_CALLS = 500
const WARM_UP_CALLS = 10 * ROUND_CALLS

type Subject = (key: Uint8Array, prefix: Uint8Array, data: Uint8Array) => void

interface Samples { fixed: Float64Array, random: Float64Array }

const samples = Number(process.argv[2] ?? 200_000)
const random = seededBytes(Number(process.argv[3] ?? 1))

/** What a leak looks like here: some 2 % more work if one bit of the key is set. */
const leaky: Subject = (key, prefix, data) => {
  tripleDesCtrInPlace(key, prefix, data)
  let sum = 0
  for (let n = 0; n < (key[0]! & 2) * 64; n++) sum ^= data[n]!
  if (sum === 256) throw new Error('a byte cannot be 256')
}

if (tripleDesEngine() !== 'wasm-simd') throw new Error('There is no WebAssembly SIMD here, so nothing to measure.')
const ours = report('bitslice', tripleDesCtrInPlace)
report('beside: OpenSSL, tables', (key, prefix, data) => { opensslCtr(key, prefix, data, data, 0) })
const control = report('control: bitslice with a leak', leaky)
if (ours >= LIMIT) {
  console.error(`The bitslice's timing depends on its input: |t| reached ${LIMIT}.`)
  process.exitCode = 1
}
if (control < LIMIT) {
  console.error('The leak built in was not found: the measurement is too noisy to say anything. Run it on a quiet machine.')
  process.exitCode = 1
}

/** Prints one line and returns the largest |t|. */
function report (what: string, subject: Subject): number {
  const taken = measure(subject)
  const values = QUICKEST_PARTS.map((part) => welch(taken, part))
  const worst = Math.max(...values.map(Math.abs))
  const parts = values.map((t, i) => `${QUICKEST_PARTS[i]! * 100} %: ${t.toFixed(2)}`).join('  ')
  console.log(`${what}: largest |t| ${worst.toFixed(2)} over ${samples} samples  (t by quickest part: ${parts})`)
  return worst
}

function measure (subject: Subject): Samples {
  const fixed = random(INPUT_BYTES)
  const times: Record<keyof Samples, number[]> = { fixed: [], random: [] }
  for (let n = -WARM_UP_CALLS; n < samples; n += ROUND_CALLS) {
    // All inputs of a round lie ready before the first is timed, each in a place of its own: the caches and the
    // processor's queues then hold the same for both classes.
    const inputs = Array.from({ length: Math.min(ROUND_CALLS, samples - n) }, () => {
      const fresh = random(INPUT_BYTES)
      const kind = random(1)[0]! % 2 === 0 ? 'fixed' as const : 'random' as const
      const bytes = new Uint8Array(kind === 'fixed' ? fixed : fresh)
      return { kind, key: bytes.subarray(0, 24), prefix: bytes.subarray(24, 28), data: bytes.subarray(28) }
    })
    for (const { kind, key, prefix, data } of inputs) {
      const start = performance.now()
      subject(key, prefix, data)
      const elapsed = performance.now() - start
      if (n >= 0) times[kind].push(elapsed)
    }
  }
  return { fixed: Float64Array.from(times.fixed), random: Float64Array.from(times.random) }
}

/** Welch's t between the samples below the given quantile of all. */
function welch ({ fixed, random }: Samples, part: number): number {
  const all = Float64Array.from([...fixed, ...random]).sort()
  const bound = all[Math.ceil(all.length * part) - 1]!
  const [a, b] = [fixed, random].map((times) => moments(times.filter((time) => time <= bound))) as [Moments, Moments]
  return (a.mean - b.mean) / Math.sqrt(a.variance / a.count + b.variance / b.count)
}

interface Moments { count: number, mean: number, variance: number }

function moments (values: Float64Array): Moments {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1)
  return { count: values.length, mean, variance }
}

function seededBytes (seed: number): (length: number) => Uint8Array {
  const key = Buffer.alloc(32)
  key.writeUInt32LE(seed)
  const cipher = createCipheriv('aes-256-ctr', key, Buffer.alloc(16))
  return (length) => cipher.update(Buffer.alloc(length))
}
