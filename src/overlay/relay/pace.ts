import type { Clock } from '../../runtime.js'

/** A flow of bytes that may burst, and then goes on at a steady pace. */
export class Pace {
  readonly #clock: Clock
  readonly #burst: number
  readonly #perMs: number
  #left: number
  #atMs: number

  constructor (clock: Clock, { burst, perSecond }: { burst: number, perSecond: number }) {
    this.#clock = clock
    this.#burst = burst
    this.#perMs = perSecond / 1000
    this.#left = burst
    this.#atMs = clock.now()
  }

  /** Takes the bytes in any case, and says how long to wait before the next ones: 0, or milliseconds. */
  take (bytes: number): number {
    const now = this.#clock.now()
    // A clock that went back gives nothing.
    this.#left = Math.min(this.#burst, this.#left + Math.max(0, now - this.#atMs) * this.#perMs) - bytes
    this.#atMs = now
    return this.#left >= 0 ? 0 : Math.ceil(-this.#left / this.#perMs)
  }
}
