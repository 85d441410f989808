import type { BatchOptions, KeyValueStore, Operation, RangeOptions } from '../../src/store/key-value.js'

/** A store that counts what is read of it, found or not. */
export class CountingStore implements KeyValueStore {
  readonly #read: string[] = []

  constructor (private readonly store: KeyValueStore) {}

  /** How many rows were read since it was last asked. @param under of keys that begin so */
  rowsRead (under = ''): number {
    return this.#read.splice(0).filter((key) => key.startsWith(under)).length
  }

  async get (key: string): Promise<Uint8Array | undefined> {
    this.#read.push(key)
    return await this.store.get(key)
  }

  async * range (options?: RangeOptions): AsyncGenerator<[string, Uint8Array]> {
    for await (const entry of this.store.range(options)) {
      this.#read.push(entry[0])
      yield entry
    }
  }

  async batch (operations: readonly Operation[], options: BatchOptions): Promise<void> {
    await this.store.batch(operations, options)
  }

  async close (): Promise<void> {
    await this.store.close()
  }
}
