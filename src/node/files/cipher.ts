/** Where chunks are sealed and opened: here and now, or in a thread (thread/cipher-thread.ts). */
import { constantTimeEqual } from '../../crypto/bytes.js'
import { leafHash, openChunkInPlace, sealChunk, sealedChunkBytes, type FileSecret } from '../../crypto/file/index.js'
import { P2pChatError } from '../../errors.js'
import type { FileHash } from './landing/running-hash.js'

export interface SealedChunk {
  readonly index: number
  readonly sealed: Uint8Array
  /** Gives the memory of `sealed` back, once nobody looks at it any more. */
  readonly release?: () => void
}

export interface ChunkCipher {
  /**
   * The chunk as it travels, and its leaf hash. `plaintext` is left alone until then; `room`, of the sealed chunk's length,
   * may be used for it.
   */
  readonly seal: (file: FileSecret, index: number, plaintext: Uint8Array, room?: Uint8Array) => Promise<{ sealed: Uint8Array, leaf: Uint8Array }>
  /**
   * The file bytes of a chunk, once it is the one that the leaf hash stands for. The memory of `sealed` is handed over: they
   * may lie there.
   *
   * @throws ERR_INVALID_RECORD it is another one; ERR_DECRYPT it is the one, but was never sealed rightly
   */
  readonly open: (file: FileSecret, index: number, sealed: Uint8Array, leaf: Uint8Array) => Promise<Uint8Array>
  /** Told when nobody looks at what `open` gave any more: it may lie in memory that others wait for. */
  readonly release?: (plaintext: Uint8Array) => void
  /**
   * To be called before anything of the file is opened: where its hash comes from, if it comes with the opening. The file is
   * known by this very object from then on.
   */
  readonly hashOf?: (file: FileSecret) => FileHash | undefined
}

export const plainCipher: ChunkCipher = {
  async seal (file, index, plaintext, room) {
    return sealWithLeaf(file, index, plaintext, room)
  },
  async open (file, index, sealed, leaf) {
    return openVerified(file, index, sealed, leaf)
  }
}

/**
 * The same, each chunk in a turn of the event loop of its own: it takes half a millisecond, and what a text has to wait for,
 * the disk, the network, is looked at in between, not after a window full of chunks.
 */
export function cipherInTurns (): ChunkCipher {
  let turn = Promise.resolve()
  const nextTurn = async (): Promise<void> => {
    turn = turn.then(async () => { await new Promise<void>((resolve) => { setImmediate(resolve) }) })
    await turn
  }
  return {
    async seal (file, index, plaintext, room) {
      await nextTurn()
      return sealWithLeaf(file, index, plaintext, room)
    },
    async open (file, index, sealed, leaf) {
      await nextTurn()
      return openVerified(file, index, sealed, leaf)
    }
  }
}

export function sealWithLeaf (file: FileSecret, index: number, plaintext: Uint8Array, room?: Uint8Array): { sealed: Uint8Array, leaf: Uint8Array } {
  const sealed = sealChunk(file, index, plaintext, room)
  return { sealed, leaf: leafHash(sealed) }
}

export function openVerified (file: FileSecret, index: number, sealed: Uint8Array, leaf: Uint8Array): Uint8Array {
  if (sealed.byteLength !== sealedChunkBytes(file.bytes, index) || !constantTimeEqual(leafHash(sealed), leaf)) {
    throw new P2pChatError('ERR_INVALID_RECORD', `Chunk ${index} is not the one that was sent.`)
  }
  return openChunkInPlace(file, index, sealed)
}
