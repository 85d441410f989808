import { concat } from 'uint8arrays/concat'
import { equals } from 'uint8arrays/equals'
import { fromString } from 'uint8arrays/from-string'
import { toString } from 'uint8arrays/to-string'
import { isP2pChatError } from '../../errors.js'
import type { Clock } from '../../runtime.js'
import { parseOrderedInteger, partsOf, type KeyValueStore, type Operation } from '../../store/index.js'
import { Lanes } from '../lanes.js'
import { maxReplacedIds, retryWhenFullMs, retryWhenOverloadedMs, sweepBatch, type RendezvousLimits } from '../limits.js'
import type { Unknown } from '../registers/index.js'
import type { AcknowledgeOutcome, Append, AppendOutcome, Mailboxes, MailboxTotals, MailRead, ReadOptions } from './index.js'
import { PendingView } from './pending-view.js'
import * as records from './records.js'

export interface StoreMailboxesComponents {
  /** Written by this process alone: decisions on one mailbox are kept apart by lanes in memory. */
  store: KeyValueStore
  clock: Clock
  limits: Pick<RendezvousLimits, 'maxMailboxEntries' | 'maxMailboxBytes' | 'mailRetentionMs' | 'maxPendingAppends'>
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
      const state = await this.#state(mailbox)
      const operations: Operation[] = []
      for (const entryId of withoutRepeats(entryIds)) {
        const record = await this.#id(mailbox, entryId)
        if (record === undefined || record.cursor === 0) continue
        operations.push({ type: 'delete', key: records.entryKey(mailbox, record.cursor) })
        // A slot knows its late retries itself; of other entries the acknowledgement is remembered till they expire.
        if (record.slotKey.byteLength > 0) operations.push({ type: 'delete', key: records.idKey(mailbox, entryId) })
        else operations.push(put(records.idKey(mailbox, entryId), records.encodeId({ ...record, cursor: 0 })))
        state.entries--
        state.bytes -= record.bytes
      }
      return { outcome: { outcome: 'acknowledged' }, synced: this.#writeWithState(mailbox, state, operations) }
    })
  }

  async remove (mailbox: Uint8Array): Promise<void> {
    await this.#lanes.run(laneOf(mailbox), async () => {
      await this.#view.settled()
      const operations: Operation[] = [{ type: 'delete', key: records.stateKey(mailbox) }]
      for await (const [key] of this.#components.store.range(records.mailboxRange(mailbox))) operations.push({ type: 'delete', key })
      await this.#view.write(operations)
    })
  }

  async sweep (): Promise<void> {
    const { store, clock } = this.#components
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
      totals.envelopes += state.entries
      totals.bytes += state.bytes
    }
    return totals
  }

  async #append (entry: Append): Promise<Decision<AppendOutcome>> {
    const { clock, limits } = this.#components
    const { mailbox, entryId, envelope } = entry
    const known = await this.#id(mailbox, entryId)
    if (known !== undefined) return { outcome: stored(known.expiresAtMs), synced: this.#view.settled() }
    const expiresAtMs = clock.now() + limits.mailRetentionMs
    const slotKey = entry.slot.byteLength === 0 ? entry.slot : concat([entry.sender, entry.slot])
    const state = await this.#state(mailbox)
    const operations: Operation[] = []
    if (slotKey.byteLength > 0) {
      const replaced = await this.#replace(mailbox, slotKey, entryId, state, operations)
      if (replaced === 'late') return { outcome: stored(expiresAtMs), synced: this.#view.settled() }
      operations.push(put(records.slotRecordKey(mailbox, slotKey), records.encodeSlot({ expiresAtMs, current: entryId, replaced })))
    }
    const refused = this.#refuse(state, envelope.byteLength)
    if (refused !== undefined) return { outcome: refused, synced: Promise.resolve() }
    const cursor = state.next++
    state.entries++
    state.bytes += envelope.byteLength
    operations.push(
      put(records.entryKey(mailbox, cursor), records.encodeEntry(entryId, envelope)),
      put(records.idKey(mailbox, entryId), records.encodeId({ cursor, bytes: envelope.byteLength, expiresAtMs, slotKey })),
      put(records.expiryKey(expiresAtMs, mailbox, entryId, slotKey), slotKey)
    )
    return { outcome: stored(expiresAtMs), synced: this.#writeWithState(mailbox, state, operations) }
  }

  /** Takes the entry that is in the slot now out of it. The ids replaced so far; `late` when `entryId` was in it before. */
  async #replace (mailbox: Uint8Array, slotKey: Uint8Array, entryId: Uint8Array, state: records.MailboxState, operations: Operation[]): Promise<Uint8Array[] | 'late'> {
    const found = await this.#view.get(records.slotRecordKey(mailbox, slotKey))
    if (found === undefined) return []
    const { expiresAtMs, current, replaced } = records.decodeSlot(found)
    if (equals(current, entryId) || replaced.some((id) => equals(id, entryId))) return 'late'
    operations.push({ type: 'delete', key: records.expiryKey(expiresAtMs, mailbox, current, slotKey) })
    const record = await this.#id(mailbox, current)
    if (record !== undefined) {
      operations.push({ type: 'delete', key: records.entryKey(mailbox, record.cursor) }, { type: 'delete', key: records.idKey(mailbox, current) })
      state.entries--
      state.bytes -= record.bytes
    }
    return [current, ...replaced].slice(0, maxReplacedIds)
  }

  #refuse (state: records.MailboxState, moreBytes: number): AppendOutcome | undefined {
    const { maxMailboxEntries, maxMailboxBytes } = this.#components.limits
    if (state.entries >= maxMailboxEntries) return { outcome: 'refused', limit: 'maxMailboxEntries', max: maxMailboxEntries, retryAfterMs: retryWhenFullMs }
    if (state.bytes + moreBytes > maxMailboxBytes) return { outcome: 'refused', limit: 'maxMailboxBytes', max: maxMailboxBytes, retryAfterMs: retryWhenFullMs }
    return undefined
  }

  async #expire ({ key, expiresAtMs, mailbox, entryId, slotKey }: Expired): Promise<void> {
    const { synced } = await this.#lanes.run(laneOf(mailbox), async () => {
      const operations: Operation[] = [{ type: 'delete', key }]
      if (slotKey.byteLength > 0) {
        const slot = await this.#view.get(records.slotRecordKey(mailbox, slotKey))
        if (slot !== undefined && equals(records.decodeSlot(slot).current, entryId)) operations.push({ type: 'delete', key: records.slotRecordKey(mailbox, slotKey) })
      }
      const record = await this.#id(mailbox, entryId)
      // A sender may have used an id again after its slot was emptied: that entry has a time of its own.
      const isSame = record?.expiresAtMs === expiresAtMs && equals(record.slotKey, slotKey)
      if (isSame) operations.push({ type: 'delete', key: records.idKey(mailbox, entryId) })
      if (!isSame || record.cursor === 0) return { synced: this.#view.write(operations) }
      const state = await this.#state(mailbox)
      operations.push({ type: 'delete', key: records.entryKey(mailbox, record.cursor) })
      state.entries--
      state.bytes -= record.bytes
      return { synced: this.#writeWithState(mailbox, state, operations) }
    })
    await synced
  }

  /** Decides in the mailbox's lane, waits for the sync outside of it, and tells a failed one as unknown. */
  async #decide<T> (mailbox: Uint8Array, decide: () => Promise<Decision<T>>): Promise<T | Unknown> {
    try {
      const { outcome, synced } = await this.#lanes.run(laneOf(mailbox), decide)
      await synced
      return outcome
    } catch (error) {
      if (isP2pChatError(error, 'ERR_STORE_IO', 'ERR_CLOSED')) return { outcome: 'unknown' }
      throw error
    }
  }

  async #writeWithState (mailbox: Uint8Array, state: records.MailboxState, operations: Operation[]): Promise<void> {
    if (operations.length === 0) await this.#view.settled()
    else await this.#view.write([...operations, put(records.stateKey(mailbox), records.encodeState(state))])
  }

  async #state (mailbox: Uint8Array): Promise<records.MailboxState> {
    return records.decodeState(await this.#view.get(records.stateKey(mailbox)))
  }

  async #id (mailbox: Uint8Array, entryId: Uint8Array): Promise<records.IdRecord | undefined> {
    const found = await this.#view.get(records.idKey(mailbox, entryId))
    return found === undefined ? undefined : records.decodeId(found)
  }
}

function laneOf (mailbox: Uint8Array): string {
  return toString(mailbox, 'base16')
}

function stored (expiresAtMs: number): AppendOutcome {
  return { outcome: 'stored', replicas: 1, servers: 1, expiresAtMs }
}

function put (key: string, value: Uint8Array): Operation {
  return { type: 'put', key, value }
}

function withoutRepeats (ids: readonly Uint8Array[]): Uint8Array[] {
  return [...new Map(ids.map((id) => [toString(id, 'base16'), id])).values()]
}
