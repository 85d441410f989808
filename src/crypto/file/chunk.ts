/**
 * The chunks of a file, each sealed under a key of its own that is bound to its place (docs/wire/files.md, "Chunks").
 * Deterministic: the salt is fixed, so the same chunk always gives the same bytes. Hence the rule that goes with it: one
 * file key seals one content. Who seals again compares with the leaf hash of the first time before a byte leaves.
 */
import { concat } from 'uint8arrays/concat'
import { constantTimeEqual, expectLength, lpAll, sha256, u32 } from '../bytes.js'
import { hkdfExpand, hkdfExtract } from '../hkdf.js'
import { open, openInPlace, SALT_BYTES, seal } from '../seal.js'
import { P2pChatError } from '../../errors.js'
import { chunkCount, paddedChunkBytes, plainChunkBytes, sealedChunkBytes } from './layout.js'

const LABEL = 'p2pchat/1 file chunk'
const nothing = new Uint8Array(0)

export const FILE_ID_BYTES = 16
export const FILE_KEY_BYTES = 32

/** What seals and opens the chunks of one file. */
export interface FileSecret {
  /** 16 random bytes */
  readonly fileId: Uint8Array
  /** 32 random bytes, for this file, this content and this sending alone */
  readonly key: Uint8Array
  /** length of the file */
  readonly bytes: number
}

/**
 * @param plaintext exactly the file bytes of this chunk; not changed
 * @param into where the chunk is put, {@link sealedChunkBytes} long; default: a new array
 * @returns salt ‖ ciphertext ‖ tag
 * @throws ERR_CRYPTO_INPUT wrong lengths, no such chunk
 */
export function sealChunk (file: FileSecret, index: number, plaintext: Uint8Array, into?: Uint8Array): Uint8Array {
  expectLength(plaintext, plainChunkBytes(file.bytes, index), `Chunk ${index} of this file`)
  const padded = withZeros(plaintext, paddedChunkBytes(file.bytes, index))
  const { key, salt, ad } = bind(file, index)
  try {
    return seal(key, LABEL, ad, nothing, padded, salt, into)
  } finally {
    key.fill(0)
  }
}

/**
 * The file bytes of a chunk.
 *
 * @throws ERR_DECRYPT whatever is wrong with it; ERR_CRYPTO_INPUT no such chunk
 */
export function openChunk (file: FileSecret, index: number, sealed: Uint8Array): Uint8Array {
  return openWith(file, index, sealed, open)
}

/** As {@link openChunk}, but the file bytes take the place of the ciphertext. */
export function openChunkInPlace (file: FileSecret, index: number, sealed: Uint8Array): Uint8Array {
  return openWith(file, index, sealed, openInPlace)
}

function openWith (file: FileSecret, index: number, sealed: Uint8Array, opener: typeof open): Uint8Array {
  const length = plainChunkBytes(file.bytes, index)
  if (sealed.byteLength !== sealedChunkBytes(file.bytes, index)) throw wrongChunk(index)
  const { key, salt, ad } = bind(file, index)
  try {
    // A chunk has one form: another salt would give it a second one.
    if (!constantTimeEqual(sealed.subarray(0, SALT_BYTES), salt)) throw wrongChunk(index)
    const padded = opener(key, LABEL, ad, nothing, sealed)
    if (padded.subarray(length).some((byte) => byte !== 0)) throw wrongChunk(index)
    return padded.subarray(0, length)
  } finally {
    key.fill(0)
  }
}

/** The key, the fixed salt and the associated data of a chunk: each says which file, which place, of how many. */
function bind (file: FileSecret, index: number): { key: Uint8Array, salt: Uint8Array, ad: Uint8Array } {
  const { prk, saltStart } = startOf(file)
  const place = concat([u32(index), u32(chunkCount(file.bytes))])
  return {
    key: hkdfExpand(prk, concat([keyLabel, place]), 32),
    salt: sha256(saltStart, place).subarray(0, SALT_BYTES),
    ad: concat([file.fileId, place])
  }
}

const keyLabel = lpAll('p2pchat/1 file chunk key')

interface Start { readonly prk: Uint8Array, readonly saltStart: Uint8Array }

/** What all chunks of a file have in common; forgotten with the file itself. */
const starts = new WeakMap<FileSecret, Start>()

function startOf (file: FileSecret): Start {
  const known = starts.get(file)
  if (known !== undefined) return known
  const { fileId, key } = file
  expectLength(fileId, FILE_ID_BYTES, 'A file id')
  expectLength(key, FILE_KEY_BYTES, 'A file key')
  const start = { prk: hkdfExtract(fileId, key), saltStart: lpAll('p2pchat/1 file chunk salt', fileId) }
  starts.set(file, start)
  return start
}

function withZeros (plaintext: Uint8Array, size: number): Uint8Array {
  if (plaintext.byteLength === size) return plaintext
  const padded = new Uint8Array(size)
  padded.set(plaintext)
  return padded
}

function wrongChunk (index: number): P2pChatError {
  return new P2pChatError('ERR_DECRYPT', `Chunk ${index} of the file is not the one that was sent.`)
}
