import { minPaddedBytes } from './limits.js'
import { P2pChatError } from '../errors.js'
import { maxSealBytes } from '../protocol/limits.js'

const MARK = 0x80

/** The longest that can be padded: one byte is the mark. */
export const maxUnpaddedBytes = maxSealBytes - 1

/**
 * x ‖ 80 ‖ 00…00 up to the next of 128, 256, 512 … 65,536 bytes.
 *
 * @throws ERR_LIMIT over {@link maxUnpaddedBytes}
 */
export function pad (plain: Uint8Array): Uint8Array {
  if (plain.byteLength > maxUnpaddedBytes) {
    throw new P2pChatError('ERR_LIMIT', `${plain.byteLength} bytes are too long for one message (limit: ${maxUnpaddedBytes}).`)
  }
  let size = minPaddedBytes
  while (size <= plain.byteLength) size *= 2
  const padded = new Uint8Array(size)
  padded.set(plain)
  padded[plain.byteLength] = MARK
  return padded
}

/** Undoes {@link pad}; a copy. @throws ERR_DECRYPT for a size that is none of these, and without the mark */
export function unpad (padded: Uint8Array): Uint8Array {
  let end = padded.byteLength - 1
  while (end >= 0 && padded[end] === 0) end--
  if (!isPaddedSize(padded.byteLength) || padded[end] !== MARK) {
    throw new P2pChatError('ERR_DECRYPT', 'This was decrypted, but its padding is wrong: it was made by a faulty client.')
  }
  return new Uint8Array(padded.subarray(0, end))
}

function isPaddedSize (size: number): boolean {
  return size >= minPaddedBytes && size <= maxSealBytes && (size & (size - 1)) === 0
}
