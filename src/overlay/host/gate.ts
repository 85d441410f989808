import type { ConnectionGater } from '@libp2p/interface'

/** Which connections a client takes and makes. It changes while the node runs. */
export class Gate {
  /** Who may learn where this node is, by PeerId; undefined: everybody. */
  #mayKnow: ((peerId: string) => boolean) | undefined
  /** Whether there is a slot at this relay, by PeerId. */
  hasSlot: (relay: string) => boolean = () => false

  restrict (mayKnow: ((peerId: string) => boolean) | undefined): void {
    this.#mayKnow = mayKnow
  }

  /** Whether a direct connection to this peer may be. */
  allows (peerId: string): boolean {
    return this.#mayKnow === undefined || this.#mayKnow(peerId)
  }

  readonly gater: ConnectionGater = {
    // Of an address through a relay the first PeerId is the relay's. Without one it is dialled by the transport, which has asked.
    denyDialMultiaddr: (address) => {
      const [, peerId] = /\/p2p\/([^/]+)/.exec(address.toString()) ?? []
      return peerId !== undefined && !this.allows(peerId)
    },
    denyInboundConnection: ({ remoteAddr }) => this.#mayKnow !== undefined && !remoteAddr.toString().includes('/p2p-circuit'),
    // Anybody could claim to be our relay.
    denyInboundRelayedConnection: (relay) => !this.hasSlot(relay.toString())
  }
}
