/**
 * Triple DES on worker threads, for large data: it keeps the calling thread free, and several workers are faster than
 * one (docs/triple-des.md says from which size on). Whoever needs a pool starts it, and stops it.
 */
import { Worker } from 'node:worker_threads'
import { build } from '../../build.js'
import { P2pChatError } from '../../errors.js'
import { uninitialised } from '../bytes.js'
import { BLOCK_BYTES, checkCtrInput } from './input.js'
import { LANES } from './layout.js'
import { PIECE_AT, PIECE_BYTES, PREFIX_AT, SLOT_BYTES, type WorkerAnswer, type WorkerMemory, type WorkerTask } from './task.js'

/** While one piece is computed, the next ones are there already, also when this thread is late, as it shares the cores with the workers. */
const SLOTS = 4

export interface TripleDesPool {
  /**
   * As `tripleDesCtr`. Large data is split over the workers, several small calls are spread over them.
   *
   * @throws ERR_CRYPTO_INPUT as there; ERR_CLOSED after `stop`, or when it comes before the answer
   */
  readonly ctr: (key: Uint8Array, prefix: Uint8Array, data: Uint8Array, firstBlock?: number) => Promise<Uint8Array>
  readonly stop: () => Promise<void>
}

export interface TripleDesPoolComponents {
  /** A thread that runs worker.ts, with this as its workerData. */
  startWorker: (memory: WorkerMemory) => Worker
}

const threads: TripleDesPoolComponents = { startWorker: (workerData) => new Worker(new URL('./worker.js', import.meta.url), { workerData }) }

/** Starts `workers` threads and resolves when each has compiled the module and run it warm. */
export async function startTripleDesPool (workers: number, components: TripleDesPoolComponents = threads): Promise<TripleDesPool> {
  if (!Number.isInteger(workers) || workers < 1) {
    throw new P2pChatError('ERR_CRYPTO_INPUT', `A pool needs a whole number of workers, at least 1, not ${workers}.`)
  }
  const pool = new Pool()
  try {
    await Promise.all(Array.from({ length: workers }, async () => { await pool.add(components) }))
  } catch (error) {
    await pool.stop()
    throw error
  }
  return pool
}

interface Pending { resolve: () => void, reject: (error: Error) => void }

/** One thread, its slots, and who waits for one of them to be free. */
class Member {
  /** Pieces that are under way here or wait for their turn. */
  load = 0
  readonly #slots = Array.from({ length: SLOTS }, () => new SharedArrayBuffer(SLOT_BYTES))
  readonly #free = this.#slots.map((_, slot) => slot)
  readonly #pending = new Map<number, Pending>()
  readonly #waiting: Array<Pending & { slot?: number }> = []
  readonly worker: Worker
  #ended: P2pChatError | undefined

  constructor (startWorker: TripleDesPoolComponents['startWorker']) {
    this.worker = startWorker({ slots: this.#slots, build })
  }

  /** Resolves once the thread has run warm. */
  async start (onEnd: () => void, endOf: (cause?: Error) => P2pChatError): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.worker.on('message', (answer: WorkerAnswer) => {
        if (answer === 'ready') resolve()
        else this.#pending.get(answer.slot)?.resolve()
      })
      const fail = (cause?: Error): void => {
        this.#ended ??= endOf(cause)
        const ended = this.#ended
        reject(ended)
        onEnd()
        for (const pending of [...this.#pending.values(), ...this.#waiting.splice(0)]) pending.reject(ended)
      }
      this.worker.on('error', fail)
      this.worker.on('exit', () => { fail() })
    })
    this.worker.unref()
  }

  /** Writes `input` XOR the keystream to `output`. */
  async run (key: Uint8Array, prefix: Uint8Array, input: Uint8Array, output: Uint8Array, firstBlock: number): Promise<void> {
    this.load++
    try {
      await this.#runIn(await this.#takeSlot(), key, prefix, input, output, firstBlock)
    } finally {
      this.load--
    }
  }

  async #runIn (slot: number, key: Uint8Array, prefix: Uint8Array, input: Uint8Array, output: Uint8Array, firstBlock: number): Promise<void> {
    const memory = new Uint8Array(this.#slots[slot]!)
    try {
      memory.set(key)
      memory.set(prefix, PREFIX_AT)
      memory.set(input, PIECE_AT)
      await new Promise<void>((resolve, reject) => {
        this.#pending.set(slot, { resolve, reject })
        // A worker keeps the process alive for as long as an answer is awaited.
        this.worker.ref()
        const task: WorkerTask = { slot, bytes: input.length, firstBlock }
        this.worker.postMessage(task)
      })
      output.set(memory.subarray(PIECE_AT, PIECE_AT + input.length))
    } finally {
      this.#giveSlot(slot)
    }
  }

  async #takeSlot (): Promise<number> {
    if (this.#ended !== undefined) throw this.#ended
    const free = this.#free.pop()
    if (free !== undefined) return free
    return await new Promise<number>((resolve, reject) => {
      const waiter: Pending & { slot?: number } = { resolve: () => { resolve(waiter.slot!) }, reject }
      this.#waiting.push(waiter)
    })
  }

  #giveSlot (slot: number): void {
    this.#pending.delete(slot)
    const next = this.#waiting.shift()
    if (next !== undefined) {
      next.slot = slot
      next.resolve()
      return
    }
    this.#free.push(slot)
    if (this.#pending.size === 0) this.worker.unref()
  }
}

class Pool implements TripleDesPool {
  #members: Member[] = []
  #closed = false

  async add ({ startWorker }: TripleDesPoolComponents): Promise<void> {
    const member = new Member(startWorker)
    this.#members.push(member)
    await member.start(() => { this.#members = this.#members.filter((other) => other !== member) }, (cause) => this.#closed
      ? stopped()
      : new P2pChatError('ERR_INTERNAL', 'A Triple DES worker ended on its own.', { cause }))
  }

  readonly ctr = async (key: Uint8Array, prefix: Uint8Array, data: Uint8Array, firstBlock = 0): Promise<Uint8Array> => {
    checkCtrInput(key, prefix, data, firstBlock)
    const output = uninitialised(data.length)
    // The first piece may be short, so that all others begin where a batch does.
    const starts = [0]
    for (let next = PIECE_BYTES - (firstBlock % LANES) * BLOCK_BYTES; next < data.length; next += PIECE_BYTES) starts.push(next)
    await Promise.all(starts.map(async (start, n) => {
      const end = starts[n + 1] ?? data.length
      await this.#idlest().run(key, prefix, data.subarray(start, end), output.subarray(start, end), firstBlock + start / BLOCK_BYTES)
    }))
    return output
  }

  async stop (): Promise<void> {
    this.#closed = true
    await Promise.all(this.#members.map(async ({ worker }) => { await worker.terminate() }))
  }

  #idlest (): Member {
    const [first, ...others] = this.#members
    if (this.#closed || first === undefined) throw stopped()
    return others.reduce((least, other) => other.load < least.load ? other : least, first)
  }
}

function stopped (): P2pChatError {
  return new P2pChatError('ERR_CLOSED', 'The Triple DES workers were stopped.')
}
