/**
 * Triple DES on worker threads, for large data: it keeps the calling thread free, and several workers are faster than
 * one (docs/triple-des.md says from which size on). Whoever needs a pool starts it, and stops it.
 */
import { Worker } from 'node:worker_threads'
import { P2pChatError } from '../../errors.js'
import { BLOCK_BYTES, checkCtrInput } from './input.js'
import { LANES } from './layout.js'

/** Below this, one worker is quicker than two: waking a second one costs about as much as half of it. */
export const MIN_PART_BYTES = 128 * 1024

const BATCH_BYTES = LANES * BLOCK_BYTES

export interface WorkerTask { id: number, key: Uint8Array, prefix: Uint8Array, data: Uint8Array<ArrayBuffer>, firstBlock: number }

/** `ready` comes once; afterwards one answer a task. */
export type WorkerAnswer = 'ready' | { id: number, data: Uint8Array<ArrayBuffer> }

export interface TripleDesPool {
  /**
   * As `tripleDesCtr`. Large data is split over the workers, several small calls are spread over them.
   *
   * @throws ERR_CRYPTO_INPUT as there; ERR_CLOSED after `stop`, or when it comes before the answer
   */
  readonly ctr: (key: Uint8Array, prefix: Uint8Array, data: Uint8Array, firstBlock?: number) => Promise<Uint8Array>
  readonly stop: () => Promise<void>
}

interface Pending { resolve: (data: Uint8Array) => void, reject: (error: Error) => void }

interface Member { worker: Worker, pending: Map<number, Pending> }

export interface TripleDesPoolComponents {
  /** A thread that runs worker.ts. */
  startWorker: () => Worker
}

const threads: TripleDesPoolComponents = { startWorker: () => new Worker(new URL('./worker.js', import.meta.url)) }

/** Starts `workers` threads and resolves when each has compiled the module and run it warm. */
export async function startTripleDesPool (workers: number, components: TripleDesPoolComponents = threads): Promise<TripleDesPool> {
  if (!Number.isInteger(workers) || workers < 1) {
    throw new P2pChatError('ERR_CRYPTO_INPUT', `A pool needs a whole number of workers, at least 1, not ${workers}.`)
  }
  const pool = new Pool()
  try {
    await Promise.all(Array.from({ length: workers }, async () => { await pool.add(components.startWorker()) }))
  } catch (error) {
    await pool.stop()
    throw error
  }
  return pool
}

class Pool implements TripleDesPool {
  #members: Member[] = []
  #nextId = 0
  #closed = false

  async add (worker: Worker): Promise<void> {
    const member: Member = { worker, pending: new Map() }
    this.#members.push(member)
    await new Promise<void>((resolve, reject) => {
      member.worker.on('message', (answer: WorkerAnswer) => {
        if (answer === 'ready') resolve()
        else this.#take(member, answer.id)?.resolve(answer.data)
      })
      const fail = (cause?: Error): void => {
        const error = this.#closed
          ? new P2pChatError('ERR_CLOSED', 'The Triple DES workers were stopped.')
          : new P2pChatError('ERR_INTERNAL', 'A Triple DES worker ended on its own.', { cause })
        reject(error)
        this.#members = this.#members.filter((other) => other !== member)
        for (const id of [...member.pending.keys()]) this.#take(member, id)?.reject(error)
      }
      member.worker.on('error', fail)
      member.worker.on('exit', () => { fail() })
    })
    member.worker.unref()
  }

  readonly ctr = async (key: Uint8Array, prefix: Uint8Array, data: Uint8Array, firstBlock = 0): Promise<Uint8Array> => {
    checkCtrInput(key, prefix, data, firstBlock)
    const output = new Uint8Array(data.length)
    const parts = Math.max(1, Math.min(this.#members.length, Math.floor(data.length / MIN_PART_BYTES)))
    const partBytes = Math.ceil(data.length / parts / BATCH_BYTES) * BATCH_BYTES
    const starts = Array.from({ length: parts }, (_, n) => n * partBytes)
    await Promise.all(starts.map(async (start) => {
      // Copies: what is posted is cloned with the whole buffer behind it, and the data's is handed over for good.
      const part = new Uint8Array(data.subarray(start, start + partBytes))
      output.set(await this.#run({ key: new Uint8Array(key), prefix: new Uint8Array(prefix), data: part, firstBlock: firstBlock + start / BLOCK_BYTES }), start)
    }))
    return output
  }

  async stop (): Promise<void> {
    this.#closed = true
    await Promise.all(this.#members.map(async ({ worker }) => { await worker.terminate() }))
  }

  async #run (task: Omit<WorkerTask, 'id'>): Promise<Uint8Array> {
    if (this.#closed || this.#members.length === 0) throw new P2pChatError('ERR_CLOSED', 'The Triple DES workers were stopped.')
    const member = this.#members.reduce((least, other) => other.pending.size < least.pending.size ? other : least)
    const id = this.#nextId++
    return await new Promise((resolve, reject) => {
      member.pending.set(id, { resolve, reject })
      // A worker keeps the process alive for as long as an answer is awaited.
      member.worker.ref()
      member.worker.postMessage({ ...task, id }, [task.data.buffer])
    })
  }

  #take (member: Member, id: number): Pending | undefined {
    const pending = member.pending.get(id)
    member.pending.delete(id)
    if (member.pending.size === 0) member.worker.unref()
    return pending
  }
}
