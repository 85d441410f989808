/**
 * The first reading of a file that is to be sent: its hash, and the leaf hash of every chunk as it will leave. Both are
 * durable, together with the key, before anything leaves; the second reading has to give the same.
 */
import { createHash } from 'node:crypto'
import { basename } from 'node:path'
import { pipe } from 'it-pipe'
import { chunkBytes, chunkCount, FILE_ID_BYTES, FILE_KEY_BYTES, LEAF_BYTES, merkleRoot, sealedChunkBytes, type FileSecret } from '../../../crypto/file/index.js'
import { P2pChatError } from '../../../errors.js'
import type { Random } from '../../../runtime.js'
import type { ChunkCipher } from '../cipher.js'
import type { ChunkRange } from '../fetch/source.js'
import { maxFileBytes, pageChunks, readAheadPages } from '../limits.js'
import { encodeManifest, type FileManifest, type FilePreview } from '../manifest.js'
import { sniffedBytes, sniffMime } from '../mime.js'
import { safeFileName } from '../names.js'
import { mapAhead } from '../stages.js'
import { plainPages } from './pages.js'
import { pieceRootsInTurns } from './piece-roots.js'
import { fileChanged, type FileState, type ReadableFile } from './regular-file.js'
import type { Spool } from './spool.js'

export interface PrepareComponents {
  random: Random
  cipher: ChunkCipher
  /** Keeps what is sealed, for who fetches it; default: it is sealed again for them. */
  spool?: Spool
}

export interface PrepareInit {
  file: ReadableFile
  /** What it is to be called; default: the last part of its path. */
  name?: string
  caption?: string
  preview?: FilePreview
  /** Default: maxFileBytes. */
  maxBytes?: number
  /** Told how much was read. */
  onProgress?: (bytes: number) => void
  signal?: AbortSignal
}

/** A file as it is going to be sent. Its key must seal nothing but this content. */
export interface PreparedFile {
  readonly path: string
  readonly state: FileState
  readonly manifest: FileManifest
  /** leaf hashes of all chunks, 32 bytes each */
  readonly leaves: Uint8Array
}

/**
 * Reads the whole file once; memory stays flat but for the leaf hashes (2 MiB for 4 GiB).
 *
 * @throws ERR_LIMIT it is too large, told before it is read; ERR_CONFLICT it changed meanwhile; ERR_ABORTED; what reading says
 */
export async function prepareFile (components: PrepareComponents, init: PrepareInit): Promise<PreparedFile> {
  const { random } = components
  const { file, maxBytes = maxFileBytes, caption = '', preview } = init
  const state = await file.state()
  if (state.bytes > maxBytes) throw new P2pChatError('ERR_LIMIT', `${file.path} has ${state.bytes} bytes; files may have at most ${maxBytes} (limit maxFileBytes).`)
  const secret: FileSecret = { fileId: random.bytes(FILE_ID_BYTES), key: random.bytes(FILE_KEY_BYTES), bytes: state.bytes }
  const head = new Uint8Array(Math.min(sniffedBytes, state.bytes))
  const mime = await sniffMime(head.subarray(0, await file.read(head, 0)))
  const name = safeFileName(init.name ?? basename(file.path))
  const draft: FileManifest = { ...secret, root: new Uint8Array(LEAF_BYTES), sha256: new Uint8Array(LEAF_BYTES), name, mime, caption, ...(preview === undefined ? {} : { preview }) }
  // What is wrong with the caption or the preview is said before a large file is read.
  encodeManifest(draft)
  const { leaves, sha256 } = await readOnce(components, secret, init, async () => {
    const after = await file.state()
    if (after.bytes !== state.bytes || after.modifiedMs !== state.modifiedMs) throw fileChanged(file.path)
  })
  return { path: file.path, state, leaves, manifest: { ...draft, root: merkleRoot(await pieceRootsInTurns(leaves)), sha256 } }
}

interface Digests { leaves: Uint8Array, sha256: Uint8Array }

/** @param check throws if what was read is not one state of the file */
async function readOnce ({ cipher, spool }: PrepareComponents, secret: FileSecret, init: PrepareInit, check: () => Promise<void>): Promise<Digests> {
  const copy = await spool?.begin(secret)
  let right = false
  try {
    const digests = await digest(cipher, secret, init, async (index, sealed) => { await copy?.write(index, sealed) })
    await check()
    right = true
    return digests
  } finally {
    await copy?.end(right)
  }
}

/** @param onSealed given each chunk as it will travel, in memory that is used again afterwards */
async function digest (cipher: ChunkCipher, secret: FileSecret, { file, onProgress, signal }: PrepareInit, onSealed: (index: number, sealed: Uint8Array) => Promise<void>): Promise<Digests> {
  const total = chunkCount(secret.bytes)
  const leaves = new Uint8Array(total * LEAF_BYTES)
  const hash = createHash('sha256')
  const memory = plainPages(file, secret)
  const read = mapAhead(async (range: ChunkRange) => await memory.read(range), readAheadPages)
  // Nothing of what is sealed leaves yet: the room for it is used again.
  const room = new Uint8Array(sealedChunkBytes(secret.bytes, 0))
  for await (const page of pipe(pages(total), read)) {
    for (const { index, bytes, release } of page) {
      if (signal?.aborted === true) throw new P2pChatError('ERR_ABORTED', 'The file is not sent.', { cause: signal.reason })
      hash.update(bytes)
      const { sealed, leaf } = await cipher.seal(secret, index, bytes, room)
      release()
      leaves.set(leaf, index * LEAF_BYTES)
      await onSealed(index, sealed)
      onProgress?.(Math.min(secret.bytes, (index + 1) * chunkBytes))
    }
  }
  return { leaves, sha256: new Uint8Array(hash.digest()) }
}

async function * pages (total: number): AsyncGenerator<ChunkRange> {
  for (let first = 0; first < total; first += pageChunks) yield { first, count: Math.min(pageChunks, total - first) }
}
