/** The pool that a home uses: its address, the discovery in it, and the connection to one of its servers. */
import { P2pChatError } from '../../errors.js'
import { findPoolServers, mergePoolAddresses, poolServers, type Channel, type Network, type PeerAddress, type PoolDiscovery, type PoolServer } from '../../overlay/index.js'
import type { Clock, Logger, Random } from '../../runtime.js'
import { poolTable, SELF, type HomePool } from '../home/account-state.js'
import type { Lane } from '../home/lane.js'
import { maxRemembered } from './limits.js'
import { noServer, PoolConnection, type PoolState } from './pool-connection.js'

export interface DiscoveryRequest { poolId: string, remembered: readonly PeerAddress[], bootstrap: readonly PeerAddress[] }

export interface PoolSessionComponents {
  lane: Lane
  clock: Clock
  random: Random
  logger: Logger
  network: Network
  discovery: (request: DiscoveryRequest) => PoolDiscovery
  prepare: (channel: Channel) => Promise<void>
  onState: (state: PoolState) => void
}

export class PoolSession {
  readonly connection: PoolConnection

  constructor (readonly pool: HomePool, private readonly components: PoolSessionComponents) {
    const { clock, random, logger, prepare, onState } = components
    this.connection = new PoolConnection({ clock, random, logger, prepare, onState, openServer: async (signal) => await this.openServer(signal) })
  }

  private async openServer (signal: AbortSignal): Promise<Channel> {
    const { lane, network, clock, logger, discovery } = this.components
    const { poolId } = this.pool
    // What was remembered may have changed since this session began.
    const { remembered, rosterVersion } = await poolTable.get(lane, SELF) ?? this.pool
    let refused: P2pChatError | undefined
    const servers = findPoolServers({
      discovery: discovery({ poolId, remembered, bootstrap: poolServers(this.pool) }),
      network,
      poolId,
      clock,
      signal,
      enough: 1,
      minVersion: rosterVersion,
      onRefused: (peer, error) => {
        refused = error
        logger.info({ peerId: peer.peerId, code: error.code }, 'a server was passed over')
      }
    })
    const first = await servers.next()
    await servers.return(undefined)
    if (first.done === true) throw noServer(refused)
    await this.remember(first.value)
    return first.value.channel
  }

  private async remember (server: PoolServer): Promise<void> {
    await this.components.lane.write(async (tx) => {
      const stored = await poolTable.get(tx, SELF)
      if (stored === undefined || stored.poolId !== this.pool.poolId) return
      const others = stored.remembered.filter((peer) => peer.peerId !== server.peer.peerId)
      const remembered = [server.peer, ...others].slice(0, maxRemembered)
      poolTable.put(tx, { ...stored, remembered, rosterVersion: Math.max(stored.rosterVersion, server.roster.version) }, SELF)
    })
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
