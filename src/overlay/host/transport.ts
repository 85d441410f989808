import type { Connection, Stream } from '@libp2p/interface'
import { asP2pChatError, isP2pChatError, P2pChatError } from '../../errors.js'
import { SERVER_BLOB_PROTOCOL } from '../../protocol/ids.js'
import { abortError, type Clock } from '../../runtime.js'
import type { OpenOptions, PeerStream, Transport } from '../channel/transport.js'
import type { PeerAddress } from '../network.js'
import { isRelayAddress } from '../relay/addresses.js'
import { bestConnection, isRelayed, setupMs } from './connections.js'
import type { Dialer } from './dial.js'
import { asListenError } from './listen-error.js'
import { existingConnectionTimeoutMs, maxServerBlobStreams, maxStreamsPerProtocol } from './limits.js'
import type { Host } from './options.js'
import { silenceLimit } from './silence.js'
import { Libp2pByteStream } from './stream.js'

export interface Libp2pTransportInit {
  peerId: string
  /** Makes the node; called once, at start. */
  createHost: () => Promise<{ host: Host, dialer: Dialer }>
  /** For what is said when it cannot start. */
  listen: readonly string[]
  clock: Clock
  /** Whether a direct connection to this peer may be. Default: to everybody. */
  allows?: (peerId: string) => boolean
  /** Told of the node before it starts, with what aborts when it is about to stop. */
  onHost: (host: Host, stopped: AbortSignal) => Promise<void>
  /** Told that it is about to stop. */
  onStop: () => void
}

function streamOptions (protocol: string): { runOnLimitedConnection: boolean, maxInboundStreams: number, maxOutboundStreams: number } {
  const max = protocol === SERVER_BLOB_PROTOCOL ? maxServerBlobStreams : maxStreamsPerProtocol
  return { runOnLimitedConnection: true, maxInboundStreams: max, maxOutboundStreams: max }
}

/** Channels over libp2p streams. */
export class Libp2pTransport implements Transport {
  readonly peerId: string
  readonly #init: Libp2pTransportInit
  readonly #services = new Map<string, (opened: PeerStream) => void>()
  readonly #stopped = new AbortController()
  #host: Host | undefined
  #dialer: Dialer | undefined

  constructor (init: Libp2pTransportInit) {
    this.peerId = init.peerId
    this.#init = init
  }

  addresses (): string[] {
    return this.#host?.services.own.list().map((address) => address.toString()) ?? []
  }

  listen (protocol: string, accept: (opened: PeerStream) => void): void {
    this.#services.set(protocol, accept)
  }

  async start (): Promise<void> {
    const { host, dialer } = await this.#init.createHost()
    for (const [protocol, accept] of this.#services) {
      await host.handle(protocol, (stream, connection) => { accept(peerStream(stream, connection)) }, streamOptions(protocol))
    }
    this.#host = host
    this.#dialer = dialer
    await this.#init.onHost(host, this.#stopped.signal)
    try {
      await host.start()
    } catch (error) {
      throw asListenError(error, this.#init.listen)
    }
  }

  async stop (): Promise<void> {
    this.#stopped.abort()
    this.#init.onStop()
    await this.#host?.stop()
  }

  async open (peer: PeerAddress, protocol: string, signal: AbortSignal, { direct = false }: OpenOptions = {}): Promise<PeerStream> {
    const dialer = this.#started()
    try {
      return await this.#openOnExisting(dialer, peer, protocol, signal, direct) ?? await openStream(await dialer.dial(this.#allowed(peer), signal), protocol, signal)
    } catch (error) {
      throw asOpenError(error, peer, protocol, signal)
    }
  }

  /** As Prober.probe. */
  async probe (peer: PeerAddress, signal: AbortSignal): Promise<string[]> {
    return await this.#started().probe(peer, signal)
  }

  /** The addresses that may be dialled: addresses are dialled without the PeerId that libp2p would ask the gate about. */
  #allowed (peer: PeerAddress): PeerAddress {
    if (this.#init.allows?.(peer.peerId) !== false) return peer
    const addresses = peer.addresses.filter(isRelayAddress)
    if (addresses.length === 0) throw new P2pChatError('ERR_UNREACHABLE', `The peer ${peer.peerId} is no server of the pool, and only those may learn this address (settings relay-only).`)
    return { ...peer, addresses }
  }

  #started (): Dialer {
    if (this.#dialer === undefined) throw new P2pChatError('ERR_CLOSED', 'The network is not started yet.')
    return this.#dialer
  }

  /** Undefined when there is no connection, or it turned out to be dead; it is gone then. Others live on it: it is not given up for less. */
  async #openOnExisting (dialer: Dialer, peer: PeerAddress, protocol: string, signal: AbortSignal, direct: boolean): Promise<PeerStream | undefined> {
    const connection = bestConnection(dialer.connectionsTo(peer.peerId))
    if (connection === undefined || (direct && isRelayed(connection))) return undefined
    const limit = silenceLimit(connection, this.#init.clock, Math.max(existingConnectionTimeoutMs, setupMs(connection)), signal)
    try {
      return await openStream(connection, protocol, limit.signal)
    } catch (error) {
      // Where an answer takes longer than the caller waits, silence for all of that time has to be enough.
      const isDead = signal.aborted ? isP2pChatError(signal.reason, 'ERR_TIMEOUT') && limit.silentMs() >= existingConnectionTimeoutMs : limit.signal.aborted
      if (isDead) connection.abort(new Error('The connection seems to be dead.'))
      if (signal.aborted || (!isDead && connection.status === 'open' && !isClosing(error))) throw error
      return undefined
    } finally {
      limit.clear()
    }
  }
}

async function openStream (connection: Connection, protocol: string, signal: AbortSignal): Promise<PeerStream> {
  return peerStream(await connection.newStream(protocol, { ...streamOptions(protocol), signal }), connection)
}

function peerStream (stream: Stream, connection: Connection): PeerStream {
  return {
    stream: new Libp2pByteStream(stream),
    remotePeer: connection.remotePeer.toString(),
    remoteAddress: connection.remoteAddr.toString(),
    via: isRelayed(connection) ? 'relay' : 'direct'
  }
}

function isUnsupported (error: unknown): boolean {
  return error instanceof Error && error.name === 'UnsupportedProtocolError'
}

/** Its other side has said goodbye, or this one: nothing new may be opened, while what is there comes to its end. */
function isClosing (error: unknown): boolean {
  return error instanceof Error && (error.name === 'ConnectionClosedError' || error.name === 'MuxerClosedError')
}

function asOpenError (error: unknown, peer: PeerAddress, protocol: string, signal: AbortSignal): P2pChatError {
  if (signal.aborted) return abortError(signal)
  if (isUnsupported(error)) return new P2pChatError('ERR_UNSUPPORTED', `The peer ${peer.peerId} does not speak ${protocol}.`, { cause: error })
  if (isP2pChatError(error, 'ERR_UNREACHABLE')) return error
  return new P2pChatError('ERR_UNREACHABLE', `The peer ${peer.peerId} could not be reached: ${asP2pChatError(error).message}`, { cause: error })
}
