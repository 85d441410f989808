/**
 * A store in memory, for tests and the simulator: a disk that outlives the process on it, and that loses what was not
 * synced when the process crashes.
 */
import { P2pChatError } from '../errors.js'
import { assertKey } from './keys.js'
import type { KeyValueStore, Operation, RangeOptions } from './key-value.js'

export interface MemoryDisk {
  /**
   * The store on this disk; as with a real one, only one at a time.
   *
   * @throws ERR_STORE_LOCKED while another is open
   */
  open: () => KeyValueStore
  /**
   * The process on this disk dies: its store is closed, and the batches after the last synced one are lost, but for
   * the first `survivingBatches` of them, which had reached the disk by chance.
   */
  crash: (survivingBatches?: number) => void
}

export function createMemoryDisk (): MemoryDisk {
  return new Disk()
}

/** A fresh disk and its store, for tests that never crash. */
export function createMemoryStore (): KeyValueStore {
  return createMemoryDisk().open()
}

class Disk implements MemoryDisk {
  readonly #contents = new Map<string, Uint8Array>()
  /** Keys in order. */
  readonly #order: string[] = []
  /** What undoes each un-synced batch, oldest first. */
  #undo: Array<Array<[string, Uint8Array | undefined]>> = []
  #store: MemoryStore | undefined

  open (): KeyValueStore {
    if (this.#store !== undefined) throw new P2pChatError('ERR_STORE_LOCKED', 'The store is open already.')
    this.#store = new MemoryStore(this)
    return this.#store
  }

  crash (survivingBatches = 0): void {
    for (const undo of this.#undo.splice(survivingBatches).reverse()) {
      for (const [key, value] of undo.reverse()) this.#set(key, value)
    }
    this.#undo = []
    this.release()
  }

  release (): void {
    this.#store?.end()
    this.#store = undefined
  }

  get (key: string): Uint8Array | undefined {
    return this.#contents.get(key)?.slice()
  }

  write (operations: readonly Operation[], sync: boolean): void {
    for (const { key } of operations) assertKey(key)
    const undo: Array<[string, Uint8Array | undefined]> = []
    for (const operation of operations) {
      undo.push([operation.key, this.#contents.get(operation.key)])
      this.#set(operation.key, operation.type === 'put' ? operation.value.slice() : undefined)
    }
    if (operations.length === 0) return
    if (sync) this.#undo = []
    else this.#undo.push(undo)
  }

  snapshot (options: RangeOptions): Array<[string, Uint8Array]> {
    const order = this.#order
    const first = options.gte === undefined ? 0 : lowerBound(order, options.gte)
    const end = options.lt === undefined ? order.length : lowerBound(order, options.lt)
    const count = Math.max(0, Math.min(end - first, options.limit ?? Infinity))
    const keys = options.reverse === true ? order.slice(end - count, end).reverse() : order.slice(first, first + count)
    return keys.map((key) => [key, this.#contents.get(key) ?? new Uint8Array()])
  }

  #set (key: string, value: Uint8Array | undefined): void {
    const index = lowerBound(this.#order, key)
    const isThere = this.#contents.has(key)
    if (value === undefined) {
      if (isThere) this.#order.splice(index, 1)
      this.#contents.delete(key)
      return
    }
    if (!isThere) this.#order.splice(index, 0, key)
    this.#contents.set(key, value)
  }
}

class MemoryStore implements KeyValueStore {
  readonly #disk: Disk
  #open = true

  constructor (disk: Disk) {
    this.#disk = disk
  }

  async get (key: string): Promise<Uint8Array | undefined> {
    this.#assertOpen()
    assertKey(key)
    return this.#disk.get(key)
  }

  async batch (operations: readonly Operation[], { sync }: { sync: boolean }): Promise<void> {
    this.#assertOpen()
    this.#disk.write(operations, sync)
  }

  async * range (options: RangeOptions = {}): AsyncGenerator<[string, Uint8Array]> {
    this.#assertOpen()
    for (const [key, value] of this.#disk.snapshot(options)) {
      this.#assertOpen()
      yield [key, options.keysOnly === true ? new Uint8Array(0) : value.slice()]
    }
  }

  async close (): Promise<void> {
    if (this.#open) this.#disk.release()
  }

  end (): void {
    this.#open = false
  }

  #assertOpen (): void {
    if (!this.#open) throw new P2pChatError('ERR_CLOSED', 'The store is closed.')
  }
}

/** The index of the first key that is not below `key`. */
function lowerBound (keys: readonly string[], key: string): number {
  let low = 0
  let high = keys.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((keys[middle] ?? '') < key) low = middle + 1
    else high = middle
  }
  return low
}
