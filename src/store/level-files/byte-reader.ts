import { Damage } from './damage.js'

/** Reads LevelDB's numbers, which are little-endian, and its byte strings. */
export class ByteReader {
  #at: number
  readonly #view: DataView

  constructor (private readonly bytes: Uint8Array, from = 0, private readonly end = bytes.byteLength) {
    this.#at = from
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get isAtEnd (): boolean {
    return this.#at >= this.end
  }

  byte (): number {
    return this.bytes[this.#advance(1)] as number
  }

  u32 (): number {
    return this.#view.getUint32(this.#advance(4), true)
  }

  u64 (): bigint {
    return this.#view.getBigUint64(this.#advance(8), true)
  }

  varint (): number {
    let value = 0
    for (let factor = 1; ; factor *= 128) {
      const byte = this.byte()
      value += (byte & 127) * factor
      if (!Number.isSafeInteger(value)) throw new Damage('a number in it is too large')
      if (byte < 128) return value
    }
  }

  take (length: number): Uint8Array {
    const from = this.#advance(length)
    return this.bytes.subarray(from, from + length)
  }

  #advance (length: number): number {
    const from = this.#at
    if (length > this.end - from) throw new Damage('it ends too early')
    this.#at += length
    return from
  }
}
