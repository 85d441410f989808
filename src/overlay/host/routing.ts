import type { SingleKadDHT } from '@libp2p/kad-dht'
import { CID } from 'multiformats/cid'
import { create as createDigest } from 'multiformats/hashes/digest'
import { DHT_PROTOCOL } from '../../protocol/ids.js'
import { maxAddresses } from '../../protocol/limits.js'
import { abortError, raceSignal } from '../../runtime.js'
import type { ProviderRouting } from '../discovery/routing.js'
import type { PeerAddress } from '../network.js'
import type { Host } from './options.js'

// CID version 1, codec "raw", multihash "sha2-256".
const RAW = 0x55
const SHA2_256 = 0x12

/** Who provides what, asked of and told to the DHT. */
export class DhtRouting implements ProviderRouting {
  readonly #stopped = new AbortController()
  readonly #listeners = new Set<() => void>()
  #host: Host | undefined

  get stopped (): AbortSignal {
    return this.#stopped.signal
  }

  get knownServers (): number {
    // The class behind the interface has it; the interface for several DHTs at a time does not.
    const dht = this.#host?.services.dht as Partial<SingleKadDHT> | undefined
    return dht?.routingTable?.size ?? 0
  }

  onServer (listener: () => void): void {
    this.#listeners.add(listener)
  }

  async attach (host: Host): Promise<void> {
    this.#host = host
    await host.register(DHT_PROTOCOL, {
      onConnect: () => { for (const listener of this.#listeners) listener() }
    })
  }

  end (): void {
    this.#stopped.abort()
    this.#listeners.clear()
  }

  async provide (key: Uint8Array, signal: AbortSignal): Promise<number> {
    if (this.#host === undefined) return 0
    let told = 0
    const events = this.#host.services.dht.provide(cid(key), { signal })
    for await (const event of untilAborted(events, signal)) {
      if (event.name === 'PEER_RESPONSE' && event.messageName === 'ADD_PROVIDER') told++
    }
    return told
  }

  async * findProviders (key: Uint8Array, signal: AbortSignal): AsyncGenerator<PeerAddress> {
    if (this.#host === undefined) return
    const events = this.#host.services.dht.findProviders(cid(key), { signal })
    for await (const event of untilAborted(events, signal)) {
      if (event.name !== 'PROVIDER') continue
      for (const { id, multiaddrs } of event.providers) {
        // One provider may name thousands; they would be dialled one after the other.
        yield { peerId: id.toString(), addresses: multiaddrs.slice(0, maxAddresses).map((address) => address.toString()) }
      }
    }
  }
}

function cid (key: Uint8Array): CID {
  return CID.createV1(RAW, createDigest(SHA2_256, key))
}

/** Queries do not all heed their signal while they wait for a first peer; leaving them behind is then all that can be done. */
async function * untilAborted<T> (source: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T> {
  const iterator = source[Symbol.asyncIterator]()
  try {
    for (;;) {
      if (signal.aborted) throw abortError(signal)
      const next = await raceSignal(iterator.next(), signal)
      if (next.done === true) return
      yield next.value
    }
  } finally {
    iterator.return?.().catch(() => {
      // It was told to end; how it does is no matter any more.
    })
  }
}
