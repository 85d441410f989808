/** Frames of /p2pchat/file/1 (docs/wire/files.md, "The stream"): byte 0, then a FileFrame; or byte 1, then a chunk. */
import { FILE_ID_BYTES } from '../../../crypto/file/index.js'
import { isErrorCode, P2pChatError, type ErrorCode } from '../../../errors.js'
import { chunkFrame, controlFrame, readControl, splitFrame } from '../../../protocol/bulk-frames.js'
import { FileFrame } from '../../../protocol/pb/file.js'

/** Why a side ends: it has the whole file; it does not want it; or what went wrong. */
export type EndReason = 'done' | 'declined' | ErrorCode

/** What the fetching side says. */
export type FetchMessage =
  | { type: 'open', fileId: Uint8Array }
  /** `verified`: chunks that it has by now, from whatever source */
  | { type: 'want', first: number, count: number, verified: number }
  | { type: 'want-leaves', piece: number }
  | { type: 'paused', paused: boolean }
  | { type: 'end', reason: EndReason }

/** What the serving side says. */
export type ServeMessage =
  | { type: 'chunk', index: number, sealed: Uint8Array }
  | { type: 'leaves', piece: number, leaves: Uint8Array, path: Uint8Array }
  | { type: 'paused', paused: boolean }
  | { type: 'end', reason: EndReason }

/** A frame of a version to come: ignored. */
export interface UnknownFrame { type: 'unknown' }

export function encodeFrame (message: FetchMessage | ServeMessage): Uint8Array {
  switch (message.type) {
    case 'open': return control({ open: { fileId: message.fileId } })
    case 'want': return control({ want: { first: message.first, count: message.count, verified: message.verified } })
    case 'want-leaves': return control({ wantLeaves: { piece: message.piece } })
    case 'leaves': return control({ leaves: { piece: message.piece, leaves: message.leaves, path: message.path } })
    case 'paused': return control({ paused: message.paused })
    case 'end': return control({ end: { reason: message.reason } })
    case 'chunk': return chunkFrame(message.index, message.sealed)
  }
}

/** @throws ERR_INVALID_FRAME */
export function decodeFrame (frame: Uint8Array): FetchMessage | ServeMessage | UnknownFrame {
  const split = splitFrame(frame)
  return split.type === 'control' ? meaning(readControl(FileFrame, split.bytes)) : split
}

export function invalidFrame (what = 'A frame of the other side cannot be read.'): P2pChatError {
  return new P2pChatError('ERR_INVALID_FRAME', what)
}

function control (fields: Parameters<typeof controlFrame<FileFrame>>[1]): Uint8Array {
  return controlFrame(FileFrame, fields)
}

function meaning ({ open, want, wantLeaves, leaves, paused, end }: FileFrame): FetchMessage | ServeMessage | UnknownFrame {
  if (open !== undefined) {
    if (open.fileId.byteLength !== FILE_ID_BYTES) throw invalidFrame()
    return { type: 'open', fileId: open.fileId }
  }
  if (want !== undefined) return { type: 'want', ...want }
  if (wantLeaves !== undefined) return { type: 'want-leaves', piece: wantLeaves.piece }
  if (leaves !== undefined) return { type: 'leaves', ...leaves }
  if (paused !== undefined) return { type: 'paused', paused }
  if (end !== undefined) return { type: 'end', reason: reasonOf(end.reason) }
  return { type: 'unknown' }
}

/** A reason that is not known is one of ours to come. */
function reasonOf (text: string): EndReason {
  return text === 'done' || text === 'declined' || isErrorCode(text) ? text : 'ERR_INTERNAL'
}
