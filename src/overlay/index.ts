/**
 * What client and server share of the network.
 *
 * - network.ts: the interfaces that everything above is written against
 * - frames/: frames over a stream of bytes
 * - channel/: requests, answers and notifications on frames, and the Network over any transport
 * - host/: libp2p as that transport
 * - discovery/: finding the servers of a pool through the DHT
 * - pool/: the pool's address and roster, and channels to servers that have proven to belong to it
 *
 * The wire is described in docs/wire/channel.md.
 */
export type {
  Channel, Network, NotificationHandler, PeerAddress, PoolDiscovery, RequestContext, RequestHandler, RequestOptions, Service
} from './network.js'
export { createNetwork, type NetworkInit, type P2pNetwork } from './host/index.js'
export { createPoolDiscovery, type PoolDiscoveryInit } from './discovery/pool-discovery.js'
export { formatPoolAddress, isMultiaddrText, mergePoolAddresses, parsePoolAddress, poolServers, type PoolAddress } from './pool/address.js'
export { createFirstRoster, verifyRosterChain } from './pool/roster.js'
export type { Roster, RosterServer } from './pool/roster-record.js'
export { openPoolChannel, ROSTER_METHOD, type PoolServer } from './pool/pool-channel.js'
export { findPoolServers, type FindPoolServersOptions } from './pool/find-pool-servers.js'
export { ed25519FromPeerId, peerIdFromEd25519 } from './peer-id.js'
