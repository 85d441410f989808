/** When a server that could not be reached may be dialled again. Pure. */
import { maxRedialMs, minRedialMs } from './limits.js'

interface Failure {
  pauseMs: number
  untilMs: number
}

export class Redial {
  readonly #failures = new Map<string, Failure>()

  mayDial (peerId: string, nowMs: number): boolean {
    return nowMs >= (this.#failures.get(peerId)?.untilMs ?? 0)
  }

  failed (peerId: string, nowMs: number): void {
    const before = this.#failures.get(peerId)
    // Those who shared a dial report it once each.
    if (before !== undefined && nowMs < before.untilMs) return
    const pauseMs = before === undefined ? minRedialMs : Math.min(maxRedialMs, before.pauseMs * 2)
    this.#failures.set(peerId, { pauseMs, untilMs: nowMs + pauseMs })
  }

  /** It is there: a channel to it is open. */
  reached (peerId: string): void {
    this.#failures.delete(peerId)
  }
}
