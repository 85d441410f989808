import type { Stream } from '@libp2p/interface'
import { Uint8ArrayList } from 'uint8arraylist'
import type { ByteReader, ByteStream } from '../frames/index.js'
import { maxUnsentBytes } from './limits.js'

/** A libp2p stream as the plain stream of bytes that frames want. */
export class Libp2pByteStream implements ByteStream {
  readonly #stream: Stream
  #resuming = false
  #pauseAfterwards = false

  constructor (stream: Stream) {
    this.#stream = stream
    openWindowByHalves(stream)
  }

  send (bytes: Uint8Array): boolean {
    this.#stream.send(bytes)
    return !this.#isFull()
  }

  sendPieces (pieces: readonly Uint8Array[]): boolean {
    this.#stream.send(new Uint8ArrayList(...pieces))
    return !this.#isFull()
  }

  /** Not the stream's own onDrain: its promise is made once, and after the first drain it holds nobody back any more. */
  async onDrain (): Promise<void> {
    while (this.#isFull()) {
      if (this.#stream.writeStatus !== 'writable') throw new Error('The stream is closed for writing.')
      await this.#nextChange()
    }
  }

  read (reader: ByteReader): void {
    const stream = this.#stream
    let over = false
    const end = (error?: Error): void => {
      if (over) return
      over = true
      reader.onEnd(error)
    }
    stream.addEventListener('message', ({ data }) => {
      if (data instanceof Uint8Array) reader.onBytes(data)
      else for (const part of data) reader.onBytes(part)
    })
    stream.addEventListener('end', () => { end() })
    stream.addEventListener('close', ({ error }) => { end(error) })
    // What ended before anyone listened is not told again.
    if (stream.status !== 'open' && stream.readBufferLength === 0) queueMicrotask(() => { end(new Error(`The stream is ${stream.status}.`)) })
  }

  /** While it resumes, libp2p gives out what it holds, and opens the window behind that whatever was said meanwhile. */
  pause (): void {
    if (this.#resuming) this.#pauseAfterwards = true
    else if (this.#isReadable()) this.#stream.pause()
  }

  resume (): void {
    this.#pauseAfterwards = false
    if (this.#resuming || !this.#isReadable()) return
    this.#resuming = true
    try {
      this.#stream.resume()
    } finally {
      this.#resuming = false
    }
    if (this.#pauseAfterwards) this.pause()
  }

  async close (): Promise<void> {
    await this.#stream.close()
  }

  abort (error: Error): void {
    this.#stream.abort(error)
  }

  #isFull (): boolean {
    return this.#stream.writeBufferLength > maxUnsentBytes
  }

  async #nextChange (): Promise<void> {
    await new Promise<void>((resolve) => {
      const events = ['drain', 'idle', 'close'] as const
      const done = (): void => {
        for (const event of events) this.#stream.removeEventListener(event, done)
        // The stream sends what it holds in a microtask of its own first.
        setImmediate(resolve)
      }
      for (const event of events) this.#stream.addEventListener(event, done)
    })
  }

  /** Pausing or resuming a stream that has ended throws. */
  #isReadable (): boolean {
    return this.#stream.status === 'open' || this.#stream.status === 'closing'
  }
}

/**
 * yamux tells the other side after every frame how much more it may send: a message of Noise and a packet for each. Told
 * when half of the window is used up, the other side never waits for it either. libp2p does not say that a stream has these
 * fields; where it has not, nothing is lost but speed.
 */
export function openWindowByHalves (stream: object): void {
  if (!('sendWindowUpdate' in stream) || typeof stream.sendWindowUpdate !== 'function' || !('recvWindow' in stream) || !('recvWindowCapacity' in stream)) return
  const tell = stream.sendWindowUpdate as () => void
  const yamux = stream as { sendWindowUpdate: () => void, recvWindow: number, recvWindowCapacity: number, state: unknown }
  yamux.sendWindowUpdate = () => {
    // While the stream is being opened, an update says that as well.
    const isOpening = yamux.state !== established && yamux.state !== paused
    if (isOpening || yamux.recvWindowCapacity <= yamux.recvWindow / 2) tell.call(stream)
  }
}

/** States of a yamux stream (@libp2p/yamux, stream.ts). */
const [established, paused] = [3, 5]
