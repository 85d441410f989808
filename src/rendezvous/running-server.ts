import { asP2pChatError, P2pChatError } from '../errors.js'
import type { OpaqueServer } from '../crypto/opaque/server.js'
import { POOL_PROTOCOL, SERVER_BLOB_PROTOCOL, SERVER_PROTOCOL } from '../protocol/ids.js'
import type { RelayPolicy } from '../overlay/index.js'
import type { BulkService, RequestHandler } from '../overlay/network.js'
import { maxServerBlobStreams } from './blob-replication/index.js'
import { bulkFrameBytes } from './blobs/create-blob-service.js'
import { maxBlobFrameBytes } from './blobs/limits.js'
import { maxAddresses } from '../protocol/limits.js'
import type { Clock, EndOfTurn, Logger, Random, Timer } from '../runtime.js'
import type { BlobDisk, KeyValueStore } from '../store/index.js'
import { sweepIntervalMs, type RendezvousLimits } from './limits.js'
import type { PoolAdmin } from './admin/index.js'
import { enterPool, formatJoinToken, FOUNDING_INVITE_ID } from './join/index.js'
import { ServerLinks } from './links/index.js'
import { createMember, type Member } from './member/index.js'
import { measuredRequests, measuredStore, noMetrics, readServer, type Metrics } from './metrics/index.js'
import { loadMembership, loadPorts, poolHandlers, portsOf, savePorts, stillStarting, withPorts, type Membership, type Ports, type ServerIdentity } from './pool/index.js'
import { reportingStore } from './reporting-store.js'
import type { ServerNetwork, ServerNetworkFactory } from './server-network.js'

export interface RunningServerInit {
  store: KeyValueStore
  blobDisk: BlobDisk
  identity: ServerIdentity
  clock: Clock
  /** Default: after the microtasks that are due. */
  endOfTurn?: EndOfTurn
  random: Random
  logger: Logger
  opaque: OpaqueServer
  listen: readonly string[]
  announce: readonly string[]
  name: string
  /** What to join a pool with, when this server is in none yet. Default: it founds one. */
  joinToken?: string
  /** As EnterPoolComponents.dropRecoveryKey. Default: there is none. */
  dropRecoveryKey?: () => Promise<void>
  /** Of the program, told to the operator. Default: none. */
  version?: string
  limits: RendezvousLimits
  makeNetwork: ServerNetworkFactory
  /** Default: noMetrics. */
  metrics?: Metrics
}

export interface RendezvousStatus {
  poolId: string
  peerId: string
  addresses: string[]
  /** Connections that speak the pool's protocol. */
  clients: number
  /** Devices that are signed in over one of them. */
  devices: number
  accounts: number
  mailboxes: number
  envelopes: number
  envelopeBytes: number
  /** Files left for others, and the bytes of them that are here. */
  blobs: number
  blobBytes: number
}

type State =
  | { kind: 'new' }
  | { kind: 'starting' }
  | { kind: 'started', network: ServerNetwork['network'], member: Member, sweep: { timer: Timer } }
  | { kind: 'stopped' }

/** The life of one server, from start to stop. */
export class RunningServer {
  readonly #init: RunningServerInit
  readonly #store: KeyValueStore
  readonly #metrics: Metrics
  /** What clients may ask; the methods of a member come to it once this server is one. */
  readonly #requests: Record<string, RequestHandler>
  #state: State = { kind: 'new' }
  #membership: Membership | undefined
  #member: Member | undefined
  #network: ServerNetwork['network'] | undefined
  #starting: Promise<void> | undefined
  #stopping: Promise<void> | undefined
  readonly #ending = new AbortController()
  readonly #removed = new AbortController()
  readonly #failed = new AbortController()

  constructor (init: RunningServerInit) {
    this.#init = init
    this.#metrics = init.metrics ?? noMetrics
    this.#store = measuredStore(this.#metrics, init.clock, reportingStore(init.store, init.logger, (error) => { this.#storeFailed(error) }))
    this.#requests = { ...this.#measured('pool', poolHandlers(() => this.#known())) }
  }

  async start (): Promise<void> {
    if (this.#stopping !== undefined) throw closed()
    this.#starting ??= this.#start()
    await this.#starting
  }

  /** @param handOver whether its clients are sent to other servers first, which takes some seconds at most. Default: true */
  async stop ({ handOver = true } = {}): Promise<void> {
    this.#ending.abort(closed())
    this.#stopping ??= this.#stop(handOver)
    await this.#stopping
  }

  /** Aborts, with the error to show, once this server has learnt that it is not in its pool any more. It serves nobody then. */
  get removed (): AbortSignal {
    return this.#removed.signal
  }

  /**
   * Aborts, with what the store said, once its disk takes nothing more or gives back what was never written. It goes on
   * serving what it can read; the same data in a new server take it up again, when there is room.
   */
  get failed (): AbortSignal {
    return this.#failed.signal
  }

  /** What it is in its pool; undefined until it is. */
  get member (): Member | undefined {
    return this.#member
  }

  addresses (): string[] {
    return this.#state.kind === 'started' ? this.#state.network.addresses() : []
  }

  /** @throws ERR_CLOSED unless it is running */
  place (): { poolId: string, addresses: string[] } {
    if (this.#state.kind !== 'started') throw new P2pChatError('ERR_CLOSED', 'The server is not running.')
    return { poolId: this.#known().poolId, addresses: this.addresses().slice(0, maxAddresses) }
  }

  /** What lets more servers in; undefined at all but the founder, and once another invitation was made. */
  async joinToken (): Promise<string | undefined> {
    const { poolId, addresses } = this.place()
    const secret = await this.#running().foundingSecret()
    return secret === undefined ? undefined : formatJoinToken({ poolId, addresses, inviteId: FOUNDING_INVITE_ID, secret })
  }

  /** What the operator does. @throws ERR_CLOSED unless it is running */
  get admin (): PoolAdmin {
    return this.#running().admin
  }

  /** @throws ERR_CLOSED unless it is running */
  async status (): Promise<RendezvousStatus> {
    const { poolId, addresses } = this.place()
    const { accounts, attachments, mailboxes, blobs } = this.#running().service
    const totals = await mailboxes.totals()
    const files = await blobs.totals()
    return {
      poolId,
      peerId: this.#network?.peerId ?? '',
      addresses,
      clients: this.#network?.channels(POOL_PROTOCOL).length ?? 0,
      devices: attachments.size,
      accounts: await accounts.count(),
      mailboxes: totals.mailboxes,
      envelopes: totals.envelopes,
      envelopeBytes: totals.bytes,
      blobs: files.blobs,
      blobBytes: files.bytes
    }
  }

  async #start (): Promise<void> {
    const { store, logger, listen } = this.#init
    this.#state = { kind: 'starting' }
    this.#membership = await loadMembership(store)
    const remembered = await loadPorts(store)
    const { network, discovery, links, prober } = await this.#listen(remembered)
    const addresses = network.addresses()
    const ports = { ...remembered, ...portsOf(listen, addresses) }
    if (!samePorts(ports, remembered)) await savePorts(store, ports)
    const membership = this.#membership ?? await this.#enterPool(network, addresses)
    this.#membership = membership
    const member = this.#member = await createMember({ ...this.#init, store: this.#store, membership, network, links, version: this.#init.version ?? '', clients: () => network.channels(POOL_PROTOCOL).length, prober })
    if (this.#stopping !== undefined) throw closed()
    if (!isListed(member)) throw notInPool()
    member.consensus.roster.onChange(() => { if (!isListed(member)) this.#wasRemoved() })
    Object.assign(this.#requests, this.#measured('pool', member.requests))
    await member.start()
    if (this.#stopping !== undefined) throw closed()
    if (this.#failed.signal.aborted) this.#sendClientsAway()
    const pool = discovery(membership.poolId)
    pool.announce()
    // Servers that did not know this one yet have refused its announcement.
    member.consensus.roster.onChange(() => { pool.announce() })
    this.#state = { kind: 'started', network, member, sweep: { timer: this.#scheduleSweep() } }
    this.#metrics.running(async () => {
      const { service, consensus, mail, files } = this.#running()
      return await readServer({ ...service, mail, files, network, links, roster: consensus.roster.roster, voteState: consensus.life.state, blobDisk: this.#init.blobDisk })
    })
    logger.info({ poolId: membership.poolId, peerId: network.peerId, addresses }, 'the server is ready')
  }

  async #enterPool (network: ServerNetwork['network'], addresses: string[]): Promise<Membership> {
    const { joinToken, dropRecoveryKey = async () => {} } = this.#init
    return await enterPool({ ...this.#init, dropRecoveryKey, network, addresses: addresses.slice(0, maxAddresses), joinToken, signal: this.#ending.signal })
  }

  #storeFailed (error: P2pChatError): void {
    // Alone in its pool it has the only copy of all else, and serves that.
    const isAlone = (this.#member?.consensus.roster.roster.servers.length ?? 1) === 1
    if (error.code === 'ERR_STORE_IO' || !isAlone) this.#failed.abort(error)
    // No new mail comes here any more; the others take it.
    if (!isAlone) this.#sendClientsAway()
  }

  #sendClientsAway (): void {
    this.#member?.standBack().catch((error: unknown) => { this.#init.logger.error({ error: asP2pChatError(error) }, 'the clients could not be handed over') })
  }

  #wasRemoved (): void {
    if (this.#removed.signal.aborted) return
    const error = notInPool()
    this.#init.logger.error({ error }, 'this server was removed from its pool, and serves it no more')
    this.#removed.abort(error)
    this.stop().catch((cause: unknown) => { this.#init.logger.error({ error: asP2pChatError(cause) }, 'the server could not be stopped') })
  }

  /** A started network. When the port of before is taken by now, another one is better than none. */
  async #listen (remembered: Ports): Promise<ServerNetwork & { links: ServerLinks }> {
    const { listen, logger } = this.#init
    const preferred = withPorts(listen, remembered)
    try {
      return await this.#startNetwork(preferred)
    } catch (error) {
      if (this.#stopping !== undefined || preferred.every((address, index) => address === listen[index])) throw error
      logger.warn({ error: asP2pChatError(error), preferred }, 'the port of before is not free; another one is taken')
      return await this.#startNetwork(listen)
    }
  }

  async #startNetwork (listen: readonly string[]): Promise<ServerNetwork & { links: ServerLinks }> {
    const { identity, announce, clock, logger, makeNetwork } = this.#init
    const made = makeNetwork({ seed: identity.seed, listen, announce, clock, logger, relay: this.#relay, isServer: (peerId) => this.#member !== undefined && isListed(this.#member, peerId) })
    const links = new ServerLinks({ network: made.network, roster: () => this.#member?.consensus.roster.roster, clock, logger, measure: (handlers) => this.#measured('server', handlers) })
    made.network.serve(POOL_PROTOCOL, { requests: this.#requests })
    made.network.serve(SERVER_PROTOCOL, links.service)
    for (const [protocol, maxFrameBytes] of Object.entries(bulkFrameBytes)) made.network.serveBulk(protocol, this.#bulk(protocol, maxFrameBytes))
    made.network.serveBulk(SERVER_BLOB_PROTOCOL, { ...this.#bulk(SERVER_BLOB_PROTOCOL, maxBlobFrameBytes), maxStreamsPerPeer: maxServerBlobStreams })
    this.#network = made.network
    try {
      await made.network.start()
    } catch (error) {
      await made.network.stop()
      throw error
    }
    return { ...made, links }
  }

  #measured (protocol: 'pool' | 'server', handlers: Record<string, RequestHandler>): Record<string, RequestHandler> {
    return measuredRequests({ metrics: this.#metrics, clock: this.#init.clock, protocol }, handlers)
  }

  /** Nobody is served before there is a member. */
  readonly #relay: RelayPolicy = {
    mayReserve: (peerId) => this.#member?.service.relay.mayReserve(peerId) === true,
    mayDial: (peerId) => this.#member?.service.relay.mayDial(peerId) === true
  }

  /** Streams come to the member, as soon as there is one. */
  #bulk (protocol: string, maxFrameBytes: number): BulkService {
    return {
      maxFrameBytes,
      accept: async (stream) => {
        const service = this.#member?.bulk[protocol]
        if (service === undefined) throw stillStarting()
        await service.accept(stream)
      }
    }
  }

  async #stop (handOver: boolean): Promise<void> {
    const { store, logger } = this.#init
    const state = this.#state
    if (state.kind === 'started') {
      state.sweep.timer.cancel()
      if (handOver && !this.#removed.signal.aborted) await state.member.leave()
    }
    await this.#network?.stop()
    // A start that was cut off has told its own caller; it may have made a network meanwhile.
    await this.#starting?.catch(() => {})
    await this.#network?.stop()
    this.#state = { kind: 'stopped' }
    await this.#member?.stop()
    await store.close()
    logger.info({}, 'the server has stopped')
  }

  #scheduleSweep (): Timer {
    const { clock, logger } = this.#init
    return clock.schedule(sweepIntervalMs, () => {
      this.#sweep().catch((error: unknown) => {
        logger.error({ error: asP2pChatError(error) }, 'what has expired could not be removed')
      }).finally(() => {
        if (this.#state.kind === 'started') this.#state.sweep.timer = this.#scheduleSweep()
      }).catch(() => {})
    }, { unref: true })
  }

  async #sweep (): Promise<void> {
    await this.#running().sweep()
  }

  /** The pool with the newest roster. */
  #known (): Membership {
    if (this.#membership === undefined) throw stillStarting()
    const { poolId, chain } = this.#membership
    return { poolId, chain: this.#member?.consensus.roster.history.chain ?? chain }
  }

  #running (): Member {
    if (this.#state.kind !== 'started') throw new P2pChatError('ERR_CLOSED', 'The server is not running.')
    return this.#state.member
  }
}

function isListed ({ consensus, peerId: self }: Member, peerId = self): boolean {
  return consensus.roster.roster.servers.some((server) => server.peerId === peerId)
}

function notInPool (): P2pChatError {
  return new P2pChatError('ERR_NOT_IN_POOL', 'This server was removed from its pool. Its mail and files are with the others. To let the machine join again, start it with a new, empty folder: --data DIR --join TOKEN')
}

function closed (): P2pChatError {
  return new P2pChatError('ERR_CLOSED', 'The server was stopped. Make a new one on the same data.')
}

function samePorts (a: Ports, b: Ports): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
