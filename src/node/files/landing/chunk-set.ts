import { leavesPerPiece } from '../../../crypto/file/index.js'

/** Which chunks of a file there are: one bit each, kept and stored in segments that lie like the pieces of leaf hashes. */
export class ChunkSet {
  readonly #bits: Uint8Array
  #count = 0

  constructor (readonly total: number, private readonly perSegment = leavesPerPiece) {
    this.#bits = new Uint8Array(Math.ceil(total / 8))
  }

  /** How many are in it. */
  get count (): number {
    return this.#count
  }

  get complete (): boolean {
    return this.#count === this.total
  }

  has (index: number): boolean {
    return ((this.#bits[index >> 3] ?? 0) & (1 << (index & 7))) !== 0
  }

  add (index: number): void {
    if (this.has(index) || index >= this.total) return
    this.#bits[index >> 3]! |= 1 << (index & 7)
    this.#count++
  }

  /** The first at `from` or behind it that is not in it; `total` when there is none. */
  firstMissing (from: number): number {
    let index = from
    while (index < this.total) {
      if ((index & 7) === 0 && this.#bits[index >> 3] === 0xff) index += 8
      else if (this.has(index)) index++
      else return index
    }
    return this.total
  }

  segmentOf (index: number): number {
    return Math.floor(index / this.perSegment)
  }

  /** A copy of the bits of one segment. */
  segment (segment: number): Uint8Array {
    return new Uint8Array(this.#bits.subarray(segment * this.perSegment / 8, (segment + 1) * this.perSegment / 8))
  }

  /** Adds what {@link segment} gave; what lies behind the end is left out. */
  addSegment (segment: number, bits: Uint8Array): void {
    const start = segment * this.perSegment
    const end = Math.min(this.total, start + Math.min(this.perSegment, bits.byteLength * 8))
    for (let index = start; index < end; index++) {
      if (((bits[(index - start) >> 3] ?? 0) & (1 << (index & 7))) !== 0) this.add(index)
    }
  }
}
