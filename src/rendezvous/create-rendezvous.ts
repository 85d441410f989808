/** Wires a rendezvous server; nothing else does. */
import { join } from 'node:path'
import { opaqueServer, type OpaqueServer } from '../crypto/opaque/server.js'
import { ed25519KeyPair } from '../crypto/ed25519.js'
import { P2pChatError } from '../errors.js'
import { checkAddresses, formatPoolAddress, peerIdFromEd25519, readRosterHistory } from '../overlay/index.js'
import { silentLogger, systemClock, systemEndOfTurn, systemRandom, type Clock, type EndOfTurn, type Logger, type Random } from '../runtime.js'
import { createMemoryBlobs, openFolderBlobs, openStore, type BlobDisk, type KeyValueStore } from '../store/index.js'
import { defaultLimits, type RendezvousLimits } from './limits.js'
import { noMetrics, type Metrics } from './metrics/index.js'
import { readKeptToken, startAs } from './join/index.js'
import type { PoolAdmin } from './admin/index.js'
import { loadIdentity, loadMembership, removeRecoveryKey, writeRecoveryKey, type Membership } from './pool/index.js'
import { RunningServer, type RendezvousStatus } from './running-server.js'
import { libp2pServerNetwork, type ServerNetworkFactory } from './server-network.js'

export type { RendezvousStatus } from './running-server.js'

export interface RendezvousInit {
  /** The folder of this server, made if need be. */
  dataDir?: string
  /** Starts on a damaged store with what can be read of it, when there is no other server in the pool. Default: false. */
  despiteDamage?: boolean
  /** @internal a store instead of the folder, which is closed with the server; for tests and simulations */
  store?: KeyValueStore
  /** @internal where files are kept. Default: a folder in dataDir; with `store`: in memory */
  blobDisk?: BlobDisk
  /** Given the private half of a new pool's recovery key, once. Default: a file in dataDir; with `store`: nobody is. */
  keepRecoverySeed?: (seed: Uint8Array) => Promise<void>
  /** multiaddrs. Default: any port on all IPv4 interfaces, the same one at every later start. */
  listen?: readonly string[]
  /** multiaddrs to tell others instead of those listened on */
  announce?: readonly string[]
  /** The name of a new pool, shown to people. Default: none. */
  name?: string
  /** A token of a pool to join, when this server is in none yet. Default: it founds one, or goes on with what it began. */
  join?: string
  /** Of the program, told to the operators of the pool. Default: none. */
  version?: string
  /** @internal for tests */
  clock?: Clock
  /** @internal for tests. Default: the system's; with a clock of the caller's, after the microtasks that are due */
  endOfTurn?: EndOfTurn
  /** @internal for tests */
  random?: Random
  /** Told what this server does; never keys or passwords. Default: nobody is. */
  logger?: Logger
  limits?: Partial<RendezvousLimits>
  /** @internal for tests */
  network?: ServerNetworkFactory
  /** @internal for tests */
  opaque?: OpaqueServer
  /** Told what this server does. Default: nobody is. */
  metrics?: Metrics
}

/** A rendezvous server. It is made, started once, and stopped; to run it again, make it again on the same data. */
export interface RendezvousServer {
  /** As base58 PeerId; the same at every start. */
  readonly peerId: string
  /** What clients are given: the pool id and the addresses of this server, in one string. @throws ERR_CLOSED before start */
  readonly poolAddress: string
  /** multiaddrs under which this server can be dialled now; none before start and after stop */
  addresses: () => string[]
  status: () => Promise<RendezvousStatus>
  /** A token that lets more servers in; undefined at all but the pool's first, and once another invitation was made. @throws ERR_CLOSED */
  joinToken: () => Promise<string | undefined>
  /** What an operator sees of the pool and does to it. @throws ERR_CLOSED unless it is running */
  readonly admin: PoolAdmin
  /** Aborts, with the error to show, once this server was removed from its pool; it stops by itself. */
  readonly removed: AbortSignal
  /**
   * Aborts with ERR_STORE_IO once its disk takes nothing more: it sends its clients to other servers and goes on serving what
   * is there; stop it when there is room, and make it anew on the same data. With ERR_STORE_CORRUPT when its disk gives back what was never written while other
   * servers have it, too: stop it, and let it join anew.
   */
  readonly failed: AbortSignal
  /**
   * Resolves once clients may come.
   *
   * @throws ERR_CLOSED after stop; ERR_NOT_IN_POOL: it was removed from its pool; ERR_NOT_PERMITTED: the token is not
   * taken; ERR_NO_SERVER: no server of the token's pool answers; or what the network says
   */
  start: () => Promise<void>
  /** Ends all that was started and closes the store. A second call waits for the same end. */
  stop: () => Promise<void>
}

/**
 * Opens the data of a server, or makes them: identity, pool and recovery key. Nothing listens before start.
 *
 * @throws what openStore says; ERR_USAGE without dataDir and store, when the token is none, or an address to listen on; ERR_STORE_FOREIGN: the
 * data are of another pool than the token; ERR_NOT_PERMITTED: despiteDamage in a pool with other servers
 */
export async function createRendezvous (init: RendezvousInit): Promise<RendezvousServer> {
  const { clock = systemClock, random = systemRandom, logger = silentLogger, opaque = opaqueServer, announce = [] } = init
  const endOfTurn = init.endOfTurn ?? (init.clock === undefined ? systemEndOfTurn : queueMicrotask)
  const listen = init.listen ?? ['/ip4/0.0.0.0/tcp/0']
  checkAddresses([...listen, ...announce])
  const store = init.store ?? await openStore({ folder: folderOf(init), kind: 'server', despiteDamage: init.despiteDamage === true })
  try {
    const membership = await loadMembership(store)
    if (init.despiteDamage === true) assertAlone(membership)
    const start = startAs({ poolId: membership?.poolId, given: init.join, kept: await readKeptToken(store) })
    const identity = await loadIdentity({ store, random, opaque, keepRecoverySeed: recoveryKeeper(init), joins: start.kind === 'joiner' })
    const running = new RunningServer({
      store,
      blobDisk: init.blobDisk ?? await openBlobDisk(init),
      identity,
      clock,
      endOfTurn,
      random,
      logger,
      opaque,
      listen,
      announce,
      name: init.name ?? '',
      ...(init.version === undefined ? {} : { version: init.version }),
      ...(start.kind === 'joiner' ? { joinToken: start.token } : {}),
      dropRecoveryKey: async () => { if (init.keepRecoverySeed === undefined && init.dataDir !== undefined) await removeRecoveryKey(init.dataDir) },
      limits: { ...defaultLimits, ...init.limits },
      makeNetwork: init.network ?? libp2pServerNetwork,
      metrics: init.metrics ?? noMetrics
    })
    return asServer(running, peerIdFromEd25519(ed25519KeyPair(identity.seed).publicKey))
  } catch (error) {
    await store.close()
    throw error
  }
}

/** What the others have must not be taken back by one that has forgotten it. */
function assertAlone (membership: Membership | undefined): void {
  if (membership === undefined || readRosterHistory(membership.poolId, membership.chain).newest.servers.length === 1) return
  throw new P2pChatError('ERR_NOT_PERMITTED', 'The other servers of the pool have what this one lost. Take it out (p2pchat pool remove SERVER --force) and let it join anew with an empty folder: --data DIR --join TOKEN')
}

function asServer (running: RunningServer, peerId: string): RendezvousServer {
  return {
    peerId,
    get poolAddress () {
      const { poolId, addresses } = running.place()
      return formatPoolAddress({ poolId, addresses })
    },
    addresses: () => running.addresses(),
    status: async () => await running.status(),
    joinToken: async () => await running.joinToken(),
    get admin () {
      return running.admin
    },
    removed: running.removed,
    failed: running.failed,
    start: async () => { await running.start() },
    stop: async () => { await running.stop() }
  }
}

async function openBlobDisk ({ dataDir, store }: RendezvousInit): Promise<BlobDisk> {
  return dataDir === undefined || store !== undefined ? createMemoryBlobs() : await openFolderBlobs(join(dataDir, 'blobs'))
}

function folderOf ({ dataDir }: RendezvousInit): string {
  if (dataDir === undefined) throw new P2pChatError('ERR_USAGE', 'A server needs a folder for its data (dataDir).')
  return dataDir
}

function recoveryKeeper ({ keepRecoverySeed, dataDir }: RendezvousInit): (seed: Uint8Array) => Promise<void> {
  if (keepRecoverySeed !== undefined) return keepRecoverySeed
  return async (seed) => { if (dataDir !== undefined) await writeRecoveryKey(dataDir, seed) }
}
