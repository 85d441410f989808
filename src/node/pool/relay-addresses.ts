/** Which addresses of others a device may use, and which of its own are worth telling. Pure. */
import { isRelayAddress, reachOf, relayOf, type PeerAddress } from '../../overlay/index.js'

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
  const reach = reachOf(address)
  return reach === 'public' || reach === 'loopback'
}
