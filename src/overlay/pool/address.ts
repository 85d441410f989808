/**
 * A pool address, what an operator hands out and `--pool` takes: `p2pchat:POOLID@MULTIADDR[,MULTIADDR…]`, with no
 * character that a shell would touch. The pool id is what a server must prove; the addresses are where to begin.
 */
import { multiaddr } from '@multiformats/multiaddr'
import { base32 } from 'multiformats/bases/base32'
import { P2pChatError } from '../../errors.js'
import { maxAddresses } from '../../protocol/limits.js'
import { isEd25519PeerId } from '../peer-id.js'
import type { PeerAddress } from '../network.js'
import { maxAddressChars } from './limits.js'

const SCHEME = 'p2pchat:'
const POOL_ID_BYTES = 32
const POOL_ID = /^[a-z2-7]{52}$/
/** Everything a multiaddr with a PeerId needs; no comma, quote, blank or other character that a shell treats. */
const ADDRESS = /^[A-Za-z0-9/._:-]+$/
const LAST_PEER_ID = /\/p2p\/([^/]+)$/
const HOW_TO = 'Give the whole string that the server printed as "pool": p2pchat:POOLID@/ip4/…/tcp/…/p2p/…'

export interface PoolAddress {
  /** SHA-256 of the first roster, as `formatPoolId` writes it */
  poolId: string
  /** multiaddrs, each ending with /p2p and an Ed25519 PeerId */
  addresses: string[]
}

/** A pool id for people: RFC 4648 base32 in lower case without padding, 52 characters. */
export function formatPoolId (digest: Uint8Array): string {
  if (digest.byteLength !== POOL_ID_BYTES) throw new P2pChatError('ERR_INVALID_RECORD', `A pool id must be ${POOL_ID_BYTES} bytes, not ${digest.byteLength}.`)
  return base32.baseEncode(digest)
}

/** The 32 bytes of a pool id. Throws ERR_USAGE. */
export function parsePoolId (poolId: string): Uint8Array {
  try {
    if (POOL_ID.test(poolId)) return base32.baseDecode(poolId)
  } catch {}
  throw new P2pChatError('ERR_USAGE', `That is not a pool id (52 of the characters a-z 2-7). ${HOW_TO}`)
}

/** Throws ERR_USAGE when there are no or more than `maxAddresses` addresses, or one that is none. */
export function formatPoolAddress (address: PoolAddress): string {
  parsePoolId(address.poolId)
  const addresses = unique(address.addresses)
  checkCount(addresses.length)
  addresses.forEach(checkAddress)
  return `${SCHEME}${address.poolId}@${addresses.join(',')}`
}

/** Throws ERR_USAGE with a line that says what is wrong and what to give instead. */
export function parsePoolAddress (text: string): PoolAddress {
  const trimmed = text.trim()
  if (trimmed.length > SCHEME.length + 53 + maxAddresses * (maxAddressChars + 1)) {
    throw new P2pChatError('ERR_USAGE', `That pool address is too long (at most ${maxAddresses} addresses). ${HOW_TO}`)
  }
  if (!trimmed.startsWith(SCHEME)) throw new P2pChatError('ERR_USAGE', `A pool address starts with "${SCHEME}". ${HOW_TO}`)
  const at = trimmed.indexOf('@')
  if (at === -1) throw new P2pChatError('ERR_USAGE', `That pool address names no server (there is no "@"). ${HOW_TO}`)
  const poolId = trimmed.slice(SCHEME.length, at)
  parsePoolId(poolId)
  const addresses = unique(trimmed.slice(at + 1).split(','))
  checkCount(addresses.length)
  addresses.forEach(checkAddress)
  return { poolId, addresses }
}

/** Several addresses of the same pool as one (`--pool` may be repeated). Throws ERR_USAGE when they are of different pools. */
export function mergePoolAddresses (texts: readonly string[]): PoolAddress {
  const all = texts.map(parsePoolAddress)
  const poolId = all[0]?.poolId
  if (poolId === undefined) throw new P2pChatError('ERR_USAGE', `No pool address was given. ${HOW_TO}`)
  if (all.some((one) => one.poolId !== poolId)) {
    throw new P2pChatError('ERR_USAGE', 'These addresses belong to different pools. Give addresses of one pool only.')
  }
  return { poolId, addresses: unique(all.flatMap((one) => one.addresses)) }
}

/** The servers that a pool address names: addresses of one PeerId come together, in the order they were given. */
export function poolServers (address: PoolAddress): PeerAddress[] {
  const servers = new Map<string, PeerAddress>()
  for (const one of address.addresses) {
    const peerId = peerIdOf(one)
    if (peerId === undefined) continue
    const server = servers.get(peerId)
    if (server === undefined) servers.set(peerId, { peerId, addresses: [one] })
    else server.addresses.push(one)
  }
  return [...servers.values()]
}

/** Whether `text` may stand in a roster: also an address of a protocol that only later versions dial. */
export function isAddressText (text: string): boolean {
  return text.length > 0 && text.length <= maxAddressChars && text.startsWith('/') && ADDRESS.test(text)
}

/** Whether `text` is a multiaddr that this version can dial, with or without /p2p. */
export function isMultiaddrText (text: string): boolean {
  if (!isAddressText(text)) return false
  try {
    return multiaddr(text).getComponents().length > 0
  } catch {
    return false
  }
}

/** The PeerId that a multiaddr ends with. */
export function peerIdOf (address: string): string | undefined {
  return LAST_PEER_ID.exec(address)?.[1]
}

function checkAddress (address: string): void {
  const peerId = peerIdOf(address)
  if (!isMultiaddrText(address) || peerId === undefined || !isEd25519PeerId(peerId)) {
    const shown = address.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 80)
    throw new P2pChatError('ERR_USAGE', `"${shown}" is not an address with a PeerId (/ip4/…/tcp/…/p2p/12D3KooW…). ${HOW_TO}`)
  }
}

function checkCount (count: number): void {
  if (count < 1 || count > maxAddresses) {
    throw new P2pChatError('ERR_USAGE', `A pool address carries 1 to ${maxAddresses} addresses, not ${count}. ${HOW_TO}`)
  }
}

function unique (texts: readonly string[]): string[] {
  return [...new Set(texts)]
}
