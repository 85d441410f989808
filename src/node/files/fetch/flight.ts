export interface FlightLimits {
  /** chunks asked of one source and not here yet: at most, and however slow the way is */
  windowChunks: number
  minWindowChunks: number
  /** chunks asked for in one go, several times side by side */
  rangeChunks: number
  /** a way is near when a range is here so soon after it was asked for: then all of the least window is one range, the next comes after it */
  nearMs: number
  /** how long chunks of one source may wait for each other before its window gets smaller */
  queueMs: number
}

/**
 * How much may be asked of one source and not be here yet: enough to keep the way to it full, and not much more, for texts
 * of the same connection wait behind it. What a range waited longer than the quickest one it waited for others before it.
 *
 * On a near way nothing is gained by asking ahead, the processors are what takes time: few large questions cost them least.
 */
export class Flight {
  #windowChunks: number
  #isNear = false
  #quickestMs = Infinity

  constructor (private readonly limits: FlightLimits) {
    this.#windowChunks = limits.minWindowChunks
  }

  get windowChunks (): number {
    return this.#isNear ? this.limits.minWindowChunks : this.#windowChunks
  }

  get rangeChunks (): number {
    return this.#isNear ? this.limits.minWindowChunks : this.limits.rangeChunks
  }

  /** A range came whole, so long after it was asked for. */
  came (tookMs: number): void {
    const { windowChunks, minWindowChunks, rangeChunks, queueMs, nearMs } = this.limits
    // A clock may have been set back.
    const ms = Math.max(0, tookMs)
    this.#isNear = ms < nearMs
    this.#quickestMs = Math.min(this.#quickestMs, ms)
    const step = ms - this.#quickestMs > queueMs ? -rangeChunks : rangeChunks
    this.#windowChunks = Math.min(windowChunks, Math.max(minWindowChunks, this.#windowChunks + step))
  }
}
