/** The libp2p node that clients and servers share, and the Network on top of it. */
import { ed25519KeyPair } from '../../crypto/ed25519.js'
import { later } from '../../later.js'
import { CAPABILITIES } from '../../protocol/ids.js'
import type { Clock, Logger } from '../../runtime.js'
import { ChannelNetwork } from '../channel/channel-network.js'
import type { ProviderRouting } from '../discovery/routing.js'
import type { Network } from '../network.js'
import { peerIdFromEd25519 } from '../peer-id.js'
import { RelayClient } from '../relay/relay-client.js'
import type { Prober, RelayPolicy, Relays } from '../relay/types.js'
import { Gate } from './gate.js'
import { closeIdleConnections } from './idle.js'
import { checkAddresses } from './listen-error.js'
import type { HostInit } from './options.js'
import { DhtRouting } from './routing.js'
import { Libp2pTransport } from './transport.js'

/** libp2p takes half a second, and much of this folder's users only parse addresses. */
const hosts = later(async () => await Promise.all([import('./options.js'), import('./dial.js')]))
const relays = later(async () => await import('../relay/index.js'))

export interface NetworkInit extends HostInit {
  clock: Clock
  logger: Logger
  /** Said to every peer in the first frame. Default: CAPABILITIES. */
  capabilities?: readonly string[]
  /** Of a server: for whom it relays. Default: nobody. */
  relay?: RelayPolicy
}

export interface P2pNetwork extends Network, Prober {
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
  const gate = new Gate()
  const client = init.role === 'client' ? new RelayClient({ clock, logger, gate }) : undefined
  const transport = new Libp2pTransport({
    peerId: peerIdFromEd25519(ed25519KeyPair(init.seed).publicKey),
    createHost: async () => {
      checkAddresses([...init.listen, ...init.announce])
      const [{ createHost }, { Dialer }] = await hosts()
      const host = await createHost(init, client === undefined ? undefined : gate)
      return { host, dialer: new Dialer(host, clock) }
    },
    listen: init.listen,
    clock,
    allows: (peerId) => gate.allows(peerId),
    onHost: async (host, stopped) => {
      await routing.attach(host)
      const { RelayServer, reserveSlot } = await relays()
      client?.attach({ host, reserve: async (peerId, signal) => await reserveSlot(host, peerId, clock, signal) })
      const relay = init.relay === undefined ? undefined : new RelayServer({ clock, logger, policy: init.relay, stopped })
      await relay?.attach(host)
      if (init.role === 'server') closeIdleConnections(host, { clock, isNeeded: (peerId) => relay?.hasSlot(peerId) === true, stopped })
    },
    onStop: () => {
      client?.stop()
      routing.end()
    }
  })
  return new Libp2pNetwork({ transport, clock, logger, capabilities }, { routing, relays: client, prober: transport })
}

interface Parts { routing: ProviderRouting, relays: Relays | undefined, prober: Prober }

class Libp2pNetwork extends ChannelNetwork implements P2pNetwork {
  readonly routing: ProviderRouting
  readonly relays: Relays | undefined
  readonly probe: Prober['probe']

  constructor (init: ConstructorParameters<typeof ChannelNetwork>[0], { routing, relays, prober }: Parts) {
    super(init)
    this.routing = routing
    this.relays = relays
    this.probe = async (peer, signal) => await prober.probe(peer, signal)
  }
}
