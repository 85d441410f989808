import { P2pChatError } from '../../errors.js'
import { abortError, type Clock, type Timer } from '../../runtime.js'
import { maxFrameBytes } from '../../protocol/limits.js'
import type { RequestOptions } from '../network.js'
import { frameOverheadBytes, maxMethodChars, maxOpenRequests, requestTimeoutMs } from './limits.js'
import type { Message } from './message.js'

export interface AskerComponents {
  clock: Clock
  /** Default: limits.maxOpenRequests. */
  maxOpenRequests?: number
  /** Resolves once the frame is queued. */
  send: (message: Message) => Promise<void>
  /** Called whenever a request was opened or has come to its end: time to look at `openRequests`. */
  onLoad: () => void
}

interface Asked {
  /** 0 until it is sent */
  id: number
  method: string
  body: Uint8Array
  deadlineMs: number
  settle: (outcome: Uint8Array | P2pChatError) => void
}

const MAX_ID = 0xffff_ffff

/** Our own requests: ids, deadlines, and no more than `maxOpenRequests` on the wire at a time. */
export class Asker {
  readonly #components: AskerComponents
  readonly #open = new Map<number, Asked>()
  readonly #waiting = new Set<Asked>()
  readonly #maxOpen: number
  #lastId = 0
  #ended: P2pChatError | undefined

  constructor (components: AskerComponents) {
    this.#components = components
    this.#maxOpen = components.maxOpenRequests ?? maxOpenRequests
  }

  get openRequests (): number {
    return this.#open.size
  }

  /** @param urgent does not wait for its turn: for the question whether the other side is there at all */
  async request (method: string, body: Uint8Array, options: RequestOptions = {}, urgent = false): Promise<Uint8Array> {
    const { timeoutMs = requestTimeoutMs, signal } = options
    checkSize(method, body)
    if (this.#ended !== undefined) throw this.#ended
    if (signal?.aborted === true) throw abortError(signal)
    const { clock } = this.#components
    return await new Promise<Uint8Array>((resolve, reject) => {
      const onAbort = (): void => { this.#giveUp(asked, abortError(signal)) }
      const timer: Timer = clock.schedule(timeoutMs, () => {
        this.#giveUp(asked, new P2pChatError('ERR_TIMEOUT', `No answer to ${method} within ${timeoutMs} ms.`))
      }, { unref: true })
      const asked: Asked = {
        id: 0,
        method,
        body,
        deadlineMs: clock.monotonicMs() + timeoutMs,
        settle: (outcome) => {
          timer.cancel()
          signal?.removeEventListener('abort', onAbort)
          if (outcome instanceof P2pChatError) reject(outcome)
          else resolve(outcome)
        }
      }
      signal?.addEventListener('abort', onAbort, { once: true })
      if (urgent || this.#open.size < this.#maxOpen) this.#ask(asked)
      else this.#waiting.add(asked)
    })
  }

  /** An answer that nobody waits for any more is dropped. */
  onAnswer (id: number, outcome: Uint8Array | P2pChatError): void {
    const asked = this.#open.get(id)
    if (asked === undefined) return
    this.#finish(asked, outcome)
  }

  end (error: P2pChatError): void {
    this.#ended = error
    const all = [...this.#open.values(), ...this.#waiting]
    this.#open.clear()
    this.#waiting.clear()
    for (const asked of all) asked.settle(error)
  }

  #ask (asked: Asked): void {
    const { clock, send, onLoad } = this.#components
    asked.id = this.#nextId()
    this.#open.set(asked.id, asked)
    onLoad()
    const timeoutMs = Math.min(MAX_ID, Math.max(1, Math.ceil(asked.deadlineMs - clock.monotonicMs())))
    send({ type: 'request', id: asked.id, method: asked.method, body: asked.body, timeoutMs }).catch(() => {
      // The channel has ended; end() settles every request.
    })
  }

  #giveUp (asked: Asked, error: P2pChatError): void {
    if (this.#waiting.delete(asked)) {
      asked.settle(error)
      return
    }
    this.#components.send({ type: 'cancel', id: asked.id }).catch(() => {
      // Nothing to cancel at the other side of a channel that has ended.
    })
    this.#finish(asked, error)
  }

  #finish (asked: Asked, outcome: Uint8Array | P2pChatError): void {
    this.#open.delete(asked.id)
    asked.settle(outcome)
    for (const next of this.#waiting) {
      if (this.#open.size >= this.#maxOpen) break
      this.#waiting.delete(next)
      this.#ask(next)
    }
    this.#components.onLoad()
  }

  #nextId (): number {
    do this.#lastId = this.#lastId === MAX_ID ? 1 : this.#lastId + 1
    while (this.#open.has(this.#lastId))
    return this.#lastId
  }
}

/** @throws ERR_LIMIT when method and body would not fit a frame */
export function checkSize (method: string, body: Uint8Array): void {
  const maxBodyBytes = maxFrameBytes - frameOverheadBytes
  if (body.byteLength > maxBodyBytes) throw new P2pChatError('ERR_LIMIT', `That is ${body.byteLength} bytes in one request; at most ${maxBodyBytes} are allowed.`)
  if (method.length > maxMethodChars) throw new P2pChatError('ERR_LIMIT', `A method name has at most ${maxMethodChars} characters.`)
}
