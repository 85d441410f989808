/** Which addresses of others a device may use, and which of its own are worth telling. Pure. */
import { isRelayAddress, relayOf, type PeerAddress } from '../../overlay/index.js'

/**
 * What is left of a contact's addresses for a device that shows its own to servers of its pool alone: those through such a
 * server, at the addresses that the roster has for it. Whatever else a contact wrote could lead to a host of his.
 */
export function throughServers (addresses: readonly string[], servers: readonly PeerAddress[]): string[] {
  const relayed = addresses.filter(isRelayAddress).flatMap((address) => {
    const relay = relayOf(address)
    const [, contact] = /\/p2p-circuit\/p2p\/([^/]+)$/.exec(address) ?? []
    const server = servers.find(({ peerId }) => peerId === relay)
    if (server === undefined || contact === undefined) return []
    return server.addresses.map((own) => `${own.replace(/\/p2p\/[^/]+$/, '')}/p2p/${server.peerId}/p2p-circuit/p2p/${contact}`)
  })
  return [...new Set(relayed)]
}

/**
 * Whether others can be expected to reach a host under an address that one server has reached: anywhere, if it is a public
 * one; on the one machine that all is on, if it is loopback. In a private network a server may be where others are not.
 */
export function reachesAll (address: string): boolean {
  const [, protocol, host = ''] = address.split('/')
  if (protocol === 'ip4') return host.startsWith('127.') || !isPrivateIp4(host)
  if (protocol === 'ip6') return host === '::1' || !/^(::|f[cdef])/i.test(host)
  return false
}

/** RFC 1918, RFC 6598 (behind a carrier's NAT), RFC 3927 (link-local). */
function isPrivateIp4 (host: string): boolean {
  const [a = 0, b = 0] = host.split('.').map(Number)
  return a === 10 || a === 0 || (a === 172 && b >= 16 && b < 32) || (a === 192 && b === 168) || (a === 100 && b >= 64 && b < 128) || (a === 169 && b === 254)
}
