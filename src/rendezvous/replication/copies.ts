import { fromString } from 'uint8arrays/from-string'
import { toString } from 'uint8arrays/to-string'
import { sha256 } from '../../crypto/bytes.js'
import { isP2pChatError, P2pChatError } from '../../errors.js'
import { parseOrderedInteger, partsOf, type KeyValueStore } from '../../store/index.js'
import { sweepBatch } from '../limits.js'
import type { LocalMailboxes, View } from '../mailboxes/beside.js'
import type { MailRead, ReadOptions } from '../mailboxes/index.js'
import type { Unknown } from '../registers/index.js'
import type { KeepingTimes } from '../steady-clock.js'
import { Arrival } from './arrival.js'
import { Box, idOf, withoutRepeats } from './box.js'
import { BoxChange } from './box-change.js'
import { settleHalfDone } from './half-done.js'
import { maxFetchedBytes, maxFetchedEntries, type ReplicationLimits } from './limits.js'
import type { Fetched, ReplicaAppend, ReplicaDone, ReplicaEntry, SignedAcknowledgement } from './replica.js'
import * as rows from './rows.js'
import type { Standings } from './standings.js'

export interface CopiesComponents {
  /** Written by this process alone; the mailboxes are kept on the same one. */
  store: KeyValueStore
  mailboxes: LocalMailboxes
  standings: Standings
  times: KeepingTimes
  limits: ReplicationLimits & { mailRetentionMs: number }
}

/** The rows of a mailbox while anybody is at work on them, and for as long as there are any. */
interface Known {
  name: string
  loading: Promise<Box>
  loaded?: Box
  users: number
}

const nothing = new Uint8Array(0)
const unknown: Unknown = { outcome: 'unknown' }

/**
 * What this server keeps: mailboxes of one server, and beside them a row for each entry, so that others can compare. Both
 * are written in one batch, in the mailbox's lane.
 */
export class Copies {
  readonly #components: CopiesComponents
  /** By mailbox in hexadecimal: some hundred bytes for each that has rows and was touched since the start. */
  readonly #boxes = new Map<string, Known>()
  #onChanged: (name: string) => void = () => {}

  constructor (components: CopiesComponents) {
    this.#components = components
  }

  async append (mailbox: Uint8Array, entry: ReplicaEntry): Promise<ReplicaAppend> {
    const { mailboxes, standings } = this.#components
    const expiresAtMs = this.#expiryOf(entry)
    if (expiresAtMs === undefined) return unknown
    const { entryId, envelope, sender } = entry
    return await this.#using(mailbox, async (box) => {
      const arrival = new Arrival(box, { ...entry, expiresAtMs }, standings.counter())
      return arrival.settle(await mailboxes.appendWith({ mailbox, entryId, envelope, sender, slot: rows.slotName(entry) }, arrival.beside))
    })
  }

  /** One entry without a slot in many mailboxes, none of them named twice, written together. */
  async appendShared (mailboxes: readonly Uint8Array[], entry: ReplicaEntry): Promise<ReplicaAppend[]> {
    const { standings } = this.#components
    const expiresAtMs = this.#expiryOf(entry)
    if (expiresAtMs === undefined) return mailboxes.map(() => unknown)
    const { entryId, envelope, sender } = entry
    const counter = standings.counter()
    const used = mailboxes.map((mailbox) => this.#use(mailbox))
    try {
      const arrivals = (await Promise.all(used.map(async ({ loading }) => await loading))).map((box) => new Arrival(box, { ...entry, expiresAtMs, slot: nothing }, counter))
      const outcomes = await this.#components.mailboxes.appendSharedWith({ mailboxes, entryId, envelope, sender }, arrivals.map(({ beside }) => beside))
      return arrivals.map((arrival, index) => arrival.settle(outcomes[index] ?? unknown))
    } finally {
      for (const known of used) this.#release(known)
    }
  }

  /** A page of what is here. */
  async readPage (mailbox: Uint8Array, options: ReadOptions): Promise<MailRead> {
    try {
      await this.box(mailbox)
      return await this.#components.mailboxes.read(mailbox, options)
    } catch (error) {
      return asUnknown(error)
    }
  }

  /** The rows of a mailbox, settled. @throws ERR_STORE_IO, ERR_CLOSED */
  async box (mailbox: Uint8Array): Promise<Box> {
    return await this.#using(mailbox, async (box) => box)
  }

  /** Tells `listener` of each mailbox (in hexadecimal) whose rows have changed, once that is synced. There is one listener. */
  onChanged (listener: (name: string) => void): void {
    this.#onChanged = listener
  }

  /** All mailboxes that have been here, in hexadecimal, in order. */
  async everyMailbox (): Promise<string[]> {
    const found: string[] = []
    for await (const [key] of this.#components.store.range({ ...rows.boxRange(), keysOnly: true })) found.push(partsOf(key)[1] ?? '')
    return found
  }

  /** Forgets a mailbox, here alone. */
  async drop (mailbox: Uint8Array): Promise<void> {
    await this.#using(mailbox, async (box) => { await this.#drop(box, async () => true) })
  }

  /** @param isWanted asked in the mailbox's lane, once all that was written of it is synced */
  async #drop (box: Box, isWanted: () => Promise<boolean>): Promise<void> {
    const { store, mailboxes } = this.#components
    const { mailbox } = box
    let change: BoxChange | undefined
    await mailboxes.remove(mailbox, async (view) => {
      if (!await isWanted()) return undefined
      const dropped = change = new BoxChange(box, view)
      for await (const [key, stored] of store.range(rows.rowRange(mailbox))) {
        const [, , kind = '', row = ''] = partsOf(key)
        if (kind === 'item') dropped.deleteItem(idOf(row), rows.decodeItem(stored))
        else if (rows.isRowKind(kind)) dropped.deleteRow(kind, idOf(row), rows.expiryOf(kind, stored))
      }
      return () => dropped.writesOfEnd()
    })
    change?.count()
  }

  /** Forgets one entry, here alone: it has expired, or a newer one of its slot is elsewhere. */
  async dropEntry (mailbox: Uint8Array, entryId: Uint8Array): Promise<void> {
    await this.#change(mailbox, [entryId], async (change, box, view) => {
      const row = await box.item(entryId, view)
      if (row?.state === 'stored') change.deleteItem(entryId, row)
    })
  }

  /** Forgets what has expired. */
  async sweep (): Promise<void> {
    const { store, times, mailboxes } = this.#components
    await mailboxes.sweep()
    for (;;) {
      const expired: string[] = []
      for await (const [key] of store.range({ ...rows.expiredRange(times.overMs()), limit: sweepBatch })) expired.push(key)
      if (expired.length === 0) return
      await Promise.all(expired.map(async (key) => { await this.#expire(key) }))
      const names = new Set(expired.map((key) => partsOf(key)[2] ?? ''))
      await Promise.all([...names].map(async (name) => { await this.#dropIfEmpty(fromString(name, 'base16')) }))
    }
  }

  /** Deletes, and remembers for the others. */
  async acknowledge (mailbox: Uint8Array, entryIds: readonly Uint8Array[], { signed, expiresAtMs: asked }: SignedAcknowledgement): Promise<ReplicaDone> {
    const { times, limits } = this.#components
    const expiresAtMs = Math.min(asked, times.fromMs() + limits.tombstoneMs + limits.maxClockSkewMs)
    if (expiresAtMs <= times.overMs()) return { outcome: 'done' }
    const acknowledgementHash = sha256(signed)
    return await this.#change(mailbox, entryIds, async (change, box, view) => {
      change.putAcknowledgement(acknowledgementHash, await box.acknowledgement(acknowledgementHash, view), { signed, expiresAtMs })
      for (const entryId of withoutRepeats(entryIds)) {
        const row = await box.item(entryId, view)
        if (row?.state !== 'gone') change.putItem(entryId, row, { state: 'gone', expiresAtMs, acknowledgementHash })
      }
    })
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
      if (row?.state !== 'gone') continue
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
    for (const [id, row] of stored) {
      const entryId = idOf(id)
      if (bytes > maxFetchedBytes || fetched.entries.length === maxFetchedEntries) {
        fetched.left.push(entryId)
        continue
      }
      const envelope = await this.#components.mailboxes.find(mailbox, entryId)
      if (envelope === undefined) continue
      bytes += envelope.byteLength
      const isEmpty = fetched.entries.length + fetched.acknowledgements.length === 0
      if (!isEmpty && bytes > maxFetchedBytes) fetched.left.push(entryId)
      else fetched.entries.push({ ...row, entryId, envelope })
    }
    return fetched
  }

  /** Until when an entry may be kept. Undefined: it would be swept before anybody could read it. */
  #expiryOf ({ expiresAtMs: asked }: ReplicaEntry): number | undefined {
    const { times, limits } = this.#components
    const expiresAtMs = Math.min(asked, times.fromMs() + limits.mailRetentionMs + limits.maxClockSkewMs)
    return expiresAtMs <= times.overMs() ? undefined : expiresAtMs
  }

  /** Reads the rows. */
  async #load (mailbox: Uint8Array, name: string): Promise<Box> {
    const { store, mailboxes } = this.#components
    const box = new Box(store, mailbox, () => { this.#onChanged(name) })
    box.isNoted = await store.get(rows.boxKey(mailbox)) !== undefined
    const halfDone = new Map<string, rows.ItemRow>()
    for await (const [id, row] of box.itemRows()) {
      box.count(idOf(id), undefined, row)
      if (row.state === 'arriving' || row.state === 'leaving') halfDone.set(id, row)
    }
    if (halfDone.size > 0) await settleHalfDone(mailboxes, box, halfDone)
    return box
  }

  async #expire (key: string): Promise<void> {
    const [, at = '', mailboxName = '', kind = '', name = ''] = partsOf(key)
    const [mailbox, id, expiresAtMs] = [fromString(mailboxName, 'base16'), idOf(name), parseOrderedInteger(at)]
    let isAnother = false
    let { outcome } = await this.#change(mailbox, kind === 'item' ? [id] : [], async (change, _box, view) => {
      if (!rows.isRowKind(kind)) return change.delete(key)
      const stored = await view.get(rows.rowKey(mailbox, kind, id))
      if (stored === undefined) return change.delete(key)
      // It was renewed, or went and came again, and has a time of its own: that one stays.
      isAnother = rows.expiryOf(kind, stored) !== expiresAtMs
      if (isAnother) return
      if (kind === 'item') change.deleteItem(id, rows.decodeItem(stored))
      else change.deleteRow(kind, id, expiresAtMs)
    })
    if (isAnother) outcome = (await this.#change(mailbox, [], async (change) => { change.delete(key) })).outcome
    // It would be found again at once, for as long as the disk refuses.
    if (outcome !== 'done') throw new P2pChatError('ERR_STORE_IO', 'What has expired could not be cleared away.')
  }

  /** Nothing is left of a mailbox that has no rows and no mail: not that it was here, either. */
  async #dropIfEmpty (mailbox: Uint8Array): Promise<void> {
    const { store, mailboxes } = this.#components
    await this.#using(mailbox, async (box) => {
      if (box.sum.count > 0) return
      await this.#drop(box, async () => {
        const left: string[] = []
        for await (const [key] of store.range({ ...rows.rowRange(mailbox), keysOnly: true, limit: 1 })) left.push(key)
        const mail = await mailboxes.read(mailbox, { afterCursor: 0, maxEntries: 1, maxBytes: 1 })
        return left.length === 0 && mail.outcome === 'read' && mail.entries.length === 0 && !mail.more
      })
    })
  }

  /** What is known of a mailbox's rows is in one Box for all who are at work on them, until the last one has released it. */
  #use (mailbox: Uint8Array): Known {
    const name = toString(mailbox, 'base16')
    const known = this.#boxes.get(name) ?? this.#open(mailbox, name)
    known.users++
    return known
  }

  #open (mailbox: Uint8Array, name: string): Known {
    const known: Known = { name, users: 0, loading: this.#load(mailbox, name) }
    this.#boxes.set(name, known)
    known.loading.then((box) => { known.loaded = box }, () => { this.#boxes.delete(name) })
    return known
  }

  /** Where there are no rows, nothing is remembered. */
  #release (known: Known): void {
    known.users--
    if (known.users === 0 && known.loaded?.isNoted === false) this.#boxes.delete(known.name)
  }

  async #using<T> (mailbox: Uint8Array, task: (box: Box) => Promise<T>): Promise<T> {
    const known = this.#use(mailbox)
    try {
      return await task(await known.loading)
    } finally {
      this.#release(known)
    }
  }

  /** Changes rows, and with them acknowledges these entries in the mailbox: neither, where no row changes. */
  async #change (mailbox: Uint8Array, entryIds: readonly Uint8Array[], make: (change: BoxChange, box: Box, view: View) => Promise<void>): Promise<ReplicaDone> {
    const { mailboxes, standings } = this.#components
    return await this.#using(mailbox, async (box) => {
      const counter = standings.counter()
      let change: BoxChange | undefined
      const outcome = await mailboxes.acknowledge(mailbox, entryIds, nothing, async (view) => {
        const made = change = new BoxChange(box, view)
        await make(made, box, view)
        return made.isEmpty ? undefined : () => [...made.writes(), ...counter.count()]
      })
      if (outcome.outcome !== 'acknowledged') return outcome
      counter.synced()
      change?.count()
      return { outcome: 'done' }
    })
  }
}

/** A store that fails leaves it open what became of a change. */
export function asUnknown (error: unknown): Unknown {
  if (isP2pChatError(error, 'ERR_STORE_IO', 'ERR_CLOSED')) return unknown
  throw error
}
