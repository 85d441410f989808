import type { KeyValueStore } from '../../store/index.js'
import type { Stale } from './replica.js'
import { decodePoolState, encodePoolState, POOL_STATE_KEY } from './rows.js'

/** What a server must not forget of rosters: the newest version it has answered for, and how far mail was handed over. */
export class PoolState {
  readonly #store: KeyValueStore
  readonly #key: string
  readonly #onNewer: (version: number) => void
  #newest: number
  /** Synced: others are told of it, and act on it. */
  #complete: number
  #closed: number
  /** As given to the store, with each write of any of them. */
  readonly #given: { complete: number, closed: number }
  /** Writes under way, with the version each goes by. */
  readonly #writes = new Map<Promise<unknown>, number>()
  #raising: Promise<void> = Promise.resolve()

  private constructor (store: KeyValueStore, key: string, versions: [number, number, number], onNewer: (version: number) => void) {
    this.#store = store
    this.#key = key
    this.#onNewer = onNewer
    ;[this.#newest, this.#complete, this.#closed] = versions
    this.#given = { complete: this.#complete, closed: this.#closed }
  }

  /**
   * @param onNewer told of a version when somebody else went by it first
   * @param key where it is kept: mail and files are handed over each by itself
   */
  static async load (store: KeyValueStore, onNewer: (version: number) => void, key = POOL_STATE_KEY): Promise<PoolState> {
    return new PoolState(store, key, decodePoolState(await store.get(key)), onNewer)
  }

  get newest (): number {
    return this.#newest
  }

  get complete (): number {
    return this.#complete
  }

  get closed (): number {
    return this.#closed
  }

  /** Runs a task that changes mail, unless it goes by an old roster. */
  async write<T> (version: number, task: () => Promise<T>): Promise<T | Stale> {
    const stale = await this.#enter(version)
    if (stale !== undefined) return stale
    const running = task()
    this.#writes.set(running, version)
    try {
      return await running
    } finally {
      this.#writes.delete(running)
    }
  }

  /** Runs a task that tells what is here: after it, no change by an older roster is made any more. */
  async read<T> (version: number, task: () => Promise<T>): Promise<T | Stale> {
    return await this.#enter(version) ?? await task()
  }

  /** This server has all that was acknowledged under versions before this one. */
  async setComplete (version: number): Promise<void> {
    if (version <= this.#complete) return
    this.#given.complete = Math.max(version, this.#given.complete)
    await this.#save()
    this.#complete = Math.max(version, this.#complete)
  }

  /** Every storing server of this version was complete. */
  async setClosed (version: number): Promise<void> {
    if (version <= this.#closed) return
    this.#given.closed = Math.max(version, this.#given.closed)
    await this.#save()
    this.#closed = Math.max(version, this.#closed)
  }

  async #enter (version: number): Promise<Stale | undefined> {
    if (version > this.#newest) {
      this.#newest = version
      this.#raising = this.#raise(this.#raising)
      this.#onNewer(version)
    }
    if (version === this.#newest) await this.#raising
    return version < this.#newest ? { outcome: 'stale', rosterVersion: this.#newest } : undefined
  }

  /** Writes by older rosters come to their end before the newer one is answered for: an answer shows all of them. */
  async #raise (before: Promise<void>): Promise<void> {
    await before.catch(() => {})
    await Promise.allSettled([...this.#writes].filter(([, version]) => version < this.#newest).map(async ([write]) => { await write }))
    await this.#save()
  }

  async #save (): Promise<void> {
    await this.#store.batch([{ type: 'put', key: this.#key, value: encodePoolState([this.#newest, this.#given.complete, this.#given.closed]) }], { sync: true })
  }
}
