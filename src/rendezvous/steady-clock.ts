import { fromString } from 'uint8arrays/from-string'
import { toString } from 'uint8arrays/to-string'
import type { Clock } from '../runtime.js'
import { earliestMs, steadyTimeAfter } from '../steady-time.js'
import { keyOf, orderedInteger, parseOrderedInteger, type KeyValueStore, type Operation } from '../store/index.js'

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

/**
 * Kept by a server that joins, with what it is given: it knows no time yet, and goes by the others' as soon as it is linked to
 * them. By a clock of its own that is ahead it would take nothing of what they hand it, as if that were over, and where
 * theirs are ahead as well they would believe it.
 */
export function noTimeYet (): Operation {
  return operationOf(earliestMs)
}

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

  /** What other servers are told: the last step, not what was followed since: servers who go by each other hurry each other little. */
  toldMs (): number {
    return Math.max(0, Math.min(this.#clock.now(), this.#steadyMs))
  }

  /** The clock is ahead by more than a step: it is wrong, or this server was off for long. */
  get isBehind (): boolean {
    return this.#clock.now() > this.#followedMs()
  }

  /** @throws what the store says */
  async step (): Promise<void> {
    this.#steadyMs = this.#followedMs()
    await this.#save()
  }

  /**
   * Steps at once to the time that a majority of the pool says has come, this server's clock being one of it: so neither a
   * clock that is wrong nor a server that lies makes anything be over by itself.
   *
   * @param told by other servers, in milliseconds since the Unix epoch
   * @param servers in the pool, this one among them
   * @returns whether that is a step forwards
   * @throws what the store says
   */
  async stepTo (told: readonly number[], servers: number): Promise<boolean> {
    const othersOfMajority = Math.floor(servers / 2)
    const latestFirst = told.toSorted((a, b) => b - a)
    const saidMs = Math.min(this.#clock.now(), latestFirst[othersOfMajority - 1] ?? 0)
    if (saidMs <= this.#steadyMs) return false
    this.#steadyMs = saidMs
    await this.#save()
    return true
  }

  #followedMs (): number {
    return steadyTimeAfter(this.#steadyMs, this.#clock.now())
  }

  async #save (): Promise<void> {
    await this.#store.batch([operationOf(this.#steadyMs)], { sync: false })
  }
}

function operationOf (steadyMs: number): Operation {
  return { type: 'put', key: STEADY_KEY, value: fromString(orderedInteger(steadyMs)) }
}
