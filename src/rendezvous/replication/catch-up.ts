import type { Clock } from '../../runtime.js'
import { maxRosterRetries } from './limits.js'
import type { LocalReplica } from './local-replica.js'
import { reconcile } from './reconcile.js'
import type { ReplicaOf } from './replica.js'
import type { ReplicaSet, ReplicaSets, Rosters } from './replica-sets.js'

export interface CatchUpComponents {
  /** one's own PeerId */
  peerId: string
  local: LocalReplica
  replicaOf: ReplicaOf
  sets: ReplicaSets
  rosters: Rosters
  clock: Clock
}

/**
 * Takes from the others until this server has all of a mailbox that was acknowledged before the call: a read quorum of
 * each set that matters, with itself in those that it belongs to.
 *
 * @returns false when too few could be asked
 */
export async function catchUp (components: CatchUpComponents, mailbox: Uint8Array): Promise<boolean> {
  const { sets, rosters } = components
  for (let attempt = 0; attempt <= maxRosterRetries; attempt++) {
    const rosterVersion = sets.version
    const outcome = await askQuorums(components, mailbox, rosterVersion, sets.open(mailbox))
    if (outcome === 'incomplete') return false
    if (outcome === 'complete' && sets.version === rosterVersion) return true
    if (outcome === 'stale') await rosters.refresh(rosterVersion + 1)
  }
  return false
}

async function askQuorums (components: CatchUpComponents, mailbox: Uint8Array, rosterVersion: number, open: readonly ReplicaSet[]): Promise<'complete' | 'incomplete' | 'stale'> {
  const { peerId, local, replicaOf, clock } = components
  const asked = new Set([peerId])
  const tried = new Set([peerId])
  for (const set of open) {
    for (const other of set.peerIds) {
      if (set.peerIds.filter((one) => asked.has(one)).length >= set.read) break
      if (tried.has(other)) continue
      tried.add(other)
      const { outcome } = await reconcile({ local, remote: replicaOf(other), clock, rosterVersion, mailbox, push: false })
      if (outcome === 'stale') return 'stale'
      if (outcome === 'complete') asked.add(other)
    }
    if (set.peerIds.filter((one) => asked.has(one)).length < set.read) return 'incomplete'
  }
  return 'complete'
}
