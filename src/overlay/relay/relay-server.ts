/** A server's side of circuit relay v2: the hop protocol, and circuits between two devices. */
import { setMaxListeners } from 'node:events'
import type { Connection, PeerId, Stream } from '@libp2p/interface'
import { peerIdFromMultihash } from '@libp2p/peer-id'
import { pbStream } from '@libp2p/utils'
import { decode as decodeDigest } from 'multiformats/hashes/digest'
import { asP2pChatError } from '../../errors.js'
import { HopMessage, StopMessage } from '../../protocol/pb/relay.js'
import { deadline, eitherSignal, type Clock, type Logger } from '../../runtime.js'
import { isRelayed } from '../host/connections.js'
import type { Host } from '../host/options.js'
import { Libp2pByteStream } from '../host/stream.js'
import { acceptTimeoutMs, exchangeTimeoutMs, maxCircuitBytes, maxCircuitMs, maxMessageBytes, maxRelayStreams, relayedBytesPerDevice } from './limits.js'
import { HOP_PROTOCOL, HopType, Status, STOP_PROTOCOL, StopType } from './messages.js'
import { Pace } from './pace.js'
import { Slots, type Circuit } from './slots.js'
import { splice } from './splice.js'
import type { RelayPolicy } from './types.js'

export interface RelayServerComponents {
  clock: Clock
  logger: Logger
  policy: RelayPolicy
  /** Ends all circuits. */
  stopped: AbortSignal
}

const limit = { duration: maxCircuitMs / 1000, data: BigInt(maxCircuitBytes) }

/** A request on a hop stream, and the way to answer it. */
interface Asked {
  request: HopMessage
  source: PeerId
  answer: (message: Partial<HopMessage>) => Promise<void>
  signal: AbortSignal
}

export class RelayServer {
  readonly #components: RelayServerComponents
  readonly #slots: Slots
  readonly #paces = new Map<string, Pace>()

  constructor (components: RelayServerComponents) {
    this.#components = components
    this.#slots = new Slots(components.clock)
    // Every circuit listens to it.
    setMaxListeners(0, components.stopped)
  }

  /** Before the host starts. */
  async attach (host: Host): Promise<void> {
    await host.handle(HOP_PROTOCOL, async (stream, connection) => { await this.#onHop(host, stream, connection) }, { maxInboundStreams: maxRelayStreams })
    host.addEventListener('peer:disconnect', ({ detail: peerId }) => {
      this.#slots.release(peerId.toString())
      this.#paces.delete(peerId.toString())
    })
  }

  /** Whether this device is dialled over its connection here. */
  hasSlot (peerId: string): boolean {
    return this.#slots.hasReservation(peerId)
  }

  async #onHop (host: Host, stream: Stream, connection: Connection): Promise<void> {
    const { clock, stopped } = this.#components
    const wait = deadline(clock, exchangeTimeoutMs, stopped)
    const { signal } = wait
    try {
      const messages = pbStream(stream, { maxDataLength: maxMessageBytes }).pb(HopMessage)
      const request = await messages.read({ signal })
      const answer = async (message: Partial<HopMessage>): Promise<void> => { await messages.write({ type: HopType.status, ...message }, { signal }) }
      const asked = { request, source: connection.remotePeer, answer, signal }
      const circuit = await this.#answer(host, asked, connection)
      if (circuit === undefined) await stream.close({ signal })
      else this.#join(circuit, messages.unwrap().unwrap())
    } catch (error) {
      this.#components.logger.debug({ error: asP2pChatError(error), peer: connection.remotePeer.toString() }, 'a request to the relay ended early')
      stream.abort(asP2pChatError(error))
    } finally {
      wait.clear()
    }
  }

  /** The accepted circuit; undefined when the answer was all. */
  async #answer (host: Host, asked: Asked, connection: Connection): Promise<{ circuit: Circuit, destination: Stream } | undefined> {
    const { request, source, answer } = asked
    const { policy } = this.#components
    // Nobody chains relays here.
    const isDirect = !isRelayed(connection)
    if (request.type === HopType.reserve && isDirect && policy.mayReserve(source.toString())) await answer(this.#reserve(host, source))
    else if (request.type === HopType.connect && isDirect && policy.mayDial(source.toString())) return await this.#connect(host, asked)
    else await answer({ status: request.type === HopType.reserve || request.type === HopType.connect ? Status.permissionDenied : Status.unexpectedMessage })
    return undefined
  }

  #reserve (host: Host, source: PeerId): Partial<HopMessage> {
    const expiresAtMs = this.#slots.reserve(source.toString())
    if (expiresAtMs === undefined) return { status: Status.reservationRefused }
    const addrs = host.getMultiaddrs().map((address) => address.bytes)
    return { status: Status.ok, reservation: { expire: BigInt(Math.floor(expiresAtMs / 1000)), addrs }, limit }
  }

  async #connect (host: Host, { request, source, answer, signal }: Asked): Promise<{ circuit: Circuit, destination: Stream } | undefined> {
    const destination = destinationOf(request)
    if (destination === undefined) {
      await answer({ status: Status.malformedMessage })
      return undefined
    }
    const name = destination.toString()
    // Who may not be relayed any more keeps a reservation that is of no use.
    if (!this.#slots.hasReservation(name) || !this.#components.policy.mayReserve(name)) {
      await answer({ status: Status.noReservation })
      return undefined
    }
    const circuit = this.#slots.open(source.toString(), name)
    if (circuit === undefined) {
      await answer({ status: Status.resourceLimitExceeded })
      return undefined
    }
    try {
      const stream = await this.#offer(host, source, destination, signal)
      await answer(stream === undefined ? { status: Status.connectionFailed } : { status: Status.ok, limit })
      if (stream !== undefined) return { circuit, destination: stream }
    } catch (error) {
      this.#slots.close(circuit)
      throw error
    }
    this.#slots.close(circuit)
    return undefined
  }

  /** A stream to the destination that it accepted as a circuit: over its newest connection first, as older ones may be dead. */
  async #offer (host: Host, source: PeerId, destination: PeerId, signal: AbortSignal): Promise<Stream | undefined> {
    const connections = host.getConnections(destination).filter((connection) => connection.status === 'open' && !isRelayed(connection))
    for (const connection of connections.reverse()) {
      const wait = deadline(this.#components.clock, acceptTimeoutMs, signal)
      try {
        const stream = await connection.newStream(STOP_PROTOCOL, { signal: wait.signal, maxOutboundStreams: maxRelayStreams })
        try {
          const messages = pbStream(stream, { maxDataLength: maxMessageBytes }).pb(StopMessage)
          await messages.write({ type: StopType.connect, peer: { id: source.toMultihash().bytes, addrs: [] }, limit }, { signal: wait.signal })
          const { type, status } = await messages.read({ signal: wait.signal })
          if (type === StopType.status && status === Status.ok) return messages.unwrap().unwrap()
          stream.abort(new Error('The circuit was declined.'))
          return undefined
        } catch (error) {
          stream.abort(asP2pChatError(error))
          throw error
        }
      } catch (error) {
        if (signal.aborted) throw error
      } finally {
        wait.clear()
      }
    }
    return undefined
  }

  #join ({ circuit, destination }: { circuit: Circuit, destination: Stream }, source: Stream): void {
    const { clock, logger, stopped } = this.#components
    const pace = this.#paces.get(circuit.source) ?? new Pace(clock, relayedBytesPerDevice)
    this.#paces.set(circuit.source, pace)
    const over = eitherSignal(stopped, circuit.over.signal)
    const life = deadline(clock, maxCircuitMs, over.signal)
    const joined = splice(new Libp2pByteStream(source), new Libp2pByteStream(destination), {
      clock,
      maxBytes: maxCircuitBytes,
      pace: (bytes) => pace.take(bytes),
      signal: life.signal
    })
    joined.catch((error: unknown) => { logger.error({ error: asP2pChatError(error) }, 'a circuit failed') })
      .finally(() => {
        life.clear()
        over.clear()
        this.#slots.close(circuit)
      }).catch(() => {})
  }
}

function destinationOf ({ peer }: HopMessage): PeerId | undefined {
  try {
    return peer === undefined ? undefined : peerIdFromMultihash(decodeDigest(peer.id))
  } catch {
    return undefined
  }
}
