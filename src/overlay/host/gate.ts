import type { ConnectionGater } from '@libp2p/interface'

/** Which connections a client takes and makes. It changes while the node runs. */
export class Gate {
  /** Whether this is a server of the client's pool, by PeerId. */
  isServer: (peerId: string) => boolean = () => false
  /** Whether only those may learn where this node is. */
  isRestricted = false
  /** Whether there is a slot at this relay, by PeerId. */
  hasSlot: (relay: string) => boolean = () => false

  /** Whether a direct connection to this peer may be. */
  allows (peerId: string): boolean {
    return !this.isRestricted || this.isServer(peerId)
  }

  readonly gater: ConnectionGater = {
    // libp2p dials by PeerId whomever the DHT names, strangers: they would learn where this node is, and when it is there. What
    // the transport dials is without one, and was allowed. Of an address through a relay the first PeerId is the relay's.
    denyDialMultiaddr: (address) => {
      const [, peerId] = /\/p2p\/([^/]+)/.exec(address.toString()) ?? []
      return peerId !== undefined && !this.isServer(peerId)
    },
    denyInboundConnection: ({ remoteAddr }) => this.isRestricted && !remoteAddr.toString().includes('/p2p-circuit'),
    // Anybody could claim to be our relay.
    denyInboundRelayedConnection: (relay) => !this.hasSlot(relay.toString())
  }
}
