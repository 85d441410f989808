import { fromString } from 'uint8arrays/from-string'
import { toString } from 'uint8arrays/to-string'
import type { Clock } from '../runtime.js'
import { earliestMs, steadyTimeAfter } from '../steady-time.js'
import { keyOf, orderedInteger, parseOrderedInteger, type KeyValueStore } from '../store/index.js'

/** By which times a server keeps what it was given, in milliseconds since the Unix epoch. */
export interface KeepingTimes {
  /** From when on it is kept what comes now: no clock that is behind makes that less. */
  fromMs: () => number
  /** Until when what was to be kept is over: no clock that is ahead makes that more at once. */
  overMs: () => number
}

/** Those of a clock that is always right. */
export function timesOf (clock: Clock): KeepingTimes {
  return { fromMs: () => clock.now(), overMs: () => clock.now() }
}

const STEADY_KEY = keyOf('steady-time')

/** A server's clock, of which a wrong one costs nobody what is kept: steady-time.ts says how, and it is stepped before each sweep. */
export class SteadyClock implements KeepingTimes {
  readonly #store: KeyValueStore
  readonly #clock: Clock
  /** of the last step */
  #steadyMs: number

  /** @throws what the store says */
  static async load (store: KeyValueStore, clock: Clock): Promise<SteadyClock> {
    const stored = await store.get(STEADY_KEY)
    if (stored !== undefined) return new SteadyClock(store, clock, parseOrderedInteger(toString(stored)))
    const first = new SteadyClock(store, clock, Math.max(earliestMs, clock.now()))
    await first.#save()
    return first
  }

  private constructor (store: KeyValueStore, clock: Clock, steadyMs: number) {
    this.#store = store
    this.#clock = clock
    this.#steadyMs = steadyMs
  }

  fromMs (): number {
    return Math.max(this.#clock.now(), this.#followedMs())
  }

  /** Only what both say: one that is ahead of a clock that was set right would hide what is kept for hours. */
  overMs (): number {
    return Math.min(this.#clock.now(), this.#followedMs())
  }

  /** @throws what the store says */
  async step (): Promise<void> {
    this.#steadyMs = this.#followedMs()
    await this.#save()
  }

  #followedMs (): number {
    return steadyTimeAfter(this.#steadyMs, this.#clock.now())
  }

  async #save (): Promise<void> {
    await this.#store.batch([{ type: 'put', key: STEADY_KEY, value: fromString(orderedInteger(this.#steadyMs)) }], { sync: false })
  }
}
