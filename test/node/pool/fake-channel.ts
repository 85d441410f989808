import { setMaxListeners } from 'node:events'
import { P2pChatError } from '../../../src/errors.js'
import type { Channel, RequestOptions } from '../../../src/overlay/network.js'
import type { Clock } from '../../../src/runtime.js'

export type Answer = (body: Uint8Array) => Promise<Uint8Array> | Uint8Array

/** A channel whose other end is a table of functions. */
export class FakeChannel implements Channel {
  readonly remoteAddress = '/ip4/192.0.2.1/tcp/1'
  readonly remoteCapabilities: readonly string[] = []
  readonly requests: Array<{ method: string, body: Uint8Array }> = []
  readonly #closed = new AbortController()

  constructor (readonly answers: Record<string, Answer> = {}, readonly remotePeer = 'a peer', readonly clock?: Clock, readonly via: 'direct' | 'relay' = 'direct') {
    setMaxListeners(0, this.#closed.signal)
  }

  get closed (): AbortSignal {
    return this.#closed.signal
  }

  async request (method: string, body: Uint8Array, options: RequestOptions = {}): Promise<Uint8Array> {
    if (this.closed.aborted) throw closed()
    this.requests.push({ method, body })
    return await new Promise<Uint8Array>((resolve, reject) => {
      const timer = this.clock?.schedule(options.timeoutMs ?? 10_000, () => { reject(new P2pChatError('ERR_TIMEOUT', 'No answer.')) })
      const settle = (fn: () => void): void => { timer?.cancel(); fn() }
      this.closed.addEventListener('abort', () => { settle(() => { reject(closed()) }) }, { once: true })
      const answer = this.answers[method] ?? (() => { throw new P2pChatError('ERR_UNSUPPORTED', `No ${method} here.`) })
      Promise.resolve().then(async () => await answer(body)).then((value) => { settle(() => { resolve(value) }) }, (error: unknown) => { settle(() => { reject(error as Error) }) })
    })
  }

  async notify (): Promise<void> {}

  async close (): Promise<void> {
    this.#closed.abort()
  }

  /** Bodies of the requests of one method. */
  of (method: string): Uint8Array[] {
    return this.requests.filter((request) => request.method === method).map(({ body }) => body)
  }
}

/** An answer that never comes. */
export const silence: Answer = async () => await new Promise(() => {})

function closed (): P2pChatError {
  return new P2pChatError('ERR_CLOSED', 'The channel was closed.')
}
