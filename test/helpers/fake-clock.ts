import type { Clock, Timer } from '../../src/runtime.js'

interface Entry {
  dueMs: number
  order: number
  fn: () => void
}

/**
 * A clock that stands still until it is advanced. Timers run in the order of their time (then of their making), and
 * between two of them everything that waits only for microtasks has run to its end.
 */
export class FakeClock implements Clock {
  #nowMs: number
  /** By how much the wall clock was set. */
  #jumpedMs = 0
  #order = 0
  #entries: Entry[] = []

  constructor (nowMs = Date.UTC(2024, 0, 1)) {
    this.#nowMs = nowMs
  }

  now (): number {
    return this.#nowMs
  }

  monotonicMs (): number {
    return this.#nowMs - this.#jumpedMs
  }

  schedule (delayMs: number, fn: () => void): Timer {
    const entry = { dueMs: this.#nowMs + Math.max(0, delayMs), order: this.#order++, fn }
    const later = this.#entries.findIndex((other) => other.dueMs > entry.dueMs)
    this.#entries.splice(later === -1 ? this.#entries.length : later, 0, entry)
    return { cancel: () => { this.#entries = this.#entries.filter((other) => other !== entry) } }
  }

  /** Timers that have not run and were not cancelled. */
  get pending (): number {
    return this.#entries.length
  }

  /** Moves time on by `ms`, running every timer that falls due, also those made on the way. */
  async advance (ms: number): Promise<void> {
    const endMs = this.#nowMs + ms
    await settle()
    for (;;) {
      const next = this.#entries[0]
      if (next === undefined || next.dueMs > endMs) break
      await this.#run(next)
    }
    this.#nowMs = endMs
    await settle()
  }

  /** Jumps from timer to timer until `promise` settles, and gives its outcome. Fails after `maxMs` of fake time. */
  async until<T> (promise: Promise<T>, maxMs = 600_000): Promise<T> {
    const endMs = this.#nowMs + maxMs
    const wait = { over: false }
    const done = (): void => { wait.over = true }
    promise.then(done, done)
    for (;;) {
      await settle()
      if (wait.over) break
      const next = this.#entries[0]
      if (next === undefined || next.dueMs > endMs) {
        throw new Error(`Still waiting after ${maxMs} ms of fake time (${this.#entries.length} timers left).`)
      }
      await this.#run(next)
    }
    return await promise
  }

  /** Sets the wall clock without running timers: what an operator's `date -s` does. */
  jump (ms: number): void {
    this.#nowMs += ms
    this.#jumpedMs += ms
    for (const entry of this.#entries) entry.dueMs += ms
  }

  async #run (entry: Entry): Promise<void> {
    this.#entries.shift()
    this.#nowMs = Math.max(this.#nowMs, entry.dueMs)
    entry.fn()
    await settle()
  }
}

/** Resolves when all microtasks and ticks, and those that they queued, have run. */
export async function settle (turns = 2): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await new Promise<void>((resolve) => { setImmediate(resolve) })
}
