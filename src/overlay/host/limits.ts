/** Connections of a server: 150 KiB each, so 10,000 are 1.5 GiB. */
export const maxServerConnections = 10_000
/** Connections of a client: its contacts, its servers, and the DHT. */
export const maxClientConnections = 1000
/** New connections a second from one host: many clients share one address behind a NAT. */
export const maxInboundPerSecondPerHost = 500
/** Connections that have not finished their handshakes. Noise takes about 22 ms each. */
export const maxPendingInbound = 500
/** Of those, so many from one group of addresses (address-group.ts): more wait in no network that means well, and others must get in. */
export const maxPendingPerGroup = 64
/** Connections from one group of addresses, such as all clients behind one NAT: a fifth of what a server takes. */
export const maxOpenPerGroup = 2_000
/** How often a server looks for connections that are used for nothing; who is found twice in a row is sent away. */
export const idleSweepMs = 60_000
/** For dials that bring no deadline of their own (the DHT's). */
export const dialTimeoutMs = 5000
/** One address: the round trips of a slow link. Several are tried side by side, and whoever dials has a deadline. */
export const addressDialTimeoutMs = 10_000
/** Of several addresses the next one is tried when the ones before have not answered after this (RFC 8305 §5 says 250 ms). */
export const nextAddressAfterMs = 250
/** A relay is tried when no address of its own has answered after this: a direct connection is worth a short wait, not more. */
export const relayAfterMs = 250
/** An existing connection may be dead without anyone knowing: it may be silent for this long, or for as long as it took to be made, then a new one is dialled. */
export const existingConnectionTimeoutMs = 700
/** Time for one DHT message. */
export const dhtMessageTimeoutMs = { min: 500, max: 3000 }
/** Window of a yamux stream: below what libp2p buffers of a paused stream (4 MiB), or a slow reader would be cut off. */
export const maxStreamWindowBytes = 2 * 1024 * 1024
/** How long a DHT server believes that someone serves a pool, without hearing it again. */
export const providerValidityMs = 30 * 60 * 1000
/** How often it looks for those to forget. */
export const providerCleanupMs = 5 * 60 * 1000
/** Servers of its own pool that a DHT server keeps: more than a pool may have. */
export const maxPoolProviders = 256
/** Whoever else says that it provides something: of another pool whose servers have met ours. A lookup goes through all of them. */
export const maxOtherProviders = 1024
/** Streams of one protocol on one connection: a few channels that come and go. */
export const maxStreamsPerProtocol = 16
/** Streams of files between two servers: each client's that one of them serves may be one to the other. */
export const maxServerBlobStreams = 512
/** Bytes of one stream that libp2p holds because the window or the socket is full; enough to fill the next window. */
export const maxUnsentBytes = 256 * 1024
/** Bytes of one connection that wait for the operating system: a few messages of Noise, so that they leave in one call. */
export const maxUnsentSocketBytes = 512 * 1024
/** What one connection is read of at a time, into memory that all of them share: four messages of Noise and more. */
export const readBufferBytes = 272 * 1024
/** Addresses of one peer that libp2p keeps. Everybody may tell some of anybody: at a time, maxAddresses are taken. */
export const maxKeptAddresses = 32
/** Peers that libp2p remembers: more than a server has connections. */
export const maxKeptPeers = 12_000
/** All that it remembers of one: maxKeptAddresses, a signed record of them, protocols. */
export const maxKeptPeerBytes = 8 * 1024
/** A question to the DHT, and the stream that it comes over. The longest is an announcement: maxAddresses addresses. */
export const maxDhtQuestionBytes = 16 * 1024
/** What an answer of the DHT tells of where one peer is: some addresses with long names, or maxAddresses with short ones. */
export const maxToldPeerBytes = 800
/** An answer: seventy peers, a full pool and those that are nearer, with maxToldPeerBytes each. */
export const maxDhtAnswerBytes = 64 * 1024
