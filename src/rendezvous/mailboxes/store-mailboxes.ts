import { equals } from 'uint8arrays/equals'
import { fromString } from 'uint8arrays/from-string'
import { toString } from 'uint8arrays/to-string'
import { isP2pChatError } from '../../errors.js'
import type { Clock } from '../../runtime.js'
import { parseOrderedInteger, partsOf, type KeyValueStore, type Operation } from '../../store/index.js'
import { Lanes } from '../lanes.js'
import { maxReplacedIds, retryWhenOverloadedMs, retryWhenStoreFullMs, sweepBatch, type RendezvousLimits } from '../limits.js'
import type { Unknown } from '../registers/index.js'
import { MailboxChange, weightOf } from './change.js'
import type { AcknowledgeOutcome, Append, AppendOutcome, Mailboxes, MailboxTotals, MailRead, ReadOptions } from './index.js'
import { PendingView } from './pending-view.js'
import * as records from './records.js'
import { placeFor, type RoomLimits } from './room.js'

export interface StoreMailboxesComponents {
  /** Written by this process alone: decisions on one mailbox are kept apart by lanes in memory. */
  store: KeyValueStore
  clock: Clock
  limits: RoomLimits & Pick<RendezvousLimits, 'maxAcknowledgedIds' | 'mailRetentionMs' | 'maxStoredMailBytes' | 'maxPendingAppends'>
}

/** Mailboxes of one server: everything is synced before it is told. */
export function createStoreMailboxes (components: StoreMailboxesComponents): Mailboxes {
  return new StoreMailboxes(components)
}

/** What was decided in a lane; the promise is of its sync. */
interface Decision<T> {
  outcome: T
  synced: Promise<void>
}

/** One record of the index by expiry. */
interface Expired {
  key: string
  expiresAtMs: number
  mailbox: Uint8Array
  entryId: Uint8Array
  slotKey: Uint8Array
}

class StoreMailboxes implements Mailboxes {
  readonly #components: StoreMailboxesComponents
  readonly #view: PendingView
  readonly #lanes = new Lanes()
  readonly #listeners = new Set<(mailbox: Uint8Array) => void>()
  #pendingAppends = 0
  /** What all mailboxes weigh, counted from the store once and exact from then on. */
  #weight: number | undefined
  #weighing: Promise<number> | undefined

  constructor (components: StoreMailboxesComponents) {
    this.#components = components
    this.#view = new PendingView(components.store)
  }

  async append (entry: Append): Promise<AppendOutcome> {
    if (this.#pendingAppends >= this.#components.limits.maxPendingAppends) {
      return { outcome: 'overloaded', retryAfterMs: retryWhenOverloadedMs, alternatives: [] }
    }
    this.#pendingAppends++
    try {
      const outcome = await this.#decide<AppendOutcome>(entry.mailbox, async () => await this.#append(entry))
      if (outcome.outcome === 'stored') for (const listener of this.#listeners) listener(entry.mailbox)
      return outcome
    } finally {
      this.#pendingAppends--
    }
  }

  async read (mailbox: Uint8Array, { afterCursor, maxEntries, maxBytes }: ReadOptions): Promise<MailRead> {
    const entries: Array<{ cursor: number, entryId: Uint8Array, envelope: Uint8Array }> = []
    let bytes = 0
    for await (const [key, stored] of this.#components.store.range({ ...records.entryRangeAfter(mailbox, afterCursor), limit: maxEntries + 1 })) {
      const entry = records.decodeEntry(stored)
      bytes += entry.envelope.byteLength
      if (entries.length === maxEntries || (entries.length > 0 && bytes > maxBytes)) return { outcome: 'read', entries, more: true }
      entries.push({ cursor: parseOrderedInteger(partsOf(key)[3] ?? ''), ...entry })
    }
    return { outcome: 'read', entries, more: false }
  }

  async acknowledge (mailbox: Uint8Array, entryIds: readonly Uint8Array[]): Promise<AcknowledgeOutcome> {
    return await this.#decide<AcknowledgeOutcome>(mailbox, async () => {
      const change = await MailboxChange.begin(this.#view, mailbox)
      for (const entryId of withoutRepeats(entryIds)) {
        const record = await this.#id(mailbox, entryId)
        if (record !== undefined && record.status !== 'acknowledged') await this.#bury(mailbox, entryId, record, change)
      }
      return { outcome: { outcome: 'acknowledged' }, ...await this.#writeAndTrim(mailbox, change) }
    })
  }

  async remove (mailbox: Uint8Array): Promise<void> {
    await this.#weigh()
    await this.#lanes.run(laneOf(mailbox), async () => {
      await this.#view.settled()
      const state = records.decodeState(await this.#view.get(records.stateKey(mailbox)))
      const operations: Operation[] = [{ type: 'delete', key: records.stateKey(mailbox) }]
      for await (const [key, value] of this.#components.store.range(records.mailboxRange(mailbox))) {
        operations.push({ type: 'delete', key })
        const expiryKey = expiryKeyOf(mailbox, key, value)
        if (expiryKey !== undefined) operations.push({ type: 'delete', key: expiryKey })
      }
      this.#weight = (this.#weight ?? 0) - weightOf(state)
      await this.#view.write(operations)
    })
  }

  async sweep (): Promise<void> {
    const { store, clock } = this.#components
    await this.#weigh()
    for (;;) {
      const expired: Expired[] = []
      for await (const [key, slotKey] of store.range({ ...records.expiredRange(clock.now()), limit: sweepBatch })) {
        const [, expiresAtMs = '', mailbox = '', entryId = ''] = partsOf(key)
        expired.push({ key, expiresAtMs: parseOrderedInteger(expiresAtMs), mailbox: fromString(mailbox, 'base16'), entryId: fromString(entryId, 'base16'), slotKey })
      }
      if (expired.length === 0) return
      await Promise.all(expired.map(async (entry) => { await this.#expire(entry) }))
    }
  }

  onAppended (listener: (mailbox: Uint8Array) => void): () => void {
    this.#listeners.add(listener)
    return () => { this.#listeners.delete(listener) }
  }

  async totals (): Promise<MailboxTotals> {
    const totals: MailboxTotals = { mailboxes: 0, envelopes: 0, bytes: 0 }
    for await (const [, stored] of this.#components.store.range(records.stateRange())) {
      const state = records.decodeState(stored)
      totals.mailboxes++
      totals.envelopes += state.mail.entries + state.receipts.entries
      totals.bytes += state.mail.bytes + state.receipts.bytes
    }
    return totals
  }

  async #append (entry: Append): Promise<Decision<AppendOutcome>> {
    const { clock, limits } = this.#components
    const { mailbox, entryId, envelope, sender, slot } = entry
    const known = await this.#id(mailbox, entryId)
    if (known !== undefined) return { outcome: stored(known.expiresAtMs), synced: this.#view.settled() }
    const expiresAtMs = clock.now() + limits.mailRetentionMs
    const slotKey = records.slotKeyOf(entry)
    const change = await MailboxChange.begin(this.#view, mailbox)
    const before = slotKey.byteLength === 0 ? undefined : await this.#slot(mailbox, slotKey)
    if (before !== undefined) {
      const { current, replaced } = before
      if ([current, ...replaced].some((id) => equals(id, entryId))) return { outcome: stored(expiresAtMs), synced: this.#view.settled() }
      await this.#replace(mailbox, slotKey, before, change)
    }
    const isReplacement = before !== undefined && before.emptiedCursor === 0
    const status = placeFor({ bytes: envelope.byteLength, hasSlot: slotKey.byteLength > 0, isReplacement }, change.state, await change.share(sender), limits)
    if (typeof status !== 'string') return { outcome: status, synced: Promise.resolve() }
    await change.add(entryId, envelope, { expiresAtMs, status, sender, slot })
    if (change.weight > 0 && (this.#weight ?? 0) + change.weight > limits.maxStoredMailBytes) {
      return { outcome: { outcome: 'overloaded', limit: 'maxStoredMailBytes', retryAfterMs: retryWhenStoreFullMs, alternatives: [] }, synced: Promise.resolve() }
    }
    if (slotKey.byteLength > 0) {
      const replaced = before === undefined ? [] : [before.current, ...before.replaced].slice(0, maxReplacedIds)
      change.put(records.slotRecordKey(mailbox, slotKey), records.encodeSlot({ expiresAtMs, emptiedCursor: 0, current: entryId, replaced }))
    }
    return { outcome: stored(expiresAtMs), synced: this.#write(change) }
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
      change.put(records.idKey(mailbox, entryId), records.encodeId({ ...record, status: 'acknowledged' }))
    } else {
      change.delete(records.idKey(mailbox, entryId))
      change.put(records.slotRecordKey(mailbox, slotKey), records.encodeSlot({ ...slot, emptiedCursor: record.cursor }))
    }
    change.bury(record.cursor, { entryId, slotKey })
  }

  /** Writes an acknowledgement, and forgets the oldest tombstones past the limit. Awaits no sync unless there are such. */
  async #writeAndTrim (mailbox: Uint8Array, change: MailboxChange): Promise<{ synced: Promise<void> }> {
    const synced = this.#write(change)
    const tooMany = change.state.tombstones - this.#components.limits.maxAcknowledgedIds
    if (tooMany <= 0) return { synced }
    await synced
    const trim = await MailboxChange.begin(this.#view, mailbox)
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
      const change = await MailboxChange.begin(this.#view, mailbox)
      change.delete(key)
      const slot = slotKey.byteLength === 0 ? undefined : await this.#slot(mailbox, slotKey)
      if (slot !== undefined && equals(slot.current, entryId)) {
        change.delete(records.slotRecordKey(mailbox, slotKey))
        if (slot.emptiedCursor > 0) change.unbury(slot.emptiedCursor)
      }
      const record = await this.#id(mailbox, entryId)
      // A sender may have used an id again after its slot was emptied: that entry has a time of its own.
      const isSame = record?.expiresAtMs === expiresAtMs && equals(records.slotKeyOf(record), slotKey)
      if (!isSame) return { synced: this.#write(change) }
      change.delete(records.idKey(mailbox, entryId))
      if (record.status === 'acknowledged') change.unbury(record.cursor)
      else await change.take(record)
      return { synced: this.#write(change) }
    })
    await synced
  }

  /** Decides in the mailbox's lane, waits for the sync outside of it, and tells a failed one as unknown. */
  async #decide<T> (mailbox: Uint8Array, decide: () => Promise<Decision<T>>): Promise<T | Unknown> {
    try {
      await this.#weigh()
      const { outcome, synced } = await this.#lanes.run(laneOf(mailbox), decide)
      await synced
      return outcome
    } catch (error) {
      if (isP2pChatError(error, 'ERR_STORE_IO', 'ERR_CLOSED')) return { outcome: 'unknown' }
      throw error
    }
  }

  async #write (change: MailboxChange): Promise<void> {
    if (change.isEmpty) {
      await this.#view.settled()
      return
    }
    this.#weight = (this.#weight ?? 0) + change.weight
    await this.#view.write(change.operations())
  }

  /** Sums up what is stored, before the first change. */
  async #weigh (): Promise<void> {
    if (this.#weight !== undefined) return
    this.#weighing ??= this.#sum().finally(() => { this.#weighing = undefined })
    this.#weight ??= await this.#weighing
  }

  async #sum (): Promise<number> {
    let sum = 0
    for await (const [, stored] of this.#components.store.range(records.stateRange())) sum += weightOf(records.decodeState(stored))
    return sum
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

/** The record of the index by expiry that belongs to a record of a mailbox, if one does. */
function expiryKeyOf (mailbox: Uint8Array, key: string, value: Uint8Array): string | undefined {
  const [, , kind, name = ''] = partsOf(key)
  if (kind === 'id') {
    const record = records.decodeId(value)
    return records.expiryKey(record.expiresAtMs, mailbox, fromString(name, 'base16'), records.slotKeyOf(record))
  }
  if (kind !== 'slot') return undefined
  const { expiresAtMs, current } = records.decodeSlot(value)
  return records.expiryKey(expiresAtMs, mailbox, current, fromString(name, 'base16'))
}

function stored (expiresAtMs: number): AppendOutcome {
  return { outcome: 'stored', replicas: 1, servers: 1, expiresAtMs }
}

function withoutRepeats (ids: readonly Uint8Array[]): Uint8Array[] {
  return [...new Map(ids.map((id) => [toString(id, 'base16'), id])).values()]
}
