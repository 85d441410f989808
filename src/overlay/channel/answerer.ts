import { asP2pChatError, P2pChatError } from '../../errors.js'
import { deadline, type Clock, type Deadline, type Logger } from '../../runtime.js'
import { maxFrameBytes } from '../../protocol/limits.js'
import type { Channel, RequestContext, Service } from '../network.js'
import { toFailure } from './failure.js'
import {
  frameOverheadBytes, maxHeldBytes, maxNotifications, maxServedRequests, maxUnsentRefusals, overloadedRetryAfterMs, pauseAtHeldBytes,
  pauseAtNotifications
} from './limits.js'
import type { Message } from './message.js'

export interface AnswererComponents {
  clock: Clock
  logger: Logger
  service: Service
  channel: Channel
  /** Resolves once the frame is queued. */
  send: (message: Message) => Promise<void>
  /** Called whenever work was taken on or finished: time to look at `full`. */
  onLoad: () => void
}

/** Asked before every service's own methods: whether this side is there. */
export const PING_METHOD = 'channel/ping'

/** What the other side asks of us: one handler a method, bounded in number and in bytes. */
export class Answerer {
  readonly #components: AnswererComponents
  /** Requests that may still be cancelled. */
  readonly #open = new Map<number, ServedRequest>()
  readonly #maxServed: number
  #served = 0
  #notifications = 0
  #unsentRefusals = 0
  #heldBytes = 0
  #ended = false

  constructor (components: AnswererComponents) {
    this.#components = components
    const { maxOpenRequests } = components.service
    this.#maxServed = maxOpenRequests === undefined ? maxServedRequests : 2 * maxOpenRequests
  }

  /** Whether more should not be read for now. */
  get full (): boolean {
    return this.#heldBytes >= pauseAtHeldBytes || this.#notifications >= pauseAtNotifications
  }

  /** @throws ERR_INVALID_FRAME when a request with this id is still open, ERR_OVERLOADED when more refusals are waiting than anyone honest would cause */
  onRequest (id: number, method: string, body: Uint8Array, timeoutMs: number): void {
    if (this.#open.has(id)) throw new P2pChatError('ERR_INVALID_FRAME', `The other side used request id ${id} twice at a time.`)
    if (this.#served >= this.#maxServed || this.#heldBytes + body.byteLength > maxHeldBytes) {
      this.#fail(id, new P2pChatError('ERR_OVERLOADED', `At most ${this.#maxServed} requests may be open on a connection. Try again in a moment.`, { retryAfterMs: overloadedRetryAfterMs }))
      return
    }
    const request = new ServedRequest(this.#components, timeoutMs)
    this.#open.set(id, request)
    this.#served++
    this.#heldBytes += body.byteLength
    this.#serve(id, method, body, request).finally(() => {
      request.end()
      this.#served--
      this.#heldBytes -= body.byteLength
      if (this.#open.get(id) === request) this.#open.delete(id)
      this.#components.onLoad()
    }).catch((error: unknown) => { this.#components.logger.error({ error, method }, 'a request could not be ended') })
    this.#components.onLoad()
  }

  /** The asker gave up: its handler is told, and no answer is sent. */
  onCancel (id: number): void {
    const request = this.#open.get(id)
    if (request === undefined) return
    this.#open.delete(id)
    request.cancel(new P2pChatError('ERR_ABORTED', 'The other side no longer waits for the answer.'))
  }

  /** @throws ERR_OVERLOADED when more notifications are waiting than anyone honest would send */
  onNotification (method: string, body: Uint8Array): void {
    const { notifications = {} } = this.#components.service
    const handler = Object.hasOwn(notifications, method) ? notifications[method] : undefined
    if (handler === undefined) return
    if (this.#notifications >= maxNotifications || this.#heldBytes + body.byteLength > maxHeldBytes) {
      throw new P2pChatError('ERR_OVERLOADED', 'The other side sent more than could be taken.')
    }
    this.#notifications++
    this.#heldBytes += body.byteLength
    const { logger, channel } = this.#components
    const run = async (): Promise<void> => { await handler(body, channel) }
    run().catch((error: unknown) => { logger.warn({ error, method, peer: channel.remotePeer }, 'a notification could not be handled') }).finally(() => {
      this.#notifications--
      this.#heldBytes -= body.byteLength
      this.#components.onLoad()
    }).catch((error: unknown) => { logger.error({ error, method }, 'a notification could not be ended') })
    this.#components.onLoad()
  }

  end (error: P2pChatError): void {
    this.#ended = true
    const open = [...this.#open.values()]
    this.#open.clear()
    for (const request of open) request.cancel(error)
  }

  async #serve (id: number, method: string, body: Uint8Array, request: ServedRequest): Promise<void> {
    const { service, logger, channel, send } = this.#components
    let answer: Message
    try {
      answer = { type: 'response', id, body: await this.#handle(service, method, body, request) }
    } catch (error) {
      if (!(error instanceof P2pChatError)) logger.error({ error, method, peer: channel.remotePeer }, 'a request handler failed')
      answer = { type: 'failure', id, failure: toFailure(error) }
    }
    if (this.#ended || this.#open.get(id) !== request) return
    await send(answer).catch((error: unknown) => { logger.debug({ error: asP2pChatError(error), method }, 'an answer could not be sent') })
  }

  async #handle (service: Service, method: string, body: Uint8Array, request: ServedRequest): Promise<Uint8Array> {
    if (method === PING_METHOD) return new Uint8Array(0)
    const handler = Object.hasOwn(service.requests, method) ? service.requests[method] : undefined
    if (handler === undefined) throw new P2pChatError('ERR_UNSUPPORTED', 'The other side does not know this request; it may be older.')
    const answer = await handler(body, request)
    if (answer.byteLength > maxFrameBytes - frameOverheadBytes) throw new Error(`The answer to ${method} has ${answer.byteLength} bytes and does not fit a frame.`)
    return answer
  }

  #fail (id: number, error: P2pChatError): void {
    if (this.#unsentRefusals >= maxUnsentRefusals) throw new P2pChatError('ERR_OVERLOADED', 'The other side asks more and more, and does not read what it is told.')
    const { send, logger } = this.#components
    this.#unsentRefusals++
    send({ type: 'failure', id, failure: toFailure(error) })
      .catch((cause: unknown) => { logger.debug({ error: cause }, 'a refusal could not be sent') })
      .finally(() => { this.#unsentRefusals-- }).catch(() => {})
  }
}

/** The signal is made when a handler asks for it: most never do, and it costs more than the rest of a small request. */
class ServedRequest implements RequestContext {
  readonly channel: Channel
  readonly #clock: Clock
  readonly #deadlineMs: number
  readonly #controller = new LazyController()
  #deadline: Deadline | undefined

  constructor ({ channel, clock }: AnswererComponents, timeoutMs: number) {
    this.channel = channel
    this.#clock = clock
    this.#deadlineMs = clock.monotonicMs() + timeoutMs
  }

  get signal (): AbortSignal {
    this.#deadline ??= deadline(this.#clock, Math.max(0, this.#deadlineMs - this.#clock.monotonicMs()), this.#controller.signal)
    return this.#deadline.signal
  }

  cancel (reason: P2pChatError): void {
    this.#controller.abort(reason)
  }

  end (): void {
    this.#deadline?.clear()
  }
}

class LazyController {
  #controller: AbortController | undefined
  #reason: P2pChatError | undefined

  get signal (): AbortSignal {
    this.#controller ??= new AbortController()
    if (this.#reason !== undefined) this.#controller.abort(this.#reason)
    return this.#controller.signal
  }

  abort (reason: P2pChatError): void {
    this.#reason ??= reason
    this.#controller?.abort(reason)
  }
}
