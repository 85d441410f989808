/** Token buckets by key: `burst` at once, then one every `refillMs`. Memory is bounded; what was used longest ago goes. */
import type { Clock } from '../../runtime.js'

export interface Rate {
  burst: number
  refillMs: number
}

/** 0: taken; else how long until there is enough. */
export type RetryAfterMs = number

interface Bucket {
  /** When the bucket will be full: from it follows how full it is now. */
  fullAtMs: number
}

export interface TokenBucketsInit {
  clock: Clock
  rate: Rate
  maxKeys: number
}

export class TokenBuckets {
  readonly #init: TokenBucketsInit
  readonly #buckets = new Map<string, Bucket>()

  constructor (init: TokenBucketsInit) {
    this.#init = init
  }

  /** Takes `count` tokens, or none. A count above the burst counts as the burst. */
  take (key: string, count = 1): RetryAfterMs {
    const { clock, rate } = this.#init
    const now = clock.monotonicMs()
    const capacityMs = rate.burst * rate.refillMs
    const fullAtMs = Math.min(Math.max(this.#buckets.get(key)?.fullAtMs ?? now, now), now + capacityMs)
    const neededMs = Math.min(count, rate.burst) * rate.refillMs
    const waitMs = fullAtMs + neededMs - (now + capacityMs)
    if (waitMs > 0) {
      this.#set(key, fullAtMs)
      return Math.max(1, Math.ceil(waitMs))
    }
    this.#set(key, fullAtMs + neededMs)
    return 0
  }

  /** Puts back what turned out not to count. */
  giveBack (key: string, count = 1): void {
    const bucket = this.#buckets.get(key)
    if (bucket !== undefined) bucket.fullAtMs -= count * this.#init.rate.refillMs
  }

  /** Keys remembered now. */
  get size (): number {
    return this.#buckets.size
  }

  #set (key: string, fullAtMs: number): void {
    this.#buckets.delete(key)
    this.#buckets.set(key, { fullAtMs })
    for (const [oldest, bucket] of this.#buckets) {
      if (this.#buckets.size <= this.#init.maxKeys && bucket.fullAtMs > this.#init.clock.monotonicMs()) break
      this.#buckets.delete(oldest)
    }
  }
}
