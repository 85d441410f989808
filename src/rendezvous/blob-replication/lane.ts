/** One server's part in the leaving of a file. */
import { asP2pChatError, isErrorCode, P2pChatError } from '../../errors.js'
import type { BulkStream } from '../../overlay/network.js'
import { chunkFrame, controlFrame, readControl, splitFrame } from '../../protocol/bulk-frames.js'
import { BlobFrame } from '../../protocol/pb/blob.js'
import { ServerBlobOpen } from '../../protocol/pb/server-blob.js'
import { asError } from '../outcome.js'
import type { BlobWriter } from '../blobs/index.js'

// Of what another server says why it ends.
const maxEndChars = 500

/** What is left, in the order of its leaving. */
export type Added =
  | { type: 'leaves', piece: number, leaves: Uint8Array, path: Uint8Array }
  | { type: 'chunk', index: number, sealed: Uint8Array }

export interface LaneEvents {
  /** So many of what was given to it in all are on its disk for good. */
  onKept: (frames: number, expiresAtMs: number) => void
  /** It takes nothing more. */
  onFailed: (error: P2pChatError) => void
}

export interface Lane {
  readonly peerId: string
  /** Resolves when it takes more. @throws what it failed with, also told by onFailed */
  add: (added: Added) => Promise<void>
  close: () => Promise<void>
}

/** This server's own disk. */
export function localLane (peerId: string, writer: BlobWriter, { onKept, onFailed }: LaneEvents): Lane {
  let taken = 0
  let told = 0
  let running: Promise<void> | undefined
  const tell = async (): Promise<void> => {
    while (told < taken) {
      const frames = taken
      const kept = await writer.kept()
      if (kept.outcome === 'unknown') throw asError(kept)
      told = frames
      onKept(frames, kept.expiresAtMs)
    }
    running = undefined
  }
  const watched = async (): Promise<void> => {
    try {
      await tell()
    } catch (error) {
      onFailed(asP2pChatError(error))
    }
  }
  return {
    peerId,
    add: async (added) => {
      try {
        if (added.type === 'chunk') await writer.addChunk(added.index, added.sealed)
        else await writer.addLeaves(added.piece, added.leaves, added.path)
      } catch (error) {
        onFailed(asP2pChatError(error))
        throw error
      }
      taken++
      running ??= watched()
    },
    close: async () => {
      await running
      await writer.close()
    }
  }
}

/** Another server, on a stream that was just opened. */
export async function remoteLane (peerId: string, stream: BulkStream, { rosterVersion, fileId }: { rosterVersion: number, fileId: Uint8Array }, { onKept, onFailed }: LaneEvents): Promise<Lane> {
  let failed: P2pChatError | undefined
  let isClosing = false
  const fail = (error: P2pChatError): void => {
    if (failed !== undefined || isClosing) return
    failed = error
    stream.abort(error)
    onFailed(error)
  }
  const read = async (): Promise<void> => {
    for await (const bytes of stream.source) {
      const frame = splitFrame(bytes)
      if (frame.type !== 'control') continue
      const { kept, end } = readControl(BlobFrame, frame.bytes)
      if (kept !== undefined) onKept(kept.frames, Number(kept.expiresAtMs))
      if (end !== undefined) {
        fail(new P2pChatError(isErrorCode(end.reason) ? end.reason : 'ERR_INTERNAL', end.message.slice(0, maxEndChars), { retryAfterMs: Number(end.retryAfterMs) }))
        return
      }
    }
    fail(new P2pChatError('ERR_CLOSED', 'The other server ended the stream.'))
  }
  await stream.send(controlFrame(ServerBlobOpen, { rosterVersion: BigInt(rosterVersion), fileId, write: true }))
  read().catch((error: unknown) => { fail(asP2pChatError(error)) })
  return {
    peerId,
    add: async (added) => {
      if (failed !== undefined) throw failed
      try {
        await stream.send(added.type === 'chunk'
          ? chunkFrame(added.index, added.sealed)
          : controlFrame(BlobFrame, { leaves: { piece: added.piece, leaves: added.leaves, path: added.path } }))
      } catch (error) {
        fail(asP2pChatError(error))
        throw error
      }
    },
    close: async () => {
      isClosing = true
      await stream.close()
    }
  }
}
