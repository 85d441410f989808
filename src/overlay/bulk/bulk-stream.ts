/** A stream for bulk as an it-pipe duplex of frames, with back-pressure in both directions. */
import { P2pChatError } from '../../errors.js'
import type { Clock } from '../../runtime.js'
import type { PeerStream } from '../channel/transport.js'
import { FrameStream } from '../frames/index.js'
import type { BulkStream } from '../network.js'
import { pauseAtUnreadBytes } from './limits.js'

type End = { kind: 'open' } | { kind: 'goodbye' } | { kind: 'broken', error: P2pChatError }

/** @param onActivity called whenever the other side shows that it is there */
export function openBulkStream (opened: PeerStream, clock: Clock, maxFrameBytes: number, onActivity = (): void => {}): BulkStream & { readonly ended: Promise<void> } {
  return new FramedBulkStream(opened, clock, maxFrameBytes, onActivity)
}

class FramedBulkStream implements BulkStream {
  readonly remotePeer: string
  readonly remoteAddress: string
  readonly via: 'direct' | 'relay'
  /** Resolves once nothing comes any more. */
  readonly ended: Promise<void>
  readonly source: AsyncIterable<Uint8Array>
  signs = 0
  readonly #frames: FrameStream
  #unread: Uint8Array[] = []
  #unreadBytes = 0
  #end: End = { kind: 'open' }
  #wake: (() => void) | undefined
  #resolveEnded: () => void = () => {}

  constructor ({ stream, remotePeer, remoteAddress, via }: PeerStream, clock: Clock, maxFrameBytes: number, onActivity: () => void) {
    this.remotePeer = remotePeer
    this.remoteAddress = remoteAddress
    this.via = via
    this.ended = new Promise((resolve) => { this.#resolveEnded = resolve })
    this.source = { [Symbol.asyncIterator]: () => this.#reader() }
    this.#frames = new FrameStream({
      stream,
      clock,
      maxFrameBytes,
      onFrame: (frame) => { this.#onFrame(frame) },
      onActivity: () => {
        this.signs++
        onActivity()
      },
      onEnd: (error) => { this.#finish(error === undefined ? { kind: 'goodbye' } : { kind: 'broken', error }) }
    })
  }

  readonly sink = async (source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void> => {
    try {
      for await (const frame of source) await this.send(frame)
    } catch (error) {
      this.abort(error instanceof P2pChatError ? error : new P2pChatError('ERR_ABORTED', 'What was being sent broke off.', { cause: error }))
      throw error
    }
    await this.close()
  }

  async send (frame: Uint8Array): Promise<void> {
    await this.#frames.send(frame)
  }

  recycle (frame: Uint8Array): void {
    this.#frames.recycle(frame)
  }

  async close (): Promise<void> {
    this.#finish({ kind: 'goodbye' })
    await this.#frames.close()
  }

  abort (error: P2pChatError): void {
    this.#finish({ kind: 'broken', error })
    this.#frames.abort(error)
  }

  #onFrame (frame: Uint8Array): void {
    this.#unread.push(frame)
    this.#unreadBytes += frame.byteLength
    if (this.#unreadBytes >= pauseAtUnreadBytes) this.#frames.pause()
    this.#wake?.()
  }

  #finish (end: End): void {
    if (this.#end.kind !== 'open') return
    this.#end = end
    this.#wake?.()
    this.#resolveEnded()
  }

  /** No generator: a frame that is there is given without a turn of its own. */
  #reader (): AsyncIterator<Uint8Array, undefined> {
    return {
      next: async () => {
        let frame = this.#take()
        while (frame === undefined && this.#end.kind === 'open') {
          await new Promise<void>((resolve) => { this.#wake = resolve })
          frame = this.#take()
        }
        if (frame !== undefined) return { done: false, value: frame }
        if (this.#end.kind === 'broken') throw this.#end.error
        return { done: true, value: undefined }
      },
      // Who stops reading early wants no more of it.
      return: async () => {
        if (this.#end.kind === 'open') await this.close()
        return { done: true, value: undefined }
      }
    }
  }

  #take (): Uint8Array | undefined {
    const frame = this.#unread.shift()
    if (frame === undefined) return undefined
    this.#unreadBytes -= frame.byteLength
    if (this.#unreadBytes < pauseAtUnreadBytes) this.#frames.resume()
    return frame
  }
}
