import { storingServers, type RosterView } from './placement.js'
import type { ReplicaStatus } from './replica.js'

export interface DrainProgress {
  /** Nothing that was acknowledged is on this server alone any more. */
  mayBeRemoved: boolean
  /** What is in the way. */
  reason: 'still stores' | 'taking over' | 'nobody stores' | undefined
  /** Storing servers (PeerIds) that have not said that they are complete; those that do not answer are among them. */
  waitingFor: string[]
  /** Mailboxes that the others have found to take over, and how many of them are left. */
  mailboxesInAll: number
  mailboxesLeft: number
}

/**
 * Whether mail lets a server be removed: the newest roster no longer gives it any, and every storing server has reported
 * to be complete for that roster. What is on the leaving server is then a copy of what the others have.
 *
 * @param reports what each storing server last said of itself, by PeerId
 */
export function drainProgress (peerId: string, roster: RosterView, reports: ReadonlyMap<string, ReplicaStatus>): DrainProgress {
  const storing = storingServers(roster).map((server) => server.peerId)
  const isClosed = [...reports.values()].some(({ closedVersion }) => closedVersion >= roster.version)
  const waitingFor = isClosed ? [] : storing.filter((other) => other !== peerId && (reports.get(other)?.completeVersion ?? 0) < roster.version)
  const sum = (count: (status: ReplicaStatus) => number): number => storing.reduce((total, other) => {
    const report = reports.get(other)
    return total + (report === undefined ? 0 : count(report))
  }, 0)
  const reason = storing.includes(peerId) ? 'still stores' : storing.length === 0 ? 'nobody stores' : waitingFor.length > 0 ? 'taking over' : undefined
  return {
    mayBeRemoved: reason === undefined,
    reason,
    waitingFor,
    mailboxesInAll: sum(({ mailboxesInAll }) => mailboxesInAll),
    mailboxesLeft: sum(({ mailboxesLeft }) => mailboxesLeft)
  }
}
