import { fromString } from 'uint8arrays/from-string'
import { asP2pChatError } from '../../errors.js'
import type { Timer } from '../../runtime.js'
import { differingMailboxes, type KeeperComponents } from './differing-mailboxes.js'
import { Handover } from './handover.js'
import { handoverIntervalMs, repairIntervalMs } from './limits.js'
import { serversToHear, storingServers } from './placement.js'
import { reconcile } from './reconcile.js'

/** What a round of a server's upkeep found. */
export interface KeeperReport {
  rosterVersion: number
  /** Items that this server has and another replica lacked and did not take. */
  underReplicated: number
  /** Storing servers (PeerIds) that were not compared with: what they lack is not known. */
  notCompared: string[]
  /** Items given and taken in this round. */
  moved: number
}

// Mailboxes that two servers make the same at once.
const concurrentMailboxes = 16

/** The upkeep of one server's mail: hand-over after a new roster, repair all the time, and clearing out what others keep now. */
export class Keeper {
  readonly #components: KeeperComponents
  readonly #handover: Handover
  #timer: { dueMs: number, timer: Timer } | undefined
  #running: Promise<KeeperReport> | undefined
  #isStopped = false
  #last: KeeperReport | undefined

  constructor (components: KeeperComponents) {
    this.#components = components
    this.#handover = new Handover(components)
  }

  /** What the last round found. */
  get last (): KeeperReport | undefined {
    return this.#last
  }

  get handover (): { left: number, inAll: number } {
    return this.#handover.progress
  }

  start (): void {
    this.soon()
  }

  async stop (): Promise<void> {
    this.#isStopped = true
    this.#timer?.timer.cancel()
    await this.#running?.catch(() => {})
  }

  /** There is something to do: a new roster, or a server that lacks something. */
  soon (): void {
    this.#schedule(handoverIntervalMs)
  }

  /** One round of upkeep; while one runs, that one. */
  async round (): Promise<KeeperReport> {
    this.#running ??= this.#round().finally(() => { this.#running = undefined })
    return await this.#running
  }

  #schedule (delayMs: number): void {
    const { clock, logger } = this.#components
    const dueMs = clock.monotonicMs() + delayMs
    if (this.#isStopped || (this.#timer !== undefined && this.#timer.dueMs <= dueMs)) return
    this.#timer?.timer.cancel()
    const timer = clock.schedule(delayMs, () => {
      this.#timer = undefined
      this.round().catch((error: unknown) => {
        logger.error({ error: asP2pChatError(error) }, 'the upkeep of mail failed')
      }).finally(() => {
        this.#schedule(this.#isSettled ? repairIntervalMs : handoverIntervalMs)
      }).catch(() => {})
    }, { unref: true })
    this.#timer = { dueMs, timer }
  }

  get #isSettled (): boolean {
    const { poolState, sets } = this.#components
    return poolState.closed >= sets.version && (this.#last?.underReplicated ?? 1) === 0
  }

  async #round (): Promise<KeeperReport> {
    const { poolState, rosters, sets } = this.#components
    if (poolState.newest > sets.version) await rosters.refresh(poolState.newest)
    if (poolState.closed < sets.version) {
      await this.#handover.run()
      await this.#hear()
      await this.#close()
    }
    this.#last = await this.#repair()
    await this.#clearOut()
    await this.#components.standings.save()
    return this.#last
  }

  /** Asks the servers how far they are. */
  async #hear (): Promise<void> {
    const { peerId, replicaOf, rosters, poolState, reports, sets } = this.#components
    const { version } = sets
    await Promise.all(serversToHear(rosters.current()).map(async (server) => {
      if (server.peerId === peerId) return
      const answer = await replicaOf(server.peerId).status(version)
      if (answer.outcome === 'stale') await rosters.refresh(answer.rosterVersion)
      if (answer.outcome !== 'status') return
      reports.set(server.peerId, answer)
      await poolState.setClosed(answer.closedVersion)
    }))
  }

  /** Once every storing server is complete for the newest roster, the ones before it matter no more. */
  async #close (): Promise<void> {
    const { peerId, rosters, poolState, reports, sets } = this.#components
    const { version } = sets
    const complete = storingServers(rosters.current()).every((server) => {
      return (server.peerId === peerId ? poolState.complete : reports.get(server.peerId)?.completeVersion ?? 0) >= version
    })
    if (complete && sets.version === version) await poolState.setClosed(version)
  }

  async #repair (): Promise<KeeperReport> {
    const { peerId, rosters, sets } = this.#components
    const report: KeeperReport = { rosterVersion: sets.version, underReplicated: 0, notCompared: [], moved: 0 }
    const storing = storingServers(rosters.current())
    if (!storing.some((server) => server.peerId === peerId)) return report
    for (const server of storing) {
      if (server.peerId !== peerId && !await this.#repairWith(server.peerId, report)) report.notCompared.push(server.peerId)
    }
    return report
  }

  async #repairWith (other: string, report: KeeperReport): Promise<boolean> {
    const { peerId, local, replicaOf, times, rosters } = this.#components
    const { rosterVersion } = report
    const difference = await differingMailboxes(this.#components, other, { rosterVersion, shared: true })
    if (difference === undefined) return false
    const mailboxes = [...new Set([...difference.mine, ...difference.theirs].map(({ key }) => key))]
    let isComplete = true
    for (let at = 0; at < mailboxes.length; at += concurrentMailboxes) {
      await Promise.all(mailboxes.slice(at, at + concurrentMailboxes).map(async (name) => {
        const done = await reconcile({ local, remote: replicaOf(other), times, rosterVersion, mailbox: fromString(name, 'base16'), push: true })
        report.underReplicated += done.missing
        report.moved += done.pulled + done.pushed
        if (done.outcome === 'stale') await rosters.refresh(rosterVersion + 1)
        if (done.outcome !== 'complete') isComplete = false
      }))
    }
    return isComplete && peerId !== other
  }

  /** Mailboxes that are others' now, once all of those have all of it. */
  async #clearOut (): Promise<void> {
    const { peerId, local, poolState, rosters, limits } = this.#components
    const roster = rosters.current()
    if (poolState.closed < roster.version) return
    const storing = storingServers(roster)
    // So few keep everything.
    if (storing.length <= limits.replicas && storing.some((server) => server.peerId === peerId)) return
    for (const mailbox of await local.notKept(roster)) {
      // By the version: an older one than the newest removes nothing.
      await local.remove(roster.version, mailbox)
    }
  }
}
