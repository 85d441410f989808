/** The reading of chunks to be sent: each sealed again, and let through only if it is what its leaf hash says. */
import { pipe } from 'it-pipe'
import { constantTimeEqual } from '../../../crypto/bytes.js'
import { LEAF_BYTES, sealedChunkBytes } from '../../../crypto/file/index.js'
import { chunkRoom } from '../../../protocol/bulk-frames.js'
import type { ChunkCipher, SealedChunk } from '../cipher.js'
import type { ChunkRange } from '../fetch/source.js'
import { readAheadPages } from '../limits.js'
import { mapAhead, type Stage } from '../stages.js'
import { Pages, type PlainChunk } from './pages.js'
import type { PreparedFile } from './prepare.js'
import { fileChanged, type ReadableFile } from './regular-file.js'

/**
 * A stage from ranges to chunks as they travel. One key and a fixed salt: were a changed chunk to leave beside its first
 * version, the two would give away what they differ in.
 *
 * @throws ERR_CONFLICT the file changed: that chunk, and everything behind it, does not leave; what reading says
 */
export function readSealed (cipher: ChunkCipher, prepared: PreparedFile, file: ReadableFile): Stage<ChunkRange, SealedChunk> {
  const { manifest, leaves } = prepared
  const pages = new Pages(file, manifest)
  const read = mapAhead(async (range: ChunkRange) => await pages.read(range), readAheadPages)
  const seal: Stage<PlainChunk[], SealedChunk> = async function * (source) {
    for await (const page of source) {
      for (const { index, plaintext, release } of page) {
        const { sealed, leaf } = await cipher.seal(manifest, index, plaintext, chunkRoom(sealedChunkBytes(manifest.bytes, index)))
        release()
        if (!constantTimeEqual(leaf, leaves.subarray(index * LEAF_BYTES, (index + 1) * LEAF_BYTES))) throw fileChanged(prepared.path)
        yield { index, sealed }
      }
    }
  }
  return (ranges) => pipe(ranges, read, seal)
}

/** @throws ERR_CONFLICT when it can be told at once that this is not the file that was prepared */
export async function assertUnchanged (prepared: PreparedFile, file: ReadableFile): Promise<void> {
  if ((await file.state()).bytes !== prepared.state.bytes) throw fileChanged(prepared.path)
}
