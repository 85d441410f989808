import { deepEqual, equal, rejects } from 'node:assert/strict'
import type { Worker } from 'node:worker_threads'
import { isP2pChatError } from '../../../src/errors.js'
import type { ErrorCode } from '../../../src/errors.js'
import { startTripleDesPool as startPool } from '../../../src/crypto/triple-des/pool.js'
import { PIECE_BYTES } from '../../../src/crypto/triple-des/task.js'
import type { TripleDesPool } from '../../../src/crypto/triple-des/pool.js'
import { oracleCtr } from './oracle.js'
import { sourceWorkers, startWorker } from './source-workers.js'

const startTripleDesPool = async (workers: number): Promise<TripleDesPool> => await startPool(workers, sourceWorkers)
const key = Uint8Array.from({ length: 24 }, (_, i) => i * 9 + 2)
const prefix = Uint8Array.of(9, 8, 7, 6)
const bytes = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => (i * 13 + (i >> 8)) & 0xff)
const coded = (code: ErrorCode) => (error: unknown) => isP2pChatError(error, code)

describe('a pool of Triple DES workers', () => {
  let pool: TripleDesPool
  before(async () => { pool = await startTripleDesPool(2) })
  after(async () => { await pool.stop() })

  it('gives what OpenSSL gives, below and above the size at which it splits', async () => {
    for (const length of [0, 1, 64, 1024, PIECE_BYTES - 1, 2 * PIECE_BYTES - 1, 2 * PIECE_BYTES, 3 * PIECE_BYTES + 5]) {
      deepEqual(await pool.ctr(key, prefix, bytes(length)), oracleCtr(key, prefix, bytes(length), 0))
    }
  })

  it('splits at any first block', async () => {
    const data = bytes(2 * PIECE_BYTES + 77)
    for (const first of [3, 1000, 2 ** 32 - Math.ceil(data.length / 8)]) {
      deepEqual(await pool.ctr(key, prefix, data, first), oracleCtr(key, prefix, data, first))
    }
  })

  it('keeps apart what runs at once, under different keys', async () => {
    const keys = Array.from({ length: 50 }, (_, n) => key.map((byte) => byte ^ (n << 1)))
    const outputs = await Promise.all(keys.map(async (one, n) => await pool.ctr(one, prefix, bytes(n * 700), n)))
    deepEqual(outputs, keys.map((one, n) => oracleCtr(one, prefix, bytes(n * 700), n)))
  })

  it('leaves the arguments as they were, also those that share a buffer', async () => {
    const buffer = Buffer.from(bytes(1000))
    await pool.ctr(buffer.subarray(0, 24), buffer.subarray(24, 28), buffer.subarray(28))
    deepEqual(new Uint8Array(buffer), bytes(1000))
  })

  it('refuses bad input as the plain call does', async () => {
    await rejects(pool.ctr(new Uint8Array(23), prefix, bytes(8)), coded('ERR_CRYPTO_INPUT'))
    await rejects(pool.ctr(key, prefix, new Uint8Array(new SharedArrayBuffer(8))), coded('ERR_CRYPTO_INPUT'))
    await rejects(pool.ctr(key, prefix, bytes(9), 2 ** 32 - 1), coded('ERR_CRYPTO_INPUT'))
  })
})

describe('the end of a pool', () => {
  it('refuses what comes after it, and may be asked for twice', async () => {
    const pool = await startTripleDesPool(1)
    await pool.stop()
    await pool.stop()
    await rejects(pool.ctr(key, prefix, bytes(8)), coded('ERR_CLOSED'))
  })

  it('ends what is under way', async () => {
    const pool = await startTripleDesPool(1)
    const pending = Promise.allSettled(Array.from({ length: 20 }, async () => await pool.ctr(key, prefix, bytes(3 * PIECE_BYTES))))
    await pool.stop()
    for (const result of await pending) {
      // Some may have been answered before the end; none may hang or fail in another way.
      if (result.status === 'rejected') equal(isP2pChatError(result.reason, 'ERR_CLOSED'), true)
    }
  })

  it('comes to those who wait when a worker dies', async () => {
    const workers: Worker[] = []
    const pool = await startPool(2, { startWorker: (memory) => { workers.push(startWorker(memory)); return workers.at(-1)! } })
    const pending = Promise.allSettled([pool.ctr(key, prefix, bytes(64)), pool.ctr(key, prefix, bytes(64))])
    await workers[0]!.terminate()
    const statuses = (await pending).map(({ status }) => status)
    equal(statuses[1], 'fulfilled')
    // The other one still serves.
    deepEqual(await pool.ctr(key, prefix, bytes(64)), oracleCtr(key, prefix, bytes(64), 0))
    await workers[1]!.terminate()
    await rejects(pool.ctr(key, prefix, bytes(64)), coded('ERR_CLOSED'))
  })

  it('is not needed where nothing was started', async () => {
    for (const workers of [0, -1, 1.5]) await rejects(startTripleDesPool(workers), coded('ERR_CRYPTO_INPUT'))
  })
})
