/** Puts the pieces together; nothing else does. */
import type { BulkService, BulkStream } from '../../overlay/network.js'
import type { Clock, Logger } from '../../runtime.js'
import { keyOf, type KeyValueStore } from '../../store/index.js'
import type { Blobs } from '../blobs/index.js'
import type { StoreBlobs } from '../blobs/store-blobs.js'
import type { RendezvousLimits } from '../limits.js'
import { Fence, type FenceComponents } from '../replication/fence.js'
import { PoolState } from '../replication/pool-state.js'
import { ReplicaSets, type Rosters } from '../replication/replica-sets.js'
import { timesOf, type KeepingTimes } from '../steady-clock.js'
import { blobDrainProgress, type BlobDrainProgress } from './drain.js'
import { blobReplicaHandlers, type BlobReplicaHandler } from './handlers.js'
import { Inventory } from './inventory.js'
import { Keeper, type KeeperReport } from './keeper.js'
import { BLOB_PLACEMENT, type BlobReplicationLimits } from './limits.js'
import { LocalReplica } from './local-replica.js'
import { RemoteReplica } from './remote-replica.js'
import { Removals } from './removals.js'
import { ReplicatedBlobs } from './replicated-blobs.js'
import type { BlobReplica, ReplicaProgress } from './replica.js'
import { serverBlobService } from './serve.js'

export interface PoolBlobsComponents {
  /** one's own PeerId */
  peerId: string
  /** The store that `localBlobs` is on. */
  store: KeyValueStore
  localBlobs: StoreBlobs
  rosters: Rosters
  /** Asks another server (a PeerId) of the roster; rejects as a channel's request does. */
  ask: (peerId: string, method: string, body: Uint8Array) => Promise<Uint8Array>
  /** A stream of /p2pchat/server-blob/1 to another server (a PeerId), with frames of maxBlobFrameBytes; rejects as Network.openBulk does. */
  openStream: (peerId: string) => Promise<BulkStream>
  clock: Clock
  /** Default: those of the clock. */
  times?: KeepingTimes | undefined
  logger: Logger
  limits: BlobReplicationLimits & RendezvousLimits
  /** Whether the acceptors have found this server's disk to be an old copy. Default: never. */
  isDiskOld?: () => boolean
  /** Whose disks mail has found to be old copies: nobody waits for their word. Default: nobody's. */
  standings?: FenceComponents['standings']
}

export interface PoolBlobs {
  /** What clients use. */
  blobs: Blobs
  /** What other servers use: the methods blobs/* of /p2pchat/server/1 by name. */
  handlers: Record<string, BlobReplicaHandler>
  /** What other servers use for chunks: /p2pchat/server-blob/1. */
  bulk: BulkService
  /** Begins the upkeep: hand-over, repair, clearing out. */
  start: () => Promise<void>
  stop: () => Promise<void>
  /** A new roster is known. */
  rosterChanged: () => void
  /** One round of upkeep now. */
  round: () => Promise<KeeperReport>
  status: () => PoolBlobsStatus
  /** Whether files let this server (a PeerId) be removed, and what is in the way. */
  drain: (peerId: string) => BlobDrainProgress
}

export interface PoolBlobsStatus {
  rosterVersion: number
  /** The newest version that this server is complete for. */
  completeVersion: number
  /** The newest version that every storing server was complete for. */
  closedVersion: number
  /** What this server lacks, as far as it has found: files, and bytes of them. */
  filesLeft: number
  bytesLeft: number
  /** Of the last round; undefined: there was none yet. */
  lastRound: KeeperReport | undefined
}

/** Where it is remembered how far files were handed over; mail has another. */
const STATE_KEY = keyOf('blob-pool')

/** @throws what the store says */
export async function createPoolBlobs (components: PoolBlobsComponents): Promise<PoolBlobs> {
  const { peerId, store, localBlobs, rosters, ask, openStream, clock, times = timesOf(components.clock), logger, isDiskOld = () => false, standings = { distrusted: [] } } = components
  const limits = { ...components.limits, placementLabel: BLOB_PLACEMENT }
  const reports = new Map<string, ReplicaProgress>()
  const poolState = await PoolState.load(store, (version) => {
    if (version > rosters.current().version) void rosters.refresh(version)
  }, STATE_KEY)
  const removals = new Removals(store)
  const inventory = new Inventory({ blobs: localBlobs, removals, times, replicas: limits.replicas })
  const local: LocalReplica = new LocalReplica({
    peerId,
    blobs: localBlobs,
    removals,
    inventory,
    poolState,
    times,
    limits,
    isDiskOld,
    roster: () => rosters.current(),
    lacking: () => keeper.lacking,
    onLook: () => { keeper.soon() }
  })
  const replicaOf = (other: string): BlobReplica => other === peerId ? local : new RemoteReplica(async (method, body) => await ask(other, method, body))
  const completeVersion = (other: string): number => other === peerId ? poolState.complete : reports.get(other)?.completeVersion ?? 0
  const sets = new ReplicaSets({ rosters, limits, completeVersion, closedVersion: () => poolState.closed })
  const sweepRemovals = async (): Promise<void> => {
    for (const id of await removals.sweep(times.overMs())) inventory.forgotten(id)
  }
  const answersBy: FenceComponents['answersBy'] = async (other, version) => {
    const answer = await replicaOf(other).progress(version)
    return answer.outcome === 'stale' ? answer : answer.outcome === 'progress'
  }
  const fence = new Fence({ answersBy, rosters, sets, standings })
  const blobs = new ReplicatedBlobs({ peerId, blobs: localBlobs, replicaOf, rosters, sets, fence, poolState, openStream, clock, times, limits, sweepRemovals })
  const keeper = new Keeper({ peerId, local, blobs: localBlobs, poolState, replicaOf, rosters, sets, standings, reports, clock, times, logger, limits, openSource: async (other, fileId) => await blobs.openSource(other, fileId) })
  const progress = (): ReplicaProgress => ({ outcome: 'progress', completeVersion: poolState.complete, closedVersion: poolState.closed, filesLeft: keeper.lacking.files, bytesLeft: keeper.lacking.bytes })
  return {
    blobs,
    handlers: blobReplicaHandlers(local),
    bulk: serverBlobService({ blobs: localBlobs, poolState, clock, logger, isServer: (other) => rosters.current().servers.some((server) => server.peerId === other) }),
    start: async () => {
      await local.start()
      keeper.start()
    },
    stop: async () => { await keeper.stop() },
    rosterChanged: () => { keeper.soon() },
    round: async () => await keeper.round(),
    status: () => {
      const { completeVersion: complete, closedVersion, filesLeft, bytesLeft } = progress()
      return { rosterVersion: sets.version, completeVersion: complete, closedVersion, filesLeft, bytesLeft, lastRound: keeper.last }
    },
    drain: (other) => blobDrainProgress(other, rosters.current(), new Map([...reports, [peerId, progress()]]))
  }
}
