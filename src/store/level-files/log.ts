/**
 * LevelDB's logs (its write-ahead log and MANIFEST): blocks of 32 KiB with records of a masked CRC-32C, a length, a type
 * and the data; a record that does not fit goes on in the next block.
 */
import { maskedCrc32c } from './crc32c.js'
import { Damage } from './damage.js'

const BLOCK_BYTES = 32 * 1024
const HEADER_BYTES = 7
/** In what pieces a disk has or has not what was not synced when the power went. */
const SECTOR_BYTES = 512

const FULL = 1
const FIRST = 2
const MIDDLE = 3
const LAST = 4

interface Piece {
  type: number
  data: Uint8Array
  end: number
}

export interface Log {
  records: Uint8Array[]
  /** Whether it ends within a record: the machine died while it was written, so it was never synced. */
  isCutOff: boolean
}

/** All records of a log. @throws Damage unless all that is not right can come of a crash */
export function readLog (bytes: Uint8Array): Log {
  const records: Uint8Array[] = []
  let parts: Uint8Array[] | undefined
  for (let at = 0; at < bytes.byteLength;) {
    const left = BLOCK_BYTES - at % BLOCK_BYTES
    if (left < HEADER_BYTES) {
      at += left
      continue
    }
    const piece = readPiece(bytes, at)
    if (piece === undefined) return { records, isCutOff: true }
    const { type, data, end } = piece
    if ((type === FULL || type === FIRST) !== (parts === undefined)) throw new Damage(`a record is not whole at byte ${at}`)
    parts = [...parts ?? [], data]
    if (type === FULL || type === LAST) {
      records.push(parts.length === 1 ? data : Buffer.concat(parts))
      parts = undefined
    }
    at = end
  }
  return { records, isCutOff: parts !== undefined }
}

/** Undefined: cut off here. */
function readPiece (bytes: Uint8Array, at: number): Piece | undefined {
  const blockEnd = Math.min(bytes.byteLength, at + BLOCK_BYTES - at % BLOCK_BYTES)
  if (isTornFrom(bytes, at, at + 1)) return undefined
  if (blockEnd - at < HEADER_BYTES) return undefined
  const piece = pieceAt(bytes, at, blockEnd)
  if (piece !== undefined) return piece
  const dataEnd = at + HEADER_BYTES + lengthAt(bytes, at)
  if (isTornFrom(bytes, at, Math.min(dataEnd, blockEnd))) return undefined
  if (dataEnd > blockEnd && blockEnd === bytes.byteLength && !isFollowed(bytes, at, blockEnd)) return undefined
  throw new Damage(`a record does not match its checksum at byte ${at}`)
}

function pieceAt (bytes: Uint8Array, at: number, blockEnd: number, length = lengthAt(bytes, at)): Piece | undefined {
  const end = at + HEADER_BYTES + length
  const type = bytes[at + HEADER_BYTES - 1] ?? 0
  if (end > blockEnd || (type !== FULL && type !== FIRST && type !== MIDDLE && type !== LAST)) return undefined
  const crc = new DataView(bytes.buffer, bytes.byteOffset + at).getUint32(0, true)
  if (crc !== maskedCrc32c(bytes.subarray(at + HEADER_BYTES - 1, end))) return undefined
  return { type, data: bytes.subarray(at + HEADER_BYTES, end), end }
}

function lengthAt (bytes: Uint8Array, at: number): number {
  return (bytes[at + 4] ?? 0) | (bytes[at + 5] ?? 0) << 8
}

/** Whether a record that seems to be longer than the file is one with a wrong length: it, or one after it, is whole. */
function isFollowed (bytes: Uint8Array, at: number, end: number): boolean {
  if (pieceAt(bytes, at, end, end - at - HEADER_BYTES) !== undefined) return true
  for (let next = at + 1; next + HEADER_BYTES <= end; next++) if (pieceAt(bytes, next, end) !== undefined) return true
  return false
}

/** Whether the file holds nothing but zeros from a sector on that begins before `end`: so look bytes that never got to the disk. */
function isTornFrom (bytes: Uint8Array, at: number, end: number): boolean {
  let zerosFrom = bytes.byteLength
  while (zerosFrom > at && bytes[zerosFrom - 1] === 0) zerosFrom--
  return zerosFrom === at || Math.ceil(zerosFrom / SECTOR_BYTES) * SECTOR_BYTES < end
}
