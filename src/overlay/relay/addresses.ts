/** Multiaddrs through relays, as texts. */
import { maxRelayAddresses } from './limits.js'

const CIRCUIT = '/p2p-circuit'

export function isRelayAddress (address: string): boolean {
  return address.includes(CIRCUIT)
}

/** The PeerId of the relay in an address through one; undefined when it names none. */
export function relayOf (address: string): string | undefined {
  return /\/p2p\/([^/]+)\/p2p-circuit(\/|$)/.exec(address)?.[1]
}

/**
 * The addresses of `peerId` through a relay: first where the relay was reached, which is known to work, then what it says of
 * itself. Its loopback addresses are of use only to who reached it under one.
 */
export function relayAddresses (relay: { peerId: string, seenUnder: string, addresses: readonly string[] }, peerId: string): string[] {
  const here = isLoopback(relay.seenUnder)
  const bare = [relay.seenUnder, ...relay.addresses].map(withoutPeerId).filter((address) => isLoopback(address) === here)
  return [...new Set(bare)].slice(0, maxRelayAddresses).map((address) => `${address}/p2p/${relay.peerId}${CIRCUIT}/p2p/${peerId}`)
}

function withoutPeerId (address: string): string {
  return address.replace(/\/p2p\/[^/]+$/, '')
}

function isLoopback (address: string): boolean {
  return /^\/(ip4\/127\.|ip6\/::1\/)/.test(address)
}
