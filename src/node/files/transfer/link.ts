/** What a transfer needs of a stream of frames, and how it is had from a FrameStream. */
import { P2pChatError } from '../../../errors.js'
import { maxWaitingFrames } from '../limits.js'

export interface FileLink {
  /** PeerId at the other end, proven */
  readonly remotePeer: string
  /** Resolves once the bounded queue has taken the frame. Rejects with ERR_CLOSED. */
  send: (frame: Uint8Array) => Promise<void>
  /** The next frame; undefined after the other side's goodbye. One call at a time. Rejects with why the stream ended. */
  next: () => Promise<Uint8Array | undefined>
  /** Says goodbye behind what was sent. */
  close: () => Promise<void>
  /** Ends both directions at once. */
  abort: (error: P2pChatError) => void
}

/** The part of a FrameStream (overlay/frames) that is used here. */
export interface FramePort {
  send: (frame: Uint8Array) => Promise<void>
  pause: () => void
  resume: () => void
  close: () => Promise<void>
  abort: (error: P2pChatError) => void
}

export interface FrameHandlers {
  onFrame: (frame: Uint8Array) => void
  onEnd: (error?: P2pChatError) => void
}

/**
 * @param open makes the frames' stream with these handlers, for frames of maxFileFrameBytes:
 * `(handlers) => new FrameStream({ stream, clock, maxFrameBytes: maxFileFrameBytes, ...handlers })`
 */
export function createFileLink (remotePeer: string, open: (handlers: FrameHandlers) => FramePort): FileLink {
  const frames: Uint8Array[] = []
  let end: { error: P2pChatError | undefined } | undefined
  let wake = (): void => {}
  const port = open({
    onFrame: (frame) => {
      frames.push(frame)
      // What is not taken holds the sender back.
      if (frames.length >= maxWaitingFrames) port.pause()
      wake()
    },
    onEnd: (error) => {
      end ??= { error }
      wake()
    }
  })
  return {
    remotePeer,
    send: async (frame) => { await port.send(frame) },
    async next () {
      for (;;) {
        const frame = frames.shift()
        if (frame !== undefined) {
          if (frames.length < maxWaitingFrames) port.resume()
          return frame
        }
        if (end?.error !== undefined) throw end.error
        if (end !== undefined) return undefined
        await new Promise<void>((resolve) => { wake = resolve })
      }
    },
    async close () {
      end ??= { error: new P2pChatError('ERR_CLOSED', 'The transfer was ended here.') }
      wake()
      await port.close()
    },
    abort (error) {
      end ??= { error }
      wake()
      port.abort(error)
    }
  }
}
