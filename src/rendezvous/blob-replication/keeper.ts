import { equals } from 'uint8arrays/equals'
import { fromString } from 'uint8arrays/from-string'
import { asP2pChatError } from '../../errors.js'
import type { Clock, Logger, Timer } from '../../runtime.js'
import type { BlobCopies, BlobCopy, Blobs } from '../blobs/index.js'
import { Turns } from '../blobs/turns.js'
import { findDifference } from '../replication/difference.js'
import { speaksFor, type FenceComponents } from '../replication/fence.js'
import { serversToHear, storingServers, type RosterView } from '../replication/placement.js'
import type { PoolState } from '../replication/pool-state.js'
import { mayMiss, quorumsOf, rostersToAsk, type ReplicaSets, type Rosters } from '../replication/replica-sets.js'
import type { KeepingTimes } from '../steady-clock.js'
import { copyFile, lackingOf } from './copy-file.js'
import { describe } from './inventory.js'
import { concurrentCopies, concurrentLooks, handoverIntervalMs, minLifeMs, repairIntervalMs, type BlobReplicationLimits } from './limits.js'
import type { LocalReplica } from './local-replica.js'
import type { RemoteSource } from './remote-source.js'
import type { BlobReplicaOf, ReplicaProgress } from './replica.js'
import { survivorOf } from './survivor.js'

/** What a round of a server's upkeep found. */
export interface KeeperReport {
  rosterVersion: number
  /** Files of which this server, or another that keeps them, has not all that is to be had. */
  underReplicated: number
  /** Storing servers (PeerIds) that were not compared with: what they lack is not known. */
  notCompared: string[]
  /** Bytes of chunks that came in this round. */
  copiedBytes: number
}

export interface KeeperComponents {
  /** one's own PeerId */
  peerId: string
  local: LocalReplica
  blobs: BlobCopies & Pick<Blobs, 'remove'>
  poolState: PoolState
  replicaOf: BlobReplicaOf
  rosters: Rosters
  sets: ReplicaSets
  standings: FenceComponents['standings']
  /** What each server last said of itself; shared with `sets`. */
  reports: Map<string, ReplicaProgress>
  openSource: (peerId: string, fileId: Uint8Array) => Promise<RemoteSource>
  clock: Clock
  times: KeepingTimes
  logger: Logger
  limits: BlobReplicationLimits
}

/** The upkeep of one server's files: it takes what it lacks, all the time and after a new roster, and clears out what others keep now. */
export class Keeper {
  readonly #components: KeeperComponents
  readonly #turns = new Turns(concurrentCopies)
  readonly #looks = new Turns(concurrentLooks)
  /** Files that this server lacks something of, in hexadecimal, and how many bytes. */
  readonly #lacking = new Map<string, number>()
  #timer: { dueMs: number, timer: Timer } | undefined
  #running: Promise<KeeperReport> | undefined
  #isStopped = false
  #last: KeeperReport | undefined

  constructor (components: KeeperComponents) {
    this.#components = components
  }

  /** What the last round found. */
  get last (): KeeperReport | undefined {
    return this.#last
  }

  get lacking (): { files: number, bytes: number } {
    return { files: this.#lacking.size, bytes: [...this.#lacking.values()].reduce((sum, bytes) => sum + bytes, 0) }
  }

  start (): void {
    this.soon()
  }

  async stop (): Promise<void> {
    this.#isStopped = true
    this.#timer?.timer.cancel()
    await this.#running?.catch(() => {})
  }

  /** There is something to do: a new roster, or something is lacking. */
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
        logger.error({ error: asP2pChatError(error) }, 'the upkeep of files failed')
      }).finally(() => {
        this.#schedule(this.#isSettled ? repairIntervalMs : handoverIntervalMs)
      }).catch(() => {})
    }, { unref: true })
    this.#timer = { dueMs, timer }
  }

  /** What conflicts, or has no room, is tried again no sooner than the rest. */
  get #isSettled (): boolean {
    const { poolState, sets } = this.#components
    return poolState.closed >= sets.version
  }

  async #round (): Promise<KeeperReport> {
    const { poolState, rosters, sets } = this.#components
    if (poolState.newest > sets.version) await rosters.refresh(poolState.newest)
    const report: KeeperReport = { rosterVersion: sets.version, underReplicated: 0, notCompared: [], copiedBytes: 0 }
    this.#lacking.clear()
    if (poolState.closed < sets.version) {
      await this.#handOver(report)
      await this.#hear()
      await this.#close()
    }
    await this.#repair(report)
    await this.#clearOut()
    this.#last = report
    return report
  }

  /**
   * Takes over what this server keeps now and has not. It is complete when of each older roster, back to one that enough of
   * those who have answered were complete for, so few servers are missing that nothing told as kept can be on those alone, and
   * that those cannot say by themselves that there is nothing (../replication/fence.ts).
   */
  async #handOver (report: KeeperReport): Promise<void> {
    const { peerId, poolState, reports, sets, standings, limits } = this.#components
    const { version } = sets
    if (poolState.complete >= version) return
    const [current, ...older] = sets.openRosters()
    if (current === undefined || !isStoring(current, peerId)) return
    const asked = new Map([[peerId, poolState.complete]])
    for (const source of new Set(older.flatMap((roster) => storingServers(roster)).map((server) => server.peerId))) {
      // What it has said before it is asked: it may be complete only later.
      const completeVersion = reports.get(source)?.completeVersion ?? 0
      if (source !== peerId && await this.#takeFrom(source, report, false)) asked.set(source, completeVersion)
    }
    const isEnough = rostersToAsk(older, asked, limits).every((roster) => {
      const missing = storingServers(roster).filter((server) => !asked.has(server.peerId))
      const unfenced = missing.filter(({ peerId: other }) => speaksFor(other, current, standings))
      return mayMiss(missing.length, roster, limits) && unfenced.length < quorumsOf(roster, limits).read
    })
    if (isEnough && sets.version === version) await poolState.setComplete(version)
  }

  /** Asks the servers how far they are. */
  async #hear (): Promise<void> {
    const { peerId, replicaOf, rosters, poolState, reports, sets } = this.#components
    const { version } = sets
    await Promise.all(serversToHear(rosters.current()).map(async (server) => {
      if (server.peerId === peerId) return
      const answer = await replicaOf(server.peerId).progress(version)
      if (answer.outcome === 'stale') await rosters.refresh(answer.rosterVersion)
      if (answer.outcome !== 'progress') return
      reports.set(server.peerId, answer)
      await poolState.setClosed(answer.closedVersion)
    }))
  }

  /** Once every storing server is complete for the newest roster, the ones before it matter no more. */
  async #close (): Promise<void> {
    const { peerId, rosters, poolState, reports, sets } = this.#components
    const { version } = sets
    const isComplete = storingServers(rosters.current()).every((server) =>
      (server.peerId === peerId ? poolState.complete : reports.get(server.peerId)?.completeVersion ?? 0) >= version)
    if (isComplete && sets.version === version) await poolState.setClosed(version)
  }

  async #repair (report: KeeperReport): Promise<void> {
    const { peerId, rosters } = this.#components
    const storing = storingServers(rosters.current())
    if (!storing.some((server) => server.peerId === peerId)) return
    for (const server of storing) {
      if (server.peerId !== peerId && !await this.#takeFrom(server.peerId, report, true)) report.notCompared.push(server.peerId)
    }
  }

  /** @param shared only what both keep by the newest roster. @returns whether all of it that concerns this server is here */
  async #takeFrom (source: string, report: KeeperReport, shared: boolean): Promise<boolean> {
    const { peerId, local, replicaOf, rosters, sets } = this.#components
    const rosterVersion = sets.version
    const mine = await local.held(shared ? [peerId, source] : [peerId])
    const fingerprint = mine.sum('').fingerprint()
    let stale: number | undefined
    let isAnswered = true
    const { mine: ours, theirs } = await findDifference(mine, async (prefixes) => {
      const answer = await replicaOf(source).compare(rosterVersion, peerId, { fingerprint, prefixes, shared })
      if (answer.outcome === 'ranges') return answer.ranges
      isAnswered = false
      if (answer.outcome === 'stale') stale = answer.rosterVersion
      return []
    })
    if (stale !== undefined) await rosters.refresh(stale)
    if (!isAnswered) return false
    await Promise.all(theirs.map(async ({ key }) => { await this.#looks.run(async () => { await this.#count(source, key) }) }))
    const lacking = new Set<string>()
    const taken = await Promise.all(theirs.map(async ({ key }) => await this.#turns.run(async () => {
      const isTaken = await this.#take(source, key, report, shared)
      if (!isTaken) lacking.add(key)
      return isTaken
    })))
    // What the other lacks it will take itself; handing over, only this server's part counts.
    if (shared) report.underReplicated += new Set([...ours.map(({ key }) => key).filter((key) => !theirs.some((item) => item.key === key)), ...lacking]).size
    return taken.every((isTaken) => isTaken)
  }

  /** How much of a file there is to be taken. */
  async #count (source: string, key: string): Promise<void> {
    const { blobs, replicaOf, sets } = this.#components
    const fileId = fromString(key, 'base16')
    const answer = await replicaOf(source).have(sets.version, fileId)
    if (answer.outcome !== 'there') return
    const { bytes } = lackingOf({ mine: await blobs.describe(fileId), theirs: answer.copy })
    if (bytes > 0) this.#lacking.set(key, Math.max(bytes, this.#lacking.get(key) ?? 0))
  }

  /** One file, as far as the other server has it. */
  async #take (source: string, key: string, report: KeeperReport, shared: boolean): Promise<boolean> {
    const { local, blobs, replicaOf, rosters, sets, times, openSource } = this.#components
    if (this.#isStopped) return false
    const fileId = fromString(key, 'base16')
    const answer = await replicaOf(source).have(sets.version, fileId)
    if (answer.outcome === 'stale') await rosters.refresh(answer.rosterVersion)
    this.#lacking.delete(key)
    if (answer.outcome === 'absent') return true
    const mine = await blobs.describe(fileId)
    if (answer.outcome === 'removed') {
      const { username, expiresAtMs } = answer.removal
      const { outcome } = await local.remove(sets.version, fileId, username, expiresAtMs)
      return outcome === 'done' || outcome === 'conflict'
    }
    if (answer.outcome !== 'there') return false
    const { copy: theirs } = answer
    if (theirs.expiresAtMs <= times.overMs() + minLifeMs) return true
    if (mine !== undefined && !equals(describe(mine.blob), describe(theirs.blob))) return await this.#settle(mine)
    const lacking = lackingOf({ mine, theirs })
    if (lacking.chunks.length === 0 && lacking.pieces.length === 0 && mine !== undefined) return true
    // It is being left at both: what is on its way comes by itself.
    if (shared && theirs.growing && mine?.growing === true) return true
    this.#lacking.set(key, lacking.bytes)
    const copied = await copyFile({ local, blobs, theirs, mine, openSource: async () => await openSource(source, fileId) })
    report.copiedBytes += copied.bytes
    if (copied.outcome === 'incomplete') return false
    this.#lacking.delete(key)
    return true
  }

  /** Another file is under this id elsewhere: one of them goes, also while it is being read. */
  async #settle ({ blob: mine }: BlobCopy): Promise<boolean> {
    const { blobs, replicaOf, sets } = this.#components
    const { fileId, username } = mine
    const [set, open] = [sets.current(fileId), sets.open(fileId)]
    const servers = [...new Set([set, ...open].flatMap(({ peerIds }) => peerIds))]
    const said = await Promise.all(servers.map(async (peerId) => ({ peerId, answer: await replicaOf(peerId).have(set.version, fileId) })))
    const survivor = survivorOf(said, set, open)
    if (survivor === undefined) return false
    if (equals(describe(mine), describe(survivor))) return true
    await blobs.remove(fileId, username)
    return false
  }

  /** Files that are others' now, once all of those have all of it; and that nobody is reading here. */
  async #clearOut (): Promise<void> {
    const { peerId, local, blobs, poolState, rosters } = this.#components
    const roster = rosters.current()
    if (poolState.closed < roster.version || (roster.servers.length === 1 && isStoring(roster, peerId))) return
    for (const fileId of await local.notKept(roster)) {
      // By the version: an older one than the newest removes nothing.
      await poolState.write(roster.version, async () => {
        await blobs.forget(fileId)
        return { outcome: 'done' as const }
      })
    }
  }
}

function isStoring (roster: RosterView, peerId: string): boolean {
  return storingServers(roster).some((server) => server.peerId === peerId)
}
