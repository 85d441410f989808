import { createHash } from 'node:crypto'
import type { Random } from '../../src/runtime.js'

/** The same chance every time: SHA-256 over a seed and a counter. */
export class SeededRandom implements Random {
  readonly #seed: string
  #counter = 0
  #left = new Uint8Array(0)

  constructor (seed: number | string) {
    this.#seed = String(seed)
  }

  bytes (length: number): Uint8Array {
    const out = new Uint8Array(length)
    for (let at = 0; at < length;) {
      if (this.#left.byteLength === 0) {
        this.#left = new Uint8Array(createHash('sha256').update(`${this.#seed}/${this.#counter++}`).digest())
      }
      const part = this.#left.subarray(0, length - at)
      out.set(part, at)
      this.#left = this.#left.subarray(part.byteLength)
      at += part.byteLength
    }
    return out
  }

  /** At least 0, below 1. */
  fraction (): number {
    return new DataView(this.bytes(4).buffer).getUint32(0) / 0x1_0000_0000
  }

  /** An integer, both ends included. */
  between (min: number, max: number): number {
    return min + Math.floor(this.fraction() * (max - min + 1))
  }

  chance (probability: number): boolean {
    return this.fraction() < probability
  }

  pick<T> (from: readonly T[]): T {
    const picked = from[this.between(0, from.length - 1)]
    if (picked === undefined) throw new Error('There is nothing to pick from.')
    return picked
  }

  /** Another, independent source that depends only on this one's seed and on `name`. */
  fork (name: string): SeededRandom {
    return new SeededRandom(`${this.#seed}:${name}`)
  }
}
