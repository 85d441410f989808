import { CODE_P2P, multiaddr, type Multiaddr } from '@multiformats/multiaddr'

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

  /** With the PeerId, each once; wildcards are expanded to the addresses that this machine has now. */
  list (): Multiaddr[] {
    const { peerId, transportManager } = this.#components
    const addresses = this.#announce.length > 0 ? this.#announce.map((address) => multiaddr(address)) : transportManager.getAddrs()
    const named = addresses.map((address) => address.getComponents().at(-1)?.code === CODE_P2P ? address : address.encapsulate(`/p2p/${peerId.toString()}`))
    return [...new Map(named.map((address) => [address.toString(), address])).values()]
  }
}

/** As a service of libp2p. */
export function ownAddresses (announce: readonly string[]): (components: Components) => OwnAddresses {
  return (components) => new OwnAddresses(components, announce)
}
