/**
 * What counts as one address for limits: an IPv4 address, the first 64 bits of an IPv6 address (what one customer
 * gets), and for anything else all that stands before the PeerId.
 */
export function addressGroup (multiaddr: string): string {
  const [, protocol, host = ''] = multiaddr.split('/')
  if (multiaddr.includes('/p2p-circuit')) return 'relayed'
  if (protocol === 'ip4') return host
  if (protocol === 'ip6') return ipv6Prefix(host)
  return multiaddr.split('/p2p/')[0] ?? ''
}

function ipv6Prefix (address: string): string {
  const [head = '', tail] = (address.split('%')[0] ?? '').toLowerCase().split('::')
  const left = groups(head)
  const right = tail === undefined ? [] : groups(tail)
  const zeros = tail === undefined ? [] : Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => '0')
  const all = [...left, ...zeros, ...right]
  // ::ffff:1.2.3.4 is an IPv4 address.
  const last = all.at(-1) ?? ''
  if (last.includes('.')) return last
  return all.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16)).join(':')
}

function groups (text: string): string[] {
  return text === '' ? [] : text.split(':')
}
