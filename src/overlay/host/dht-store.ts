import { peerIdFromCID } from '@libp2p/peer-id'
import { MemoryDatastore } from 'datastore-core/memory'
import { CID } from 'multiformats/cid'
import { maxKeptPeerBytes, maxKeptPeers, maxOtherProviders, maxPoolProviders } from './limits.js'

type Key = Parameters<MemoryDatastore['put']>[0]
type Options = Parameters<MemoryDatastore['put']>[2]

/** The keys of @libp2p/kad-dht: /dht/provider/(what)/(PeerId). */
const PROVIDERS = '/dht/provider/'
const VALUES = '/dht/record/'
/** The keys of @libp2p/peer-store: /peers/(PeerId as a CID). */
const PEERS = '/peers/'

/**
 * What libp2p keeps, in memory. What is in the DHT is put there by strangers: values are refused, and of providers and of
 * peers only so many are kept, the providers of a server's own pool apart from all others, and the oldest go.
 */
export class DhtStore extends MemoryDatastore {
  readonly #peerId: string
  readonly #isServer: (peerId: string) => boolean
  /** What this server itself provides, its pool; all before the PeerId in the keys of it. */
  #pool: string | undefined
  readonly #ofPool = new Map<string, Key>()
  readonly #others = new Map<string, Key>()
  readonly #peers = new Map<string, Key>()
  /** How many of the providers' keys name a peer, by PeerId: it stays, as an answer that names providers needs all of them. */
  readonly #providing = new Map<string, number>()

  /** @param isServer whether a PeerId is a server of the own pool: nobody else is kept as one who provides it. Default: everybody */
  constructor (peerId: string, isServer: (peerId: string) => boolean = () => true) {
    super()
    this.#peerId = peerId
    this.#isServer = isServer
  }

  override put (key: Key, value: Uint8Array, options?: Options): ReturnType<MemoryDatastore['put']> {
    const text = key.toString()
    if (text.startsWith(VALUES)) throw new Error('Values are not kept in this DHT.')
    if (text.startsWith(PROVIDERS) && !this.#takesProvider(text, key)) return key
    if (text.startsWith(PEERS)) this.#putPeer(text, key, value)
    return super.put(key, value, options)
  }

  override delete (key: Key, options?: Options): ReturnType<MemoryDatastore['delete']> {
    this.#forget(key.toString())
    return super.delete(key, options)
  }

  #takesProvider (text: string, key: Key): boolean {
    const [provided, peerId] = split(text)
    // Nobody else is believed to be this server.
    if (peerId === this.#peerId) this.#serve(provided)
    else if (provided === this.#pool && !this.#isServer(peerId)) return false
    const isOfPool = provided === this.#pool
    const kept = isOfPool ? this.#ofPool : this.#others
    this.#forget(text)
    kept.set(text, key)
    this.#count(peerId, 1)
    const [oldest] = kept.values()
    if (oldest !== undefined && kept.size > (isOfPool ? maxPoolProviders : maxOtherProviders)) void this.delete(oldest)
    return true
  }

  /** From now on it is known who may say so of this pool: others may have before. */
  #serve (pool: string): void {
    if (this.#pool === pool) return
    this.#pool = pool
    for (const [text, key] of this.#others) {
      const [provided, peerId] = split(text)
      if (provided === pool && !this.#isServer(peerId)) void this.delete(key)
    }
  }

  #putPeer (text: string, key: Key, value: Uint8Array): void {
    if (value.byteLength > maxKeptPeerBytes) throw new Error('A peer tells too much of itself to be kept.')
    this.#peers.delete(text)
    this.#peers.set(text, key)
    if (this.#peers.size <= maxKeptPeers) return
    for (const [oldest, oldestKey] of this.#peers) {
      const peerId = peerIdOf(oldest)
      if (peerId !== this.#peerId && !this.#providing.has(peerId)) { void this.delete(oldestKey); return }
      this.#peers.delete(oldest)
      this.#peers.set(oldest, oldestKey)
    }
  }

  #forget (text: string): void {
    if (this.#ofPool.delete(text) || this.#others.delete(text)) this.#count(split(text)[1], -1)
    this.#peers.delete(text)
  }

  #count (peerId: string, change: number): void {
    const providing = (this.#providing.get(peerId) ?? 0) + change
    if (providing === 0) this.#providing.delete(peerId)
    else this.#providing.set(peerId, providing)
  }
}

/** What is provided, and by whom. */
function split (text: string): [string, string] {
  const at = text.lastIndexOf('/')
  return [text.slice(0, at), text.slice(at + 1)]
}

function peerIdOf (text: string): string {
  return peerIdFromCID(CID.parse(text.slice(PEERS.length))).toString()
}
