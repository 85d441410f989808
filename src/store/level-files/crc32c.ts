/** CRC-32C (Castagnoli) by eight tables, and how LevelDB stores it. */

const POLYNOMIAL = 0x82f63b78
/** LevelDB masks its checksums, as a checksum of bytes with checksums in them would be weak. */
const MASK_DELTA = 0xa282ead8

const tables = makeTables()
const [t0, t1, t2, t3, t4, t5, t6, t7] = tables as [Int32Array, Int32Array, Int32Array, Int32Array, Int32Array, Int32Array, Int32Array, Int32Array]

export function crc32c (bytes: Uint8Array): number {
  let crc = -1
  let at = 0
  const eights = bytes.length - 7
  for (; at < eights; at += 8) {
    crc ^= byte(bytes, at) | byte(bytes, at + 1) << 8 | byte(bytes, at + 2) << 16 | byte(bytes, at + 3) << 24
    crc = entry(t7, crc) ^ entry(t6, crc >>> 8) ^ entry(t5, crc >>> 16) ^ entry(t4, crc >>> 24) ^
      entry(t3, byte(bytes, at + 4)) ^ entry(t2, byte(bytes, at + 5)) ^ entry(t1, byte(bytes, at + 6)) ^ entry(t0, byte(bytes, at + 7))
  }
  for (; at < bytes.length; at++) crc = (crc >>> 8) ^ entry(t0, crc ^ byte(bytes, at))
  return ~crc >>> 0
}

export function maskedCrc32c (bytes: Uint8Array): number {
  const crc = crc32c(bytes)
  return (((crc >>> 15) | (crc << 17)) + MASK_DELTA) >>> 0
}

function byte (bytes: Uint8Array, at: number): number {
  return bytes[at] as number
}

function entry (table: Int32Array, index: number): number {
  return table[index & 255] as number
}

function makeTables (): Int32Array[] {
  const first = new Int32Array(256).map((_, index) => {
    let crc = index
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1
    return crc
  })
  const made = [first]
  for (let table = 1; table < 8; table++) {
    made.push((made[table - 1] as Int32Array).map((crc) => (crc >>> 8) ^ (first[crc & 255] as number)))
  }
  return made
}
