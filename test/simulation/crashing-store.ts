import { P2pChatError } from '../../src/errors.js'
import type { BatchOptions, KeyValueStore, Operation, RangeOptions } from '../../src/store/key-value.js'

/** At which of the next batches the process dies, and whether that batch was on the disk by then. */
export interface CrashPoint { batches: number, written: boolean }

/** A store whose process can be made to die in the middle of a write, before or after it has reached the disk. */
export class CrashingStore implements KeyValueStore {
  #point: CrashPoint | undefined
  #isRefused: () => boolean = () => false
  #hasRefused = false
  #losesUnsynced = false

  constructor (private readonly store: KeyValueStore, private readonly onCrash: () => void, private readonly onWritten: (operations: readonly Operation[]) => void = () => {}) {}

  arm (point: CrashPoint): void {
    this.#point = { ...point }
  }

  /** From the first write on for which it says so the disk refuses, and takes no further one. */
  refuse (isRefused: () => boolean): void {
    this.#isRefused = isRefused
  }

  /** From now on what is not synced is lost, also where what comes after it is kept: as at the end of a log of LevelDB. */
  loseUnsynced (): void {
    this.#losesUnsynced = true
  }

  async get (key: string): Promise<Uint8Array | undefined> {
    return await this.store.get(key)
  }

  async batch (operations: readonly Operation[], options: BatchOptions): Promise<void> {
    this.#hasRefused ||= this.#isRefused()
    if (this.#hasRefused) throw new P2pChatError('ERR_STORE_IO', 'The disk refused.')
    if (this.#losesUnsynced && !options.sync) return
    const point = this.#point
    if (point === undefined || --point.batches > 0) {
      await this.store.batch(operations, options)
      this.onWritten(operations)
      return
    }
    this.#point = undefined
    if (point.written) {
      await this.store.batch(operations, options)
      this.onWritten(operations)
    }
    this.onCrash()
    throw new P2pChatError('ERR_CLOSED', 'The process has died.')
  }

  range (options?: RangeOptions): AsyncIterable<[string, Uint8Array]> {
    return this.store.range(options)
  }

  async close (): Promise<void> {
    await this.store.close()
  }
}
