import { leavesPerPiece } from '../../crypto/file/limits.js'

export interface Range {
  first: number
  count: number
}

/** Which of `total` chunks there are, one bit each. The lowest bit of a byte is the first. */
export class ChunkBits {
  readonly #bits: Uint8Array
  #count = 0

  constructor (readonly total: number) {
    this.#bits = new Uint8Array(Math.ceil(total / 8))
  }

  /** @param bits what {@link bytes} gave; what lies behind the last chunk does not count */
  static of (total: number, bits: Uint8Array): ChunkBits {
    const made = new ChunkBits(total)
    for (let index = 0; index < total; index++) made.set(index, ((bits[index >> 3] ?? 0) & (1 << (index & 7))) !== 0)
    return made
  }

  get count (): number {
    return this.#count
  }

  /** A copy of all bits. */
  bytes (): Uint8Array {
    return this.#bits.slice()
  }

  has (index: number): boolean {
    return ((this.#bits[index >> 3] ?? 0) & (1 << (index & 7))) !== 0
  }

  set (index: number, there: boolean): void {
    if (index >= this.total || this.has(index) === there) return
    this.#bits[index >> 3]! ^= 1 << (index & 7)
    this.#count += there ? 1 : -1
  }

  /** The first `max` runs of chunks that are there. */
  ranges (max: number): Range[] {
    const ranges: Range[] = []
    for (let index = 0; index < this.total; index++) {
      if (!this.has(index)) continue
      const last = ranges.at(-1)
      if (last !== undefined && last.first + last.count === index) last.count++
      else if (ranges.length === max) return ranges
      else ranges.push({ first: index, count: 1 })
    }
    return ranges
  }

  /** A copy of the bits of the chunks whose leaf hashes are in piece `piece`. */
  piece (piece: number): Uint8Array {
    return this.#bits.slice(piece * leavesPerPiece / 8, (piece + 1) * leavesPerPiece / 8)
  }

  /** Takes over what {@link piece} gave. */
  setPiece (piece: number, bits: Uint8Array): void {
    const first = piece * leavesPerPiece
    for (let index = first; index < Math.min(this.total, first + leavesPerPiece); index++) {
      this.set(index, ((bits[(index - first) >> 3] ?? 0) & (1 << (index & 7))) !== 0)
    }
  }
}

/** Numbers, in runs; the first `max` of these. */
export function rangesOf (numbers: Iterable<number>, max: number): Range[] {
  const ranges: Range[] = []
  for (const number of [...numbers].sort((a, b) => a - b)) {
    const last = ranges.at(-1)
    if (last !== undefined && last.first + last.count === number) last.count++
    else if (ranges.length < max) ranges.push({ first: number, count: 1 })
  }
  return ranges
}
