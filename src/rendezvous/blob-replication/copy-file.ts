import { isP2pChatError } from '../../errors.js'
import type { BlobCopies, BlobCopy, BlobWriter } from '../blobs/index.js'
import { ChunkBits } from '../blobs/chunk-bits.js'
import { chunkBytesOf } from '../blobs/shape.js'
import { leavesPerPiece } from '../../crypto/file/limits.js'
import type { LocalReplica } from './local-replica.js'
import { readAheadChunks } from './limits.js'
import type { RemoteSource } from './remote-source.js'

export interface CopyFile {
  local: LocalReplica
  blobs: Pick<BlobCopies, 'copy' | 'describe'>
  /** what the other server has */
  theirs: BlobCopy
  /** what this one has of it */
  mine: BlobCopy | undefined
  openSource: () => Promise<RemoteSource>
}

export interface Copied {
  /** Whether this server now has all that the other had. */
  outcome: 'complete' | 'removed' | 'incomplete'
  /** Bytes of chunks that came. */
  bytes: number
}

/** What this server lacks of what another one has. */
export function lackingOf ({ mine, theirs }: Pick<CopyFile, 'mine' | 'theirs'>): { chunks: number[], pieces: number[], bytes: number } {
  const { chunks: total } = theirs.blob
  const chunks = missing(total, theirs.kept, mine?.kept)
  return { chunks, pieces: missing(Math.ceil(total / leavesPerPiece), theirs.pieces, mine?.pieces), bytes: chunks.length * chunkBytesOf(theirs.blob) }
}

/** Takes from another server what this one lacks of a file; every chunk is checked as one of a sender is. */
export async function copyFile (copy: CopyFile): Promise<Copied> {
  const { local, blobs, theirs } = copy
  const adopted = await local.adopt(theirs)
  if (adopted !== 'there') return { outcome: adopted === 'removed' ? 'removed' : 'incomplete', bytes: 0 }
  const opened = await blobs.copy(theirs.blob.fileId)
  if (opened.outcome !== 'open') return { outcome: 'incomplete', bytes: 0 }
  const { writer } = opened
  const copied: Copied = { outcome: 'incomplete', bytes: 0 }
  try {
    const source = await copy.openSource()
    try {
      await takeAll(copy, writer, source, copied)
    } finally {
      await source.close()
    }
  } catch (error) {
    if (!isP2pChatError(error)) throw error
  } finally {
    await writer.close()
  }
  return copied
}

async function takeAll (copy: CopyFile, writer: BlobWriter, source: RemoteSource, copied: Copied): Promise<void> {
  const { chunks, pieces } = lackingOf(copy)
  for (const piece of pieces) {
    const { leaves, path } = await source.leaves(piece)
    await writer.addLeaves(piece, leaves, path)
  }
  for (let at = 0; at < chunks.length; at++) {
    if (at % readAheadChunks === 0) source.expect(chunks.slice(at, at + readAheadChunks))
    const index = chunks[at] ?? 0
    const sealed = await source.chunk(index)
    await writer.addChunk(index, sealed)
    copied.bytes += sealed.byteLength
  }
  if ((await writer.kept()).outcome === 'kept') copied.outcome = 'complete'
}

function missing (total: number, theirs: Uint8Array, mine: Uint8Array | undefined): number[] {
  const there = ChunkBits.of(total, theirs)
  const here = ChunkBits.of(total, mine ?? new Uint8Array(0))
  const indices: number[] = []
  for (let index = 0; index < total; index++) if (there.has(index) && !here.has(index)) indices.push(index)
  return indices
}
