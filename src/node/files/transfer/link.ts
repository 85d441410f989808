import type { P2pChatError } from '../../../errors.js'

/** What a transfer needs of a stream of frames: a BulkStream (overlay) of maxFileFrameBytes, read one by one. */
export interface FileLink {
  /** PeerId at the other end, proven */
  readonly remotePeer: string
  /** Grows whenever the other side shows that it is there, be it by a part of a frame. */
  readonly signs?: number
  /** Resolves once the bounded queue has taken the frame. Rejects with ERR_CLOSED. */
  send: (frame: Uint8Array) => Promise<void>
  /** The next frame; undefined after either side's goodbye. One call at a time. Rejects with why the stream ended. */
  next: () => Promise<Uint8Array | undefined>
  /** Gives back the memory of a frame that came and that nobody looks at any more. */
  recycle?: (frame: Uint8Array) => void
  /** Says goodbye behind what was sent. */
  close: () => Promise<void>
  /** Ends both directions at once. */
  abort: (error: P2pChatError) => void
}
