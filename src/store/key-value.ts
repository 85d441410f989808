/**
 * Ordered keys to bytes, durable on request. Everything that p2pchat keeps, on either side, is written through this
 * interface; level.ts and memory.ts make it, and test/store/suite.ts says what every maker must do.
 */

export type Operation =
  | { type: 'put', key: string, value: Uint8Array }
  | { type: 'delete', key: string }

export interface BatchOptions {
  /**
   * Whether the batch must have reached the disk when the promise resolves. Of batches before it that were not synced most
   * have, too, but a machine that loses its power can forget one of them and keep a later one: LevelDB begins a new log now
   * and then without syncing the one before.
   */
  sync: boolean
}

export interface RangeOptions {
  /** The first key that may appear. */
  gte?: string
  /** The first key that may no longer appear. */
  lt?: string
  /** At most so many entries. */
  limit?: number
  /** From the last to the first. */
  reverse?: boolean
  /** Values are not read: empty ones are given in their places. */
  keysOnly?: boolean
}

/**
 * Keys are printable ASCII (keys.ts builds them), ordered byte by byte. Values are copied in and out.
 *
 * Every call rejects with ERR_CLOSED after close, with ERR_STORE_CORRUPT when what is on the disk cannot be what was
 * written, and with ERR_STORE_IO when the disk refuses.
 */
export interface KeyValueStore {
  /** The value, or undefined. */
  get: (key: string) => Promise<Uint8Array | undefined>
  /**
   * Writes all of `operations`, in their order, or none. Batches are applied in the order of the calls. After
   * ERR_STORE_IO it is unknown whether the batch will be there after a restart, and no further batch is taken. An empty one
   * waits for those before it, and syncs none that was not to be.
   */
  batch: (operations: readonly Operation[], options: BatchOptions) => Promise<void>
  /** The entries in key order, as they were when the iteration began. */
  range: (options?: RangeOptions) => AsyncIterable<[string, Uint8Array]>
  /** Waits for the batches under way, then frees the store. A second call waits for the same end. */
  close: () => Promise<void>
}
