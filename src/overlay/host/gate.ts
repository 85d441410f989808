import type { ConnectionGater } from '@libp2p/interface'

/** Which connections a client takes and makes. It changes while the node runs. */
export class Gate {
  /** PeerIds of the servers that may see this node's address; undefined: everybody may. */
  #servers: ReadonlySet<string> | undefined
  /** Whether there is a slot at this relay, by PeerId. */
  hasSlot: (relay: string) => boolean = () => false

  restrict (servers: ReadonlySet<string> | undefined): void {
    this.#servers = servers
  }

  /** Whether a direct connection to this peer may be. */
  allows (peerId: string): boolean {
    return this.#servers === undefined || this.#servers.has(peerId)
  }

  readonly gater: ConnectionGater = {
    // Of an address through a relay the first PeerId is the relay's. Without one it is dialled by the program itself, which knows why.
    denyDialMultiaddr: (address) => {
      const [, peerId] = /\/p2p\/([^/]+)/.exec(address.toString()) ?? []
      return peerId !== undefined && !this.allows(peerId)
    },
    denyInboundConnection: ({ remoteAddr }) => this.#servers !== undefined && !remoteAddr.toString().includes('/p2p-circuit'),
    // Anybody could claim to be our relay.
    denyInboundRelayedConnection: (relay) => !this.hasSlot(relay.toString())
  }
}
