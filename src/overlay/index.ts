/**
 * What client and server share of the network.
 *
 * - network.ts: the interfaces that everything above is written against
 * - frames/: frames over a stream of bytes
 * - channel/: requests, answers and notifications on frames, and the Network over any transport
 * - bulk/: streams of frames beside the channels, for files
 * - host/: libp2p as that transport
 * - relay/: being reached through a server, and how servers lend themselves for it
 * - discovery/: finding the servers of a pool through the DHT
 * - pool/: the pool's address and roster, and channels to servers that have proven to belong to it
 *
 * The wire is described in docs/wire/channel.md.
 */
export type { BulkService, BulkStream, Channel, Network, PeerAddress, PoolDiscovery, RequestContext, RequestHandler, Service } from './network.js'
export { createNetwork, type P2pNetwork } from './host/index.js'
export { addressGroup } from './address-group.js'
export { reachOf } from './address-reach.js'
export { checkAddresses } from './host/listen-error.js'
export { isRelayAddress, relayOf } from './relay/addresses.js'
export type { Prober, RelayPolicy, Relays } from './relay/types.js'
export { createPoolDiscovery } from './discovery/pool-discovery.js'
export { formatPoolAddress, isMultiaddrText, mergePoolAddresses, parsePoolAddress, poolServers } from './pool/address.js'
export { appendRoster, createFirstRoster, extendRosterHistory, hasRoomFor, readRosterHistory, rosterAt, signRoster, type RosterHistory } from './pool/roster.js'
export { decidersOf, isQuorum, quorumOf, votersOf, type Quorum } from './pool/roster-quorum.js'
export { encodeRoster, readRoster, type Roster, type RosterServer } from './pool/roster-record.js'
export { openPoolChannel, ROSTER_METHOD, type PoolServer } from './pool/pool-channel.js'
export { findPoolServers } from './pool/find-pool-servers.js'
export { maxRosterChainBytes, maxServers } from './pool/limits.js'
export { peerIdFromEd25519 } from './peer-id.js'
