import { P2pChatError } from '../../errors.js'
import type { Clock, Timer } from '../../runtime.js'
import type { ByteStream } from './byte-stream.js'
import { encodeFrames, FrameDecoder, framePieces } from './frame-decoder.js'
import { goodbyeTimeoutMs, lengthBytes, maxBatchBytes, maxQueuedBytes, stallTimeoutMs } from './limits.js'

export interface FrameStreamInit {
  stream: ByteStream
  clock: Clock
  maxFrameBytes: number
  onFrame: (frame: Uint8Array) => void
  /** Called whenever the other side shows that it is there: bytes came, or it took what was held back for it. */
  onActivity?: () => void
  /** Called once, unless closed or aborted from here. No error: the other side said goodbye between two frames; close() then answers it. */
  onEnd: (error?: P2pChatError) => void
}

interface Waiting {
  frame: Uint8Array
  accept: () => void
  refuse: (error: P2pChatError) => void
}

/**
 * Frames over a stream. All frames of one turn of the event loop leave in one write; the queue is bounded (send waits);
 * a malformed, truncated or oversized frame aborts the stream.
 */
export class FrameStream {
  readonly #init: FrameStreamInit
  readonly #decoder: FrameDecoder
  #queue: Uint8Array[] = []
  #queuedBytes = 0
  #waiting: Waiting[] = []
  #flushing = false
  #flushed: Promise<void> = Promise.resolve()
  #paused = false
  /** What has arrived and is not decoded yet; the first piece from unreadAt on. */
  #unread: Uint8Array[] = []
  #unreadAt = 0
  #decoding = false
  /** Why nothing more is taken or read. */
  #ended: P2pChatError | undefined
  #aborted = false
  #remoteEnded = false
  #saidGoodbye = false
  #goodbye: Timer | undefined

  constructor (init: FrameStreamInit) {
    this.#init = init
    this.#decoder = new FrameDecoder(init.maxFrameBytes)
    init.stream.read({
      onBytes: (bytes) => { this.#onBytes(bytes) },
      onEnd: (error) => { this.#onEnd(error) }
    })
  }

  /** Resolves once the bounded queue has taken the frame. Rejects with ERR_LIMIT (too large) or ERR_CLOSED. */
  async send (frame: Uint8Array): Promise<void> {
    if (frame.byteLength > this.#init.maxFrameBytes) {
      throw new P2pChatError('ERR_LIMIT', `That is ${frame.byteLength} bytes in one frame; at most ${this.#init.maxFrameBytes} are allowed.`)
    }
    if (this.#ended !== undefined) throw asClosed(this.#ended)
    if (this.#waiting.length === 0 && this.#fits(frame)) {
      this.#enqueue(frame)
      return
    }
    await new Promise<void>((resolve, reject) => { this.#waiting.push({ frame, accept: resolve, refuse: reject }) })
  }

  /** Gives back the memory of a frame that came and is not needed any more, not even by a part of it. */
  recycle (frame: Uint8Array): void {
    this.#decoder.recycle(frame)
  }

  /** Stops frames from coming; the sender feels it. */
  pause (): void {
    if (this.#paused || this.#ended !== undefined) return
    this.#paused = true
    this.#init.stream.pause()
  }

  resume (): void {
    if (!this.#paused || this.#ended !== undefined) return
    this.#paused = false
    this.#decode()
    if (!this.#paused && this.#ended === undefined && !this.#remoteEnded) this.#init.stream.resume()
  }

  /** Says goodbye after the queued frames; nothing more is taken or read. Resolves once it is said, in goodbyeTimeoutMs at most. */
  async close (): Promise<void> {
    if (this.#ended !== undefined) return
    const closed = new P2pChatError('ERR_CLOSED', 'The connection was closed.')
    this.#end(closed)
    this.#goodbye = this.#init.clock.schedule(goodbyeTimeoutMs, () => { this.abort(closed) }, { unref: true })
    try {
      await this.#flushed
      if (this.#aborted) return
      // What still comes is read, to see the other side's goodbye behind it, and dropped.
      if (this.#paused) this.#init.stream.resume()
      await this.#init.stream.close()
      this.#saidGoodbye = true
      if (this.#remoteEnded) this.#goodbye.cancel()
    } catch {
      this.abort(closed)
    }
  }

  /** Ends both directions at once. */
  abort (error: P2pChatError): void {
    if (this.#aborted) return
    this.#aborted = true
    this.#goodbye?.cancel()
    this.#queue = []
    this.#queuedBytes = 0
    if (this.#ended === undefined) this.#end(error)
    this.#init.stream.abort(error)
  }

  #fits (frame: Uint8Array): boolean {
    return this.#queuedBytes === 0 || this.#queuedBytes + frame.byteLength <= maxQueuedBytes
  }

  #enqueue (frame: Uint8Array): void {
    this.#queue.push(frame)
    this.#queuedBytes += lengthBytes + frame.byteLength
    if (this.#flushing) return
    this.#flushing = true
    this.#flushed = this.#flush().catch((cause: unknown) => { this.#break(cause) })
  }

  async #flush (): Promise<void> {
    await endOfTurn()
    while (this.#queue.length > 0) {
      const batch = this.#takeBatch()
      if (!this.#write(batch)) await this.#drain()
      this.#admit()
    }
    this.#flushing = false
  }

  /** Large frames are not copied once more: fresh memory for them costs more than all else here. */
  #write (batch: readonly Uint8Array[]): boolean {
    const { stream } = this.#init
    const pieces = stream.sendPieces === undefined ? [encodeFrames(batch)] : framePieces(batch)
    const [first] = pieces
    return pieces.length === 1 && first !== undefined ? stream.send(first) : stream.sendPieces?.(pieces) ?? true
  }

  #takeBatch (): Uint8Array[] {
    let bytes = 0
    let count = 0
    for (const frame of this.#queue) {
      if (count > 0 && bytes + frame.byteLength > maxBatchBytes) break
      bytes += lengthBytes + frame.byteLength
      count++
    }
    this.#queuedBytes -= bytes
    return this.#queue.splice(0, count)
  }

  async #drain (): Promise<void> {
    const timer = this.#init.clock.schedule(stallTimeoutMs, () => {
      this.#break(new P2pChatError('ERR_TIMEOUT', `The other side took nothing for ${stallTimeoutMs} ms.`))
    }, { unref: true })
    try {
      await this.#init.stream.onDrain()
      this.#init.onActivity?.()
    } finally {
      timer.cancel()
    }
  }

  #admit (): void {
    for (let next = this.#waiting[0]; next !== undefined && this.#fits(next.frame); next = this.#waiting[0]) {
      this.#waiting.shift()
      this.#queue.push(next.frame)
      this.#queuedBytes += lengthBytes + next.frame.byteLength
      next.accept()
    }
  }

  #onBytes (bytes: Uint8Array): void {
    if (this.#ended !== undefined) return
    this.#init.onActivity?.()
    this.#unread.push(bytes)
    this.#decode()
  }

  /** Stops where a frame makes the reader pause: what came in the same piece waits here. */
  #decode (): void {
    if (this.#decoding) return
    this.#decoding = true
    try {
      for (let bytes = this.#unread[0]; bytes !== undefined && !this.#paused && this.#ended === undefined; bytes = this.#unread[0]) {
        const { taken, frame } = this.#decoder.take(bytes, this.#unreadAt)
        this.#unreadAt += taken
        if (this.#unreadAt === bytes.byteLength) {
          this.#unread.shift()
          this.#unreadAt = 0
        }
        if (frame !== undefined) this.#init.onFrame(frame)
      }
      if (this.#unread.length === 0 && this.#remoteEnded) this.#goodbyeReceived()
    } catch (error) {
      this.#break(error)
    } finally {
      this.#decoding = false
    }
  }

  #onEnd (error?: Error): void {
    this.#remoteEnded = true
    if (this.#ended !== undefined) {
      if (error !== undefined) this.abort(this.#ended)
      else if (this.#saidGoodbye) this.#goodbye?.cancel()
    } else if (error !== undefined) this.#break(error)
    else this.#decode()
  }

  #goodbyeReceived (): void {
    if (this.#ended !== undefined) return
    if (this.#decoder.atBoundary) this.#init.onEnd()
    else this.#break(new P2pChatError('ERR_INVALID_FRAME', 'The connection ended in the middle of a frame.'))
  }

  /** The stream is of no use any more: by our own judgement (a P2pChatError) or because it failed beneath us. */
  #break (cause: unknown): void {
    const told = this.#ended !== undefined
    const error = cause instanceof P2pChatError ? cause : new P2pChatError('ERR_CLOSED', 'The connection broke.', { cause })
    this.abort(error)
    if (!told) this.#init.onEnd(error)
  }

  #end (reason: P2pChatError): void {
    this.#ended = reason
    this.#unread = []
    const waiting = this.#waiting
    this.#waiting = []
    for (const one of waiting) one.refuse(asClosed(reason))
  }
}

/** After the microtasks of this turn of the event loop: whatever they send leaves in the same write. */
async function endOfTurn (): Promise<void> {
  await new Promise<void>((resolve) => { queueMicrotask(() => { process.nextTick(resolve) }) })
}

function asClosed (reason: P2pChatError): P2pChatError {
  return reason.code === 'ERR_CLOSED' ? reason : new P2pChatError('ERR_CLOSED', 'The connection ended.', { cause: reason })
}
