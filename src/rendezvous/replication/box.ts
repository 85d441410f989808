import { fromString } from 'uint8arrays/from-string'
import { partsOf, type KeyValueStore, type Operation } from '../../store/index.js'
import { maxReplacedIds } from '../limits.js'
import type { Mailboxes } from '../mailboxes/index.js'
import { SetSum, type Item } from './digest.js'
import { maxFetchedBytes, maxFetchedEntries } from './limits.js'
import * as rows from './rows.js'

const STORED = Uint8Array.of(1)
const GONE = Uint8Array.of(2)

/** The rows of one mailbox as this server has them; changes are made in the mailbox's lane. */
export class Box {
  readonly sum = new SetSum()
  /** Ids, in hexadecimal, that are being written to the mailbox. */
  readonly arriving = new Set<string>()
  /** Ids, in hexadecimal, that are acknowledged and may still lie in the mailbox. */
  readonly leaving = new Set<string>()

  constructor (private readonly store: KeyValueStore, readonly mailbox: Uint8Array) {}

  async item (entryId: Uint8Array): Promise<rows.ItemRow | undefined> {
    const found = await this.store.get(rows.rowKey(this.mailbox, 'item', entryId))
    return found === undefined ? undefined : rows.decodeItem(found)
  }

  async slot (name: Uint8Array): Promise<rows.SlotRow | undefined> {
    const found = await this.store.get(rows.rowKey(this.mailbox, 'slot', name))
    return found === undefined ? undefined : rows.decodeSlot(found)
  }

  async acknowledgement (hash: Uint8Array): Promise<rows.AcknowledgementRow | undefined> {
    const found = await this.store.get(rows.rowKey(this.mailbox, 'acknowledgement', hash))
    return found === undefined ? undefined : rows.decodeAcknowledgement(found)
  }

  /** What is compared: all that is told of the ids with this prefix, by id. */
  async items (prefix: string): Promise<Item[]> {
    const items: Item[] = []
    for await (const [entryId, row] of this.itemRows(prefix)) {
      const value = valueOf(row)
      if (value !== undefined) items.push({ key: entryId, value })
    }
    return items
  }

  async * itemRows (prefix = ''): AsyncGenerator<[string, rows.ItemRow]> {
    for await (const [key, stored] of this.store.range(rows.itemRange(this.mailbox, prefix))) {
      yield [partsOf(key)[3] ?? '', rows.decodeItem(stored)]
    }
  }

  /** Writes that put an item, with its place in the order of expiry, and count it. */
  putItem (entryId: Uint8Array, before: rows.ItemRow | undefined, row: rows.ItemRow): Operation[] {
    this.count(entryId, before, row)
    return [...this.#moveExpiry('item', entryId, before, row), { type: 'put', key: rows.rowKey(this.mailbox, 'item', entryId), value: rows.encodeItem(row) }]
  }

  deleteItem (entryId: Uint8Array, before: rows.ItemRow): Operation[] {
    this.count(entryId, before, undefined)
    return this.deleteRow('item', entryId, before.expiresAtMs)
  }

  putSlot (name: Uint8Array, before: rows.SlotRow | undefined, row: rows.SlotRow): Operation[] {
    return [...this.#moveExpiry('slot', name, before, row), { type: 'put', key: rows.rowKey(this.mailbox, 'slot', name), value: rows.encodeSlot(row) }]
  }

  putAcknowledgement (hash: Uint8Array, before: rows.AcknowledgementRow | undefined, row: rows.AcknowledgementRow): Operation[] {
    return [...this.#moveExpiry('acknowledgement', hash, before, row), { type: 'put', key: rows.rowKey(this.mailbox, 'acknowledgement', hash), value: rows.encodeAcknowledgement(row) }]
  }

  deleteRow (kind: rows.RowKind, name: Uint8Array, expiresAtMs: number): Operation[] {
    return [{ type: 'delete', key: rows.rowKey(this.mailbox, kind, name) }, { type: 'delete', key: rows.expiryKey(expiresAtMs, this.mailbox, kind, name) }]
  }

  count (entryId: Uint8Array, before: rows.ItemRow | undefined, after: rows.ItemRow | undefined): void {
    const key = Buffer.from(entryId).toString('hex')
    const old = valueOf(before)
    const now = valueOf(after)
    if (old !== undefined) this.sum.remove({ key, value: old })
    if (now !== undefined) this.sum.add({ key, value: now })
  }

  /** Writes that follow an entry's sync. In a slot it takes the place of the one before. */
  async becomeStored (entryId: Uint8Array, row: rows.ItemRow): Promise<Operation[]> {
    if (row.state !== 'arriving') return []
    const operations = this.putItem(entryId, row, { ...row, state: 'stored' })
    const name = rows.slotName(row)
    if (name.byteLength === 0) return operations
    const before = await this.slot(name)
    const known = before === undefined ? [] : [before.entryId, ...before.replaced]
    for (const [index, id] of known.entries()) {
      const old = await this.item(id)
      if (index >= maxReplacedIds && old?.state === 'replaced') operations.push(...this.deleteItem(id, old))
      if (index < maxReplacedIds && old?.state === 'stored') operations.push(...this.putItem(id, old, { state: 'replaced', expiresAtMs: old.expiresAtMs }))
    }
    return [...operations, ...this.putSlot(name, before, { entryId, sequence: row.sequence, expiresAtMs: row.expiresAtMs, replaced: known.slice(0, maxReplacedIds) })]
  }

  /** Writes that follow the sync of an acknowledgement. */
  async becomeGone (entryIds: readonly Uint8Array[]): Promise<Operation[]> {
    const operations: Operation[] = []
    for (const entryId of withoutRepeats(entryIds)) {
      const row = await this.item(entryId)
      this.leaving.delete(Buffer.from(entryId).toString('hex'))
      if (row?.state === 'leaving') operations.push(...this.putItem(entryId, row, { ...row, state: 'gone' }))
    }
    return operations
  }

  #moveExpiry (kind: rows.RowKind, name: Uint8Array, before: { expiresAtMs: number } | undefined, { expiresAtMs }: { expiresAtMs: number }): Operation[] {
    if (before?.expiresAtMs === expiresAtMs) return []
    const moved: Operation[] = before === undefined ? [] : [{ type: 'delete', key: rows.expiryKey(before.expiresAtMs, this.mailbox, kind, name) }]
    return [...moved, { type: 'put', key: rows.expiryKey(expiresAtMs, this.mailbox, kind, name), value: STORED }]
  }
}

/** What others are told of an item; nothing before it was synced. */
function valueOf (row: rows.ItemRow | undefined): Uint8Array | undefined {
  switch (row?.state) {
    case 'stored': return STORED
    case 'leaving':
    case 'gone': return GONE
    default: return undefined
  }
}

/** The envelopes of these ids (in hexadecimal) that lie in a mailbox, by id. */
export async function findEnvelopes (mailboxes: Mailboxes, mailbox: Uint8Array, wanted: ReadonlySet<string>): Promise<Map<string, Uint8Array>> {
  const found = new Map<string, Uint8Array>()
  for (let afterCursor = 0; found.size < wanted.size;) {
    const page = await mailboxes.read(mailbox, { afterCursor, maxEntries: maxFetchedEntries, maxBytes: maxFetchedBytes })
    if (page.outcome !== 'read') break
    for (const { cursor, entryId, envelope } of page.entries) {
      const id = Buffer.from(entryId).toString('hex')
      if (wanted.has(id)) found.set(id, envelope)
      afterCursor = cursor
    }
    if (!page.more) break
  }
  return found
}

export function idOf (hex: string): Uint8Array {
  return fromString(hex, 'base16')
}

export function withoutRepeats (ids: readonly Uint8Array[]): Uint8Array[] {
  return [...new Map(ids.map((id) => [Buffer.from(id).toString('hex'), id])).values()]
}
