/** How fast a file flows, and when to tell: pure but for the clock that it is given. */
import type { Clock } from '../../runtime.js'
import { progressIntervalMs, rateSmoothing } from './limits.js'

export interface Paced { bytes: number, bytesPerSecond: number }

export class Pace {
  private toldAtMs = -Infinity
  private measured: { atMs: number, bytes: number } | undefined
  private rate = 0

  constructor (private readonly clock: Clock) {}

  /** @param isLast the end of the file, or of its flowing, is always told */
  at (bytes: number, isLast = false): Paced | undefined {
    const now = this.clock.monotonicMs()
    this.measure(now, bytes)
    if (!isLast && now - this.toldAtMs < progressIntervalMs) return undefined
    this.toldAtMs = now
    return { bytes, bytesPerSecond: Math.round(this.rate) }
  }

  private measure (now: number, bytes: number): void {
    const before = this.measured
    if (before === undefined || bytes < before.bytes) {
      this.measured = { atMs: now, bytes }
      return
    }
    const elapsedMs = now - before.atMs
    if (elapsedMs < progressIntervalMs) return
    const newest = (bytes - before.bytes) / elapsedMs * 1000
    this.rate = this.rate === 0 ? newest : this.rate + rateSmoothing * (newest - this.rate)
    this.measured = { atMs: now, bytes }
  }
}
