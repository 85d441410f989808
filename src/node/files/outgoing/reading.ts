/** The reading of chunks to be sent: each sealed again, and let through only if it is what its leaf hash says. */
import { constantTimeEqual } from '../../../crypto/bytes.js'
import { LEAF_BYTES } from '../../../crypto/file/index.js'
import type { ChunkCipher, SealedChunk } from '../cipher.js'
import { readAheadChunks } from '../limits.js'
import { mapAhead, type Stage } from '../stages.js'
import { readChunk, type PreparedFile } from './prepare.js'
import { fileChanged, type ReadableFile } from './regular-file.js'

/**
 * A stage from indexes to chunks as they travel. One key and a fixed salt: were a changed chunk to leave beside its first
 * version, the two would give away what they differ in.
 *
 * @throws ERR_CONFLICT the file changed: that chunk, and everything behind it, does not leave; what reading says
 */
export function readSealed (cipher: ChunkCipher, prepared: PreparedFile, file: ReadableFile): Stage<number, SealedChunk> {
  const { manifest, leaves } = prepared
  const read = mapAhead(async (index: number) => ({ index, plaintext: await readChunk(file, manifest, index) }), readAheadChunks)
  const seal = mapAhead(async ({ index, plaintext }: { index: number, plaintext: Uint8Array }): Promise<SealedChunk> => {
    const { sealed, leaf } = await cipher.seal(manifest, index, plaintext)
    if (!constantTimeEqual(leaf, leaves.subarray(index * LEAF_BYTES, (index + 1) * LEAF_BYTES))) throw fileChanged(prepared.path)
    return { index, sealed }
  }, readAheadChunks)
  return (indexes) => seal(read(indexes))
}

/** @throws ERR_CONFLICT when it can be told at once that this is not the file that was prepared */
export async function assertUnchanged (prepared: PreparedFile, file: ReadableFile): Promise<void> {
  if ((await file.state()).bytes !== prepared.state.bytes) throw fileChanged(prepared.path)
}
