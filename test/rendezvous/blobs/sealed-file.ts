import { createHash } from 'node:crypto'
import { leafPiece, merkleRoot, pieceRoots } from '../../../src/crypto/file/merkle.js'
import { LEAF_BYTES, leafHash } from '../../../src/crypto/file/leaf.js'
import { sealedChunkBytes } from '../../../src/rendezvous/blobs/limits.js'
import type { NewBlob } from '../../../src/rendezvous/blobs/index.js'

/** A file as it travels; its bytes follow from its name. The server cannot tell whether anybody could open it. */
export interface SealedFile {
  fileId: Uint8Array
  blob: (username: string) => NewBlob
  pieces: number
  chunk: (index: number) => Uint8Array
  leaves: (piece: number) => { leaves: Uint8Array, path: Uint8Array }
}

export function sealedFile (name: string, chunks: number, chunkBytes = sealedChunkBytes): SealedFile {
  const chunk = (index: number): Uint8Array => pattern(`${name} ${index}`, chunkBytes)
  const leaves = new Uint8Array(chunks * LEAF_BYTES)
  for (let index = 0; index < chunks; index++) leaves.set(leafHash(chunk(index)), index * LEAF_BYTES)
  const roots = pieceRoots(leaves)
  const fileId = hash(name).slice(0, 16)
  return {
    fileId,
    blob: (username) => ({ fileId, username, chunks, sealedBytes: chunks * chunkBytes, root: merkleRoot(leaves) }),
    pieces: roots.byteLength / LEAF_BYTES,
    chunk,
    leaves: (piece) => leafPiece(leaves, roots, piece)
  }
}

/** Bytes that differ from one text to another, everywhere and fast. */
function pattern (text: string, length: number): Uint8Array {
  const out = new Uint8Array(length)
  const seed = hash(text)
  for (let at = 0; at < length; at += seed.byteLength) out.set(seed.subarray(0, length - at), at)
  return out
}

function hash (text: string): Uint8Array {
  return new Uint8Array(createHash('sha256').update(text).digest())
}
