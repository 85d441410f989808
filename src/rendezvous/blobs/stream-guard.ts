/** Who may have a stream of files, and how many: the same for leaving and fetching. */
import { toString } from 'uint8arrays/to-string'
import { asP2pChatError, isP2pChatError, P2pChatError } from '../../errors.js'
import type { BulkStream } from '../../overlay/network.js'
import { ed25519FromPeerId } from '../../overlay/peer-id.js'
import type { Logger } from '../../runtime.js'
import type { Attachments } from '../directory/index.js'
import { retryWhenOverloadedMs } from '../limits.js'
import type { Limiter } from '../rate/limiter.js'
import { maxBlobStreams, maxBlobStreamsPerDevice } from './limits.js'

export interface StreamGuardComponents {
  attachments: Attachments
  logger: Logger
  /** streams by device */
  streams: Limiter
}

/** Who is at the other end, as long as it is signed in. */
export interface Visitor {
  /** @throws ERR_NOT_PERMITTED when the device is not attached, or not any more */
  accounts: () => string[]
}

export class StreamGuard {
  readonly #components: StreamGuardComponents
  readonly #open = new Map<string, number>()
  #total = 0

  constructor (components: StreamGuardComponents) {
    this.#components = components
  }

  /** Serves a stream; what goes wrong is told by `tell` before the stream is closed. */
  async admit (stream: BulkStream, serve: (visitor: Visitor) => Promise<void>, tell: (error: P2pChatError) => Uint8Array): Promise<void> {
    try {
      await this.#counted(stream, serve)
    } catch (error) {
      const told = wireError(error)
      if (told.code === 'ERR_INTERNAL') this.#components.logger.error({ error }, 'a stream of a file failed')
      if (told.code === 'ERR_CLOSED') throw told
      await stream.send(tell(told)).catch(() => {})
    }
  }

  async #counted (stream: BulkStream, serve: (visitor: Visitor) => Promise<void>): Promise<void> {
    const device = ed25519FromPeerId(stream.remotePeer)
    const name = toString(device, 'base16')
    const visitor: Visitor = {
      accounts: () => {
        const attached = this.#components.attachments.ofDevice(device)
        if (attached.length === 0) throw new P2pChatError('ERR_NOT_PERMITTED', 'Only a signed-in device may have a stream of a file: attach it first.')
        return attached.map(({ username }) => username)
      }
    }
    visitor.accounts()
    this.#components.streams.take(name)
    const before = this.#open.get(name) ?? 0
    if (before >= maxBlobStreamsPerDevice) throw tooMany(`This device has ${before} streams of files open, which is all that one may (limit maxBlobStreamsPerDevice).`)
    if (this.#total >= maxBlobStreams) throw tooMany(`This server has ${maxBlobStreams} streams of files open, which is all that it may (limit maxBlobStreams).`)
    this.#open.set(name, before + 1)
    this.#total++
    try {
      await serve(visitor)
    } finally {
      this.#total--
      const left = (this.#open.get(name) ?? 1) - 1
      if (left === 0) this.#open.delete(name)
      else this.#open.set(name, left)
    }
  }
}

function tooMany (what: string): P2pChatError {
  return new P2pChatError('ERR_OVERLOADED', `${what} Try again shortly.`, { retryAfterMs: retryWhenOverloadedMs })
}

/** A disk that failed is nobody's business but the operator's: the other side knows that it does not know. */
export function wireError (error: unknown): P2pChatError {
  if (isP2pChatError(error, 'ERR_STORE_IO')) return new P2pChatError('ERR_UNKNOWN_OUTCOME', 'The disk of this server refuses. Try again, or another server.', { cause: error })
  return asP2pChatError(error)
}
