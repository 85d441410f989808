/** Whose turn it is to be fetched: few files at a time, and those of one sender do not let those of all others wait. */
import { maxActiveFetches, maxActiveFetchesOfOne } from './limits.js'

export class Places {
  /** How many a sender has. */
  readonly #taken = new Map<string, number>()
  /** Keys of files that wait, in the order of their coming, and who sends them. */
  readonly #queued = new Map<string, string>()

  /** @param onTurn told of a file that waits and may take a place now */
  constructor (private readonly onTurn: (key: string) => void) {}

  /** @returns what gives the place back; undefined: it is not its turn, and it waits for it where it waited before, or behind all others */
  take (key: string, from: string): (() => void) | undefined {
    if (!this.#mayTake(from)) {
      this.#queued.set(key, from)
      return undefined
    }
    this.#queued.delete(key)
    this.#taken.set(from, this.#of(from) + 1)
    let isTaken = true
    return () => {
      if (!isTaken) return
      isTaken = false
      if (this.#of(from) === 1) this.#taken.delete(from)
      else this.#taken.set(from, this.#of(from) - 1)
      for (const [next, sender] of [...this.#queued]) if (this.#mayTake(sender)) this.onTurn(next)
    }
  }

  /** Whether it waits for its turn. */
  waits (key: string): boolean {
    return this.#queued.has(key)
  }

  /** It waits no more. */
  forget (key: string): void {
    this.#queued.delete(key)
  }

  /** What one sender has beyond its share is not held against the others. */
  #mayTake (from: string): boolean {
    const counts = [...this.#taken.values()]
    const share = (count: number): number => this.#of(from) < maxActiveFetchesOfOne ? Math.min(count, maxActiveFetchesOfOne) : count
    return counts.reduce((sum, count) => sum + share(count), 0) < maxActiveFetches
  }

  #of (from: string): number {
    return this.#taken.get(from) ?? 0
  }
}
