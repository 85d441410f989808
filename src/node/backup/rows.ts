/** Rows of a home as one run of bytes: u16 length ‖ key ‖ u32 length ‖ value, one after the other. */
import { concat } from 'uint8arrays/concat'
import { fromString } from 'uint8arrays/from-string'
import { toString } from 'uint8arrays/to-string'
import { P2pChatError } from '../../errors.js'
import { maxBackupRowBytes } from './limits.js'

export type Row = readonly [key: string, value: Uint8Array]

/** @throws ERR_LIMIT */
export function encodeRow ([key, value]: Row): Uint8Array {
  if (value.byteLength > maxBackupRowBytes) throw new P2pChatError('ERR_LIMIT', `An entry of ${value.byteLength} bytes is too long for a backup (limit maxBackupRowBytes: ${maxBackupRowBytes}).`)
  const name = fromString(key)
  const row = new Uint8Array(2 + name.byteLength + 4 + value.byteLength)
  const view = new DataView(row.buffer)
  view.setUint16(0, name.byteLength)
  row.set(name, 2)
  view.setUint32(2 + name.byteLength, value.byteLength)
  row.set(value, 6 + name.byteLength)
  return row
}

/** @throws ERR_STORE_CORRUPT when the bytes do not end with a row */
export async function * decodeRows (parts: AsyncIterable<Uint8Array>): AsyncGenerator<Row> {
  let bytes: Uint8Array = new Uint8Array(0)
  for await (const part of parts) {
    bytes = bytes.byteLength === 0 ? part : concat([bytes, part])
    let at = 0
    for (let row = rowAt(bytes, at); row !== undefined; row = rowAt(bytes, at)) {
      yield [row.key, row.value]
      at = row.end
    }
    bytes = bytes.subarray(at)
  }
  if (bytes.byteLength > 0) throw wrongRow()
}

function rowAt (bytes: Uint8Array, at: number): { key: string, value: Uint8Array, end: number } | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (at + 2 > bytes.byteLength) return undefined
  const valueAt = at + 2 + view.getUint16(at) + 4
  if (valueAt > bytes.byteLength) return undefined
  const valueBytes = view.getUint32(valueAt - 4)
  if (valueBytes > maxBackupRowBytes) throw wrongRow()
  const end = valueAt + valueBytes
  return end > bytes.byteLength ? undefined : { key: toString(bytes.subarray(at + 2, valueAt - 4)), value: bytes.slice(valueAt, end), end }
}

function wrongRow (): P2pChatError {
  return new P2pChatError('ERR_STORE_CORRUPT', 'The backup opens, but what is in it cannot be read. Take an older one.')
}
