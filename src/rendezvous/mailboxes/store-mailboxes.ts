import { equals } from 'uint8arrays/equals'
import { toString } from 'uint8arrays/to-string'
import { sha256 } from '../../crypto/bytes.js'
import { isP2pChatError } from '../../errors.js'
import type { Clock } from '../../runtime.js'
import { parseOrderedInteger, partsOf, type KeyValueStore, type Operation } from '../../store/index.js'
import { Lanes } from '../lanes.js'
import { maxReplacedIds, retryWhenOverloadedMs, retryWhenStoreFullMs, type RendezvousLimits } from '../limits.js'
import type { Unknown } from '../registers/index.js'
import { timesOf, type KeepingTimes } from '../steady-clock.js'
import { nothingBeside, type Beside, type LocalMailboxes, type Unwanted, type Writes } from './beside.js'
import { MailboxChange } from './change.js'
import { CursorFloor } from './cursor-floor.js'
import { dependantsOf, nextExpired, type Expired } from './expiry.js'
import type { AcknowledgeOutcome, Append, AppendedListener, AppendOutcome, MailboxTotals, MailEntry, MailRead, ReadOptions, SharedAppend } from './index.js'
import { PageReader } from './page-reader.js'
import { PendingView } from './pending-view.js'
import * as records from './records.js'
import { placeFor, type RoomLimits } from './room.js'
import { SharedEnvelopes, type Reference } from './shared-envelopes.js'
import { growth, stockOf, noStock, StoredTotals, sumOf, type Stock } from './stored-totals.js'

export interface StoreMailboxesComponents {
  /** Written by this process alone: decisions on one mailbox are kept apart by lanes in memory. */
  store: KeyValueStore
  clock: Clock
  /** Default: those of the clock. */
  times?: KeepingTimes | undefined
  limits: RoomLimits & Pick<RendezvousLimits, 'maxAcknowledgedIds' | 'mailRetentionMs' | 'maxStoredMailBytes' | 'maxPendingAppends'>
}

/** Mailboxes of one server: everything is synced before it is told. */
export function createStoreMailboxes (components: StoreMailboxesComponents): LocalMailboxes {
  return new StoreMailboxes(components)
}

/** What was decided in a lane; the promise is of its sync. */
interface Decision<T> {
  outcome: T
  synced: Promise<void>
}

/** What became of an entry in one mailbox; `cursor`: where it is new. */
interface Taken {
  outcome: AppendOutcome | Unwanted
  cursor?: number
}

/** What is written as one. */
interface Commit {
  operations: readonly Operation[]
  more: Stock
  /** held for this */
  references: readonly Reference[]
  /** what references that come are to */
  envelope?: Uint8Array
  /** What lies beside the mailboxes. */
  writes?: readonly Writes[]
}

/** What becomes of a shared entry in one mailbox; without a change it is there already, is refused, or not wanted. */
interface Place extends Taken {
  change?: MailboxChange
  writes?: Writes
}

const none = new Uint8Array(0)
const unknown: Unknown = { outcome: 'unknown' }
const unwanted: Unwanted = { outcome: 'unwanted' }
const storeIsFull: AppendOutcome = { outcome: 'overloaded', limit: 'maxStoredMailBytes', retryAfterMs: retryWhenStoreFullMs, alternatives: [] }

class StoreMailboxes implements LocalMailboxes {
  readonly #components: StoreMailboxesComponents
  readonly #times: KeepingTimes
  readonly #view: PendingView
  readonly #shared: SharedEnvelopes
  readonly #pages: PageReader
  readonly #lanes = new Lanes()
  readonly #listeners = new Set<AppendedListener>()
  readonly #totals: StoredTotals
  readonly #floor: CursorFloor
  #pendingAppends = 0

  constructor (components: StoreMailboxesComponents) {
    this.#components = components
    this.#times = components.times ?? timesOf(components.clock)
    this.#view = new PendingView(components.store)
    this.#shared = new SharedEnvelopes(this.#view)
    this.#pages = new PageReader(components.store)
    this.#totals = new StoredTotals(components.store)
    this.#floor = new CursorFloor(components.store)
  }

  async append (entry: Append): Promise<AppendOutcome> {
    return wanted(await this.appendWith(entry, nothingBeside))
  }

  async appendShared (entry: SharedAppend): Promise<AppendOutcome[]> {
    const mailboxes = withoutRepeats(entry.mailboxes)
    const outcomes = await this.appendSharedWith({ ...entry, mailboxes }, mailboxes.map(() => nothingBeside))
    const byName = new Map(mailboxes.map((mailbox, index) => [laneOf(mailbox), wanted(outcomes[index] ?? unknown)]))
    return entry.mailboxes.map((mailbox) => byName.get(laneOf(mailbox)) ?? unknown)
  }

  async appendWith (entry: Append, beside: Beside): Promise<AppendOutcome | Unwanted> {
    const [outcome = unknown] = await this.#takeIn([entry.mailbox], entry, async () => {
      const { outcome, cursor, synced } = await this.#append(entry, beside)
      return { outcome: [{ outcome, cursor }], synced }
    })
    return outcome
  }

  async appendSharedWith (entry: SharedAppend, besides: readonly Beside[]): Promise<Array<AppendOutcome | Unwanted>> {
    return await this.#takeIn(entry.mailboxes, entry, async () => await this.#appendShared(entry, besides))
  }

  async read (mailbox: Uint8Array, options: ReadOptions): Promise<MailRead> {
    return await this.#pages.read(mailbox, options)
  }

  async find (mailbox: Uint8Array, entryId: Uint8Array): Promise<Uint8Array | undefined> {
    return await this.#pages.find(mailbox, entryId)
  }

  async acknowledge (mailbox: Uint8Array, entryIds: readonly Uint8Array[], _acknowledgement: Uint8Array, beside?: Beside): Promise<AcknowledgeOutcome> {
    return await this.#decide<AcknowledgeOutcome>([mailbox], async () => {
      const writes = await (beside ?? nothingBeside)(this.#view)
      if (writes === undefined) return { outcome: { outcome: 'acknowledged' }, synced: this.#view.settled() }
      const change = await this.#begin(mailbox)
      for (const entryId of withoutRepeats(entryIds)) {
        const record = await this.#id(mailbox, entryId)
        if (record === undefined || record.status === 'acknowledged') continue
        if (beside === undefined) await this.#bury(mailbox, entryId, record, change)
        else await this.#forget(mailbox, entryId, record, change)
      }
      return { outcome: { outcome: 'acknowledged' }, ...await this.#writeAndTrim(mailbox, change, writes) }
    })
  }

  async remove (mailbox: Uint8Array, beside: Beside = nothingBeside): Promise<void> {
    await this.#totals.count()
    await this.#lanes.run(laneOf(mailbox), async () => {
      await this.#view.settled()
      const writes = await beside(this.#view)
      if (writes === undefined) return
      const stored = await this.#view.get(records.stateKey(mailbox))
      const state = records.decodeState(stored)
      const floor = await this.#floor.raise(state.next)
      const operations: Operation[] = [{ type: 'delete', key: records.stateKey(mailbox) }]
      const references: Reference[] = []
      for await (const [key, value] of this.#components.store.range(records.mailboxRange(mailbox))) {
        operations.push({ type: 'delete', key })
        const { expiryKey, content } = dependantsOf(mailbox, key, value)
        if (expiryKey !== undefined) operations.push({ type: 'delete', key: expiryKey })
        if (content !== undefined) references.push({ content, by: -1 })
      }
      await this.#shared.hold(references.map(({ content }) => content))
      await this.#commit({ references, more: growth(stockOf(stored === undefined ? undefined : state), noStock), operations, writes: [writes, floor] })
    })
  }

  async sweep (): Promise<void> {
    const { store } = this.#components
    await this.#totals.count()
    for (;;) {
      const expired = await nextExpired(store, this.#times.overMs())
      if (expired.length === 0) return
      await Promise.all(expired.map(async (entry) => { await this.#expire(entry) }))
    }
  }

  onAppended (listener: AppendedListener): () => void {
    this.#listeners.add(listener)
    return () => { this.#listeners.delete(listener) }
  }

  async totals (): Promise<MailboxTotals> {
    const { mailboxes, envelopes, bytes } = await this.#totals.count()
    return { mailboxes, envelopes, bytes }
  }

  async #append (entry: Append, beside: Beside): Promise<Taken & Omit<Decision<unknown>, 'outcome'>> {
    const { limits } = this.#components
    const { mailbox, entryId, envelope, sender, slot } = entry
    const writes = await beside(this.#view)
    if (writes === undefined) return { outcome: unwanted, synced: this.#view.settled() }
    const known = await this.#id(mailbox, entryId)
    if (known !== undefined) return { outcome: stored(known.expiresAtMs), synced: this.#writeBeside([writes]) }
    const expiresAtMs = this.#times.fromMs() + limits.mailRetentionMs
    const slotKey = records.slotKeyOf(entry)
    const change = await this.#beginAppend(mailbox)
    const before = slotKey.byteLength === 0 ? undefined : await this.#slot(mailbox, slotKey)
    if (before !== undefined) {
      const { current, replaced } = before
      if ([current, ...replaced].some((id) => equals(id, entryId))) return { outcome: stored(expiresAtMs), synced: this.#writeBeside([writes]) }
      await this.#replace(mailbox, slotKey, before, change)
    }
    const isReplacement = before !== undefined && before.emptiedCursor === 0
    const status = placeFor({ bytes: envelope.byteLength, hasSlot: slotKey.byteLength > 0, isReplacement }, change.state, await change.share(sender), limits)
    if (typeof status !== 'string') return { outcome: status, synced: Promise.resolve() }
    const cursor = await change.add(entryId, envelope, { expiresAtMs, status, sender, slot, content: none })
    if (this.#isTooHeavy(change.growth)) return { outcome: storeIsFull, synced: Promise.resolve() }
    if (slotKey.byteLength > 0) {
      const replaced = before === undefined ? [] : [before.current, ...before.replaced].slice(0, maxReplacedIds)
      change.put(records.slotRecordKey(mailbox, slotKey), records.encodeSlot({ expiresAtMs, emptiedCursor: 0, current: entryId, replaced }))
    }
    return { outcome: stored(expiresAtMs), cursor, synced: this.#write(change, writes) }
  }

  /** Decides for all mailboxes, in all their lanes, and writes one batch. */
  async #appendShared (entry: SharedAppend, besides: readonly Beside[]): Promise<Decision<Taken[]>> {
    const content = sha256(entry.envelope)
    const expiresAtMs = this.#times.fromMs() + this.#components.limits.mailRetentionMs
    const places = await Promise.all(entry.mailboxes.map(async (mailbox, index) => await this.#placeShared(mailbox, entry, { content, expiresAtMs }, besides[index] ?? nothingBeside)))
    const changes = places.map(({ change }) => change).filter((change) => change !== undefined)
    const references = changes.flatMap((change) => change.references)
    const more = sumOf(changes.map((change) => change.growth))
    if (changes.length > 0 && this.#isTooHeavy(sumOf([more, this.#shared.growthOfAdding(content, entry.envelope.byteLength)]))) {
      this.#shared.release(references.map((reference) => reference.content))
      const outcome = places.map((place) => ({ outcome: place.change === undefined ? place.outcome : storeIsFull }))
      return { outcome, synced: this.#writeBeside(writesOf(places.filter(({ change }) => change === undefined))) }
    }
    const outcome = places.map(({ outcome, cursor }) => ({ outcome, cursor }))
    const writes = writesOf(places)
    if (changes.length === 0) return { outcome, synced: this.#writeBeside(writes) }
    return { outcome, synced: this.#commit({ references, more, operations: changes.flatMap((change) => change.operations()), envelope: entry.envelope, writes }) }
  }

  async #placeShared (mailbox: Uint8Array, { entryId, envelope, sender }: SharedAppend, { content, expiresAtMs }: { content: Uint8Array, expiresAtMs: number }, beside: Beside): Promise<Place> {
    const writes = await beside(this.#view)
    if (writes === undefined) return { outcome: unwanted }
    const known = await this.#id(mailbox, entryId)
    if (known !== undefined) return { outcome: stored(known.expiresAtMs), writes }
    const change = await this.#beginAppend(mailbox)
    const place = placeFor({ bytes: envelope.byteLength, hasSlot: false, isReplacement: false }, change.state, await change.share(sender), this.#components.limits)
    if (typeof place !== 'string') return { outcome: place }
    const cursor = await change.add(entryId, envelope, { expiresAtMs, status: 'shared', sender, slot: none, content })
    return { outcome: stored(expiresAtMs), cursor, change, writes }
  }

  /** Takes what is left of the slot's last entry out of the mailbox. */
  async #replace (mailbox: Uint8Array, slotKey: Uint8Array, { expiresAtMs, emptiedCursor, current }: records.SlotRecord, change: MailboxChange): Promise<void> {
    change.delete(records.expiryKey(expiresAtMs, mailbox, current, slotKey))
    if (emptiedCursor > 0) {
      change.unbury(emptiedCursor)
      return
    }
    const record = await this.#id(mailbox, current)
    if (record === undefined) return
    await change.take(record)
    change.delete(records.idKey(mailbox, current))
  }

  /** Deletes an acknowledged entry and remembers its id: a slot knows its late retries itself, of others the id is kept. */
  async #bury (mailbox: Uint8Array, entryId: Uint8Array, record: records.IdRecord, change: MailboxChange): Promise<void> {
    await change.take(record)
    const slotKey = records.slotKeyOf(record)
    const slot = slotKey.byteLength === 0 ? undefined : await this.#slot(mailbox, slotKey)
    if (slot === undefined) {
      change.put(records.idKey(mailbox, entryId), records.encodeId({ ...record, status: 'acknowledged', content: none }))
    } else {
      change.delete(records.idKey(mailbox, entryId))
      change.put(records.slotRecordKey(mailbox, slotKey), records.encodeSlot({ ...slot, emptiedCursor: record.cursor }))
    }
    change.bury(record.cursor, { entryId, slotKey })
  }

  /** Deletes an entry, and whatever would tell that it was there. */
  async #forget (mailbox: Uint8Array, entryId: Uint8Array, record: records.IdRecord, change: MailboxChange): Promise<void> {
    await change.take(record)
    const slotKey = records.slotKeyOf(record)
    change.delete(records.idKey(mailbox, entryId))
    change.delete(records.expiryKey(record.expiresAtMs, mailbox, entryId, slotKey))
    if (slotKey.byteLength > 0) change.delete(records.slotRecordKey(mailbox, slotKey))
  }

  /** Writes an acknowledgement, and forgets the oldest tombstones past the limit. Awaits no sync unless there are such. */
  async #writeAndTrim (mailbox: Uint8Array, change: MailboxChange, writes: Writes): Promise<{ synced: Promise<void> }> {
    const synced = this.#write(change, writes)
    const tooMany = change.state.tombstones - this.#components.limits.maxAcknowledgedIds
    if (tooMany <= 0) return { synced }
    await synced
    const trim = await this.#begin(mailbox)
    for await (const [key, value] of this.#components.store.range({ ...records.tombstoneRange(mailbox), limit: tooMany })) {
      const { entryId, slotKey } = records.decodeTombstone(value)
      trim.unbury(parseOrderedInteger(partsOf(key)[3] ?? ''))
      const left = slotKey.byteLength === 0 ? await this.#id(mailbox, entryId) : await this.#slot(mailbox, slotKey)
      trim.delete(slotKey.byteLength === 0 ? records.idKey(mailbox, entryId) : records.slotRecordKey(mailbox, slotKey))
      if (left !== undefined) trim.delete(records.expiryKey(left.expiresAtMs, mailbox, entryId, slotKey))
    }
    return { synced: this.#write(trim) }
  }

  async #expire ({ key, expiresAtMs, mailbox, entryId, slotKey }: Expired): Promise<void> {
    const { synced } = await this.#lanes.run(laneOf(mailbox), async () => {
      const change = await this.#begin(mailbox)
      change.delete(key)
      // An id may have gone and come again, or its sender have used it again after its slot was emptied: that entry has a time of its own.
      const slot = slotKey.byteLength === 0 ? undefined : await this.#slot(mailbox, slotKey)
      if (slot?.expiresAtMs === expiresAtMs && equals(slot.current, entryId)) {
        change.delete(records.slotRecordKey(mailbox, slotKey))
        if (slot.emptiedCursor > 0) change.unbury(slot.emptiedCursor)
      }
      const record = await this.#id(mailbox, entryId)
      const isSame = record?.expiresAtMs === expiresAtMs && equals(records.slotKeyOf(record), slotKey)
      if (!isSame) return { synced: this.#write(change) }
      change.delete(records.idKey(mailbox, entryId))
      if (record.status === 'acknowledged') change.unbury(record.cursor)
      else await change.take(record)
      return { synced: this.#write(change) }
    })
    await synced
  }

  /** Appends to mailboxes, of which `maxPendingAppends` may be under way at once, and tells whoever listens. */
  async #takeIn (mailboxes: readonly Uint8Array[], { entryId, envelope }: MailEntry, decide: () => Promise<Decision<Taken[]>>): Promise<Array<AppendOutcome | Unwanted>> {
    if (this.#pendingAppends >= this.#components.limits.maxPendingAppends) {
      return mailboxes.map(() => ({ outcome: 'overloaded', retryAfterMs: retryWhenOverloadedMs, alternatives: [] }))
    }
    this.#pendingAppends += mailboxes.length
    try {
      const decided = await this.#decide<Taken[]>(mailboxes, decide)
      if (!Array.isArray(decided)) return mailboxes.map(() => decided)
      for (const [index, mailbox] of mailboxes.entries()) {
        const { outcome: { outcome } = unknown, cursor } = decided[index] ?? {}
        if (outcome !== 'stored') continue
        for (const listener of this.#listeners) listener(mailbox, cursor === undefined ? undefined : { entryId, envelope, cursor })
      }
      return decided.map(({ outcome }) => outcome)
    } finally {
      this.#pendingAppends -= mailboxes.length
    }
  }

  /** Decides in the mailboxes' lanes, waits for the sync outside of them, and tells a failed one as unknown. */
  async #decide<T> (mailboxes: readonly Uint8Array[], decide: () => Promise<Decision<T>>): Promise<T | Unknown> {
    try {
      await this.#totals.count()
      const { outcome, synced } = await this.#lanes.runAll(mailboxes.map(laneOf), decide)
      await synced
      return outcome
    } catch (error) {
      if (isP2pChatError(error, 'ERR_STORE_IO', 'ERR_CLOSED')) return unknown
      throw error
    }
  }

  async #write (change: MailboxChange, writes?: Writes): Promise<void> {
    const beside = writes === undefined ? [] : [writes]
    if (change.isEmpty) await this.#writeBeside(beside)
    else await this.#commit({ references: change.references, more: change.growth, operations: change.operations(), writes: beside })
  }

  /** What lies beside mailboxes that do not change themselves. */
  async #writeBeside (writes: readonly Writes[]): Promise<void> {
    await this.#view.write(writes.flatMap((operations) => operations()))
  }

  /** One batch of changes and of the counts that follow from them, given to the store before anything is awaited. */
  async #commit ({ references, more, operations, envelope, writes = [] }: Commit): Promise<void> {
    const counted = this.#shared.count(references, envelope)
    this.#shared.release(references.map(({ content }) => content))
    this.#totals.add(sumOf([more, counted.more]))
    await this.#view.write([...operations, ...counted.operations, ...writes.flatMap((beside) => beside())])
  }

  /** Whether so much more is more than all mailboxes together may weigh. */
  #isTooHeavy (more: Stock): boolean {
    return this.#totals.wouldExceed(more, this.#components.limits.maxStoredMailBytes)
  }

  async #begin (mailbox: Uint8Array): Promise<MailboxChange> {
    return await MailboxChange.begin({ view: this.#view, shared: this.#shared }, mailbox)
  }

  async #beginAppend (mailbox: Uint8Array): Promise<MailboxChange> {
    const change = await this.#begin(mailbox)
    if (change.state.next === 1) change.state.next = await this.#floor.first()
    return change
  }

  async #slot (mailbox: Uint8Array, slotKey: Uint8Array): Promise<records.SlotRecord | undefined> {
    const found = await this.#view.get(records.slotRecordKey(mailbox, slotKey))
    return found === undefined ? undefined : records.decodeSlot(found)
  }

  async #id (mailbox: Uint8Array, entryId: Uint8Array): Promise<records.IdRecord | undefined> {
    const found = await this.#view.get(records.idKey(mailbox, entryId))
    return found === undefined ? undefined : records.decodeId(found)
  }
}

function laneOf (mailbox: Uint8Array): string {
  return toString(mailbox, 'base16')
}

/** Where nothing lies beside a mailbox, nothing is unwanted. */
function wanted (outcome: AppendOutcome | Unwanted): AppendOutcome {
  return outcome.outcome === 'unwanted' ? unknown : outcome
}

function writesOf (places: readonly Place[]): Writes[] {
  return places.flatMap(({ writes }) => writes ?? [])
}

function stored (expiresAtMs: number): AppendOutcome {
  return { outcome: 'stored', replicas: 1, servers: 1, expiresAtMs }
}

function withoutRepeats (ids: readonly Uint8Array[]): Uint8Array[] {
  return [...new Map(ids.map((id) => [toString(id, 'base16'), id])).values()]
}
