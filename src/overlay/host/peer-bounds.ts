import type { Address, Peer, PeerData, PeerId, PeerInfo, PeerStore } from '@libp2p/interface'
import { maxAddresses } from '../../protocol/limits.js'
import { maxAddressChars } from '../pool/limits.js'
import { maxKeptAddresses, maxToldPeerBytes } from './limits.js'

/**
 * Bounds what libp2p keeps of a peer's addresses: so many of what is told at a time, and in all; what is known already stays.
 * By itself it keeps whatever strangers tell, and compares each new one with each that it has.
 */
export function boundAddresses (store: PeerStore): void {
  const [merge, patch, save] = [store.merge.bind(store), store.patch.bind(store), store.save.bind(store)]
  /** Under way, by PeerId: each sees what the one before has left. */
  const merging = new Map<string, Promise<Peer>>()
  store.merge = async (id, data, options) => {
    if (!isToldAddresses(data)) return await merge(id, data, options)
    const name = id.toString()
    const merged = afterwards(merging.get(name), async () => {
      const known = new Set(await knownAddresses(store, id))
      const fresh = told(data).filter(({ multiaddr }) => !known.has(multiaddr.toString()))
      return await merge(id, { ...data, multiaddrs: [], addresses: fresh.slice(0, Math.max(0, maxKeptAddresses - known.size)) }, options)
    })
    merging.set(name, merged)
    try {
      return await merged
    } finally {
      if (merging.get(name) === merged) merging.delete(name)
    }
  }
  store.patch = async (id, data, options) => await patch(id, fewer(data), options)
  store.save = async (id, data, options) => await save(id, fewer(data), options)
}

async function afterwards<T> (before: Promise<unknown> | undefined, work: () => Promise<T>): Promise<T> {
  await before?.catch(() => {
    // Told to whom it belongs.
  })
  return await work()
}

async function knownAddresses (store: PeerStore, id: PeerId): Promise<string[]> {
  const known = await store.get(id).catch(() => {
    // A peer never heard of.
  })
  return known?.addresses.map(({ multiaddr }) => multiaddr.toString()) ?? []
}

function isToldAddresses ({ multiaddrs, addresses }: PeerData): boolean {
  return multiaddrs !== undefined || addresses !== undefined
}

function told ({ multiaddrs = [], addresses = [] }: PeerData): Address[] {
  return [...multiaddrs.map((multiaddr) => ({ multiaddr, isCertified: false })), ...addresses]
    .filter(({ multiaddr }) => multiaddr.toString().length <= maxAddressChars)
    .slice(0, maxAddresses)
}

function fewer (data: PeerData): PeerData {
  return isToldAddresses(data) ? { ...data, multiaddrs: [], addresses: told(data) } : data
}

/** What an answer of the DHT tells of a peer: its first addresses, without those that are too long for it. */
export function fewAddresses (peer: PeerInfo): PeerInfo {
  let bytes = 0
  const multiaddrs = peer.multiaddrs.filter((address) => {
    const length = address.bytes.byteLength
    if (bytes + length > maxToldPeerBytes) return false
    bytes += length
    return true
  })
  return { ...peer, multiaddrs: multiaddrs.slice(0, maxAddresses) }
}
