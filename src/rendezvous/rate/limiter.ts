import { P2pChatError } from '../../errors.js'
import type { Clock } from '../../runtime.js'
import { maxBuckets } from '../limits.js'
import { TokenBuckets, type Rate } from './token-buckets.js'

/** A token bucket that refuses by throwing, in words. */
export class Limiter {
  readonly #buckets: TokenBuckets
  readonly #refusal: string

  private constructor (clock: Clock, rate: Rate, refusal: string) {
    this.#buckets = new TokenBuckets({ clock, rate, maxKeys: maxBuckets })
    this.#refusal = refusal
  }

  /** @param what goes on after "Too many" */
  static of<Name extends string> (clock: Clock, limits: Record<NoInfer<Name>, Rate>, name: Name, what: string): Limiter {
    return new Limiter(clock, limits[name], `Too many ${what} (limit ${name}).`)
  }

  /** @throws ERR_RATE_LIMITED with retryAfterMs */
  take (key: string, count = 1): void {
    const retryAfterMs = this.#buckets.take(key, count)
    if (retryAfterMs > 0) throw new P2pChatError('ERR_RATE_LIMITED', `${this.#refusal} Try again in ${inWords(retryAfterMs)}.`, { retryAfterMs })
  }

  /** Whether there was a token, which is then taken. */
  tryTake (key: string): boolean {
    return this.#buckets.take(key) === 0
  }

  giveBack (key: string, count = 1): void {
    this.#buckets.giveBack(key, count)
  }
}

/** Takes one of each limiter, or of none. */
export function takeAll (takes: ReadonlyArray<[Limiter, string]>): void {
  const taken: Array<[Limiter, string]> = []
  try {
    for (const [limiter, key] of takes) {
      limiter.take(key)
      taken.push([limiter, key])
    }
  } catch (error) {
    giveBackAll(taken)
    throw error
  }
}

export function giveBackAll (taken: ReadonlyArray<[Limiter, string]>): void {
  for (const [limiter, key] of taken) limiter.giveBack(key)
}

function inWords (ms: number): string {
  const seconds = Math.ceil(ms / 1000)
  if (seconds < 120) return seconds === 1 ? '1 second' : `${seconds} seconds`
  return `${Math.ceil(seconds / 60)} minutes`
}
