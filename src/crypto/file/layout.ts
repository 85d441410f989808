/** How a file of a given length lies in chunks (docs/wire/files.md, "Chunks"). */
import { chunkBytes, maxFileChunks } from './limits.js'
import { minPaddedBytes } from '../limits.js'
import { SEAL_OVERHEAD_BYTES } from '../seal.js'
import { P2pChatError } from '../../errors.js'

/** How many chunks: an empty file has one, so that nothing is a special case. @throws ERR_CRYPTO_INPUT */
export function chunkCount (bytes: number): number {
  const total = Math.max(1, Math.ceil(bytes / chunkBytes))
  if (!Number.isSafeInteger(bytes) || bytes < 0 || total > maxFileChunks) throw new P2pChatError('ERR_CRYPTO_INPUT', `A file cannot have ${bytes} bytes.`)
  return total
}

/** File bytes in chunk `index`. @throws ERR_CRYPTO_INPUT there is no such chunk */
export function plainChunkBytes (bytes: number, index: number): number {
  const total = chunkCount(bytes)
  if (!Number.isInteger(index) || index < 0 || index >= total) throw new P2pChatError('ERR_CRYPTO_INPUT', `A file of ${total} chunks has no chunk ${index}.`)
  return index < total - 1 ? chunkBytes : bytes - (total - 1) * chunkBytes
}

/** Bytes of chunk `index` as it travels: salt ‖ ciphertext ‖ tag. @throws ERR_CRYPTO_INPUT there is no such chunk */
export function sealedChunkBytes (bytes: number, index: number): number {
  return paddedChunkBytes(bytes, index) + SEAL_OVERHEAD_BYTES
}

/** A file of one chunk is padded to a power of two; of more, the last is made as long as the others. */
export function paddedChunkBytes (bytes: number, index: number): number {
  const plain = plainChunkBytes(bytes, index)
  if (chunkCount(bytes) > 1) return chunkBytes
  let size = minPaddedBytes
  while (size < plain) size *= 2
  return size
}
