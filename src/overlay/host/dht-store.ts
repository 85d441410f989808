import { MemoryDatastore } from 'datastore-core/memory'
import { maxOtherProviders, maxPoolProviders } from './limits.js'

type Key = Parameters<MemoryDatastore['put']>[0]
type Options = Parameters<MemoryDatastore['put']>[2]

/** The keys of @libp2p/kad-dht: /dht/provider/(what)/(PeerId). */
const PROVIDERS = '/dht/provider/'
const VALUES = '/dht/record/'

/**
 * What libp2p keeps of a server, in memory. What is in the DHT is put there by strangers: values are refused, and of providers
 * only so many are kept, those of the server's own pool apart from all others, and the oldest go.
 */
export class DhtStore extends MemoryDatastore {
  readonly #peerId: string
  /** What this server itself provides, its pool; all before the PeerId in the keys of it. */
  #pool: string | undefined
  readonly #ofPool = new Map<string, Key>()
  readonly #others = new Map<string, Key>()

  constructor (peerId: string) {
    super()
    this.#peerId = peerId
  }

  override put (key: Key, value: Uint8Array, options?: Options): ReturnType<MemoryDatastore['put']> {
    const text = key.toString()
    if (text.startsWith(VALUES)) throw new Error('Values are not kept in this DHT.')
    if (text.startsWith(PROVIDERS)) this.#makeRoom(text, key)
    return super.put(key, value, options)
  }

  override delete (key: Key, options?: Options): ReturnType<MemoryDatastore['delete']> {
    this.#forget(key.toString())
    return super.delete(key, options)
  }

  #makeRoom (text: string, key: Key): void {
    const at = text.lastIndexOf('/')
    const provided = text.slice(0, at)
    // Nobody else is believed to be this server.
    if (text.slice(at + 1) === this.#peerId) this.#pool = provided
    const isOfPool = provided === this.#pool
    const kept = isOfPool ? this.#ofPool : this.#others
    this.#forget(text)
    kept.set(text, key)
    const [oldest] = kept.values()
    if (oldest !== undefined && kept.size > (isOfPool ? maxPoolProviders : maxOtherProviders)) void this.delete(oldest)
  }

  #forget (text: string): void {
    this.#ofPool.delete(text)
    this.#others.delete(text)
  }
}
