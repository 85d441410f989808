import { ed25519KeyPair } from '../../src/crypto/ed25519.js'
import { P2pChatError } from '../../src/errors.js'
import { ChannelNetwork } from '../../src/overlay/channel/channel-network.js'
import type { PeerStream, Transport } from '../../src/overlay/channel/transport.js'
import type { Network, PeerAddress, PoolDiscovery } from '../../src/overlay/network.js'
import { peerIdFromEd25519 } from '../../src/overlay/peer-id.js'
import { CAPABILITIES } from '../../src/protocol/ids.js'
import { raceSignal, silentLogger, sleep, type Clock, type Logger } from '../../src/runtime.js'
import { SeededRandom } from './seeded-random.js'
import { streamPair, type StreamPair } from './stream-pair.js'

export interface MemoryHubInit {
  clock: Clock
  random?: SeededRandom
  logger?: Logger
}

export interface MemoryNodeInit {
  /** Ed25519 seed, 32 bytes; the PeerId follows from it. Default: from the hub's random. */
  seed?: Uint8Array
  /** A multiaddr without /p2p. Default: one of 10.0.0.0/8. */
  address?: string
}

interface Connection {
  pair: StreamPair
  peers: [string, string]
}

type LinkState = 'up' | 'cut' | 'held'

/**
 * A network of peers in one process: real channels over streams in memory, with time and chance of the test, and links
 * that can be cut (refused, streams break), held (silence: nothing arrives, dials hang) or slow.
 */
export class MemoryHub {
  readonly clock: Clock
  readonly #random: SeededRandom
  readonly #logger: Logger
  readonly #nodes = new Map<string, MemoryTransport>()
  readonly #links = new Map<string, LinkState>()
  readonly #frozen = new Set<string>()
  readonly #delays = new Map<string, { minMs: number, maxMs: number }>()
  readonly #announced = new Map<string, Set<string>>()
  readonly #connections = new Set<Connection>()
  #nextHost = 1
  #onRelease: Array<() => void> = []

  constructor (init: MemoryHubInit) {
    this.clock = init.clock
    this.#random = init.random ?? new SeededRandom('memory hub')
    this.#logger = init.logger ?? silentLogger
  }

  /** A node, to be started by the test. A node that was stopped or crashed may be made again with the same seed. */
  network (init: MemoryNodeInit = {}): Network {
    const host = this.#nextHost++
    const peerId = peerIdFromEd25519(ed25519KeyPair(init.seed ?? this.#random.bytes(32)).publicKey)
    const address = init.address ?? `/ip4/10.0.${host >> 8}.${host & 255}/tcp/4001`
    const transport = new MemoryTransport(this, peerId, address)
    return new ChannelNetwork({ transport, clock: this.clock, logger: this.#logger, capabilities: CAPABILITIES })
  }

  /** Refuses dials between the two and breaks what is open. */
  cut (a: string, b: string): void {
    this.#links.set(linkKey(a, b), 'cut')
    this.reset(a, b)
  }

  /** Nothing arrives between the two any more, and neither is told. What was sent arrives after heal. */
  hold (a: string, b: string): void {
    this.#links.set(linkKey(a, b), 'held')
  }

  /** Holds every link between the two groups. */
  partition (left: readonly string[], right: readonly string[]): void {
    for (const a of left) for (const b of right) this.hold(a, b)
  }

  /** The link between two works again; or all links and frozen nodes do, no link slower than the others. */
  heal (a?: string, b?: string): void {
    if (a !== undefined && b !== undefined) this.#links.delete(linkKey(a, b))
    else {
      this.#links.clear()
      this.#frozen.clear()
      for (const link of this.#delays.keys()) if (link !== '') this.#delays.delete(link)
    }
    this.#released()
  }

  /** Breaks the open streams between the two (or all of one peer); they may connect again at once. */
  reset (a: string, b?: string): void {
    for (const { pair, peers } of [...this.#connections]) {
      if (peers.includes(a) && (b === undefined || peers.includes(b))) pair.reset(new Error('The connection was lost.'))
    }
  }

  /** What SIGSTOP does: the peer neither reads nor answers, and nobody is told. */
  freeze (peerId: string): void {
    this.#frozen.add(peerId)
  }

  thaw (peerId: string): void {
    this.#frozen.delete(peerId)
    this.#released()
  }

  /** What SIGKILL does to the network: streams break at the other ends, dials are refused. The Network object is of no use any more. */
  crash (peerId: string): void {
    this.#nodes.delete(peerId)
    this.#forgetAnnouncements(peerId)
    this.reset(peerId)
  }

  /** Time on the way in each direction, of one link or (without peers) of all others; by chance between the two bounds. */
  delay (bounds: { minMs: number, maxMs: number }, a?: string, b?: string): void {
    this.#delays.set(a === undefined || b === undefined ? '' : linkKey(a, b), bounds)
  }

  /** A discovery without a DHT: the entries given, then whoever announced itself for the same pool. */
  discovery (network: Network, poolId: string, entries: readonly PeerAddress[] = []): PoolDiscovery {
    const others = (): PeerAddress[] => [...this.#announced.get(poolId) ?? []]
      .filter((peerId) => peerId !== network.peerId && !entries.some((entry) => entry.peerId === peerId))
      .flatMap((peerId) => {
        const node = this.#nodes.get(peerId)
        return node === undefined ? [] : [{ peerId, addresses: node.addresses() }]
      })
    return {
      find: async function * (signal) {
        for (const candidate of entries) if (!signal.aborted) yield candidate
        for (const candidate of others()) if (!signal.aborted) yield candidate
      },
      announce: () => {
        const peers = this.#announced.get(poolId) ?? new Set()
        this.#announced.set(poolId, peers.add(network.peerId))
      }
    }
  }

  /** Open streams, of one peer or of all. */
  streams (peerId?: string): number {
    this.#sweep()
    return [...this.#connections].filter(({ peers }) => peerId === undefined || peers.includes(peerId)).length
  }

  join (node: MemoryTransport): void {
    this.#nodes.set(node.peerId, node)
  }

  leave (node: MemoryTransport): void {
    if (this.#nodes.get(node.peerId) !== node) return
    this.#nodes.delete(node.peerId)
    this.#forgetAnnouncements(node.peerId)
    this.reset(node.peerId)
  }

  async open (from: MemoryTransport, peer: PeerAddress, protocol: string, signal: AbortSignal): Promise<PeerStream> {
    const dial = async (): Promise<PeerStream> => {
      await this.#travel(from.peerId, peer.peerId, signal)
      await this.#travel(from.peerId, peer.peerId, signal)
      const to = this.#nodes.get(peer.peerId)
      if (to === undefined || !this.#reaches(from, to, peer)) throw new P2pChatError('ERR_UNREACHABLE', `The peer ${peer.peerId} could not be reached.`)
      return this.#connect(from, to, protocol)
    }
    return await raceSignal(dial(), signal)
  }

  #connect (from: MemoryTransport, to: MemoryTransport, protocol: string): PeerStream {
    const accept = to.services.get(protocol)
    if (accept === undefined) throw new P2pChatError('ERR_UNSUPPORTED', `The peer ${to.peerId} does not speak ${protocol}.`)
    const pair = streamPair({
      clock: this.clock,
      held: () => this.#state(from.peerId, to.peerId) === 'held',
      delayMs: () => this.#delayMs(from.peerId, to.peerId)
    })
    const connection: Connection = { pair, peers: [from.peerId, to.peerId] }
    this.#connections.add(connection)
    const [left, right] = pair.ends
    accept({ stream: right, remotePeer: from.peerId, remoteAddress: from.address, via: 'direct' })
    this.#sweep()
    return { stream: left, remotePeer: to.peerId, remoteAddress: to.address, via: 'direct' }
  }

  #reaches (from: MemoryTransport, to: MemoryTransport, peer: PeerAddress): boolean {
    if (this.#state(from.peerId, to.peerId) !== 'up') return false
    const known = [...this.#connections].some(({ peers, pair }) => peers.includes(from.peerId) && peers.includes(to.peerId) && pair.ends[0].isOpen)
    return known || peer.addresses.some((address) => address === to.address || address === `${to.address}/p2p/${to.peerId}`)
  }

  #state (a: string, b: string): LinkState {
    if (this.#frozen.has(a) || this.#frozen.has(b)) return 'held'
    return this.#links.get(linkKey(a, b)) ?? 'up'
  }

  #delayMs (a: string, b: string): number {
    const bounds = this.#delays.get(linkKey(a, b)) ?? this.#delays.get('')
    return bounds === undefined ? 0 : this.#random.between(bounds.minMs, bounds.maxMs)
  }

  async #travel (a: string, b: string, signal: AbortSignal): Promise<void> {
    const delayMs = this.#delayMs(a, b)
    if (delayMs > 0) await sleep(this.clock, delayMs, signal)
    while (this.#state(a, b) === 'held' && !signal.aborted) await raceSignal(new Promise<void>((resolve) => { this.#onRelease.push(resolve) }), signal)
  }

  #released (): void {
    for (const release of this.#onRelease.splice(0)) release()
    for (const { pair } of this.#connections) pair.release()
  }

  #sweep (): void {
    for (const connection of this.#connections) {
      if (connection.pair.ends.every((end) => !end.isOpen)) this.#connections.delete(connection)
    }
  }

  #forgetAnnouncements (peerId: string): void {
    for (const peers of this.#announced.values()) peers.delete(peerId)
  }
}

class MemoryTransport implements Transport {
  readonly services = new Map<string, (opened: PeerStream) => void>()

  constructor (readonly hub: MemoryHub, readonly peerId: string, readonly address: string) {}

  addresses (): string[] {
    return [`${this.address}/p2p/${this.peerId}`]
  }

  listen (protocol: string, accept: (opened: PeerStream) => void): void {
    this.services.set(protocol, accept)
  }

  async open (peer: PeerAddress, protocol: string, signal: AbortSignal): Promise<PeerStream> {
    return await this.hub.open(this, peer, protocol, signal)
  }

  async start (): Promise<void> {
    this.hub.join(this)
  }

  async stop (): Promise<void> {
    this.hub.leave(this)
  }
}

function linkKey (a: string, b: string): string {
  return [a, b].sort().join(' ')
}
