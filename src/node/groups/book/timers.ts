import type { Clock, Timer } from '../../../runtime.js'

/** Timers by name: at most one of each, all gone at the end. */
export class Timers {
  private readonly byName = new Map<string, Timer>()
  private stopped = false

  constructor (private readonly clock: Clock) {}

  /** Keeps the one that is under way under this name, unless there is none. */
  ensure (name: string, delayMs: number, fn: () => void): void {
    if (!this.byName.has(name)) this.set(name, delayMs, fn)
  }

  /** In place of the one that is under way under this name. */
  set (name: string, delayMs: number, fn: () => void): void {
    this.cancel(name)
    if (this.stopped) return
    this.byName.set(name, this.clock.schedule(delayMs, () => {
      this.byName.delete(name)
      fn()
    }, { unref: true }))
  }

  cancel (name: string): void {
    this.byName.get(name)?.cancel()
    this.byName.delete(name)
  }

  stop (): void {
    this.stopped = true
    for (const name of [...this.byName.keys()]) this.cancel(name)
  }
}
