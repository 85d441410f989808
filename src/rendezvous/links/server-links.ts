import { asP2pChatError, P2pChatError } from '../../errors.js'
import type { Channel, Network, RequestHandler, Service } from '../../overlay/network.js'
import type { Roster } from '../../overlay/index.js'
import { SERVER_PROTOCOL } from '../../protocol/ids.js'
import type { Clock, Logger, Timer } from '../../runtime.js'
import type { AskOptions, Links, ServerHandler } from './links.js'
import { askTimeoutMs, linkTimeoutMs, maxOpenAsks, relinkIntervalMs } from './limits.js'
import { Redial } from './redial.js'

export interface ServerLinksComponents {
  network: Network
  /** The newest that this server knows; undefined while it is in no pool yet. */
  roster: () => Roster | undefined
  clock: Clock
  logger: Logger
  /** Around all handlers, for the operator's figures. Default: nothing. */
  measure?: (handlers: Record<string, RequestHandler>) => Record<string, RequestHandler>
}

/** The channels of one server to the others. */
export class ServerLinks implements Links {
  readonly #components: ServerLinksComponents
  readonly #redial = new Redial()
  readonly #listeners = new Set<(peerId: string, isUp: boolean) => void>()
  readonly #requests: Record<string, RequestHandler> = {}
  readonly #open = new Map<string, Set<Channel>>()
  #timer: Timer | undefined
  #stopped = false

  constructor (components: ServerLinksComponents) {
    this.#components = components
  }

  /** What the network serves; handlers may still be added to it. */
  get service (): Service {
    return {
      requests: this.#requests,
      maxOpenRequests: maxOpenAsks,
      onOpen: (channel) => { this.#opened(channel) },
      onClose: (channel) => { this.#closed(channel) }
    }
  }

  /** Methods for servers of the roster alone. */
  serve (handlers: Record<string, ServerHandler>): void {
    this.serveAll(Object.fromEntries(Object.entries(handlers).map(([method, handler]): [string, RequestHandler] => [method, async (body, { channel }) => {
      this.#assertListed(channel.remotePeer)
      return await handler(channel.remotePeer, body)
    }])))
  }

  /** Methods for everyone who knows this server: what they answer must be no secret, what they take must prove itself. */
  serveAll (handlers: Record<string, RequestHandler>): void {
    const { measure = (plain) => plain } = this.#components
    Object.assign(this.#requests, measure(handlers))
  }

  /** Keeps a channel to every other server from now on. */
  start (): void {
    this.relink()
    this.#schedule()
  }

  stop (): void {
    this.#stopped = true
    this.#timer?.cancel()
  }

  others (): string[] {
    const { network, roster } = this.#components
    return (roster()?.servers ?? []).map(({ peerId }) => peerId).filter((peerId) => peerId !== network.peerId)
  }

  isLinked (peerId: string): boolean {
    return this.#open.has(peerId)
  }

  onLink (listener: (peerId: string, isUp: boolean) => void): void {
    this.#listeners.add(listener)
  }

  async ask (peerId: string, method: string, body: Uint8Array, options: AskOptions = {}): Promise<Uint8Array> {
    const { timeoutMs = askTimeoutMs, signal } = options
    const channel = await this.#channel(peerId, timeoutMs, signal)
    return await channel.request(method, body, { timeoutMs, signal })
  }

  /** Opens the channels that are missing. */
  relink (): void {
    const { logger } = this.#components
    for (const peerId of this.others()) {
      if (this.#open.has(peerId)) continue
      this.#channel(peerId, linkTimeoutMs).catch((error: unknown) => { logger.debug({ peerId, error: asP2pChatError(error) }, 'a server is not reached') })
    }
  }

  async #channel (peerId: string, timeoutMs: number, signal?: AbortSignal): Promise<Channel> {
    const { network, roster, clock } = this.#components
    const server = roster()?.servers.find((one) => one.peerId === peerId)
    if (server === undefined) throw new P2pChatError('ERR_UNREACHABLE', `The server ${peerId} is not in the roster of the pool.`)
    const isOpen = this.#open.has(peerId)
    if (!isOpen && !this.#redial.mayDial(peerId, clock.now())) throw new P2pChatError('ERR_UNREACHABLE', `The server ${peerId} could not be reached a moment ago.`)
    try {
      return await network.connect({ peerId, addresses: server.addresses }, SERVER_PROTOCOL, { timeoutMs, signal })
    } catch (error) {
      if (!isOpen && signal?.aborted !== true) this.#redial.failed(peerId, clock.now())
      throw error
    }
  }

  #assertListed (peerId: string): void {
    if (this.#components.roster()?.servers.some((server) => server.peerId === peerId) === true) return
    throw new P2pChatError('ERR_NOT_PERMITTED', 'Only servers of the pool may ask this, and this server does not know you as one.')
  }

  #opened (channel: Channel): void {
    const { remotePeer } = channel
    const channels = this.#open.get(remotePeer)
    if (channels !== undefined) {
      channels.add(channel)
      return
    }
    this.#open.set(remotePeer, new Set([channel]))
    this.#redial.reached(remotePeer)
    this.#tell(remotePeer, true)
  }

  #closed (channel: Channel): void {
    const channels = this.#open.get(channel.remotePeer)
    if (channels?.delete(channel) !== true || channels.size > 0) return
    this.#open.delete(channel.remotePeer)
    this.#tell(channel.remotePeer, false)
  }

  /** Strangers are nobody's link; one that enters the roster while it is connected is noticed at its next channel. */
  #tell (peerId: string, isUp: boolean): void {
    if (!this.others().includes(peerId) && isUp) return
    for (const listener of this.#listeners) listener(peerId, isUp)
  }

  #schedule (): void {
    if (this.#stopped) return
    this.#timer = this.#components.clock.schedule(relinkIntervalMs, () => {
      this.relink()
      this.#schedule()
    }, { unref: true })
  }
}
