import { P2pChatError } from '../../errors.js'
import type { BlobWriter } from '../blobs/index.js'
import type { PoolState } from '../replication/pool-state.js'

/**
 * A writer that tells nothing as kept once this server has answered by a newer roster than its sender goes by: whoever
 * takes over the file then has asked what is here, and would not see what comes later.
 */
export function fenced (writer: BlobWriter, poolState: PoolState, rosterVersion: number): BlobWriter {
  return {
    status: () => writer.status(),
    addLeaves: async (piece, leaves, path) => { await writer.addLeaves(piece, leaves, path) },
    addChunk: async (index, sealed) => { await writer.addChunk(index, sealed) },
    kept: async () => {
      const kept = await poolState.write(rosterVersion, async () => await writer.kept())
      if (kept.outcome === 'stale') throw new P2pChatError('ERR_UNKNOWN_OUTCOME', 'The servers of the pool have changed. Go on with what is missing.')
      return kept
    },
    close: async () => { await writer.close() }
  }
}
