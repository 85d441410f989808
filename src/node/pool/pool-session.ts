/** The pool that a home uses: its address, what is known of its servers, and the connection to one of them. */
import { isP2pChatError, P2pChatError } from '../../errors.js'
import { findPoolServers, mergePoolAddresses, openPoolChannel, parsePoolAddress, poolServers, type Channel, type Network, type PeerAddress, type PoolDiscovery, type PoolServer, type Roster, type RosterHistory } from '../../overlay/index.js'
import { maxAddresses } from '../../protocol/limits.js'
import type { Clock, Logger, Random } from '../../runtime.js'
import { poolTable, SELF, type HomePool } from '../home/account-state.js'
import type { Lane } from '../home/lane.js'
import { askHome, readLeaving, type HomeAnswer } from './home.js'
import { askHomeTimeoutMs, headStartMs, homeHeadStartMs, maxHomeTimeoutMs, maxRemembered, minHomeTimeoutMs } from './limits.js'
import type { Standing, Wanted } from './opener.js'
import { noServer, PoolConnection, type PoolState } from './pool-connection.js'

export interface DiscoveryRequest { poolId: string, remembered: readonly PeerAddress[], bootstrap: readonly PeerAddress[] }

export interface PoolSessionComponents {
  lane: Lane
  clock: Clock
  random: Random
  logger: Logger
  network: Network
  /** this device's key, which names its mailbox */
  mailbox: Uint8Array
  discovery: (request: DiscoveryRequest) => PoolDiscovery
  prepare: (channel: Channel) => Promise<void>
  onState: (state: PoolState) => void
}

export class PoolSession {
  readonly connection: PoolConnection
  /** The newest that was verified in this run. */
  private history: RosterHistory | undefined
  /** Those that keep this device's mailbox, as a server said last. */
  private homes: PeerAddress[] = []
  /** What it took to find the last server. */
  private tookMs = 0

  constructor (readonly pool: HomePool, private readonly components: PoolSessionComponents) {
    const { clock, random, logger, prepare, onState } = components
    this.connection = new PoolConnection({
      clock,
      random,
      logger,
      prepare,
      onState,
      openServer: async (wanted, signal) => await this.openServer(wanted, signal),
      findHome: async (channel, from, signal) => await this.findHome(channel, from, signal),
      serversAt: (poolAddresses) => this.serversAt(poolAddresses)
    })
  }

  private get roster (): Roster | undefined {
    return this.history?.newest
  }

  /** The servers of the newest roster; before one was verified, those that the home knows. */
  get servers (): PeerAddress[] {
    return this.roster?.servers ?? merged([...poolServers(this.pool), ...this.pool.remembered])
  }

  /** The notification pool/leaving. */
  onLeaving (body: Uint8Array, channel: Channel): void {
    const { alternatives, spreadMs } = readLeaving(body)
    this.connection.leaving(channel.remotePeer, this.listed(alternatives), spreadMs)
  }

  /** The server at the other end cannot make sure of anything: another one that keeps this device's mailbox may do better. @returns whether one is tried */
  giveUp ({ remotePeer }: Channel): boolean {
    return this.connection.giveUp(remotePeer, this.homes)
  }

  private async openServer ({ first, last, not, others }: Wanted, signal: AbortSignal): Promise<Channel> {
    const { lane, random, clock, discovery } = this.components
    const startMs = clock.monotonicMs()
    const { poolId } = this.pool
    // What was remembered may have changed since this session began.
    const { remembered } = await poolTable.get(lane, SELF) ?? this.pool
    const known = others ? [...first, ...remembered, ...shuffled(poolServers(this.pool), random)] : first
    const isLast = ({ peerId }: PeerAddress): boolean => last.has(peerId)
    const ordered = [...known.filter((peer) => !isLast(peer)), ...known.filter(isLast)]
    const server = await this.firstOf(others ? discovery({ poolId, remembered: ordered, bootstrap: [] }) : listed(ordered), {
      not,
      signal,
      headStartMs
    })
    this.tookMs = clock.monotonicMs() - startMs
    return server.channel
  }

  private async findHome (channel: Channel, { sent, not }: { sent: boolean, not: ReadonlySet<string> }, signal: AbortSignal): Promise<Standing> {
    const answer = await this.askHome(channel, sent, signal)
    if (answer === undefined) return { channel, isHome: true }
    await this.updateRoster(answer, channel, signal)
    const homes = this.listed(answer.homes)
    this.homes = homes
    await this.remember([...homes])
    const place = homes.findIndex(({ peerId }) => peerId === channel.remotePeer)
    const isHome = homes.length === 0 || place !== -1
    const better = place === -1 ? homes : homes.slice(0, place)
    if (answer.isHere || better.length === 0) return { channel, isHome }
    try {
      const timeoutMs = Math.min(maxHomeTimeoutMs, Math.max(minHomeTimeoutMs, 2 * this.tookMs))
      const found = await this.firstOf(listed(better), { not, signal, headStartMs: homeHeadStartMs, timeoutMs })
      return { channel: found.channel, isHome: true }
    } catch (error) {
      if (signal.aborted || !isP2pChatError(error, 'ERR_NO_SERVER')) throw error
      return { channel, isHome }
    }
  }

  /** Undefined: a server that knows no others. */
  private async askHome (channel: Channel, sent: boolean, signal: AbortSignal): Promise<HomeAnswer | undefined> {
    const { mailbox } = this.components
    try {
      return await askHome(channel, { mailbox, rosterVersion: this.roster?.version ?? 0, sent }, { timeoutMs: askHomeTimeoutMs, signal })
    } catch (error) {
      if (isP2pChatError(error, 'ERR_UNSUPPORTED')) return undefined
      throw error
    }
  }

  /** @throws ERR_NO_SERVER when none of them proves that it belongs to the pool */
  private async firstOf (discovery: PoolDiscovery, { not, ...options }: { not: ReadonlySet<string>, signal: AbortSignal, headStartMs: number, timeoutMs?: number }): Promise<PoolServer> {
    const { lane, network, clock, logger } = this.components
    const { rosterVersion } = await poolTable.get(lane, SELF) ?? this.pool
    let refused: P2pChatError | undefined
    const servers = findPoolServers({
      ...options,
      discovery: without(discovery, not),
      network,
      poolId: this.pool.poolId,
      clock,
      enough: 1,
      minVersion: rosterVersion,
      known: this.history,
      onRefused: (peer, error) => {
        refused = error
        logger.info({ peerId: peer.peerId, code: error.code }, 'a server was passed over')
      }
    })
    const first = await servers.next()
    await servers.return(undefined)
    if (first.done === true) throw noServer(refused)
    await this.verified(first.value)
    return first.value
  }

  /** A server has proven this roster. What is known of the pool is durable before the server is used. */
  private async verified ({ history, peer }: PoolServer): Promise<void> {
    if (history.newest.version >= (this.roster?.version ?? 0)) this.history = history
    await this.remember([], peer)
  }

  /** Keeps for the next start: this device's homes, the server that answered, others of the roster; and the roster's version. */
  private async remember (homes: readonly PeerAddress[], answered?: PeerAddress): Promise<void> {
    const { roster } = this
    await this.components.lane.write(async (tx) => {
      const stored = await poolTable.get(tx, SELF)
      if (stored === undefined || stored.poolId !== this.pool.poolId || roster === undefined) return
      const kept = homes.length > 0 ? homes : stored.remembered.filter(({ peerId }) => roster.servers.some((server) => server.peerId === peerId))
      const remembered = merged([...kept, ...answered === undefined ? [] : [answered], ...roster.servers]).slice(0, maxRemembered)
      const next: HomePool = { ...stored, remembered, rosterVersion: Math.max(stored.rosterVersion, roster.version) }
      if (JSON.stringify(next) !== JSON.stringify(stored)) poolTable.put(tx, next, SELF)
    })
  }

  /**
   * Asks the server for its roster when it names servers that are not in the one known here, or says that it has a newer one:
   * contacts may be behind a server that joined since, and only servers of the roster are dialled.
   */
  private async updateRoster ({ homes, rosterVersion }: HomeAnswer, channel: Channel, signal: AbortSignal): Promise<void> {
    const isKnown = homes.every(({ peerId }) => this.roster?.servers.some((server) => server.peerId === peerId) === true)
    if (isKnown && rosterVersion <= (this.roster?.version ?? 0)) return
    const { network, clock } = this.components
    // It is this very channel that is asked, and others may be using it.
    const options = { clock, signal, timeoutMs: askHomeTimeoutMs, known: this.history, isTaken: () => !channel.closed.aborted }
    try {
      await this.verified(await openPoolChannel(network, { peerId: channel.remotePeer, addresses: [] }, this.pool.poolId, options))
    } catch (error) {
      if (isP2pChatError(error, 'ERR_NOT_IN_POOL')) await channel.close()
      throw error
    }
  }

  /** Those that are in the roster, with the addresses that it knows. */
  private listed (named: readonly PeerAddress[]): PeerAddress[] {
    const servers = this.roster?.servers ?? []
    return named.flatMap((peer) => {
      const server = servers.find(({ peerId }) => peerId === peer.peerId)
      return server === undefined ? [] : merged([{ peerId: peer.peerId, addresses: [...peer.addresses, ...server.addresses] }])
    })
  }

  private serversAt (poolAddresses: readonly string[]): PeerAddress[] {
    return this.listed(poolAddresses.flatMap((text) => {
      try {
        const address = parsePoolAddress(text)
        return address.poolId === this.pool.poolId ? poolServers(address) : []
      } catch {
        // What a server says may be anything.
        return []
      }
    }))
  }
}

/** Keeps new pool addresses. @throws ERR_USAGE when they do not parse, or name another pool than `accountPoolId` */
export async function keepPool (lane: Lane, addresses: string[], accountPoolId: string | undefined): Promise<HomePool> {
  const merged = mergePoolAddresses(addresses)
  if (accountPoolId !== undefined && merged.poolId !== accountPoolId) {
    throw new P2pChatError('ERR_USAGE', 'This home has an account in another pool. Use another --home for the new pool.')
  }
  return await lane.write(async (tx) => {
    const stored = await poolTable.get(tx, SELF)
    const same = stored?.poolId === merged.poolId ? stored : undefined
    const pool: HomePool = { poolId: merged.poolId, addresses: merged.addresses, rosterVersion: same?.rosterVersion ?? 0, remembered: same?.remembered ?? [] }
    poolTable.put(tx, pool, SELF)
    return pool
  })
}

function listed (peers: readonly PeerAddress[]): PoolDiscovery {
  return { find: async function * () { yield * peers }, announce: () => {} }
}

function without (discovery: PoolDiscovery, not: ReadonlySet<string>): PoolDiscovery {
  if (not.size === 0) return discovery
  return {
    find: async function * (signal) { for await (const peer of discovery.find(signal)) if (!not.has(peer.peerId)) yield peer },
    announce: () => {}
  }
}

/** One entry a server, with all its addresses, in the order of first mention. */
function merged (peers: ReadonlyArray<Pick<PeerAddress, 'peerId' | 'addresses'>>): PeerAddress[] {
  const all = new Map<string, Set<string>>()
  for (const { peerId, addresses } of peers) {
    const known = all.get(peerId) ?? new Set()
    all.set(peerId, known)
    for (const address of addresses) if (known.size < maxAddresses) known.add(address)
  }
  return [...all].map(([peerId, addresses]) => ({ peerId, addresses: [...addresses] }))
}

/** So that the clients of a pool do not all begin with the same server. */
function shuffled<T> (items: readonly T[], random: Random): T[] {
  const drawn = items.map((item) => ({ item, order: Buffer.from(random.bytes(4)).readUInt32BE() }))
  return drawn.sort((a, b) => a.order - b.order).map(({ item }) => item)
}
