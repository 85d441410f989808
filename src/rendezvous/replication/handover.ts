import { fromString } from 'uint8arrays/from-string'
import { differingMailboxes, type KeeperComponents } from './differing-mailboxes.js'
import { speaksFor } from './fence.js'
import { storingServers, type RosterView } from './placement.js'
import { reconcile } from './reconcile.js'
import { mayMiss, quorumsOf, replicaSet, rostersToAsk } from './replica-sets.js'

// Mailboxes taken over at once.
const concurrentMailboxes = 16

/** Takes over, after a change of the roster, what this server keeps now and did not keep before. */
export class Handover {
  readonly #components: KeeperComponents
  readonly #left = new Set<string>()
  readonly #seen = new Set<string>()
  #version = 0

  constructor (components: KeeperComponents) {
    this.#components = components
  }

  /** Mailboxes that are still to be taken over, of those found so far. */
  get progress (): { left: number, inAll: number } {
    return { left: this.#left.size, inAll: this.#seen.size }
  }

  /**
   * Tries once to complete the newest roster's version. The older rosters are looked at one by one, back to one that enough of
   * those who have answered were complete for. Of each so few servers may be missing that they cannot have kept an acknowledged
   * entry among themselves, and, unless they are gone, cannot speak for all by that roster (fence.ts).
   */
  async run (): Promise<void> {
    const { peerId, poolState, sets } = this.#components
    const { version } = sets
    if (poolState.complete >= version) return
    if (this.#version !== version) {
      this.#left.clear()
      this.#seen.clear()
      this.#version = version
    }
    const [current, ...older] = sets.openRosters()
    if (current === undefined || !isStoring(current, peerId)) return
    if (older.every((roster) => keepsAll(roster, current, peerId)) || await this.#takeOver(current, older)) {
      if (sets.version === version) await poolState.setComplete(version)
    }
  }

  /** @returns whether enough servers of the older rosters (newest first) gave all that they have */
  async #takeOver (current: RosterView, older: readonly RosterView[]): Promise<boolean> {
    const { peerId, poolState, reports, standings, limits } = this.#components
    const asked = new Map([[peerId, poolState.complete]])
    for (const source of new Set(older.flatMap((roster) => storingServers(roster)).map((server) => server.peerId))) {
      // What it has said before it is asked: it may be complete only later.
      const completeVersion = reports.get(source)?.completeVersion ?? 0
      if (source !== peerId && await this.#takeFrom(source, current, older)) asked.set(source, completeVersion)
    }
    return rostersToAsk(older, asked, limits).every((roster) => {
      const missing = storingServers(roster).filter((server) => !asked.has(server.peerId))
      const unfenced = missing.filter(({ peerId: other }) => speaksFor(other, current, standings))
      return mayMiss(missing.length, roster, limits) && unfenced.length < quorumsOf(roster, limits).read
    })
  }

  /** Whether all of it that concerns this server could be had. */
  async #takeFrom (source: string, current: RosterView, older: readonly RosterView[]): Promise<boolean> {
    const { local, replicaOf, times, rosters } = this.#components
    const rosterVersion = current.version
    const difference = await differingMailboxes(this.#components, source, { rosterVersion, shared: false })
    if (difference === undefined) return false
    const wanted = difference.theirs.map(({ key }) => key).filter((name) => this.#isNewHere(fromString(name, 'base16'), current, older))
    for (const name of wanted) {
      this.#left.add(name)
      this.#seen.add(name)
    }
    let isComplete = true
    for (let at = 0; at < wanted.length; at += concurrentMailboxes) {
      await Promise.all(wanted.slice(at, at + concurrentMailboxes).map(async (name) => {
        const { outcome } = await reconcile({ local, remote: replicaOf(source), times, rosterVersion, mailbox: fromString(name, 'base16'), push: false })
        if (outcome === 'stale') await rosters.refresh(rosterVersion + 1)
        if (outcome === 'complete') this.#left.delete(name)
        else isComplete = false
      }))
    }
    return isComplete
  }

  /** Whether this server must have all of a mailbox before a read quorum of the newest set has. */
  #isNewHere (mailbox: Uint8Array, current: RosterView, older: readonly RosterView[]): boolean {
    const { peerId, limits } = this.#components
    const { read } = replicaSet(mailbox, current, limits)
    return older.some((roster) => {
      const before = replicaSet(mailbox, roster, limits)
      return !before.peerIds.includes(peerId) || read < before.read
    })
  }
}

/** Whether `current` only adds servers: then whoever keeps a mailbox by it and is not one of them has kept it before. */
function keepsAll (before: RosterView, current: RosterView, peerId: string): boolean {
  return isStoring(before, peerId) && storingServers(before).every((server) => isStoring(current, server.peerId))
}

function isStoring (roster: RosterView, peerId: string): boolean {
  return storingServers(roster).some((server) => server.peerId === peerId)
}
