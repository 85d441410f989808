import { toString } from 'uint8arrays/to-string'
import { P2pChatError } from '../../errors.js'
import { maxRememberedSets, type ReplicationLimits } from './limits.js'
import { replicasOf, storingServers, type RosterView } from './placement.js'

/** The signed rosters of the pool; never what discovery happens to see. */
export interface Rosters {
  current: () => RosterView
  /** An earlier version. Undefined: it is not known, and nothing may be concluded. */
  at: (version: number) => RosterView | undefined
  /** Looks for a roster of at least this version. Resolves when it has one, or has asked in vain. */
  refresh: (atLeast: number) => Promise<void>
}

/** Who keeps a mailbox under one roster, and how many of them make sure. */
export interface ReplicaSet {
  /** the roster's */
  version: number
  /** PeerIds, in the order of placement */
  peerIds: string[]
  /** Synced writes before anything is acknowledged. */
  write: number
  /** Any so many of them have, between them, all that was acknowledged. */
  read: number
}

type Quorums = Pick<ReplicationLimits, 'replicas' | 'writeQuorum' | 'readQuorum'> & {
  /** What kind of thing is placed; default: mailboxes. */
  placementLabel?: string
}

export interface ReplicaSetsComponents {
  rosters: Rosters
  /** Every storing server of this version, and so its mail, was complete. */
  closedVersion: () => number
  /** The version that a server has reported to be complete for; 0: none. */
  completeVersion: (peerId: string) => number
  limits: Quorums
}

/** Which servers matter for a mailbox: those of the newest roster, and while mail is handed over, of those before it. */
export class ReplicaSets {
  readonly #components: ReplicaSetsComponents
  /** By key in hexadecimal: to place one takes a hash for each server of the pool. */
  readonly #current = new Map<string, ReplicaSet>()
  /** What they go by. */
  #roster: RosterView | undefined

  constructor (components: ReplicaSetsComponents) {
    this.#components = components
  }

  get version (): number {
    return this.#components.rosters.current().version
  }

  /** Where writes go. */
  current (mailbox: Uint8Array): ReplicaSet {
    const { rosters, limits } = this.#components
    const roster = rosters.current()
    if (roster !== this.#roster || this.#current.size >= maxRememberedSets) this.#current.clear()
    this.#roster = roster
    const name = toString(mailbox, 'base16')
    const set = this.#current.get(name) ?? replicaSet(mailbox, roster, limits)
    this.#current.set(name, set)
    return set
  }

  /** The sets of which each must be asked, newest first, before everything that was acknowledged is known. */
  open (mailbox: Uint8Array): ReplicaSet[] {
    const { closedVersion, completeVersion, limits } = this.#components
    const current = this.current(mailbox)
    if (closedVersion() >= current.version || current.peerIds.every((peerId) => completeVersion(peerId) >= current.version)) return [current]
    return [...new Map(this.openRosters().map((roster) => {
      const set = replicaSet(mailbox, roster, limits)
      return [[...set.peerIds].sort().join(' '), set]
    })).values()]
  }

  /** Rosters from the newest to the last one whose mail is known to be where it belongs. @throws ERR_INTERNAL */
  openRosters (): RosterView[] {
    const { rosters, closedVersion } = this.#components
    const current = rosters.current()
    const open = [current]
    for (let version = current.version - 1; version >= Math.max(1, closedVersion()); version--) {
      const roster = rosters.at(version)
      if (roster === undefined) throw new P2pChatError('ERR_INTERNAL', `Version ${version} of the pool's roster is not known.`)
      open.push(roster)
    }
    return open
  }
}

export function replicaSet (mailbox: Uint8Array, roster: RosterView, limits: Quorums): ReplicaSet {
  const peerIds = replicasOf(mailbox, roster, limits.replicas, limits.placementLabel).map(({ peerId }) => peerId)
  return { version: roster.version, peerIds, ...quorums(peerIds.length, limits) }
}

/** Of so many replicas: with two both write and either is enough to ask, with three two and two. */
export function quorums (replicas: number, { writeQuorum, readQuorum }: Quorums): { write: number, read: number } {
  const write = Math.min(writeQuorum, replicas)
  return { write, read: Math.min(readQuorum, replicas - write + 1) }
}

/** Of the mailboxes of a roster. */
export function quorumsOf (roster: RosterView, limits: Quorums): { replicas: number, write: number, read: number } {
  const replicas = Math.min(limits.replicas, storingServers(roster).length)
  return { replicas, ...quorums(replicas, limits) }
}

/** Whether a read quorum of each mailbox is left without so many servers of a roster: then the others have all that was acknowledged. */
export function mayMiss (missing: number, roster: RosterView, limits: Quorums): boolean {
  const { replicas, read } = quorumsOf(roster, limits)
  return missing <= replicas - read
}

/**
 * Of older rosters, newest first, those of which enough servers must be asked before everything is known: not those before
 * one that enough of its servers were complete for, as these have between them whatever was acknowledged before.
 *
 * @param completeFor the version that a server was complete for when it was asked, by PeerId; of those that have answered
 */
export function rostersToAsk (older: readonly RosterView[], completeFor: ReadonlyMap<string, number>, limits: Quorums): RosterView[] {
  const last = older.findIndex((roster) => {
    const unsure = storingServers(roster).filter(({ peerId }) => (completeFor.get(peerId) ?? 0) < roster.version)
    return mayMiss(unsure.length, roster, limits)
  })
  return last === -1 ? [...older] : older.slice(0, last + 1)
}
