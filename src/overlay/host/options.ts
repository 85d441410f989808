import { corkedNoise } from './corked.js'
import { privateKeyFromRaw } from '@libp2p/crypto/keys'
import { circuitRelayTransport } from '@libp2p/circuit-relay-v2'
import { identify, type Identify } from '@libp2p/identify'
import type { PrivateKey, Transport } from '@libp2p/interface'
import { kadDHT, type KadDHT } from '@libp2p/kad-dht'
import { ping, type Ping } from '@libp2p/ping'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { createLibp2p, type Libp2p } from 'libp2p'
import { concat } from 'uint8arrays/concat'
import { ed25519KeyPair } from '../../crypto/ed25519.js'
import { DHT_PROTOCOL } from '../../protocol/ids.js'
import { maxAddresses } from '../../protocol/limits.js'
import { peerIdFromEd25519 } from '../peer-id.js'
import { isRelayAddress } from '../relay/addresses.js'
import { DhtStore } from './dht-store.js'
import { boundDhtStreams } from './dht-streams.js'
import type { Gate } from './gate.js'
import * as limits from './limits.js'
import { ownAddresses, type OwnAddresses } from './own-addresses.js'
import { boundAddresses, fewAddresses } from './peer-bounds.js'
import { ServerGate } from './server-gate.js'
import { silentLibp2pLogger } from './silent-logger.js'

export interface HostServices extends Record<string, unknown> {
  identify: Identify
  ping: Ping
  dht: KadDHT
  own: OwnAddresses
  boundDhtStreams: object
}

export type Host = Libp2p<HostServices>

export interface HostInit {
  /** A server answers DHT queries, a client only asks. */
  role: 'server' | 'client'
  /** Ed25519 seed, 32 bytes; the PeerId follows from it */
  seed: Uint8Array
  /** multiaddrs to listen on; none: only dials */
  listen: readonly string[]
  /** multiaddrs to tell others instead of the ones listened on */
  announce: readonly string[]
  /** Of a server: whether a PeerId is one of its pool, asked each time. Nobody else is told to who looks for the pool. Default: everybody */
  isServer?: (peerId: string) => boolean
}

/**
 * The libp2p node that client and server share; not started.
 *
 * @param gate of a client, which can be dialled through relays
 */
export async function createHost (init: HostInit, gate?: Gate): Promise<Host> {
  // Made of both halves: libp2p derives the public one in JavaScript, which takes a tenth of a second in a cold process.
  const { publicKey } = ed25519KeyPair(init.seed)
  const privateKey: PrivateKey = privateKeyFromRaw(concat([init.seed, publicKey]))
  const isServer = init.role === 'server'
  const host: Host = await createLibp2p({
    start: false,
    // Whoever looks for a fault in libp2p asks for its log in libp2p's way.
    ...(process.env['DEBUG'] === undefined ? { logger: silentLibp2pLogger } : {}),
    privateKey,
    datastore: new DhtStore(peerIdFromEd25519(publicKey), init.isServer),
    nodeInfo: { name: 'p2pchat' },
    // What libp2p tells by itself, in identify and in the DHT. A client's would be known to everybody who asks a server's DHT for it.
    addresses: { listen: [...init.listen], announce: [...init.announce], announceFilter: () => isServer ? host.services.own.list().slice(0, maxAddresses) : [] },
    transports: [tcp({ dialOpts: { noDelay: true }, listenOpts: { noDelay: true } }), ...(gate === undefined ? [] : [relayedTransport()])],
    connectionGater: {
      ...gate?.gater ?? (isServer ? new ServerGate().gater : {}),
      // Nobody whom libp2p or the DHT dials by itself is behind a relay, and whoever tells such an address chose where it leads;
      // as with /dnsaddr, which is looked up before the gate is asked.
      filterMultiaddrForPeer: (_, address) => !isRelayAddress(address.toString()) && !address.toString().includes('/dnsaddr/')
    },
    connectionEncrypters: [corkedNoise()],
    streamMuxers: [yamux({ streamOptions: { maxStreamWindowSize: limits.maxStreamWindowBytes } })],
    connectionManager: {
      maxConnections: isServer ? limits.maxServerConnections : limits.maxClientConnections,
      inboundConnectionThreshold: limits.maxInboundPerSecondPerHost,
      maxIncomingPendingConnections: limits.maxPendingInbound,
      dialTimeout: limits.dialTimeoutMs,
      addressDialTimeout: limits.addressDialTimeoutMs
    },
    // It aborts a connection on the first ping that fails; channels have a patient keepalive of their own.
    connectionMonitor: { enabled: false },
    services: {
      own: ownAddresses(init.announce),
      boundDhtStreams,
      // Not through a relay: it would tell the other side where this node is.
      identify: identify({ runOnLimitedConnection: false }),
      ping: ping(),
      dht: kadDHT({
        protocol: DHT_PROTOCOL,
        clientMode: !isServer,
        // The default forgets private addresses, where many pools live.
        peerInfoMapper: fewAddresses,
        // The default takes any value that comes with a key of its own.
        validators: { pk: refuseValue },
        initialQuerySelfInterval: 50,
        networkDialTimeout: { minTimeout: limits.dhtMessageTimeoutMs.min, maxTimeout: limits.dhtMessageTimeoutMs.max },
        // A dead server must not stay listed for days. Announcing again is the discovery's work, hence no threshold.
        reprovide: { validity: limits.providerValidityMs, interval: limits.providerCleanupMs, threshold: 0 }
      })
    }
  })
  boundAddresses(host.peerStore)
  return host
}

async function refuseValue (): Promise<void> {
  throw new Error('No values are put into this DHT.')
}

/** It reserves nothing by itself: not even at a peer that behaves like a relay of ours. */
function relayedTransport (): (components: Parameters<ReturnType<typeof circuitRelayTransport>>[0]) => Transport {
  const create = circuitRelayTransport()
  return (components) => {
    const transport = create(components) as Transport & { reservationStore: { hasReservation: () => boolean } }
    transport.reservationStore.hasReservation = () => true
    return transport
  }
}
