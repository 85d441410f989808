import { createNetwork, createPoolDiscovery, type Network, type PoolDiscovery, type Prober, type RelayPolicy } from '../overlay/index.js'
import type { Clock, Logger } from '../runtime.js'

export interface ServerNetworkInit {
  /** Ed25519 seed; the PeerId follows from it */
  seed: Uint8Array
  /** multiaddrs */
  listen: readonly string[]
  /** multiaddrs to tell others instead of those */
  announce: readonly string[]
  clock: Clock
  logger: Logger
  /** For whom it relays. */
  relay: RelayPolicy
  /** Whether a PeerId is a server of the pool. */
  isServer: (peerId: string) => boolean
}

export interface ServerNetwork {
  network: Network
  /** Tries whether a device can be dialled. In memory everybody can. */
  prober?: Prober
  /** Called once, when the pool id is known and the network was started. */
  discovery: (poolId: string) => PoolDiscovery
}

/** Makes the network that a server is on: libp2p, or in tests one in memory. */
export type ServerNetworkFactory = (init: ServerNetworkInit) => ServerNetwork

export const libp2pServerNetwork: ServerNetworkFactory = (init) => {
  const network = createNetwork({ role: 'server', ...init })
  const { clock, logger } = init
  return {
    network,
    prober: network,
    discovery: (poolId) => createPoolDiscovery({ routing: network.routing, poolId, remembered: [], bootstrap: [], clock, logger })
  }
}
