/**
 * Opens the chunks of large files in a thread of its own, and hashes the file there: three passes over every byte and the
 * cipher, which are half of what receiving costs. This thread has the network, the disk and the texts meanwhile.
 */
import { Worker } from 'node:worker_threads'
import { isErrorCode, P2pChatError } from '../../../errors.js'
import type { FileSecret } from '../../../crypto/file/index.js'
import type { Clock, Timer } from '../../../runtime.js'
import type { ChunkCipher } from '../cipher.js'
import { readRest, type FileHash } from '../landing/running-hash.js'
import { minThreadBytes, threadIdleMs, threadMemory } from '../limits.js'
import type { Opened, Said, SharedSlots, SlotTask, Told } from './messages.js'
import { Slots } from './slots.js'

export interface CipherThreadInit {
  clock: Clock
  /** Seals, and opens what is not worth a thread. */
  here: ChunkCipher
  /** A thread that runs worker.ts, with this as its workerData. */
  startWorker?: (slots: SharedSlots) => Worker
  /** Default: minThreadBytes. */
  minBytes?: number
}

/** The thread ends by itself when no file has come for a while. */
export function cipherOnThread (init: CipherThreadInit): ChunkCipher {
  const threads = new Threads({ minBytes: minThreadBytes, startWorker, ...init })
  const { here } = init
  return {
    seal: here.seal,
    async open (secret, index, sealed, leaf) {
      const thread = threads.of(secret)
      return thread === undefined ? await here.open(secret, index, sealed, leaf) : await thread.open(secret, index, sealed, leaf)
    },
    release: (plaintext) => { threads.release(plaintext) },
    hashOf: (secret) => threads.begin(secret)
  }
}

function startWorker (workerData: SharedSlots): Worker {
  return new Worker(new URL('./worker.js', import.meta.url), { workerData, resourceLimits: threadMemory })
}

/** One thread while there is work for it. Once it has failed, or could not be started, there is none any more. */
class Threads {
  #thread: Thread | undefined
  #failed = false
  #idle: Timer | undefined

  constructor (private readonly init: Required<CipherThreadInit>) {}

  /** The one that opens this file, if one does. */
  of (secret: FileSecret): Thread | undefined {
    return this.#thread?.has(secret) === true ? this.#thread : undefined
  }

  begin (secret: FileSecret): FileHash | undefined {
    if (secret.bytes < this.init.minBytes || this.#failed || this.#thread?.has(secret) === true) return undefined
    this.#idle?.cancel()
    try {
      this.#thread ??= new Thread(this.init.startWorker, () => { this.#failed = true; this.#thread = undefined })
    } catch {
      this.#failed = true
      return undefined
    }
    return this.#thread.begin(secret, () => { this.#idle = this.init.clock.schedule(threadIdleMs, () => { this.#stop() }, { unref: true }) })
  }

  release (plaintext: Uint8Array): void {
    this.#thread?.release(plaintext)
  }

  #stop (): void {
    this.#thread?.stop()
    this.#thread = undefined
  }
}

interface Pending<T> { resolve: (value: T) => void, reject: (error: P2pChatError) => void }

/** A file that is being received. */
interface Receiving {
  readonly number: number
  /** Chunks of this turn of the event loop: they go over together. */
  batch: SlotTask[]
  /** Questions about the hash, answered in their order. */
  readonly asked: Array<Pending<Said>>
}

class Thread {
  readonly #slots = new Slots()
  readonly #worker: Worker
  readonly #files = new Map<FileSecret, Receiving>()
  /** By slot. */
  readonly #opening = new Map<number, Pending<Uint8Array>>()
  #count = 0
  #ended = false

  /** @param onFailed it ended, and nobody had stopped it */
  constructor (startWorker: Required<CipherThreadInit>['startWorker'], onFailed: () => void) {
    this.#worker = startWorker(this.#slots.shared)
    this.#worker.on('message', (said: Said) => { this.#hear(said) })
    const fail = (): void => {
      if (this.#ended) return
      this.#end()
      onFailed()
    }
    this.#worker.on('error', fail)
    this.#worker.on('exit', fail)
  }

  has (secret: FileSecret): boolean {
    return this.#files.has(secret)
  }

  /** From now on the chunks of this file are opened here. @param onIdle no file is, any more */
  begin (secret: FileSecret, onIdle: () => void): FileHash {
    const { fileId, key, bytes } = secret
    const file: Receiving = { number: this.#count++, batch: [], asked: [] }
    this.#files.set(secret, file)
    this.#worker.ref()
    this.#tell({ type: 'begin', file: file.number, secret: { fileId, key, bytes } })
    const end = (): void => {
      if (!this.#files.delete(secret) || this.#ended) return
      this.#tell({ type: 'end', file: file.number })
      if (this.#files.size > 0) return
      this.#worker.unref()
      onIdle()
    }
    return {
      // It was hashed when it was opened.
      written: () => {},
      digest: async (disk, toBytes) => {
        const { bytes: hashed } = await this.#ask(file, { type: 'hashed', file: file.number }, 'hashed')
        await readRest(disk, hashed, toBytes, async (page) => { await this.#ask(file, { type: 'hash', file: file.number, page }, 'hashed') })
        const { sha256 } = await this.#ask(file, { type: 'digest', file: file.number }, 'digest')
        end()
        return sha256
      },
      end
    }
  }

  async open (secret: FileSecret, index: number, sealed: Uint8Array, leaf: Uint8Array): Promise<Uint8Array> {
    const taken = this.#slots.take()
    const slot = typeof taken === 'number' ? taken : await taken
    const file = this.#files.get(secret)
    if (file === undefined || this.#ended) {
      this.#slots.give(slot)
      throw ended()
    }
    const gap = this.#slots.put(slot, sealed, leaf)
    if (file.batch.length === 0) process.nextTick(() => { this.#flush(file) })
    file.batch.push({ index, slot, gap, bytes: sealed.byteLength })
    return await new Promise((resolve, reject) => { this.#opening.set(slot, { resolve, reject }) })
  }

  /** Nobody looks at what open() gave any more. */
  release (plaintext: Uint8Array): void {
    const slot = this.#slots.slotOf(plaintext)
    if (slot !== undefined) this.#slots.give(slot)
  }

  stop (): void {
    this.#end()
    this.#worker.terminate().catch(() => {})
  }

  #flush (file: Receiving): void {
    const chunks = file.batch
    file.batch = []
    if (chunks.length > 0) this.#tell({ type: 'open', file: file.number, chunks })
  }

  async #ask<T extends 'hashed' | 'digest'> (file: Receiving, told: Told, type: T): Promise<Extract<Said, { type: T }>> {
    this.#flush(file)
    const said = await new Promise<Said>((resolve, reject) => {
      if (this.#ended) {
        reject(ended())
        return
      }
      file.asked.push({ resolve, reject })
      this.#tell(told)
    })
    if (said.type !== type) throw ended()
    return said as Extract<Said, { type: T }>
  }

  #tell (told: Told): void {
    this.#worker.postMessage(told)
  }

  #hear (said: Said): void {
    if (said.type === 'opened') for (const chunk of said.chunks) this.#opened(chunk)
    else for (const file of this.#files.values()) if (file.number === said.file) file.asked.shift()?.resolve(said)
  }

  #opened (chunk: Opened): void {
    const pending = this.#opening.get(chunk.slot)
    this.#opening.delete(chunk.slot)
    if ('bytes' in chunk) {
      pending?.resolve(this.#slots.view(chunk.slot, chunk.bytes))
      return
    }
    this.#slots.give(chunk.slot)
    pending?.reject(new P2pChatError(isErrorCode(chunk.code) ? chunk.code : 'ERR_INTERNAL', chunk.message))
  }

  #end (): void {
    this.#ended = true
    const waiting = [...this.#opening.values(), ...[...this.#files.values()].flatMap(({ asked }) => asked)]
    this.#files.clear()
    this.#opening.clear()
    this.#slots.end()
    for (const { reject } of waiting) reject(ended())
  }
}

/** What was to be opened is fetched again, and opened without a thread. */
function ended (): P2pChatError {
  return new P2pChatError('ERR_CLOSED', 'The thread that opens files has ended; the file goes on without one.')
}
