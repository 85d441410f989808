import { P2pChatError } from '../../errors.js'
import { maxFrameBytes } from '../../protocol/limits.js'
import { abortError, deadline, type Clock, type Logger } from '../../runtime.js'
import { FrameStream, type ByteStream } from '../frames/index.js'
import type { Channel, RequestOptions, Service } from '../network.js'
import { Answerer, PING_METHOD } from './answerer.js'
import { Asker, checkSize } from './asker.js'
import { fromFailure } from './failure.js'
import { decodeHello, encodeHello } from './hello.js'
import { Keepalive } from './keepalive.js'
import { giveUpAfterTicks, keepaliveTickMs } from './limits.js'
import { decodeMessage, encodeMessage, type Message } from './message.js'

export interface ChannelInit {
  stream: ByteStream
  remotePeer: string
  remoteAddress: string
  via: 'direct' | 'relay'
  service: Service
  capabilities: readonly string[]
  clock: Clock
  logger: Logger
  /** How long the other side may take for its Hello. */
  helloTimeoutMs: number
  /** Gives up the Hello exchange. */
  signal?: AbortSignal
  /** Called once both sides have said Hello, before anything else that the other side said is looked at. `heard`: it has shown elsewhere that it is there. */
  onOpen?: (channel: Channel, heard: () => void) => void
}

type State =
  | { type: 'greeting', resolve: () => void, reject: (error: P2pChatError) => void }
  | { type: 'open', keepalive: Keepalive }
  | { type: 'closed' }

/**
 * A channel, once both sides have said Hello.
 *
 * @throws ERR_UNSUPPORTED (another version), ERR_INVALID_FRAME, ERR_TIMEOUT, ERR_CLOSED or what `signal` says; the stream is then gone
 */
export async function openChannel (init: ChannelInit): Promise<Channel> {
  const channel = new FramedChannel(init)
  await channel.greet(init.helloTimeoutMs, init.signal)
  return channel
}

class FramedChannel implements Channel {
  readonly remotePeer: string
  readonly remoteAddress: string
  readonly via: 'direct' | 'relay'
  readonly #init: ChannelInit
  readonly #frames: FrameStream
  readonly #asker: Asker
  readonly #answerer: Answerer
  readonly #closed = new AbortController()
  #remoteCapabilities: string[] = []
  #state: State = { type: 'closed' }

  constructor (init: ChannelInit) {
    this.#init = init
    this.remotePeer = init.remotePeer
    this.remoteAddress = init.remoteAddress
    this.via = init.via
    const send = async (message: Message): Promise<void> => { await this.#frames.send(encodeMessage(message)) }
    const { clock, logger, service } = init
    this.#asker = new Asker({ clock, maxOpenRequests: service.maxOpenRequests, send, onLoad: () => { this.#regulate() } })
    this.#answerer = new Answerer({ clock, logger, service, channel: this, send, onLoad: () => { this.#regulate() } })
    this.#frames = new FrameStream({
      stream: init.stream,
      clock,
      maxFrameBytes,
      onFrame: (frame) => { this.#onFrame(frame) },
      onActivity: () => { if (this.#state.type === 'open') this.#state.keepalive.heard() },
      onEnd: (error) => { this.#onStreamEnd(error) }
    })
  }

  get remoteCapabilities (): readonly string[] {
    return this.#remoteCapabilities
  }

  get closed (): AbortSignal {
    return this.#closed.signal
  }

  async greet (timeoutMs: number, signal?: AbortSignal): Promise<void> {
    const wait = deadline(this.#init.clock, timeoutMs, signal)
    const onAbort = (): void => { this.#fail(abortError(wait.signal)) }
    try {
      await new Promise<void>((resolve, reject) => {
        this.#state = { type: 'greeting', resolve, reject }
        if (wait.signal.aborted) { onAbort(); return }
        wait.signal.addEventListener('abort', onAbort, { once: true })
        this.#frames.send(encodeHello(this.#init.capabilities)).catch((error: unknown) => { this.#fail(asError(error)) })
      })
    } finally {
      wait.signal.removeEventListener('abort', onAbort)
      wait.clear()
    }
  }

  async request (method: string, body: Uint8Array, options?: RequestOptions): Promise<Uint8Array> {
    return await this.#asker.request(method, body, options)
  }

  async notify (method: string, body: Uint8Array): Promise<void> {
    checkSize(method, body)
    await this.#frames.send(encodeMessage({ type: 'notification', method, body }))
  }

  async close (): Promise<void> {
    if (this.#state.type === 'closed') return
    this.#end(new P2pChatError('ERR_CLOSED', 'The connection was closed here.'))
    await this.#frames.close()
  }

  #onFrame (frame: Uint8Array): void {
    try {
      if (this.#state.type === 'greeting') this.#onHello(this.#state.resolve, frame)
      else if (this.#state.type === 'open') this.#onMessage(frame)
    } catch (error) {
      this.#fail(asError(error))
    }
  }

  #onHello (resolve: () => void, frame: Uint8Array): void {
    this.#remoteCapabilities = decodeHello(frame)
    const keepalive = new Keepalive({
      clock: this.#init.clock,
      isListening: () => !this.#isHeldBack,
      ask: () => {
        this.#asker.request(PING_METHOD, new Uint8Array(0), { timeoutMs: giveUpAfterTicks * keepaliveTickMs }, true).catch(() => {
          // Whatever the outcome: only that something arrives counts.
        })
      },
      giveUp: () => { this.#fail(new P2pChatError('ERR_TIMEOUT', 'Nothing was heard from the other side any more.')) }
    })
    this.#state = { type: 'open', keepalive }
    this.#init.onOpen?.(this, () => { keepalive.heard() })
    resolve()
  }

  #onMessage (frame: Uint8Array): void {
    const message = decodeMessage(frame)
    switch (message.type) {
      case 'request': this.#answerer.onRequest(message.id, message.method, message.body, message.timeoutMs); break
      case 'response': this.#asker.onAnswer(message.id, message.body); break
      case 'failure': this.#asker.onAnswer(message.id, fromFailure(message.failure)); break
      case 'cancel': this.#answerer.onCancel(message.id); break
      case 'notification': this.#answerer.onNotification(message.method, message.body); break
      case 'unknown': break
    }
  }

  /** Work that piles up holds the sender back, unless answers to our own requests must be read: the work may wait for them. */
  #regulate (): void {
    if (this.#isHeldBack) this.#frames.pause()
    else this.#frames.resume()
  }

  get #isHeldBack (): boolean {
    return this.#answerer.full && this.#asker.openRequests === 0
  }

  #onStreamEnd (error?: P2pChatError): void {
    if (error !== undefined) {
      this.#end(error)
      return
    }
    this.#end(new P2pChatError('ERR_CLOSED', 'The other side closed the connection.'))
    this.#frames.close().catch(() => {
      // The stream is gone either way.
    })
  }

  #fail (error: P2pChatError): void {
    this.#end(error)
    // Another version is told ours in our Hello, which may still be on its way, and so can say what is wrong.
    if (error.code === 'ERR_UNSUPPORTED') this.#frames.close().catch(() => {})
    else this.#frames.abort(error)
  }

  #end (reason: P2pChatError): void {
    const state = this.#state
    if (state.type === 'closed') return
    this.#state = { type: 'closed' }
    if (state.type === 'greeting') state.reject(reason)
    else state.keepalive.stop()
    const closed = asClosed(reason)
    this.#asker.end(closed)
    this.#answerer.end(closed)
    this.#closed.abort(closed)
  }
}

function asError (error: unknown): P2pChatError {
  return error instanceof P2pChatError ? error : new P2pChatError('ERR_CLOSED', 'The connection failed.', { cause: error })
}

/** What everyone who waits on a channel is told when it ends: outcome unknown. */
function asClosed (reason: P2pChatError): P2pChatError {
  return reason.code === 'ERR_CLOSED' ? reason : new P2pChatError('ERR_CLOSED', `The connection ended: ${reason.message}`, { cause: reason })
}
