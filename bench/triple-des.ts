/** Triple DES beside OpenSSL's, and what stands on it; the targets are those it was built to. */
import { createCipheriv } from 'node:crypto'
import type { CipherGCMTypes } from 'node:crypto'
import { seal, SEAL_OVERHEAD_BYTES } from '../src/crypto/seal.js'
import { sleep, systemClock } from '../src/runtime.js'
import { tripleDesCtr, tripleDesCtrInPlace, tripleDesEngine } from '../src/crypto/triple-des/index.js'
import { moduleBytes } from '../src/crypto/triple-des/module.js'
import { startTripleDesPool } from '../src/crypto/triple-des/pool.js'
import type { TripleDesPool } from '../src/crypto/triple-des/pool.js'
import { paired } from './lib/paired.js'
import { atLeast, atMost } from './lib/row.js'
import type { Row } from './lib/row.js'
import { johnMegabytesPerSecond } from './triple-des/john.js'
import { medianLoadMs } from './triple-des/load.js'

const MAX_MODULE_KIB = 32
const MAX_LOAD_MS = 5
/** Long enough for the scheduler to give each worker a core of its own. */
const FLOW_BYTES = 32 * 1024 * 1024
const UNDER_WAY = 8

const key = new Uint8Array(32).map((_, i) => i * 37 + 5)
const iv = new Uint8Array(16).fill(7)
const [tripleDesKey, prefix, firstBlock] = [key.subarray(0, 24), iv.subarray(0, 4), iv.subarray(0, 8)]

export async function run (): Promise<Row[]> {
  // V8 optimises the module on a thread of its own, after the first dozen calls.
  for (let n = 0; n < 64; n++) tripleDesCtr(tripleDesKey, prefix, new Uint8Array(64 * 1024))
  await sleep(systemClock, 500)
  return [
    { what: 'engine', figure: tripleDesEngine() },
    ...await beside(64 * 1024, { rounds: 60, calls: 16 }, 10),
    ...await inPlace(),
    ...await beside(1024, { rounds: 200, calls: 200 }, 8),
    ...await beside(64, { rounds: 200, calls: 500 }, 1),
    ...await wholeSeal(),
    ...await workers(),
    atMost('load: decode, compile, first block (new process)', await medianLoadMs(), MAX_LOAD_MS, 'ms'),
    atMost('size of the module', moduleBytes().length / 1024, MAX_MODULE_KIB, 'KiB'),
    ...await others(),
    await john()
  ]
}

async function beside (bytes: number, options: { rounds: number, calls: number }, bound: number): Promise<Row[]> {
  const data = new Uint8Array(bytes).fill(1)
  const timing = await paired({
    ours: () => { tripleDesCtr(tripleDesKey, prefix, data) },
    openssl: () => { aead('des-ede3-cbc', data) }
  }, options)
  const size = bytes < 1024 ? `${bytes} bytes` : `${bytes / 1024} KiB`
  return [
    speed(`${size}, key set-up included`, bytes, timing.medianNs('ours')),
    speed(`${size}, createCipheriv('des-ede3-cbc')`, bytes, timing.medianNs('openssl')),
    atLeast(`${size}, ratio`, timing.ratio('openssl', 'ours'), bound, 'x')
  ]
}

/** As files use it: no new array, whose memory costs a tenth of the cipher, and far more while others want memory too. */
async function inPlace (): Promise<Row[]> {
  const data = new Uint8Array(64 * 1024).fill(1)
  const timing = await paired({
    ours: () => { tripleDesCtrInPlace(tripleDesKey, prefix, data) },
    openssl: () => { aead('des-ede3-cbc', data) }
  }, { rounds: 60, calls: 16 })
  return [
    speed('64 KiB in place', data.length, timing.medianNs('ours')),
    atLeast('64 KiB in place, ratio', timing.ratio('openssl', 'ours'), 10, 'x')
  ]
}

async function wholeSeal (): Promise<Row[]> {
  const data = new Uint8Array(64 * 1024).fill(1)
  const [ad, header, salt] = [new Uint8Array(64), new Uint8Array(48), iv]
  const room = new Uint8Array(data.length + SEAL_OVERHEAD_BYTES)
  const timing = await paired({
    asFiles: () => { seal(key, 'p2pchat/1 file chunk', ad, header, data, salt, room) },
    ours: () => { seal(key, 'p2pchat/1 message', ad, header, data, salt) },
    openssl: () => { aead('des-ede3-cbc', data) }
  }, { rounds: 60, calls: 16 })
  return [
    speed('64 KiB, the whole seal (HKDF, cipher, HMAC) as files use it', data.length, timing.medianNs('asFiles')),
    atLeast('64 KiB, the whole seal beside the bare OpenSSL cipher', timing.ratio('openssl', 'asFiles'), 8, 'x'),
    { what: 'the same into a new array, as a message of that size would be', figure: `${timing.ratio('openssl', 'ours').toFixed(2)} x` }
  ]
}

/** As a file is enciphered, in chunks of 64 KiB: a steady flow of calls, several always under way. */
async function workers (): Promise<Row[]> {
  const [one, two] = [await startTripleDesPool(1), await startTripleDesPool(2)]
  const rows: Row[] = []
  try {
    for (const [bytes, bound] of [[64 * 1024, 1.4], [256 * 1024, undefined], [1024 * 1024, undefined]] as const) {
      const data = new Uint8Array(bytes)
      const timing = await paired({
        plain: () => { for (let n = 0; n < FLOW_BYTES / bytes; n++) tripleDesCtr(tripleDesKey, prefix, data) },
        one: async () => { await flow(one, data) },
        two: async () => { await flow(two, data) }
      }, { rounds: 15, calls: 1 })
      const size = `${bytes / 1024} KiB calls`
      rows.push(speed(`${size}, two workers`, FLOW_BYTES, timing.medianNs('two')))
      const ratio = timing.ratio('one', 'two')
      rows.push(bound === undefined ? { what: `${size}, two workers beside one`, figure: `${ratio.toFixed(2)} x` } : atLeast(`${size}, two workers beside one`, ratio, bound, 'x'))
      rows.push({ what: `${size}, two workers beside plain calls`, figure: `${timing.ratio('plain', 'two').toFixed(2)} x` })
    }
  } finally {
    await Promise.all([one.stop(), two.stop()])
  }
  return rows
}

async function flow (pool: TripleDesPool, data: Uint8Array): Promise<void> {
  let left = FLOW_BYTES / data.length
  const take = async (): Promise<void> => { while (left-- > 0) await pool.ctr(tripleDesKey, prefix, data) }
  await Promise.all(Array.from({ length: UNDER_WAY }, take))
}

async function others (): Promise<Row[]> {
  const data = new Uint8Array(64 * 1024).fill(1)
  const timing = await paired({
    'aes-256-gcm': () => { aead('aes-256-gcm', data) },
    'chacha20-poly1305': () => { aead('chacha20-poly1305', data) }
  }, { rounds: 60, calls: 20 })
  return ['aes-256-gcm', 'chacha20-poly1305'].map((cipher) => speed(`beside: 64 KiB, ${cipher}`, data.length, timing.medianNs(cipher)))
}

async function john (): Promise<Row> {
  const megabytes = await johnMegabytesPerSecond()
  return { what: "beside: John the Ripper's bitslice, one thread", figure: megabytes === undefined ? 'not installed' : `${megabytes.toFixed(1)} MB/s` }
}

function aead (cipher: 'des-ede3-cbc' | 'aes-256-gcm' | 'chacha20-poly1305', data: Uint8Array): void {
  const one = cipher === 'des-ede3-cbc'
    ? createCipheriv(cipher, tripleDesKey, firstBlock)
    : createCipheriv(cipher as CipherGCMTypes, key, iv.subarray(0, 12), { authTagLength: 16 })
  one.update(data)
  one.final()
}

function speed (what: string, bytes: number, ns: number): Row {
  return { what, figure: `${(bytes / ns * 1000).toFixed(1)} MB/s` }
}
