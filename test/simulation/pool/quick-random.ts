import { SeededRandom } from '../../helpers/seeded-random.js'

/** The same chance every time, and cheap: sfc32 (C. Doty-Humphrey, PractRand), seeded by the hash that SeededRandom is. */
export class QuickRandom extends SeededRandom {
  readonly #name: string
  readonly #state: Uint32Array

  constructor (seed: string) {
    super(seed)
    this.#name = seed
    this.#state = new Uint32Array(super.bytes(16).slice().buffer)
  }

  override bytes (length: number): Uint8Array {
    const out = new Uint8Array(length)
    for (let at = 0; at < length; at += 4) {
      const word = this.#next()
      for (let byte = 0; byte < 4 && at + byte < length; byte++) out[at + byte] = word >>> (8 * byte)
    }
    return out
  }

  override fraction (): number {
    return this.#next() / 0x1_0000_0000
  }

  override fork (name: string): QuickRandom {
    return new QuickRandom(`${this.#name}:${name}`)
  }

  #next (): number {
    const state = this.#state
    const [a = 0, b = 0, c = 0, counter = 0] = state
    const sum = (a + b + counter) >>> 0
    state[3] = counter + 1
    state[0] = b ^ (b >>> 9)
    state[1] = c + (c << 3)
    state[2] = ((c << 21) | (c >>> 11)) + sum
    return sum
  }
}
