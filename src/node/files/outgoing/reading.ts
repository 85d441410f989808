/** The reading of chunks to be sent: as the first reading left them, or sealed again; let through only if its leaf hash says so. */
import { pipe } from 'it-pipe'
import { constantTimeEqual } from '../../../crypto/bytes.js'
import { LEAF_BYTES, leafHash, sealedChunkBytes } from '../../../crypto/file/index.js'
import { chunkRoom } from '../../../protocol/bulk-frames.js'
import type { ChunkCipher, SealedChunk } from '../cipher.js'
import type { ChunkRange } from '../fetch/source.js'
import { readAheadPages } from '../limits.js'
import { mapAhead, type Stage } from '../stages.js'
import { plainPages, sealedPages, type PageChunk } from './pages.js'
import type { PreparedFile } from './prepare.js'
import { fileChanged, type ReadableFile } from './regular-file.js'
import type { SealedCopy } from './spool.js'

export interface Readable {
  prepared: PreparedFile
  file: ReadableFile
  /** What it holds is not sealed again. */
  copy?: SealedCopy
}

/**
 * A stage from ranges to chunks as they travel. One key and a fixed salt: were a changed chunk to leave beside its first
 * version, the two would give away what they differ in.
 *
 * @throws ERR_CONFLICT the file changed: that chunk, and everything behind it, does not leave; what reading says
 */
export function readSealed (cipher: ChunkCipher, { prepared, file, copy }: Readable): Stage<ChunkRange, SealedChunk> {
  const again = sealAgain(cipher, prepared, file)
  return copy === undefined ? again : fromCopy(prepared, copy, again)
}

function sealAgain (cipher: ChunkCipher, prepared: PreparedFile, file: ReadableFile): Stage<ChunkRange, SealedChunk> {
  const { manifest } = prepared
  const pages = plainPages(file, manifest)
  const read = mapAhead(async (range: ChunkRange) => await pages.read(range), readAheadPages)
  const seal: Stage<PageChunk[], SealedChunk> = async function * (source) {
    for await (const page of source) {
      for (const { index, bytes, release } of page) {
        const { sealed, leaf } = await cipher.seal(manifest, index, bytes, chunkRoom(sealedChunkBytes(manifest.bytes, index)))
        release()
        if (!isLeaf(prepared, index, leaf)) throw fileChanged(prepared.path)
        yield { index, sealed }
      }
    }
  }
  return (ranges) => pipe(ranges, read, seal)
}

/** What is missing in the copy, or was damaged there, is sealed again. */
function fromCopy (prepared: PreparedFile, copy: SealedCopy, again: Stage<ChunkRange, SealedChunk>): Stage<ChunkRange, SealedChunk> {
  const pages = sealedPages(copy, prepared.manifest)
  const read = mapAhead(async (range: ChunkRange) => ({ range, page: await pages.read(range).catch(() => undefined) }), readAheadPages)
  return async function * (ranges) {
    for await (const { range, page } of pipe(ranges, read)) {
      if (page === undefined) yield * again(only(range))
      for (const { index, bytes, release } of page ?? []) {
        const isRight = isLeaf(prepared, index, leafHash(bytes))
        const sealed = chunkRoom(bytes.byteLength)
        sealed.set(bytes)
        release()
        if (isRight) yield { index, sealed }
        else yield * again(only({ first: index, count: 1 }))
      }
    }
  }
}

async function * only (range: ChunkRange): AsyncGenerator<ChunkRange> {
  yield range
}

function isLeaf ({ leaves }: PreparedFile, index: number, leaf: Uint8Array): boolean {
  return constantTimeEqual(leaf, leaves.subarray(index * LEAF_BYTES, (index + 1) * LEAF_BYTES))
}

/** @throws ERR_CONFLICT when it can be told at once that this is not the file that was prepared */
export async function assertUnchanged (prepared: PreparedFile, file: ReadableFile): Promise<void> {
  if ((await file.state()).bytes !== prepared.state.bytes) throw fileChanged(prepared.path)
}
