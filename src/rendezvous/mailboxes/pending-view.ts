import type { KeyValueStore, Operation } from '../../store/index.js'

/** State of a mailbox and shares of its senders: some 300 bytes each, for some thousand busy mailboxes. */
const maxRememberedRecords = 20_000

/**
 * A store in which a write can be read as soon as it was asked for, before it is on the disk: so decisions that follow
 * each other need not wait for each other's sync, and syncs are shared. What was read here must not be told to anyone
 * before `settled`.
 */
export class PendingView {
  readonly #store: KeyValueStore
  readonly #pending = new Map<string, Operation>()
  /** Records that are read before each change, as they will be once all is written: the oldest go first. */
  readonly #remembered = new Map<string, Uint8Array | undefined>()

  constructor (store: KeyValueStore) {
    this.#store = store
  }

  async get (key: string): Promise<Uint8Array | undefined> {
    const pending = this.#pending.get(key)
    if (pending === undefined) return await this.#store.get(key)
    return pending.type === 'put' ? pending.value : undefined
  }

  /** As get, of a record that is read before each of its changes. Call it where nobody else changes it meanwhile. */
  async getOften (key: string): Promise<Uint8Array | undefined> {
    if (this.#remembered.has(key)) return this.#remembered.get(key)
    const found = await this.get(key)
    this.#remembered.set(key, found)
    const [oldest] = this.#remembered.keys()
    if (this.#remembered.size > maxRememberedRecords && oldest !== undefined) this.#remembered.delete(oldest)
    return found
  }

  /** Resolves once the batch is synced. */
  async write (operations: readonly Operation[]): Promise<void> {
    for (const operation of operations) {
      this.#pending.set(operation.key, operation)
      if (this.#remembered.has(operation.key)) this.#remembered.set(operation.key, operation.type === 'put' ? operation.value : undefined)
    }
    // After a failure the store takes no more batches, so what is left here is never told.
    await this.#store.batch(operations, { sync: true })
    for (const operation of operations) {
      if (this.#pending.get(operation.key) === operation) this.#pending.delete(operation.key)
    }
  }

  /** Resolves once all that was written so far is synced, as each write is. */
  async settled (): Promise<void> {
    await this.#store.batch([], { sync: true })
  }
}
