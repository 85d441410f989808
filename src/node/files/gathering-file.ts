/** Chunks come in order, mostly: what lies side by side goes to the disk in one call. Waking a thread for each costs more than the copy. */
import { alignedMemory } from './direct-writes.js'
import type { DiskFile } from './disk-file.js'
import { gatherBytes } from './limits.js'

interface Gathered { readonly buffer: Uint8Array, start: number, bytes: number }

export class GatheringFile implements DiskFile {
  #filling: Gathered | undefined
  /** Buffers that are neither being filled nor written; there are two of them in all. */
  readonly #spare: Uint8Array[] = []
  /** One call after the other: each sees the file as the ones before left it. */
  #turn: Promise<unknown> = Promise.resolve()
  /** What is being written meanwhile; what it failed with is told to the next call. */
  #writing: Promise<void> = Promise.resolve()

  /** Resolves when no sync is under way. */
  #syncing: Promise<unknown> = Promise.resolve()

  constructor (private readonly file: DiskFile) {}

  async write (bytes: Uint8Array, at: number): Promise<void> {
    await this.#inTurn(async () => {
      if (bytes.byteLength > gatherBytes) {
        await this.#settle()
        await this.file.write(bytes, at)
        return
      }
      const filling = this.#filling
      if (filling !== undefined && (at !== filling.start + filling.bytes || filling.bytes + bytes.byteLength > gatherBytes)) await this.#begin()
      this.#filling ??= { buffer: this.#spare.pop() ?? alignedMemory(gatherBytes), start: at, bytes: 0 }
      this.#filling.buffer.set(bytes, this.#filling.bytes)
      this.#filling.bytes += bytes.byteLength
      if (this.#filling.bytes === gatherBytes) await this.#begin()
    })
  }

  async read (into: Uint8Array, at: number): Promise<number> {
    return await this.#inTurn(async () => {
      await this.#settle()
      return await this.file.read(into, at)
    })
  }

  async truncate (bytes: number): Promise<void> {
    await this.#inTurn(async () => {
      await this.#settle()
      await this.file.truncate(bytes)
    })
  }

  /** Covers what was written before it; what comes meanwhile is gathered, and need not wait for the disk. */
  async sync (): Promise<void> {
    const { writing } = await this.#inTurn(async () => {
      await this.#begin()
      return { writing: this.#writing }
    })
    const syncing = writing.then(async () => { await this.file.sync() })
    this.#syncing = Promise.allSettled([this.#syncing, syncing])
    await syncing
  }

  /** What was not synced may be lost, here as in a crash. */
  async close (): Promise<void> {
    await this.#inTurn(async () => {
      await this.#settle().catch(() => {})
      await this.#syncing
      await this.file.close()
    })
  }

  /** Everything is with the operating system. */
  async #settle (): Promise<void> {
    await this.#begin()
    await this.#writing
  }

  /** Starts writing what was gathered, once what is being written before it is done. */
  async #begin (): Promise<void> {
    await this.#writing
    const filled = this.#filling
    if (filled === undefined) return
    this.#filling = undefined
    const writing = this.file.write(filled.buffer.subarray(0, filled.bytes), filled.start).finally(() => { this.#spare.push(filled.buffer) })
    writing.catch(() => {})
    this.#writing = writing
  }

  async #inTurn<T> (work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work)
    this.#turn = turn.catch(() => {})
    return await turn
  }
}
