/** How much others may ask of this device: an allowance each, which fills up again with time. Memory is bounded. */
import type { Clock } from '../../runtime.js'

export interface Rate {
  /** what may be used at once */
  burst: number
  perSecond: number
}

interface Allowance { left: number, atMs: number }

export class Allowances {
  /** The one used longest ago first. */
  private readonly used = new Map<string, Allowance>()

  /** @param maxKeys of so many it is known what they used; who was forgotten has the whole burst again */
  constructor (private readonly clock: Clock, private readonly rate: Rate, private readonly maxKeys: number) {}

  /** How long until `amount` may be used, in milliseconds; 0: now. More than the burst counts as the burst. */
  waitMs (key: string, amount: number): number {
    const missing = Math.min(amount, this.rate.burst) - this.left(key)
    return missing <= 0 ? 0 : Math.ceil(missing * 1000 / this.rate.perSecond)
  }

  use (key: string, amount: number): void {
    const left = Math.max(0, this.left(key) - amount)
    this.used.delete(key)
    this.used.set(key, { left, atMs: this.clock.monotonicMs() })
    for (const oldest of this.used.keys()) {
      if (this.used.size <= this.maxKeys) break
      this.used.delete(oldest)
    }
  }

  private left (key: string): number {
    const allowance = this.used.get(key)
    if (allowance === undefined) return this.rate.burst
    const seconds = (this.clock.monotonicMs() - allowance.atMs) / 1000
    return Math.min(this.rate.burst, allowance.left + seconds * this.rate.perSecond)
  }
}

/** Uses as much of each, or of none: then how long to wait, in milliseconds. */
export function useAll (amount: number, allowances: ReadonlyArray<[Allowances, string]>): number {
  const waitMs = Math.max(...allowances.map(([allowance, key]) => allowance.waitMs(key, amount)))
  if (waitMs === 0) for (const [allowance, key] of allowances) allowance.use(key, amount)
  return waitMs
}
