import { fromString } from 'uint8arrays/from-string'
import { toString } from 'uint8arrays/to-string'
import { sha256 } from '../../crypto/bytes.js'
import { isP2pChatError } from '../../errors.js'
import type { Clock } from '../../runtime.js'
import { parseOrderedInteger, partsOf, type KeyValueStore, type Operation } from '../../store/index.js'
import { Lanes } from '../lanes.js'
import { sweepBatch } from '../limits.js'
import type { AppendOutcome, Mailboxes, MailRead, ReadOptions } from '../mailboxes/index.js'
import type { Unknown } from '../registers/index.js'
import { Box, findEnvelopes, idOf, withoutRepeats } from './box.js'
import { maxFetchedBytes, maxFetchedEntries, type ReplicationLimits } from './limits.js'
import type { Fetched, ReplicaAppend, ReplicaDone, ReplicaEntry, SignedAcknowledgement } from './replica.js'
import * as rows from './rows.js'
import type { Standings } from './standings.js'

export interface CopiesComponents {
  /** Written by this process alone. The mailboxes are kept on the same one: what was written here first is synced with them. */
  store: KeyValueStore
  mailboxes: Mailboxes
  standings: Standings
  clock: Clock
  limits: ReplicationLimits & { mailRetentionMs: number }
}

/** Noted and not written yet; `write` is its number among the changes of this disk. */
interface Arriving { box: Box, write: number }

const nothing = new Uint8Array(0)
export const unknown: Unknown = { outcome: 'unknown' }

/**
 * What this server keeps: mailboxes of one server, and beside them a row for each entry, so that others can compare. Rows
 * are written before the mailbox that they tell of, and settled after it was synced, or at the next start.
 */
export class Copies {
  readonly #components: CopiesComponents
  readonly #lanes = new Lanes()
  /** One at a time in each slot, also while they are written. */
  readonly #slots = new Lanes()
  /** By mailbox in hexadecimal: about 200 bytes for each that was touched since the start. */
  readonly #boxes = new Map<string, Promise<Box>>()
  readonly #running = new Map<string, Promise<ReplicaAppend>>()

  constructor (components: CopiesComponents) {
    this.#components = components
  }

  async append (mailbox: Uint8Array, entry: ReplicaEntry): Promise<ReplicaAppend> {
    const name = toString(mailbox, 'base16')
    const key = `${name}/${toString(entry.entryId, 'base16')}`
    const before = this.#running.get(key)
    if (before !== undefined) return await before
    const slot = rows.slotName(entry)
    const running = slot.byteLength === 0
      ? this.#append(mailbox, entry, slot)
      : this.#slots.run(`${name}/${toString(slot, 'base16')}`, async () => await this.#append(mailbox, entry, slot))
    this.#running.set(key, running)
    try {
      return await running
    } finally {
      this.#running.delete(key)
    }
  }

  /** One entry without a slot in many mailboxes, written together. */
  async appendShared (mailboxes: readonly Uint8Array[], entry: ReplicaEntry): Promise<ReplicaAppend[]> {
    const { entryId, envelope, sender } = entry
    const begun = await Promise.all(mailboxes.map(async (mailbox) => await this.#begin(mailbox, entry, nothing)))
    const arriving = begun.flatMap((one) => 'outcome' in one ? [] : [one])
    const outcomes = arriving.length === 0 ? [] : await this.#components.mailboxes.appendShared({ mailboxes: arriving.map(({ box }) => box.mailbox), entryId, envelope, sender })
    return await Promise.all(begun.map(async (one) => 'outcome' in one ? one : await this.#arrived(one, entryId, outcomes[arriving.indexOf(one)] ?? unknown)))
  }

  /** A page of what is here, without what is just being deleted. */
  async readPage (mailbox: Uint8Array, options: ReadOptions): Promise<MailRead> {
    try {
      const box = await this.box(mailbox)
      for (let { afterCursor } = options; ;) {
        const page = await this.#components.mailboxes.read(mailbox, { ...options, afterCursor })
        if (page.outcome !== 'read') return page
        const isGone = await Promise.all(page.entries.map(async ({ entryId }) => await isLeaving(box, entryId)))
        const entries = page.entries.filter((_, index) => isGone[index] !== true)
        if (entries.length > 0 || !page.more) return { ...page, entries }
        afterCursor = page.entries.at(-1)?.cursor ?? afterCursor
      }
    } catch (error) {
      return asUnknown(error)
    }
  }

  /** The rows of a mailbox, settled. @throws ERR_STORE_IO, ERR_CLOSED */
  async box (mailbox: Uint8Array): Promise<Box> {
    const name = toString(mailbox, 'base16')
    const known = this.#boxes.get(name)
    if (known !== undefined) return await known
    const loading = this.#lanes.run(name, async () => await this.#load(mailbox))
    this.#boxes.set(name, loading)
    loading.catch(() => { this.#boxes.delete(name) })
    return await loading
  }

  /** Device keys of all mailboxes that have been here, in order. */
  async everyMailbox (): Promise<Uint8Array[]> {
    const found: Uint8Array[] = []
    for await (const [key] of this.#components.store.range(rows.boxRange())) found.push(fromString(partsOf(key)[1] ?? '', 'base16'))
    return found
  }

  /** Forgets a mailbox, here alone. */
  async drop (mailbox: Uint8Array): Promise<void> {
    const { store, mailboxes } = this.#components
    const name = toString(mailbox, 'base16')
    await this.box(mailbox)
    await this.#lanes.run(name, async () => {
      this.#boxes.delete(name)
      await mailboxes.remove(mailbox)
      const operations: Operation[] = [{ type: 'delete', key: rows.boxKey(mailbox) }]
      for await (const [key, stored] of store.range(rows.rowRange(mailbox))) {
        const [, , kind = '', row = ''] = partsOf(key)
        operations.push({ type: 'delete', key })
        if (rows.isRowKind(kind)) operations.push({ type: 'delete', key: rows.expiryKey(rows.expiryOf(kind, stored), mailbox, kind, idOf(row)) })
      }
      await store.batch(operations, { sync: true })
    })
  }

  /** Forgets one entry, here alone: it has expired, or a newer one of its slot is elsewhere. */
  async dropEntry (mailbox: Uint8Array, entryId: Uint8Array): Promise<void> {
    const box = await this.box(mailbox)
    await this.#lanes.run(toString(mailbox, 'base16'), async () => {
      const row = await box.item(entryId)
      if (row?.state !== 'stored') return
      await this.#components.mailboxes.acknowledge(mailbox, [entryId], nothing)
      await this.#components.store.batch(box.deleteItem(entryId, row), { sync: false })
    })
  }

  /** Forgets what has expired. */
  async sweep (): Promise<void> {
    const { store, clock, mailboxes } = this.#components
    await mailboxes.sweep()
    for (;;) {
      const expired: string[] = []
      for await (const [key] of store.range({ ...rows.expiredRange(clock.now()), limit: sweepBatch })) expired.push(key)
      if (expired.length === 0) return
      for (const key of expired) await this.#expire(key)
    }
  }

  async #append (mailbox: Uint8Array, entry: ReplicaEntry, slot: Uint8Array): Promise<ReplicaAppend> {
    const begun = await this.#begin(mailbox, entry, slot)
    if ('outcome' in begun) return begun
    const { entryId, envelope, sender } = entry
    return await this.#arrived(begun, entryId, await this.#components.mailboxes.append({ mailbox, entryId, envelope, sender, slot }))
  }

  /** Notes an entry that is about to be written. The outcome, where there is nothing to write. */
  async #begin (mailbox: Uint8Array, entry: ReplicaEntry, slot: Uint8Array): Promise<Arriving | ReplicaAppend> {
    const { store, clock, limits, standings } = this.#components
    const { entryId } = entry
    const expiresAtMs = Math.min(entry.expiresAtMs, clock.now() + limits.mailRetentionMs + limits.maxClockSkewMs)
    // It would be swept before anybody could read it.
    if (expiresAtMs <= clock.now()) return unknown
    const box = await this.box(mailbox)
    return await this.#lanes.run(toString(mailbox, 'base16'), async (): Promise<Arriving | ReplicaAppend> => {
      const row = await box.item(entryId)
      if (row?.state === 'gone' || row?.state === 'leaving') return { outcome: 'gone' }
      if (row?.state === 'stored') return { outcome: 'stored', expiresAtMs: row.expiresAtMs }
      if (row?.state === 'replaced') return { outcome: 'superseded' }
      if (slot.byteLength > 0) {
        const newest = await box.slot(slot)
        if (newest !== undefined && newest.sequence >= entry.sequence) return { outcome: 'superseded' }
      }
      const { number, operation } = standings.count()
      box.arriving.add(toString(entryId, 'base16'))
      await store.batch([
        operation,
        { type: 'put', key: rows.boxKey(mailbox), value: nothing },
        ...box.putItem(entryId, row, { ...entry, expiresAtMs, state: 'arriving' })
      ], { sync: false })
      return { box, write: number }
    })
  }

  async #arrived ({ box, write }: Arriving, entryId: Uint8Array, outcome: AppendOutcome): Promise<ReplicaAppend> {
    if (outcome.outcome === 'stored') this.#components.standings.synced(write)
    try {
      return await this.#lanes.run(toString(box.mailbox, 'base16'), async () => await this.#settle(box, entryId, outcome))
    } finally {
      box.arriving.delete(toString(entryId, 'base16'))
    }
  }

  async #settle (box: Box, entryId: Uint8Array, outcome: AppendOutcome): Promise<ReplicaAppend> {
    const { store, mailboxes } = this.#components
    const row = await box.item(entryId)
    if (row?.state === 'leaving' || row?.state === 'gone') {
      await mailboxes.acknowledge(box.mailbox, [entryId], nothing)
      return { outcome: 'gone' }
    }
    if (outcome.outcome === 'unknown' || row === undefined) return unknown
    if (row.state === 'replaced') return { outcome: 'superseded' }
    if (outcome.outcome !== 'stored') {
      if (row.state === 'arriving') await store.batch(box.deleteItem(entryId, row), { sync: false })
      return outcome
    }
    await store.batch(await box.becomeStored(entryId, row), { sync: false })
    return { outcome: 'stored', expiresAtMs: row.expiresAtMs }
  }

  /** Deletes, and remembers for the others. */
  async acknowledge (mailbox: Uint8Array, entryIds: readonly Uint8Array[], { signed, expiresAtMs: asked }: SignedAcknowledgement): Promise<ReplicaDone> {
    const { store, clock, limits, mailboxes, standings } = this.#components
    let write = 0
    const expiresAtMs = Math.min(asked, clock.now() + limits.tombstoneMs + limits.maxClockSkewMs)
    if (expiresAtMs <= clock.now()) return { outcome: 'done' }
    const box = await this.box(mailbox)
    const lane = toString(mailbox, 'base16')
    const acknowledgementHash = sha256(signed)
    await this.#lanes.run(lane, async () => {
      const operations: Operation[] = [
        { type: 'put', key: rows.boxKey(mailbox), value: nothing },
        ...box.putAcknowledgement(acknowledgementHash, await box.acknowledgement(acknowledgementHash), { signed, expiresAtMs })
      ]
      for (const entryId of withoutRepeats(entryIds)) {
        const row = await box.item(entryId)
        if (row?.state === 'gone' || row?.state === 'leaving') continue
        box.leaving.add(toString(entryId, 'base16'))
        operations.push(...box.putItem(entryId, row, { state: 'leaving', expiresAtMs, acknowledgementHash }))
      }
      const { number, operation } = standings.count()
      write = number
      await store.batch([...operations, operation], { sync: false })
    })
    const outcome = await mailboxes.acknowledge(mailbox, entryIds, signed)
    if (outcome.outcome !== 'acknowledged') return outcome
    standings.synced(write)
    await this.#lanes.run(lane, async () => { await store.batch(await box.becomeGone(entryIds), { sync: false }) })
    return { outcome: 'done' }
  }

  /** What is here of these, as far as it fits into an answer. */
  async fetch (mailbox: Uint8Array, entryIds: readonly Uint8Array[]): Promise<Fetched> {
    const box = await this.box(mailbox)
    const fetched: Fetched = { outcome: 'fetched', entries: [], acknowledgements: [], left: [] }
    const stored = new Map<string, rows.StoredRow>()
    const seen = new Set<string>()
    let bytes = 0
    for (const entryId of entryIds) {
      const row = await box.item(entryId)
      if (row?.state === 'stored') stored.set(toString(entryId, 'base16'), row)
      if (row?.state !== 'leaving' && row?.state !== 'gone') continue
      const hash = toString(row.acknowledgementHash, 'base16')
      if (seen.has(hash)) continue
      if (bytes > maxFetchedBytes) {
        fetched.left.push(entryId)
        continue
      }
      const acknowledgement = await box.acknowledgement(row.acknowledgementHash)
      if (acknowledgement === undefined) continue
      seen.add(hash)
      bytes += acknowledgement.signed.byteLength
      fetched.acknowledgements.push(acknowledgement)
    }
    const envelopes = await findEnvelopes(this.#components.mailboxes, mailbox, new Set(stored.keys()))
    for (const [id, row] of stored) {
      const envelope = envelopes.get(id)
      if (envelope === undefined) continue
      bytes += envelope.byteLength
      const isEmpty = fetched.entries.length + fetched.acknowledgements.length === 0
      if (!isEmpty && (bytes > maxFetchedBytes || fetched.entries.length === maxFetchedEntries)) fetched.left.push(idOf(id))
      else fetched.entries.push({ ...row, entryId: idOf(id), envelope })
    }
    return fetched
  }

  /** Reads the rows, and settles those whose change was cut off. Call it in the mailbox's lane. */
  async #load (mailbox: Uint8Array): Promise<Box> {
    const { store, mailboxes } = this.#components
    const box = new Box(store, mailbox)
    const arriving = new Map<string, rows.ItemRow>()
    const leaving: Uint8Array[] = []
    for await (const [id, row] of box.itemRows()) {
      box.count(idOf(id), undefined, row)
      if (row.state === 'arriving') arriving.set(id, row)
      if (row.state === 'leaving') leaving.push(idOf(id))
    }
    if (arriving.size > 0) {
      const arrived = await findEnvelopes(mailboxes, mailbox, new Set(arriving.keys()))
      for (const [id, row] of arriving) {
        await store.batch(arrived.has(id) ? await box.becomeStored(idOf(id), row) : box.deleteItem(idOf(id), row), { sync: false })
      }
    }
    if (leaving.length > 0) {
      const outcome = await mailboxes.acknowledge(mailbox, leaving, nothing)
      if (outcome.outcome === 'acknowledged') await store.batch(await box.becomeGone(leaving), { sync: false })
    }
    return box
  }

  async #expire (key: string): Promise<void> {
    const { store } = this.#components
    const [, at = '', mailboxName = '', kind = '', name = ''] = partsOf(key)
    const mailbox = fromString(mailboxName, 'base16')
    const box = await this.box(mailbox)
    const row = kind === 'item' ? await box.item(idOf(name)) : undefined
    if (row?.state === 'stored') await this.dropEntry(mailbox, idOf(name))
    await this.#lanes.run(mailboxName, async () => {
      const left = kind === 'item' ? await box.item(idOf(name)) : undefined
      const operations: Operation[] = left === undefined ? [] : box.deleteItem(idOf(name), left)
      if (rows.isRowKind(kind)) operations.push(...box.deleteRow(kind, idOf(name), parseOrderedInteger(at)))
      await store.batch([...operations, { type: 'delete', key }], { sync: false })
    })
  }
}

/** Acknowledged, though it may lie in the mailbox for a moment still. */
async function isLeaving (box: Box, entryId: Uint8Array): Promise<boolean> {
  const id = toString(entryId, 'base16')
  if (box.leaving.has(id)) return true
  if (!box.arriving.has(id)) return false
  const row = await box.item(entryId)
  return row?.state === 'leaving' || row?.state === 'gone'
}

/** A store that fails leaves it open what became of a change. */
export function asUnknown (error: unknown): Unknown {
  if (isP2pChatError(error, 'ERR_STORE_IO', 'ERR_CLOSED')) return unknown
  throw error
}
