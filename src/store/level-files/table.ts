/** LevelDB's tables (.ldb): blocks with a masked CRC-32C each, an index of them, and a footer that says where that is. */
import { ByteReader } from './byte-reader.js'
import { maskedCrc32c } from './crc32c.js'
import { Damage } from './damage.js'
import { unsnappy } from './snappy.js'

const FOOTER_BYTES = 48
const MAGIC = 0xdb4775248b80fb57n
/** Behind each block: how it is compressed, and its checksum. */
const TRAILER_BYTES = 5
const PLAIN = 0
const SNAPPY = 1

interface Handle {
  offset: number
  bytes: number
}

/** Compares all checksums of a table. @throws Damage */
export function checkTable (table: Uint8Array): void {
  if (table.byteLength < FOOTER_BYTES) throw new Damage('it ends too early')
  const footer = new ByteReader(table, table.byteLength - FOOTER_BYTES)
  const metaIndex = handle(footer)
  const index = handle(footer)
  if (new ByteReader(table, table.byteLength - 8).u64() !== MAGIC) throw new Damage('its end is not that of a table')
  for (const found of [...handles(block(table, metaIndex)), ...handles(block(table, index))]) checked(table, found)
}

function handle (reader: ByteReader): Handle {
  return { offset: reader.varint(), bytes: reader.varint() }
}

/** The block as it lies there, with the byte that says how. */
function checked (table: Uint8Array, { offset, bytes }: Handle): Uint8Array {
  if (offset + bytes + TRAILER_BYTES > table.byteLength) throw new Damage('a block in it lies outside')
  const found = table.subarray(offset, offset + bytes + 1)
  if (new ByteReader(table, offset + bytes + 1).u32() !== maskedCrc32c(found)) throw new Damage(`a block does not match its checksum at byte ${offset}`)
  return found
}

function block (table: Uint8Array, at: Handle): Uint8Array {
  const found = checked(table, at)
  const contents = found.subarray(0, at.bytes)
  const compression = found[at.bytes]
  if (compression === PLAIN) return contents
  if (compression === SNAPPY) return unsnappy(contents)
  throw new Damage('a block in it is compressed in an unknown way')
}

/** The values of a block's entries, as handles. */
function handles (contents: Uint8Array): Handle[] {
  if (contents.byteLength < 4) throw new Damage('a block in it is too short')
  const restarts = new ByteReader(contents, contents.byteLength - 4).u32()
  const entries = new ByteReader(contents, 0, contents.byteLength - 4 * (restarts + 1))
  const found: Handle[] = []
  while (!entries.isAtEnd) {
    entries.varint()
    const [keyBytes, valueBytes] = [entries.varint(), entries.varint()]
    entries.take(keyBytes)
    found.push(handle(new ByteReader(entries.take(valueBytes))))
  }
  return found
}
