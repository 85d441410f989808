import type { ByteStream } from '../frames/index.js'
import type { PeerAddress } from '../network.js'

/** A stream to a peer whose identity the transport has proven. */
export interface PeerStream {
  stream: ByteStream
  remotePeer: string
  /** The multiaddr the peer is seen under. */
  remoteAddress: string
  via: 'direct' | 'relay'
}

export interface OpenOptions {
  /** Only over a direct connection: the one that is there, else a new one. Default: over any. */
  direct?: boolean
}

/** What carries channels: libp2p, or memory. */
export interface Transport {
  readonly peerId: string
  /** Multiaddrs with /p2p under which this node can be dialled now. */
  addresses: () => string[]
  /** Hands over every stream that is opened to us for this protocol. Called before start. */
  listen: (protocol: string, accept: (opened: PeerStream) => void) => void
  /** Opens a stream. Rejects with ERR_UNREACHABLE, ERR_UNSUPPORTED or what `signal` says. */
  open: (peer: PeerAddress, protocol: string, signal: AbortSignal, options?: OpenOptions) => Promise<PeerStream>
  start: () => Promise<void>
  stop: () => Promise<void>
}
