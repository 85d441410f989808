/**
 * What the client and the server see of the network. The libp2p host implements it (host.ts); the simulator implements
 * it in memory, with the same meaning of every call.
 */

import type { P2pChatError } from '../errors.js'
import type { Relays } from './relay/types.js'

/** A peer and where it may be dialled: multiaddrs, with or without their /p2p part. */
export interface PeerAddress {
  /** base58btc PeerId of an Ed25519 key */
  peerId: string
  addresses: string[]
}

export interface RequestContext {
  channel: Channel
  /** Aborts when the asker gave up, its deadline passed or the channel closed. */
  signal: AbortSignal
}

/** Answers one method. What it throws reaches the asker as the same code; anything but a P2pChatError as ERR_INTERNAL. */
export type RequestHandler = (body: Uint8Array, context: RequestContext) => Promise<Uint8Array>
/** Takes one notification; its errors are logged, never answered. */
export type NotificationHandler = (body: Uint8Array, channel: Channel) => void | Promise<void>

/** One table a protocol; both sides of a channel are served from their own table. */
export interface Service {
  requests: Record<string, RequestHandler>
  notifications?: Record<string, NotificationHandler>
  /** Requests of this side under way on one channel, others wait; twice as many are served. Default: limits.maxOpenRequests. */
  maxOpenRequests?: number
  /** Called for every channel of this protocol, whoever opened it. */
  onOpen?: (channel: Channel) => void
  onClose?: (channel: Channel) => void
}

export interface RequestOptions {
  /** How long the answer may take. Default: limits.requestTimeoutMs. */
  timeoutMs?: number
  signal?: AbortSignal
}

export interface ConnectOptions extends RequestOptions {
  /** Only a direct channel is of use: the open one, else a new one over an address of the peer's own. Default: any. */
  direct?: boolean
}

/** A kept-open stream to one peer, on which requests, answers and notifications of both sides are interleaved. */
export interface Channel {
  readonly remotePeer: string
  /** The multiaddr the peer is seen under (for limits per address). */
  readonly remoteAddress: string
  readonly via: 'direct' | 'relay'
  /** What the remote said it can do, in the first frame. */
  readonly remoteCapabilities: readonly string[]
  /** Aborted once the channel has ended, for whatever reason. */
  readonly closed: AbortSignal
  /**
   * Sends a request and waits for its answer. Rejects with the remote's code, ERR_TIMEOUT (outcome unknown: retry with
   * the same ids), ERR_ABORTED, ERR_LIMIT (frame too large) or ERR_CLOSED (the channel ended first: outcome unknown).
   */
  request: (method: string, body: Uint8Array, options?: RequestOptions) => Promise<Uint8Array>
  /** Resolves once the notification is accepted by the bounded send queue. */
  notify: (method: string, body: Uint8Array) => Promise<void>
  close: () => Promise<void>
}

/**
 * A stream of frames of its own, for bulk; an it-pipe duplex. Frames sent from one side come out of the other's `source`
 * whole and in order. Whoever reads slowly holds the sender back.
 */
export interface BulkStream {
  readonly remotePeer: string
  readonly remoteAddress: string
  readonly via: 'direct' | 'relay'
  /** Grows whenever the other side shows that it is there: bytes came, be it not yet a frame, or it took some. */
  readonly signs?: number
  /** Ends after the other side closed; throws what broke the stream. To be read once. */
  readonly source: AsyncIterable<Uint8Array>
  /** Sends all of it, then closes. Rejects with ERR_CLOSED, ERR_TIMEOUT (nothing was taken for 30 s), ERR_LIMIT (a frame too large). */
  readonly sink: (source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>) => Promise<void>
  /** Resolves once the bounded queue has taken the frame. Rejects as `sink`. */
  send: (frame: Uint8Array) => Promise<void>
  /** Gives back the memory of a frame from `source` that nobody looks at any more: for large ones, fresh memory is dear. */
  recycle?: (frame: Uint8Array) => void
  /** Says goodbye behind what was sent; what the other side still sends is dropped. */
  close: () => Promise<void>
  abort: (error: P2pChatError) => void
}

export interface BulkService {
  maxFrameBytes: number
  /** Streams that one peer may have open to this service. Without it all such services of a peer share limits.maxBulkStreamsPerPeer. */
  maxStreamsPerPeer?: number
  /** The stream is closed when it resolves, and aborted when it rejects, with the error that was told. */
  accept: (stream: BulkStream) => Promise<void>
}

export interface Network {
  readonly peerId: string
  /** Multiaddrs with /p2p under which this node can be dialled now. */
  addresses: () => string[]
  /** Serves a protocol. Call before start. */
  serve: (protocol: string, service: Service) => void
  /**
   * The channel to this peer for this protocol: the open one, else a new one (concurrent calls share one dial). A direct one
   * is taken before one through a relay, which is closed a little after a direct one has opened.
   * Rejects with ERR_UNREACHABLE, ERR_TIMEOUT, ERR_UNSUPPORTED (it does not speak the protocol) or ERR_ABORTED.
   */
  connect: (peer: PeerAddress, protocol: string, options?: ConnectOptions) => Promise<Channel>
  /** Serves a protocol of bulk streams. Call before start. */
  serveBulk: (protocol: string, service: BulkService) => void
  /** Opens a bulk stream, over the connection that is there or a new one. Rejects as `connect`. */
  openBulk: (peer: PeerAddress, protocol: string, options: RequestOptions & { maxFrameBytes: number }) => Promise<BulkStream>
  /** Open channels of a protocol. */
  channels: (protocol: string) => Channel[]
  /** Being dialled through relays; undefined where the network has none. */
  readonly relays?: Relays
  start: () => Promise<void>
  stop: () => Promise<void>
}

/** Finding the servers of one pool. */
export interface PoolDiscovery {
  /**
   * Candidate servers, soonest first: remembered ones, bootstrap addresses, then provider lookup in the DHT. Each only
   * claims to belong to the pool. Ends when `signal` aborts or nothing more is to be found.
   */
  find: (signal: AbortSignal) => AsyncIterable<PeerAddress>
  /** Server side: announces itself for the pool until stop, after the first peer and then on a timer; called again, soon once more. */
  announce: () => void
}
