/** How a file lies in the store's file: its chunks one after the other, then its leaf hashes. */
import { leavesPerPiece } from '../../crypto/file/limits.js'
import { LEAF_BYTES } from '../../crypto/file/leaf.js'
import { P2pChatError } from '../../errors.js'
import { assertBytes } from '../fields.js'
import type { RendezvousLimits } from '../limits.js'
import { fileIdBytes, pieceBytes, sealedChunkBytes } from './limits.js'

export interface Shape {
  chunks: number
  /** of all chunks as they travel */
  sealedBytes: number
}

/** @throws ERR_INVALID_RECORD no file is like that; ERR_LIMIT it is too large */
export function assertShape ({ fileId, root, chunks, sealedBytes }: Shape & { fileId: Uint8Array, root: Uint8Array }, { maxBlobBytes }: Pick<RendezvousLimits, 'maxBlobBytes'>): void {
  assertBytes(fileId, fileIdBytes, 'A file id')
  assertBytes(root, LEAF_BYTES, 'The root of a file')
  const right = chunks === 1 ? sealedBytes > 0 && sealedBytes <= sealedChunkBytes : chunks > 1 && sealedBytes === chunks * sealedChunkBytes
  if (!right) throw new P2pChatError('ERR_INVALID_RECORD', `There is no file of ${chunks} chunks that has ${sealedBytes} bytes on its way.`)
  if (sealedBytes > maxBlobBytes) {
    throw new P2pChatError('ERR_LIMIT', `A file of ${sealedBytes} bytes on its way was refused: the largest that this pool keeps has ${maxBlobBytes} (limit maxBlobBytes). Send it while its recipient is online.`)
  }
}

export function chunkBytesOf ({ chunks, sealedBytes }: Shape): number {
  return sealedBytes / chunks
}

export function chunkOffset (shape: Shape, index: number): number {
  return index * chunkBytesOf(shape)
}

export function pieceOffset ({ sealedBytes }: Shape, piece: number): number {
  return sealedBytes + piece * pieceBytes
}

export function pieceOf (index: number): number {
  return Math.floor(index / leavesPerPiece)
}
