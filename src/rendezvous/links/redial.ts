/** When a server that could not be reached may be dialled again. Pure. */
import { maxRedialMs, minRedialMs } from './limits.js'

interface Failure {
  pauseMs: number
  untilMs: number
}

export class Redial {
  readonly #failures = new Map<string, Failure>()

  mayDial (peerId: string, nowMs: number): boolean {
    const failure = this.#failures.get(peerId)
    return failure === undefined || !isPaused(failure, nowMs)
  }

  failed (peerId: string, nowMs: number): void {
    const before = this.#failures.get(peerId)
    // Those who shared a dial report it once each.
    if (before !== undefined && isPaused(before, nowMs)) return
    const pauseMs = before === undefined ? minRedialMs : Math.min(maxRedialMs, before.pauseMs * 2)
    this.#failures.set(peerId, { pauseMs, untilMs: nowMs + pauseMs })
  }

  /** It is there: a channel to it is open. */
  reached (peerId: string): void {
    this.#failures.delete(peerId)
  }
}

/** No pause is longer than the longest: then the clock was set back. */
function isPaused ({ untilMs }: Failure, nowMs: number): boolean {
  return nowMs < untilMs && untilMs - nowMs <= maxRedialMs
}
