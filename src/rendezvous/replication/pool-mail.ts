/** Puts the pieces together; nothing else does. */
import { isP2pChatError, P2pChatError } from '../../errors.js'
import { verifyMailboxAcknowledgement } from '../../records/index.js'
import type { Clock, EndOfTurn, Logger, Random } from '../../runtime.js'
import type { KeyValueStore } from '../../store/index.js'
import type { LocalMailboxes } from '../mailboxes/beside.js'
import type { Mailboxes } from '../mailboxes/index.js'
import { timesOf, type KeepingTimes } from '../steady-clock.js'
import { drainProgress, type DrainProgress } from './drain.js'
import { Fence, type FenceComponents } from './fence.js'
import { replicaHandlers, type ReplicaHandler } from './handlers.js'
import { Keeper, type KeeperReport } from './keeper.js'
import type { ReplicationLimits } from './limits.js'
import { LocalReplica } from './local-replica.js'
import { PoolState } from './pool-state.js'
import { remoteReplica } from './remote-replica.js'
import { replicaSet, ReplicaSets, type Rosters } from './replica-sets.js'
import type { Replica, ReplicaStatus } from './replica.js'
import { createReplicatedMailboxes } from './replicated-mailboxes.js'
import { Standings } from './standings.js'

export interface PoolMailComponents {
  /** one's own PeerId */
  peerId: string
  /** The store that `localMailboxes` is on. */
  store: KeyValueStore
  localMailboxes: LocalMailboxes
  rosters: Rosters
  /** Asks another server (a PeerId) of the roster; rejects as a channel's request does. */
  ask: (peerId: string, method: string, body: Uint8Array) => Promise<Uint8Array>
  /** Pool addresses of servers, for a client that asks one that is not of its mailbox. */
  poolAddressesOf: (peerIds: readonly string[]) => string[]
  clock: Clock
  /** Default: those of the clock. */
  times?: KeepingTimes | undefined
  /** Default: after the microtasks that are due. */
  endOfTurn?: EndOfTurn | undefined
  random: Random
  logger: Logger
  limits: ReplicationLimits & { mailRetentionMs: number }
  /** Whether the acceptors have found this server's disk to be an old copy: then it makes sure of nothing. */
  isDiskOld: () => boolean
  /** Default: verifyMailboxAcknowledgement. */
  readAcknowledgement?: (signed: Uint8Array, mailbox: Uint8Array) => Uint8Array[]
}

export interface PoolMail {
  /** What clients use. */
  mailboxes: Mailboxes
  /** What other servers use: the methods replica/* by name. */
  handlers: Record<string, ReplicaHandler>
  /** PeerIds of the servers of a mailbox, in the order of placement; its home is one of them. */
  replicasOf: (mailbox: Uint8Array) => string[]
  /** Begins the upkeep: hand-over, repair, clearing out. */
  start: () => void
  stop: () => Promise<void>
  /** A new roster is known. */
  rosterChanged: () => void
  /** One round of upkeep now. */
  round: () => Promise<KeeperReport>
  status: () => PoolMailStatus
  /** Whether mail lets this server (a PeerId) be removed, and what is in the way. */
  drain: (peerId: string) => DrainProgress
}

export interface PoolMailStatus {
  rosterVersion: number
  /** The newest version that this server is complete for. */
  completeVersion: number
  /** The newest version that every storing server was complete for. */
  closedVersion: number
  mailboxesLeft: number
  mailboxesInAll: number
  /** Of the last round; undefined: there was none yet. */
  lastRound: KeeperReport | undefined
  /** Servers (PeerIds) whose disk is older than what they have said before: they must join again under a new identity. */
  distrusted: string[]
}

/** @throws what the store says */
export async function createPoolMail (components: PoolMailComponents): Promise<PoolMail> {
  const { peerId, store, localMailboxes, rosters, ask, clock, times = timesOf(components.clock), endOfTurn = queueMicrotask, logger, limits, isDiskOld } = components
  const reports = new Map<string, ReplicaStatus>()
  const poolState = await PoolState.load(store, (version) => {
    if (version > rosters.current().version) void rosters.refresh(version)
  })
  const standings = await Standings.load(store, components.random)
  const local: LocalReplica = new LocalReplica({
    peerId,
    store,
    mailboxes: localMailboxes,
    poolState,
    standings,
    times,
    limits,
    readAcknowledgement: components.readAcknowledgement ?? verifyMailboxAcknowledgement,
    roster: () => rosters.current(),
    keepersOf: (mailbox, roster) => replicaSet(mailbox, roster, limits).peerIds,
    handover: () => keeper.handover,
    isDiskOld
  })
  const askSealed = async (other: string, method: string, body: Uint8Array): Promise<Uint8Array> => {
    try {
      return standings.openAnswer(other, await ask(other, method, standings.seal(body)))
    } catch (error) {
      if (isP2pChatError(error, 'ERR_STORE_CORRUPT')) standings.distrust(other)
      throw error
    }
  }
  const replicaOf = cached((other): Replica => other === peerId ? local : remoteReplica(async (method, body) => await askSealed(other, method, body), endOfTurn))
  const completeVersion = (other: string): number => other === peerId ? poolState.complete : reports.get(other)?.completeVersion ?? 0
  const sets = new ReplicaSets({ rosters, limits, completeVersion, closedVersion: () => poolState.closed })
  const keeper = new Keeper({ peerId, local, poolState, replicaOf, rosters, sets, standings, reports, clock, times, logger, limits })
  const answersBy: FenceComponents['answersBy'] = async (other, version) => {
    const answer = await replicaOf(other).status(version)
    return answer.outcome === 'stale' ? answer : answer.outcome === 'status'
  }
  const mailboxes = createReplicatedMailboxes({ ...components, times, local, replicaOf, sets, fence: new Fence({ answersBy, rosters, sets, standings }), standings, poolState, onMissing: () => { keeper.soon() } })
  const statusOf = (): ReplicaStatus => ({ outcome: 'status', completeVersion: poolState.complete, closedVersion: poolState.closed, mailboxesLeft: keeper.handover.left, mailboxesInAll: keeper.handover.inAll })
  return {
    mailboxes,
    handlers: sealed(replicaHandlers(local), standings, isDiskOld),
    replicasOf: (mailbox) => sets.current(mailbox).peerIds,
    start: () => { keeper.start() },
    stop: async () => { await keeper.stop() },
    rosterChanged: () => { keeper.soon() },
    round: async () => await keeper.round(),
    status: () => {
      const { completeVersion: complete, closedVersion, mailboxesLeft, mailboxesInAll } = statusOf()
      return { rosterVersion: sets.version, completeVersion: complete, closedVersion, mailboxesLeft, mailboxesInAll, lastRound: keeper.last, distrusted: standings.distrusted }
    },
    drain: (other) => drainProgress(other, rosters.current(), new Map([...reports, [peerId, statusOf()]]))
  }
}

/** @throws ERR_STORE_CORRUPT, to whoever asks: this server counts for nothing */
function sealed (handlers: Record<string, ReplicaHandler>, standings: Standings, isDiskOld: () => boolean): Record<string, ReplicaHandler> {
  return Object.fromEntries(Object.entries(handlers).map(([method, handler]): [string, ReplicaHandler] => [
    method,
    async (asker, message) => {
      if (isDiskOld()) throw new P2pChatError('ERR_STORE_CORRUPT', 'The disk of this server is an old copy. Remove the server from the pool and let it join as a new one.')
      return standings.seal(await handler(asker, standings.open(asker, message)))
    }
  ]))
}

function cached<Value> (make: (key: string) => Value): (key: string) => Value {
  const made = new Map<string, Value>()
  return (key) => {
    const known = made.get(key)
    if (known !== undefined) return known
    const value = make(key)
    made.set(key, value)
    return value
  }
}
