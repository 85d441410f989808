/** From where a host can be reached under an address of it: from anywhere, from its own network, or from the machine itself. */
export type AddressReach = 'public' | 'private' | 'loopback'

/** By its ranges, of a multiaddr that begins with an IP address; undefined of any other. */
export function reachOf (multiaddr: string): AddressReach | undefined {
  const [, protocol, host = ''] = multiaddr.split('/')
  if (protocol === 'ip4') return host.startsWith('127.') ? 'loopback' : isPrivateIp4(host) ? 'private' : 'public'
  if (protocol === 'ip6') return host === '::1' ? 'loopback' : /^(::|f[cdef])/i.test(host) ? 'private' : 'public'
  return undefined
}

/** RFC 1918, RFC 6598 (behind a carrier's NAT), RFC 3927 (link-local). */
function isPrivateIp4 (host: string): boolean {
  const [a = 0, b = 0] = host.split('.').map(Number)
  return a === 10 || a === 0 || (a === 172 && b >= 16 && b < 32) || (a === 192 && b === 168) || (a === 100 && b >= 64 && b < 128) || (a === 169 && b === 254)
}
