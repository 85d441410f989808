import { setMaxListeners } from 'node:events'
import { asP2pChatError, P2pChatError } from '../../errors.js'
import { abortError, deadline, type Clock, type Logger } from '../../runtime.js'
import { maxBulkStreamsPerPeer, openBulkStream } from '../bulk/index.js'
import type { BulkService, BulkStream, Channel, ConnectOptions, Network, PeerAddress, RequestOptions, Service } from '../network.js'
import { openChannel } from './channel.js'
import { ChannelTable } from './channel-table.js'
import { connectTimeoutMs, drainMs, helloTimeoutMs } from './limits.js'
import { SharedDials } from './shared-dials.js'
import type { OpenOptions, PeerStream, Transport } from './transport.js'

export interface ChannelNetworkInit {
  transport: Transport
  clock: Clock
  logger: Logger
  /** Said to every peer in the first frame. */
  capabilities: readonly string[]
}

type State = 'new' | 'starting' | 'started' | 'stopped'

/** The Network over any transport: services, one kept-open channel per peer and protocol, one dial at a time for it. */
export class ChannelNetwork implements Network {
  readonly #init: ChannelNetworkInit
  readonly #services = new Map<string, Service>()
  readonly #table = new ChannelTable()
  readonly #bulk = new Map<string, Set<BulkStream>>()
  /** By connection: what tells its channels that the other side is there. Bulk holds up their own questions. */
  readonly #signs = new Map<string, Set<() => void>>()
  /** Streams that peers have open to services with a limit of their own. */
  readonly #accepted = new Map<BulkService, Map<string, number>>()
  readonly #dials = new SharedDials<Channel>()
  readonly #stopping = new AbortController()
  #state: State = 'new'
  #starting: Promise<void> | undefined
  #stopped: Promise<void> | undefined

  constructor (init: ChannelNetworkInit) {
    this.#init = init
    // Every incoming channel listens to it while it greets: many at once are no leak.
    setMaxListeners(0, this.#stopping.signal)
  }

  get peerId (): string {
    return this.#init.transport.peerId
  }

  addresses (): string[] {
    return this.#state === 'started' ? this.#init.transport.addresses() : []
  }

  /** @throws ERR_USAGE after start, or for a protocol that is served already */
  serve (protocol: string, service: Service): void {
    this.#assertNew(protocol)
    this.#services.set(protocol, service)
    this.#init.transport.listen(protocol, (opened) => { this.#accept(opened, protocol, service) })
  }

  /** @throws ERR_USAGE as `serve` */
  serveBulk (protocol: string, service: BulkService): void {
    this.#assertNew(protocol)
    this.#services.set(protocol, { requests: {} })
    this.#init.transport.listen(protocol, (opened) => {
      this.#acceptBulk(opened, service).catch((error: unknown) => {
        this.#init.logger.debug({ error: asP2pChatError(error), peer: opened.remotePeer, protocol }, 'a bulk stream ended early')
      })
    })
  }

  async openBulk (peer: PeerAddress, protocol: string, { maxFrameBytes, timeoutMs = connectTimeoutMs, signal }: RequestOptions & { maxFrameBytes: number }): Promise<BulkStream> {
    this.#assertStarted()
    if (signal?.aborted === true) throw abortError(signal)
    if (peer.peerId === this.peerId) throw new P2pChatError('ERR_UNREACHABLE', 'A peer cannot connect to itself.')
    const wait = deadline(this.#init.clock, timeoutMs, signal)
    try {
      const opened = await this.#open(peer, protocol, wait.signal)
      return this.#registerBulk(opened, maxFrameBytes)
    } finally {
      wait.clear()
    }
  }

  async connect (peer: PeerAddress, protocol: string, options: ConnectOptions = {}): Promise<Channel> {
    const { timeoutMs = connectTimeoutMs, signal, direct = false } = options
    this.#assertStarted()
    if (signal?.aborted === true) throw abortError(signal)
    if (peer.peerId === this.peerId) throw new P2pChatError('ERR_UNREACHABLE', 'A peer cannot connect to itself.')
    const open = this.#table.best(protocol, peer.peerId)
    if (open !== undefined && (open.via === 'direct' || !direct)) return open
    const wait = deadline(this.#init.clock, timeoutMs, signal)
    try {
      return await this.#dials.dial(
        `${protocol} ${peer.peerId}${direct ? ' direct' : ''}`,
        peer.addresses,
        async (addresses, dialSignal) => await this.#dial({ peerId: peer.peerId, addresses }, protocol, dialSignal, { direct }),
        wait.signal
      )
    } finally {
      wait.clear()
    }
  }

  channels (protocol: string): Channel[] {
    return this.#table.all(protocol)
  }

  /** Rejects with ERR_CLOSED after stop; a second call waits for the first. */
  async start (): Promise<void> {
    if (this.#state === 'stopped') throw closed()
    this.#starting ??= this.#start()
    await this.#starting
  }

  async stop (): Promise<void> {
    this.#stopped ??= this.#stop()
    await this.#stopped
  }

  async #start (): Promise<void> {
    this.#state = 'starting'
    await this.#init.transport.start()
    if (this.#state === 'starting') this.#state = 'started'
  }

  async #stop (): Promise<void> {
    this.#state = 'stopped'
    this.#stopping.abort(closed())
    this.#dials.abortAll(closed())
    // A start that failed has told its own caller.
    await this.#starting?.catch(() => {})
    await Promise.all([
      ...this.#table.everything().map(async (channel) => { await channel.close() }),
      ...[...this.#bulk.values()].flatMap((streams) => [...streams]).map(async (stream) => { await stream.close() })
    ])
    await this.#init.transport.stop()
  }

  async #open (peer: PeerAddress, protocol: string, signal: AbortSignal, options: OpenOptions = {}): Promise<PeerStream> {
    const opened = await this.#init.transport.open(peer, protocol, signal, options)
    if (opened.remotePeer === peer.peerId) return opened
    opened.stream.abort(new P2pChatError('ERR_UNREACHABLE', 'Another peer answered.'))
    throw new P2pChatError('ERR_UNREACHABLE', `Another peer than ${peer.peerId} answered.`)
  }

  async #dial (peer: PeerAddress, protocol: string, signal: AbortSignal, options: OpenOptions): Promise<Channel> {
    const opened = await this.#open(peer, protocol, signal, options)
    try {
      return await this.#greet(opened, protocol, this.#services.get(protocol) ?? { requests: {} }, signal)
    } catch (error) {
      throw this.#state === 'stopped' ? closed() : asDialError(error)
    }
  }

  async #acceptBulk (opened: PeerStream, service: BulkService): Promise<void> {
    const { maxFrameBytes, accept, maxStreamsPerPeer = maxBulkStreamsPerPeer } = service
    const isRunning = this.#state === 'started' || this.#state === 'starting'
    const accepted = this.#accepted.get(service) ?? new Map<string, number>()
    const before = accepted.get(opened.remotePeer) ?? 0
    if (!isRunning || (service.maxStreamsPerPeer === undefined ? this.#bulk.get(opened.remotePeer)?.size ?? 0 : before) >= maxStreamsPerPeer) {
      opened.stream.abort(isRunning ? new P2pChatError('ERR_LIMIT', `A peer may have ${maxStreamsPerPeer} bulk streams open at a time.`) : closed())
      return
    }
    if (service.maxStreamsPerPeer !== undefined) this.#accepted.set(service, accepted.set(opened.remotePeer, before + 1))
    const stream = this.#registerBulk(opened, maxFrameBytes)
    void stream.ended.then(() => {
      const left = (accepted.get(opened.remotePeer) ?? 1) - 1
      if (left > 0) accepted.set(opened.remotePeer, left)
      else accepted.delete(opened.remotePeer)
    })
    try {
      await accept(stream)
      await stream.close()
    } catch (error) {
      stream.abort(asP2pChatError(error))
      throw error
    }
  }

  #registerBulk (opened: PeerStream, maxFrameBytes: number): BulkStream & { readonly ended: Promise<void> } {
    const connection = connectionOf(opened)
    const stream = openBulkStream(opened, this.#init.clock, maxFrameBytes, () => { for (const heard of this.#signs.get(connection) ?? []) heard() })
    const { remotePeer } = stream
    const streams = this.#bulk.get(remotePeer) ?? new Set()
    this.#bulk.set(remotePeer, streams.add(stream))
    void stream.ended.then(() => {
      streams.delete(stream)
      if (streams.size === 0 && this.#bulk.get(remotePeer) === streams) this.#bulk.delete(remotePeer)
    })
    if (this.#stopping.signal.aborted) stream.abort(closed())
    return stream
  }

  #assertNew (protocol: string): void {
    if (this.#state !== 'new') throw new P2pChatError('ERR_USAGE', 'Protocols must be served before the network is started.')
    if (this.#services.has(protocol)) throw new P2pChatError('ERR_USAGE', `The protocol ${protocol} is served already.`)
  }

  #accept (opened: PeerStream, protocol: string, service: Service): void {
    if (this.#state !== 'started' && this.#state !== 'starting') {
      opened.stream.abort(closed())
      return
    }
    this.#greet(opened, protocol, service, this.#stopping.signal).catch((error: unknown) => {
      this.#init.logger.debug({ error: asP2pChatError(error), peer: opened.remotePeer, protocol }, 'an incoming channel did not come about')
    })
  }

  async #greet (opened: PeerStream, protocol: string, service: Service, signal: AbortSignal): Promise<Channel> {
    const { clock, logger, capabilities } = this.#init
    return await openChannel({
      ...opened, service, capabilities, clock, logger, helloTimeoutMs, signal, onOpen: (channel, heard) => { this.#register(channel, heard, protocol, service) }
    })
  }

  #register (channel: Channel, heard: () => void, protocol: string, service: Service): void {
    const connection = connectionOf(channel)
    const signs = this.#signs.get(connection) ?? new Set()
    this.#signs.set(connection, signs.add(heard))
    for (const old of this.#table.add(protocol, channel)) this.#closeQuietly(old)
    if (channel.via === 'direct') this.#drainRelayed(protocol, channel.remotePeer)
    this.#tell(service.onOpen, channel)
    channel.closed.addEventListener('abort', () => {
      this.#table.remove(protocol, channel)
      signs.delete(heard)
      if (signs.size === 0 && this.#signs.get(connection) === signs) this.#signs.delete(connection)
      this.#tell(service.onClose, channel)
    }, { once: true })
    if (this.#stopping.signal.aborted) this.#closeQuietly(channel)
  }

  /** From now on nobody begins anything on the channels of this peer through relays; what is under way on them has its time. */
  #drainRelayed (protocol: string, peerId: string): void {
    for (const channel of this.#table.of(protocol, peerId).filter(({ via }) => via === 'relay')) {
      const timer = this.#init.clock.schedule(drainMs, () => { this.#closeQuietly(channel) }, { unref: true })
      channel.closed.addEventListener('abort', () => { timer.cancel() }, { once: true })
    }
  }

  #tell (listener: ((channel: Channel) => void) | undefined, channel: Channel): void {
    try {
      listener?.(channel)
    } catch (error) {
      this.#init.logger.error({ error, peer: channel.remotePeer }, 'a listener for channels failed')
    }
  }

  #closeQuietly (channel: Channel): void {
    channel.close().catch((error: unknown) => { this.#init.logger.debug({ error }, 'a channel could not be closed') })
  }

  #assertStarted (): void {
    if (this.#state === 'stopped') throw closed()
    if (this.#state !== 'started') throw new P2pChatError('ERR_CLOSED', 'The network is not started yet.')
  }
}

function connectionOf ({ remotePeer, remoteAddress }: Pick<PeerStream, 'remotePeer' | 'remoteAddress'>): string {
  return `${remotePeer} ${remoteAddress}`
}

function closed (): P2pChatError {
  return new P2pChatError('ERR_CLOSED', 'The network was stopped.')
}

/** A stream that broke before Hello is a peer that could not be reached. */
function asDialError (error: unknown): P2pChatError {
  const known = asP2pChatError(error, 'ERR_UNREACHABLE')
  switch (known.code) {
    case 'ERR_TIMEOUT':
    case 'ERR_ABORTED':
    case 'ERR_UNSUPPORTED':
    case 'ERR_UNREACHABLE': return known
    default: return new P2pChatError('ERR_UNREACHABLE', `No channel to the peer came about: ${known.message}`, { cause: known })
  }
}
