import type { KeyValueStore } from '../../store/index.js'
import { weightOf } from './change.js'
import * as records from './records.js'
import { sharedWeightOf } from './shared-envelopes.js'

/** What all mailboxes weigh, counted from the store once and exact from then on. */
export class StoredWeight {
  readonly #store: KeyValueStore
  #weight: number | undefined
  #weighing: Promise<number> | undefined

  constructor (store: KeyValueStore) {
    this.#store = store
  }

  /** Sums up what is stored, before the first change. */
  async weigh (): Promise<void> {
    if (this.#weight !== undefined) return
    this.#weighing ??= this.#sum().finally(() => { this.#weighing = undefined })
    this.#weight ??= await this.#weighing
  }

  add (weight: number): void {
    this.#weight = (this.#weight ?? 0) + weight
  }

  /** Whether so much more is more than `max`. */
  wouldExceed (weight: number, max: number): boolean {
    return weight > 0 && (this.#weight ?? 0) + weight > max
  }

  async #sum (): Promise<number> {
    let sum = 0
    for await (const [, stored] of this.#store.range(records.stateRange())) sum += weightOf(records.decodeState(stored))
    for await (const [, stored] of this.#store.range(records.sharedCountRange())) sum += sharedWeightOf(records.decodeShared(stored))
    return sum
  }
}
