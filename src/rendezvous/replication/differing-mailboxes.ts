import type { Clock, Logger } from '../../runtime.js'
import type { KeepingTimes } from '../steady-clock.js'
import { findDifference, type Difference } from './difference.js'
import type { ReplicationLimits } from './limits.js'
import type { LocalReplica } from './local-replica.js'
import type { PoolState } from './pool-state.js'
import type { ReplicaOf, ReplicaStatus } from './replica.js'
import type { ReplicaSets, Rosters } from './replica-sets.js'
import type { Standings } from './standings.js'

export interface KeeperComponents {
  /** one's own PeerId */
  peerId: string
  local: LocalReplica
  poolState: PoolState
  replicaOf: ReplicaOf
  rosters: Rosters
  sets: ReplicaSets
  standings: Standings
  /** What each server last said of itself; shared with `sets`. */
  reports: Map<string, ReplicaStatus>
  clock: Clock
  times: KeepingTimes
  logger: Logger
  limits: ReplicationLimits
}

/** The mailboxes of this server that another one has otherwise. Undefined: it did not answer. */
export async function differingMailboxes ({ peerId, local, replicaOf, rosters }: Pick<KeeperComponents, 'peerId' | 'local' | 'replicaOf' | 'rosters'>, other: string, { rosterVersion, shared }: { rosterVersion: number, shared: boolean }): Promise<Difference | undefined> {
  const mine = await local.held(shared ? [peerId, other] : [peerId])
  const fingerprint = mine.sum('').fingerprint()
  let failed: { outcome: string, rosterVersion?: number } | undefined
  const difference = await findDifference(mine, async (prefixes) => {
    const answer = await replicaOf(other).mailboxes(rosterVersion, peerId, { fingerprint, prefixes, shared })
    if (answer.outcome === 'ranges') return answer.ranges
    failed = answer
    return []
  })
  if (failed?.outcome === 'stale') await rosters.refresh(failed.rosterVersion ?? rosterVersion + 1)
  return failed === undefined ? difference : undefined
}
