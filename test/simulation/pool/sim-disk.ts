import { P2pChatError } from '../../../src/errors.js'
import { createMemoryDisk, type KeyValueStore, type MemoryDisk, type Operation, type RangeOptions } from '../../../src/store/index.js'
import type { SeededRandom } from '../../helpers/seeded-random.js'

/** Everything that a disk held at one time. */
export type DiskImage = ReadonlyArray<readonly [string, Uint8Array]>

/** When a process dies: at the n-th batch from now that is to be synced, or once it has sent its n-th answer from now. */
export interface CrashPoint {
  when: 'before sync' | 'after sync' | 'after answer'
  count: number
}

export interface SimDiskHost {
  /** Runs `fn` after `delayMs` if the process still lives, and not while it is frozen. */
  later: (delayMs: number, fn: () => void) => void
  /** Whether the process dies now. */
  reached: (when: CrashPoint['when']) => boolean
  random: SeededRandom
}

interface Pending {
  operations: readonly Operation[]
  sync: boolean
  resolve: () => void
  reject: (error: unknown) => void
}

/**
 * A disk that takes its time and outlives processes. What was not synced when its process dies is lost, but for some
 * of the oldest of it by chance, as on a real one.
 */
export class SimDisk {
  /** How long a sync takes, by chance between the two. */
  syncMs: readonly [number, number] = [0, 3]
  /** Refuses every further batch. */
  isFull = false
  /** Keys whose values do not match their checksums any more, until they are written again. */
  readonly damaged = new Set<string>()
  #disk: MemoryDisk = createMemoryDisk()
  #store: SimStore | undefined

  open (host: SimDiskHost): KeyValueStore {
    this.#store = new SimStore(this, this.#disk.open(), host)
    return this.#store
  }

  crash (random: SeededRandom): void {
    this.#store?.die(random)
    this.#store = undefined
    this.#disk.crash(random.chance(0.5) ? 0 : random.between(0, 3))
  }

  /** What is on it. Changes that wait for their sync are not. */
  async image (): Promise<DiskImage> {
    const store = this.#store?.inner ?? this.#disk.open()
    const entries: Array<[string, Uint8Array]> = []
    for await (const entry of store.range()) entries.push(entry)
    if (this.#store === undefined) await store.close()
    return entries
  }

  /** Puts another content on it. No process may use it. */
  async replace (image: DiskImage): Promise<void> {
    this.#disk = createMemoryDisk()
    this.damaged.clear()
    const store = this.#disk.open()
    await store.batch(image.map(([key, value]) => ({ type: 'put', key, value })), { sync: true })
    await store.close()
  }

  /** A bit of a file flips, or a file loses its end, and with it the neighbours of a key. No process may use the disk. */
  async damage (kind: 'flipped' | 'truncated', random: SeededRandom): Promise<void> {
    const keys = (await this.image()).map(([key]) => key)
    if (keys.length === 0) return
    const first = random.between(0, keys.length - 1)
    const count = kind === 'flipped' ? 1 : random.between(1, Math.ceil(keys.length / 2))
    for (const key of keys.slice(first, first + count)) this.damaged.add(key)
  }
}

function damagedError (): P2pChatError {
  return new P2pChatError('ERR_STORE_CORRUPT', 'The store is damaged: a value does not match its checksum. Restore a backup.')
}

class SimStore implements KeyValueStore {
  readonly #waiting: Pending[] = []
  #isOpen = true
  #failed: P2pChatError | undefined

  constructor (private readonly disk: SimDisk, readonly inner: KeyValueStore, private readonly host: SimDiskHost) {}

  get (key: string): Promise<Uint8Array | undefined> {
    return this.disk.damaged.has(key) ? Promise.reject(damagedError()) : this.inner.get(key)
  }

  async batch (operations: readonly Operation[], { sync }: { sync: boolean }): Promise<void> {
    if (!this.#isOpen) throw new P2pChatError('ERR_CLOSED', 'The store is closed.')
    if (this.disk.isFull) this.#failed ??= new P2pChatError('ERR_STORE_IO', 'The disk is full.')
    if (this.#failed !== undefined) throw this.#failed
    const copies = operations.map((operation): Operation => operation.type === 'put' ? { type: 'put', key: operation.key, value: operation.value.slice() } : operation)
    await new Promise<void>((resolve, reject) => {
      this.#waiting.push({ operations: copies, sync, resolve, reject })
      const [minMs, maxMs] = this.disk.syncMs
      // Whichever timer is first takes the oldest batch: their order is that of the calls.
      this.host.later(sync ? this.host.random.between(minMs, maxMs) : 0, () => { this.#writeOne() })
    })
  }

  range (options?: RangeOptions): AsyncIterable<[string, Uint8Array]> {
    return this.disk.damaged.size === 0 ? this.inner.range(options) : this.#whole(options)
  }

  /** Up to where it is damaged. */
  async * #whole (options?: RangeOptions): AsyncGenerator<[string, Uint8Array]> {
    for await (const entry of this.inner.range(options)) {
      if (this.disk.damaged.has(entry[0])) throw damagedError()
      yield entry
    }
  }

  async close (): Promise<void> {
    this.#isOpen = false
    await this.inner.close()
  }

  /** Batches under way may have reached the disk. */
  die (random: SeededRandom): void {
    this.#isOpen = false
    const survive = random.between(0, this.#waiting.length)
    for (const { operations } of this.#waiting.splice(0, survive)) this.#apply(operations, true)
    this.#waiting.length = 0
  }

  #writeOne (): void {
    const next = this.#waiting[0]
    if (next === undefined) return
    if (next.sync && this.host.reached('before sync')) return
    this.#waiting.shift()
    this.#apply(next.operations, next.sync)
    if (next.sync && this.host.reached('after sync')) return
    next.resolve()
  }

  #apply (operations: readonly Operation[], sync: boolean): void {
    for (const { key } of operations) this.disk.damaged.delete(key)
    // It writes at once; only its answer comes later.
    this.inner.batch(operations, { sync }).catch(() => {})
  }
}
