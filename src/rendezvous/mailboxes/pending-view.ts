import type { KeyValueStore, Operation } from '../../store/index.js'

/**
 * A store in which a write can be read as soon as it was asked for, before it is on the disk: so decisions that follow
 * each other need not wait for each other's sync, and syncs are shared. What was read here must not be told to anyone
 * before `settled`.
 */
export class PendingView {
  readonly #store: KeyValueStore
  readonly #pending = new Map<string, Operation>()

  constructor (store: KeyValueStore) {
    this.#store = store
  }

  async get (key: string): Promise<Uint8Array | undefined> {
    const pending = this.#pending.get(key)
    if (pending === undefined) return await this.#store.get(key)
    return pending.type === 'put' ? pending.value : undefined
  }

  /** Resolves once the batch is synced. */
  async write (operations: readonly Operation[]): Promise<void> {
    for (const operation of operations) this.#pending.set(operation.key, operation)
    // After a failure the store takes no more batches, so what is left here is never told.
    await this.#store.batch(operations, { sync: true })
    for (const operation of operations) {
      if (this.#pending.get(operation.key) === operation) this.#pending.delete(operation.key)
    }
  }

  /** Resolves once all that was written so far is synced. */
  async settled (): Promise<void> {
    await this.#store.batch([], { sync: true })
  }
}
