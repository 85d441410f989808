import type { KeepingTimes } from '../steady-clock.js'
import { maxRosterRetries } from './limits.js'
import type { LocalReplica } from './local-replica.js'
import type { PoolState } from './pool-state.js'
import { reconcile } from './reconcile.js'
import type { ReplicaOf } from './replica.js'
import type { ReplicaSet, ReplicaSets, Rosters } from './replica-sets.js'
import type { Standings } from './standings.js'

export interface CatchUpComponents {
  /** one's own PeerId */
  peerId: string
  local: LocalReplica
  poolState: PoolState
  replicaOf: ReplicaOf
  sets: ReplicaSets
  rosters: Rosters
  standings: Standings
  times: KeepingTimes
  /** This server's disk is an old copy: it counts for nothing. */
  isDiskOld: () => boolean
}

/**
 * Takes from the others until this server has all of a mailbox that was acknowledged before the call: a read quorum of
 * each set that matters, with itself in those that it belongs to. After a start it counts only once another server has
 * answered it: its disk might be an old one.
 *
 * @returns false when too few could be asked
 */
export async function catchUp (components: CatchUpComponents, mailbox: Uint8Array): Promise<boolean> {
  const { sets, rosters, poolState } = components
  for (let attempt = 0; attempt <= maxRosterRetries; attempt++) {
    const rosterVersion = sets.version
    const { newest } = poolState
    if (newest > rosterVersion) {
      await rosters.refresh(newest)
      continue
    }
    const outcome = await askQuorums(components, mailbox, rosterVersion, sets.open(mailbox))
    if (outcome === 'incomplete') return false
    if (outcome === 'complete' && sets.version === rosterVersion) return true
    if (outcome === 'stale') await rosters.refresh(rosterVersion + 1)
  }
  return false
}

async function askQuorums (components: CatchUpComponents, mailbox: Uint8Array, rosterVersion: number, open: readonly ReplicaSet[]): Promise<'complete' | 'incomplete' | 'stale'> {
  const { peerId, local, replicaOf, times, standings, isDiskOld } = components
  // Mail goes from older servers to newer ones, and is deleted behind itself: who is asked in that order meets it somewhere.
  for (const set of open.toReversed()) {
    const asked = new Set(isDiskOld() ? [] : [peerId])
    const isEnough = (): boolean =>
      set.peerIds.filter((one) => asked.has(one)).length >= set.read && (standings.isVouched || asked.size > 1 || set.peerIds.length === 1)
    for (const other of set.peerIds) {
      if (isEnough()) break
      if (other === peerId) continue
      const { outcome } = await reconcile({ local, remote: replicaOf(other), times, rosterVersion, mailbox, push: false })
      if (outcome === 'stale') return 'stale'
      if (outcome === 'complete') asked.add(other)
    }
    if (!isEnough()) return 'incomplete'
  }
  return isDiskOld() ? 'incomplete' : 'complete'
}
