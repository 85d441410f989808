export interface FlightLimits {
  /** chunks asked of one source and not here yet: at most, and however slow the way is */
  windowChunks: number
  minWindowChunks: number
  /** chunks asked for in one go */
  rangeChunks: number
  /** how long chunks of one source may wait for each other before its window gets smaller */
  queueMs: number
}

/**
 * How much may be asked of one source and not be here yet: enough to keep the way to it full, and not much more, for texts
 * of the same connection wait behind it. What a range waited longer than the quickest one it waited for others before it.
 */
export class Flight {
  #windowChunks: number
  #quickestMs = Infinity

  constructor (private readonly limits: FlightLimits) {
    this.#windowChunks = limits.minWindowChunks
  }

  get windowChunks (): number {
    return this.#windowChunks
  }

  /** A range came whole, so long after it was asked for. */
  came (tookMs: number): void {
    const { windowChunks, minWindowChunks, rangeChunks, queueMs } = this.limits
    this.#quickestMs = Math.min(this.#quickestMs, Math.max(0, tookMs))
    const step = tookMs - this.#quickestMs > queueMs ? -rangeChunks : rangeChunks
    this.#windowChunks = Math.min(windowChunks, Math.max(minWindowChunks, this.#windowChunks + step))
  }
}
