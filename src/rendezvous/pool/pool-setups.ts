import { P2pChatError } from '../../errors.js'
import { keyOf, parseOrderedInteger, partsOf, rangeUnder, type KeyValueStore, type Operation } from '../../store/index.js'
import type { OpaqueSetups } from '../accounts/index.js'
import { retryWhenOverloadedMs } from '../limits.js'

const TABLE = ['pool', 'opaque-setup'] as const

/** The pool's OPAQUE setups that this server knows, kept on its disk. */
export class PoolSetups implements OpaqueSetups {
  readonly #store: KeyValueStore
  readonly #setups: Map<number, Uint8Array>

  private constructor (store: KeyValueStore, setups: Map<number, Uint8Array>) {
    this.#store = store
    this.#setups = setups
  }

  static async load (store: KeyValueStore): Promise<PoolSetups> {
    const setups = new Map<number, Uint8Array>()
    for await (const [key, setup] of store.range(rangeUnder(...TABLE))) setups.set(parseOrderedInteger(partsOf(key)[2] ?? ''), setup)
    return new PoolSetups(store, setups)
  }

  /** Writes that keep them, for a batch of the caller's; `took` is to be called once they are on the disk. */
  static operations (setups: ReadonlyMap<number, Uint8Array>): Operation[] {
    return [...setups].map(([version, value]) => ({ type: 'put', key: keyOf(...TABLE, version), value }))
  }

  /** The newest; 0: there is none yet. */
  get currentVersion (): number {
    return Math.max(0, ...this.#setups.keys())
  }

  /** @throws ERR_OVERLOADED: it is not here yet */
  get (version: number): Uint8Array {
    const setup = this.#setups.get(version)
    if (setup === undefined) throw new P2pChatError('ERR_OVERLOADED', 'This server does not have all secrets of its pool yet. Try again shortly.', { retryAfterMs: retryWhenOverloadedMs })
    return setup
  }

  has (version: number): boolean {
    return this.#setups.has(version)
  }

  entries (): Array<[number, Uint8Array]> {
    return [...this.#setups]
  }

  took (setups: ReadonlyMap<number, Uint8Array>): void {
    for (const [version, setup] of setups) this.#setups.set(version, setup)
  }

  /** Resolves once they are on the disk. */
  async keep (setups: ReadonlyMap<number, Uint8Array>): Promise<void> {
    await this.#store.batch(PoolSetups.operations(setups), { sync: true })
    this.took(setups)
  }
}
