import { toString } from 'uint8arrays/to-string'
import type { Clock, Random } from '../../runtime.js'
import { retryWhenOverloadedMs } from '../limits.js'
import type { AcknowledgeOutcome, Append, AppendedListener, AppendOutcome, Mailboxes, MailboxTotals, MailRead, ReadOptions, SharedAppend } from '../mailboxes/index.js'
import type { Overloaded, Unknown } from '../registers/index.js'
import type { KeepingTimes } from '../steady-clock.js'
import { catchUp } from './catch-up.js'
import type { Fence } from './fence.js'
import { gather } from './gather.js'
import { maxRememberedSlotEntries, maxRosterRetries, type ReplicationLimits } from './limits.js'
import type { LocalReplica } from './local-replica.js'
import type { PoolState } from './pool-state.js'
import type { Replica, ReplicaAppend, ReplicaDone, ReplicaEntry, ReplicaOf, Stale } from './replica.js'
import type { ReplicaSet, ReplicaSets, Rosters } from './replica-sets.js'
import { WRITER_BYTES } from './rows.js'
import { SharedRequests } from './shared-requests.js'
import type { Standings } from './standings.js'

export interface ReplicatedMailboxesComponents {
  /** one's own PeerId */
  peerId: string
  /** what is kept here */
  local: LocalReplica
  /** the same mailboxes, without their copies */
  localMailboxes: Mailboxes
  replicaOf: ReplicaOf
  rosters: Rosters
  sets: ReplicaSets
  fence: Fence
  standings: Standings
  poolState: PoolState
  clock: Clock
  times: KeepingTimes
  random: Random
  limits: ReplicationLimits & { mailRetentionMs: number }
  /** Pool addresses of these servers, for whoever asks the wrong one. */
  poolAddressesOf: (peerIds: readonly string[]) => string[]
  /** Told of a server that did not take what the others took. */
  onMissing: (mailbox: Uint8Array, peerId: string) => void
  /** This server's disk is an old copy: it counts for nothing. */
  isDiskOld: () => boolean
}

const nothing = new Uint8Array(0)
const unknown: Unknown = { outcome: 'unknown' }

/** Mailboxes kept by several servers: any server takes appends and acknowledgements, one of a mailbox's own is its home. */
export function createReplicatedMailboxes (components: ReplicatedMailboxesComponents): Mailboxes {
  return new ReplicatedMailboxes(components)
}

class ReplicatedMailboxes implements Mailboxes {
  readonly #components: ReplicatedMailboxesComponents
  readonly #writer: Uint8Array
  #sequence = 0
  /** By mailbox and id: a retry in a slot has the number of the first try, so that it does not pass what came since. */
  readonly #slotSequences = new Map<string, number>()
  #pendingAppends = 0
  /** When a mailbox was last made sure of, and by which roster. */
  readonly #caughtUp = new Map<string, { atMs: number, rosterVersion: number }>()

  constructor (components: ReplicatedMailboxesComponents) {
    this.#components = components
    this.#writer = components.random.bytes(WRITER_BYTES)
  }

  async append (append: Append): Promise<AppendOutcome> {
    const { times, limits } = this.#components
    if (this.#pendingAppends >= limits.maxPendingAppends) return { outcome: 'overloaded', retryAfterMs: retryWhenOverloadedMs, alternatives: [] }
    const { mailbox, entryId, envelope, sender, slot } = append
    const entry: ReplicaEntry = { entryId, envelope, sender, slot, expiresAtMs: times.fromMs() + limits.mailRetentionMs, writer: this.#writer, sequence: this.#sequenceOf(append) }
    this.#pendingAppends++
    try {
      return await this.#everywhere<ReplicaAppend, AppendOutcome>(mailbox, async (replica, version) => await replica.append(version, mailbox, entry), decideAppend(entry.expiresAtMs))
    } finally {
      this.#pendingAppends--
    }
  }

  async appendShared ({ mailboxes, ...shared }: SharedAppend): Promise<AppendOutcome[]> {
    const { times, limits, sets } = this.#components
    const room = limits.maxPendingAppends - this.#pendingAppends
    if (mailboxes.length > room) return mailboxes.map(() => ({ outcome: 'overloaded', retryAfterMs: retryWhenOverloadedMs, alternatives: [] }))
    const entry: ReplicaEntry = { ...shared, slot: nothing, expiresAtMs: times.fromMs() + limits.mailRetentionMs, writer: this.#writer, sequence: ++this.#sequence }
    this.#pendingAppends += mailboxes.length
    try {
      const { version } = sets
      const requests = new SharedRequests(this.#components.replicaOf, version, entry)
      for (const mailbox of mailboxes) for (const peerId of sets.current(mailbox).peerIds) requests.add(peerId, mailbox)
      return await Promise.all(mailboxes.map(async (mailbox) => {
        let isFirst = true
        return await this.#everywhere<ReplicaAppend, AppendOutcome>(mailbox, async (replica, byVersion, peerId) => {
          const together = isFirst ? requests.answer(peerId, mailbox, byVersion) : undefined
          return await (together ?? replica.append(byVersion, mailbox, entry))
        }, decideAppend(entry.expiresAtMs), () => { isFirst = false })
      }))
    } finally {
      this.#pendingAppends -= mailboxes.length
    }
  }

  async read (mailbox: Uint8Array, options: ReadOptions): Promise<MailRead> {
    const { local } = this.#components
    const elsewhere = this.#elsewhere(mailbox)
    if (elsewhere !== undefined) return elsewhere
    const isCaughtUp = this.#isCaughtUp(mailbox)
    const page = await local.copies.readPage(mailbox, options)
    if (page.outcome !== 'read' || page.more) return page
    if (isCaughtUp) return this.#elsewhere(mailbox) ?? page
    if (!await this.#catchUp(mailbox)) return page.entries.length > 0 ? { ...page, more: true } : unknown
    const rest = await local.copies.readPage(mailbox, options)
    // A roster that came meanwhile may have taken the mailbox from here, and with it what was read of it.
    return this.#elsewhere(mailbox) ?? rest
  }

  /** What a reader is told here when others keep the mailbox: cursors are of one server, and only a replica can make sure. */
  #elsewhere (mailbox: Uint8Array): MailRead | undefined {
    const { peerId, sets, poolAddressesOf } = this.#components
    const { peerIds } = sets.current(mailbox)
    return peerIds.includes(peerId) ? undefined : { outcome: 'overloaded', retryAfterMs: 0, alternatives: poolAddressesOf(peerIds) }
  }

  async acknowledge (mailbox: Uint8Array, _entryIds: readonly Uint8Array[], acknowledgement: Uint8Array): Promise<AcknowledgeOutcome> {
    const { times, limits } = this.#components
    const signed = { signed: acknowledgement, expiresAtMs: times.fromMs() + limits.tombstoneMs }
    return await this.#everywhere<ReplicaDone, AcknowledgeOutcome>(mailbox, async (replica, version) => await replica.acknowledge(version, mailbox, signed), decideAcknowledge)
  }

  async remove (mailbox: Uint8Array): Promise<void> {
    const { rosters, replicaOf, sets } = this.#components
    const { version } = rosters.current()
    await Promise.all(sets.current(mailbox).peerIds.map(async (peerId) => await replicaOf(peerId).remove(version, mailbox)))
  }

  async sweep (): Promise<void> {
    await this.#components.local.copies.sweep()
    const { clock, limits } = this.#components
    // Also what is of a clock that was set back since.
    for (const [name, { atMs }] of this.#caughtUp) if (Math.abs(clock.now() - atMs) > limits.caughtUpMs) this.#caughtUp.delete(name)
  }

  onAppended (listener: AppendedListener): () => void {
    return this.#components.localMailboxes.onAppended(listener)
  }

  async totals (): Promise<MailboxTotals> {
    return await this.#components.localMailboxes.totals()
  }

  /**
   * Asks every replica at once, by the newest roster, and answers as soon as enough of them have, and nobody can tell a reader
   * otherwise by an older one.
   */
  async #everywhere<Answer extends { outcome: string } | Stale, Decision extends { outcome: string }> (mailbox: Uint8Array, ask: (replica: Replica, version: number, peerId: string) => Promise<Answer>, decide: Decide<Answer, Decision>, onStale = (): void => {}): Promise<Decision | Unknown> {
    const { replicaOf, rosters, sets, fence, onMissing } = this.#components
    for (let attempt = 0; attempt <= maxRosterRetries; attempt++) {
      const set = sets.current(mailbox)
      if (set.peerIds.length === 0) return unknown
      const asking = set.peerIds.map(async (peerId) => {
        const answer = await ask(replicaOf(peerId), set.version, peerId)
        if (answer.outcome === 'unknown' || answer.outcome === 'overloaded') onMissing(mailbox, peerId)
        return answer
      })
      const decision = await gather(asking, (answers, pending) => {
        const decided = decide(answers, pending, set)
        if (decided !== undefined || pending > 0) return decided
        return answers.some(({ outcome }) => outcome === 'stale') ? 'stale' as const : unknown
      })
      if (decision !== 'stale') return !isTold(decision) || await fence.holds(mailbox, set) ? decision : unknown
      onStale()
      await rosters.refresh(set.version + 1)
    }
    return unknown
  }

  #sequenceOf ({ mailbox, entryId, slot }: Append): number {
    if (slot.byteLength === 0) return ++this.#sequence
    const name = `${toString(mailbox, 'base16')}/${toString(entryId, 'base16')}`
    const sequence = this.#slotSequences.get(name) ?? ++this.#sequence
    this.#slotSequences.set(name, sequence)
    const [oldest] = this.#slotSequences.keys()
    if (this.#slotSequences.size > maxRememberedSlotEntries && oldest !== undefined) this.#slotSequences.delete(oldest)
    return sequence
  }

  #isCaughtUp (mailbox: Uint8Array): boolean {
    const { clock, sets, limits } = this.#components
    const last = this.#caughtUp.get(toString(mailbox, 'base16'))
    const agoMs = clock.now() - (last?.atMs ?? 0)
    return last?.rosterVersion === sets.version && agoMs >= 0 && agoMs < limits.caughtUpMs
  }

  async #catchUp (mailbox: Uint8Array): Promise<boolean> {
    const { clock, sets } = this.#components
    const atMs = clock.now()
    const rosterVersion = sets.version
    if (!await catchUp(this.#components, mailbox)) return false
    this.#caughtUp.set(toString(mailbox, 'base16'), { atMs, rosterVersion })
    return true
  }
}

/** Undefined: not yet, or not at all. */
type Decide<Answer, Decision> = (answers: readonly Answer[], pending: number, set: ReplicaSet) => Decision | undefined

/** @param askedExpiryMs of the entry, where no replica knows another */
function decideAppend (askedExpiryMs: number): Decide<ReplicaAppend, AppendOutcome> {
  return (answers, pending, { peerIds, write }) => {
    const servers = peerIds.length
    const expiriesMs = answers.flatMap((answer) => answer.outcome === 'stored' ? [answer.expiresAtMs] : [])
    const kept = answers.filter(({ outcome }) => outcome === 'stored' || outcome === 'superseded').length
    // Whoever it is for has it.
    const isGone = answers.some(({ outcome }) => outcome === 'gone')
    if (kept >= write || isGone) return { outcome: 'stored', replicas: Math.max(kept, 1), servers, expiresAtMs: expiriesMs.length > 0 ? Math.max(...expiriesMs) : askedExpiryMs }
    if (pending > 0) return undefined
    return tooFew(answers.filter((answer) => answer.outcome === 'refused'), write, servers) ?? tooFew(answers.filter(isOverloadedOrRefused), write, servers)
  }
}

function decideAcknowledge (answers: readonly ReplicaDone[], pending: number, { peerIds, write }: ReplicaSet): AcknowledgeOutcome | undefined {
  if (answers.filter(({ outcome }) => outcome === 'done').length >= write) return { outcome: 'acknowledged' }
  if (pending > 0) return undefined
  return tooFew(answers.filter((answer) => answer.outcome === 'overloaded'), write, peerIds.length)
}

/** What nobody may find untrue afterwards. */
function isTold ({ outcome }: { outcome: string }): boolean {
  return outcome === 'stored' || outcome === 'acknowledged'
}

/** The answer that stands for all, when so many say no that the others were too few. */
function tooFew<Answer> (refusals: readonly Answer[], write: number, servers: number): Answer | undefined {
  return refusals.length > servers - write ? refusals.at(-1) : undefined
}

function isOverloadedOrRefused (answer: ReplicaAppend): answer is Overloaded | Extract<ReplicaAppend, { outcome: 'refused' }> {
  return answer.outcome === 'overloaded' || answer.outcome === 'refused'
}
