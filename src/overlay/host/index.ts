/** The libp2p node that clients and servers share, and the Network on top of it. */
import { ed25519KeyPair } from '../../crypto/ed25519.js'
import { CAPABILITIES } from '../../protocol/ids.js'
import type { Clock, Logger } from '../../runtime.js'
import { ChannelNetwork } from '../channel/channel-network.js'
import type { ProviderRouting } from '../discovery/routing.js'
import type { Network } from '../network.js'
import { peerIdFromEd25519 } from '../peer-id.js'
import { checkAddresses } from './listen-error.js'
import type { HostInit } from './options.js'
import { DhtRouting } from './routing.js'
import { Libp2pTransport } from './transport.js'

export interface NetworkInit extends HostInit {
  clock: Clock
  logger: Logger
  /** Said to every peer in the first frame. Default: CAPABILITIES. */
  capabilities?: readonly string[]
}

export interface P2pNetwork extends Network {
  /** For createPoolDiscovery. */
  readonly routing: ProviderRouting
}

/**
 * Makes the network of a client or a server. Nothing listens or dials before start, which rejects with ERR_USAGE when
 * it cannot listen where it should.
 */
export function createNetwork (init: NetworkInit): P2pNetwork {
  const { clock, logger, capabilities = CAPABILITIES } = init
  const routing = new DhtRouting()
  const transport = new Libp2pTransport({
    peerId: peerIdFromEd25519(ed25519KeyPair(init.seed).publicKey),
    // Loaded when it is needed: libp2p takes half a second, and much of this folder's users only parse addresses.
    createHost: async () => {
      checkAddresses([...init.listen, ...init.announce])
      const [{ createHost }, { Dialer }] = await Promise.all([import('./options.js'), import('./dial.js')])
      const host = await createHost(init)
      return { host, dialer: new Dialer(host, clock) }
    },
    listen: init.listen,
    clock,
    onHost: async (host) => { await routing.attach(host) },
    onStop: () => { routing.end() }
  })
  return new Libp2pNetwork({ transport, clock, logger, capabilities }, routing)
}

class Libp2pNetwork extends ChannelNetwork implements P2pNetwork {
  constructor (init: ConstructorParameters<typeof ChannelNetwork>[0], readonly routing: ProviderRouting) {
    super(init)
  }
}
