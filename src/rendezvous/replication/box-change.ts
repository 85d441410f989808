import type { Operation } from '../../store/index.js'
import { maxReplacedIds } from '../limits.js'
import type { View } from '../mailboxes/beside.js'
import type { Box } from './box.js'
import * as rows from './rows.js'

interface Counted {
  entryId: Uint8Array
  before: rows.ItemRow | undefined
  after: rows.ItemRow | undefined
}

const nothing = new Uint8Array(0)

/** One change of the rows of one mailbox, made in the mailbox's lane: writes are gathered, and counted once they are synced. */
export class BoxChange {
  readonly #box: Box
  readonly #view: View
  readonly #operations: Operation[] = []
  readonly #counted: Counted[] = []

  constructor (box: Box, view: View) {
    this.#box = box
    this.#view = view
  }

  get isEmpty (): boolean {
    return this.#operations.length === 0
  }

  /** All writes; they are given to the store now. */
  writes (): Operation[] {
    if (this.#box.isNoted || this.isEmpty) return this.#operations
    this.#box.isNoted = true
    return [{ type: 'put', key: rows.boxKey(this.#box.mailbox), value: nothing }, ...this.#operations]
  }

  /** All writes, after which there are no rows of this mailbox. */
  writesOfEnd (): Operation[] {
    this.#box.isNoted = false
    return [...this.#operations, { type: 'delete', key: rows.boxKey(this.#box.mailbox) }]
  }

  /** The writes are synced. */
  count (): void {
    for (const { entryId, before, after } of this.#counted) this.#box.count(entryId, before, after)
    this.#box.onChanged()
  }

  putItem (entryId: Uint8Array, before: rows.ItemRow | undefined, row: rows.ItemRow): void {
    this.#counted.push({ entryId, before, after: row })
    this.#put('item', entryId, before, row, rows.encodeItem(row))
  }

  deleteItem (entryId: Uint8Array, before: rows.ItemRow): void {
    this.#counted.push({ entryId, before, after: undefined })
    this.deleteRow('item', entryId, before.expiresAtMs)
  }

  putAcknowledgement (hash: Uint8Array, before: rows.AcknowledgementRow | undefined, row: rows.AcknowledgementRow): void {
    this.#put('acknowledgement', hash, before, row, rows.encodeAcknowledgement(row))
  }

  deleteRow (kind: rows.RowKind, name: Uint8Array, expiresAtMs: number): void {
    this.delete(rows.rowKey(this.#box.mailbox, kind, name))
    this.delete(rows.expiryKey(expiresAtMs, this.#box.mailbox, kind, name))
  }

  delete (key: string): void {
    this.#operations.push({ type: 'delete', key })
  }

  /** Notes an entry. In a slot it takes the place of the one there. */
  async store (entryId: Uint8Array, before: rows.ItemRow | undefined, row: rows.StoredRow): Promise<void> {
    this.putItem(entryId, before, row)
    const name = rows.slotName(row)
    if (name.byteLength === 0) return
    const last = await this.#box.slot(name, this.#view)
    const known = last === undefined ? [] : [last.entryId, ...last.replaced]
    for (const [index, id] of known.entries()) {
      const old = await this.#box.item(id, this.#view)
      if (index >= maxReplacedIds && old?.state === 'replaced') this.deleteItem(id, old)
      if (index < maxReplacedIds && old?.state === 'stored') this.putItem(id, old, { state: 'replaced', expiresAtMs: old.expiresAtMs })
    }
    const slot = { entryId, sequence: row.sequence, expiresAtMs: row.expiresAtMs, replaced: known.slice(0, maxReplacedIds) }
    this.#put('slot', name, last, slot, rows.encodeSlot(slot))
  }

  /** With its place in the order of expiry. */
  #put (kind: rows.RowKind, name: Uint8Array, before: { expiresAtMs: number } | undefined, { expiresAtMs }: { expiresAtMs: number }, value: Uint8Array): void {
    const { mailbox } = this.#box
    this.#operations.push({ type: 'put', key: rows.rowKey(mailbox, kind, name), value })
    if (before?.expiresAtMs === expiresAtMs) return
    if (before !== undefined) this.delete(rows.expiryKey(before.expiresAtMs, mailbox, kind, name))
    this.#operations.push({ type: 'put', key: rows.expiryKey(expiresAtMs, mailbox, kind, name), value: nothing })
  }
}
