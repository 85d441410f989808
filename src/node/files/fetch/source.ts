import type { LeafPiece } from '../../../crypto/file/index.js'
import type { SealedChunk } from '../cipher.js'

/** Chunks first … first + count - 1. */
export interface ChunkRange { readonly first: number, readonly count: number }

/** Someone who has a file's chunks: the sender's device, another member's, a server of the pool. Trusted with nothing. */
export interface ChunkSource {
  /** as the user knows it, and as it is called when it lied: "alice's laptop", a server's name. Unique in a fetch. */
  readonly name: string
  /**
   * Gives these chunks to `onChunk`, in any order, each as soon as it comes; resolves when that was all. Several calls may be
   * under way at once, for other chunks each. What it rejects with, ends without, or gives beyond that range ends the source.
   */
  fetch: (range: ChunkRange, onChunk: (chunk: SealedChunk) => void, signal: AbortSignal) => Promise<void>
  /** A piece of leaf hashes with its proof. */
  leaves: (piece: number, signal: AbortSignal) => Promise<LeafPiece>
  /** Grows whenever it shows that it is there, be it by a part of a chunk. */
  readonly signs?: number
  /** True while the source itself has said that it pauses: it is then waited for. */
  readonly held?: boolean
  /** Told how many chunks there are by now, so that the other side can show it. */
  progress?: (chunks: number) => void
  /** Told that nothing will be asked for until it is false. */
  pause?: (paused: boolean) => void
  /** Told how it ended. */
  end?: (reason: 'done' | 'declined' | 'ended') => void
}
