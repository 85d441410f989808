/** Snappy, decompressing only (google/snappy, format_description.txt): blocks of LevelDB are compressed with it. */
import { ByteReader } from './byte-reader.js'
import { Damage } from './damage.js'

/** No block of ours comes near it: LevelDB begins a new one at 4 KiB, and a value is at most a few MiB. */
const maxBytes = 64 * 1024 * 1024

/** @throws Damage */
export function unsnappy (compressed: Uint8Array): Uint8Array {
  const reader = new ByteReader(compressed)
  const length = reader.varint()
  if (length > maxBytes) throw new Damage('a block in it is too large')
  const out = new Uint8Array(length)
  let at = 0
  while (!reader.isAtEnd) {
    const tag = reader.byte()
    if ((tag & 3) === 0) {
      const literal = reader.take(literalLength(tag >> 2, reader))
      if (literal.byteLength > length - at) throw new Damage('a block in it is too long')
      out.set(literal, at)
      at += literal.byteLength
      continue
    }
    const { length: copied, offset } = copyOf(tag, reader)
    if (offset === 0 || offset > at || copied > length - at) throw new Damage('a block in it is malformed')
    // Byte by byte: what is copied may overlap with where it goes.
    for (const end = at + copied; at < end; at++) out[at] = out[at - offset] as number
  }
  if (at !== length) throw new Damage('a block in it is too short')
  return out
}

function literalLength (code: number, reader: ByteReader): number {
  return (code < 60 ? code : littleEndian(reader, code - 59)) + 1
}

function copyOf (tag: number, reader: ByteReader): { length: number, offset: number } {
  if ((tag & 3) === 1) return { length: ((tag >> 2) & 7) + 4, offset: (tag >> 5) * 256 + reader.byte() }
  return { length: (tag >> 2) + 1, offset: littleEndian(reader, (tag & 3) === 2 ? 2 : 4) }
}

function littleEndian (reader: ByteReader, bytes: number): number {
  let value = 0
  for (let at = 0; at < bytes; at++) value += reader.byte() * 256 ** at
  return value
}
