import { CODE_P2P, multiaddr, type Multiaddr } from '@multiformats/multiaddr'
import { reachOf, type AddressReach } from '../address-reach.js'

/** What libp2p gives a service that this one needs. */
interface Components {
  peerId: { toString: () => string }
  transportManager: { getAddrs: () => Multiaddr[] }
}

/**
 * Where this node listens, or what it was told to say instead. libp2p itself says no public address that nothing has dialled
 * back, and nothing here does: a server without --announce would be found by nobody.
 */
export class OwnAddresses {
  readonly #announce: readonly string[]
  readonly #components: Components

  /** @param announce multiaddrs to say instead; none: where it listens */
  constructor (components: Components, announce: readonly string[]) {
    this.#components = components
    this.#announce = announce
  }

  /**
   * With the PeerId, each once; wildcards are expanded to the addresses that this machine has now, those of use to the most
   * others first: who tells only some of them cuts off the end.
   */
  list (): Multiaddr[] {
    const { peerId, transportManager } = this.#components
    const addresses = this.#announce.length > 0 ? this.#announce.map((address) => multiaddr(address)) : byReach(transportManager.getAddrs())
    const named = addresses.map((address) => address.getComponents().at(-1)?.code === CODE_P2P ? address : address.encapsulate(`/p2p/${peerId.toString()}`))
    return [...new Map(named.map((address) => [address.toString(), address])).values()]
  }
}

const MOST_REACHED_FIRST: readonly AddressReach[] = ['public', 'private', 'loopback']

/** Of link-local IPv6: of use only on the same cable, and there only with the name that the dialler has for it. */
const LINK_LOCAL = /^\/(ip6zone\/|ip6\/fe[89ab])/i

/** Each kind in its order; link-local ones only where there are no others. */
function byReach (all: Multiaddr[]): Multiaddr[] {
  const others = all.filter((address) => !LINK_LOCAL.test(address.toString()))
  const addresses = others.length > 0 ? others : all
  return MOST_REACHED_FIRST.flatMap((reach) => addresses.filter((address) => (reachOf(address.toString()) ?? 'public') === reach))
}

/** As a service of libp2p. */
export function ownAddresses (announce: readonly string[]): (components: Components) => OwnAddresses {
  return (components) => new OwnAddresses(components, announce)
}
