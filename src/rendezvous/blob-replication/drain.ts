import { storingServers, type RosterView } from '../replication/placement.js'
import type { ReplicaProgress } from './replica.js'

export interface BlobDrainProgress {
  /** Nothing that was told as kept is on this server alone any more. */
  mayBeRemoved: boolean
  /** What is in the way. */
  reason: 'still stores' | 'taking over' | 'nobody stores' | undefined
  /** Storing servers (PeerIds) that have not said that they are complete; those that do not answer are among them. */
  waitingFor: string[]
  /** What the others have found to take over and have not yet: files, and bytes of them. */
  filesLeft: number
  bytesLeft: number
}

/**
 * Whether files let a server be removed: the newest roster no longer gives it any, and every storing server has reported
 * to be complete for that roster.
 *
 * @param reports what each storing server last said of itself, by PeerId
 */
export function blobDrainProgress (peerId: string, roster: RosterView, reports: ReadonlyMap<string, ReplicaProgress>): BlobDrainProgress {
  const storing = storingServers(roster).map((server) => server.peerId)
  const isClosed = [...reports.values()].some(({ closedVersion }) => closedVersion >= roster.version)
  const waitingFor = isClosed ? [] : storing.filter((other) => other !== peerId && (reports.get(other)?.completeVersion ?? 0) < roster.version)
  const reason = storing.includes(peerId) ? 'still stores' : storing.length === 0 ? 'nobody stores' : waitingFor.length > 0 ? 'taking over' : undefined
  const known = storing.flatMap((other) => reports.get(other) ?? [])
  return {
    mayBeRemoved: reason === undefined,
    reason,
    waitingFor,
    filesLeft: known.reduce((sum, { filesLeft }) => sum + filesLeft, 0),
    bytesLeft: known.reduce((sum, { bytesLeft }) => sum + bytesLeft, 0)
  }
}
