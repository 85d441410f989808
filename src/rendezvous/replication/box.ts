import { fromString } from 'uint8arrays/from-string'
import { partsOf, type KeyValueStore } from '../../store/index.js'
import type { View } from '../mailboxes/beside.js'
import { SetSum, type Item } from './digest.js'
import * as rows from './rows.js'

const STORED = Uint8Array.of(1)
const GONE = Uint8Array.of(2)

/** The rows of one mailbox as this server has them. */
export class Box {
  /** Of what is synced. */
  readonly sum = new SetSum()
  /** Whether it is on the disk, or being written, that there are rows of this mailbox. */
  isNoted = false

  /** @param onChanged told of a change of the rows once it is synced, and counted */
  constructor (private readonly store: KeyValueStore, readonly mailbox: Uint8Array, readonly onChanged: () => void) {}

  async item (entryId: Uint8Array, view: View = this.store): Promise<rows.ItemRow | undefined> {
    const found = await view.get(rows.rowKey(this.mailbox, 'item', entryId))
    return found === undefined ? undefined : rows.decodeItem(found)
  }

  async slot (name: Uint8Array, view: View = this.store): Promise<rows.SlotRow | undefined> {
    const found = await view.get(rows.rowKey(this.mailbox, 'slot', name))
    return found === undefined ? undefined : rows.decodeSlot(found)
  }

  async acknowledgement (hash: Uint8Array, view: View = this.store): Promise<rows.AcknowledgementRow | undefined> {
    const found = await view.get(rows.rowKey(this.mailbox, 'acknowledgement', hash))
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

  count (entryId: Uint8Array, before: rows.ItemRow | undefined, after: rows.ItemRow | undefined): void {
    const old = valueOf(before)
    const now = valueOf(after)
    if (old === now) return
    const key = Buffer.from(entryId).toString('hex')
    if (old !== undefined) this.sum.remove({ key, value: old })
    if (now !== undefined) this.sum.add({ key, value: now })
  }
}

/** What others are told of an item. */
function valueOf (row: rows.ItemRow | undefined): Uint8Array | undefined {
  switch (row?.state) {
    case 'stored': return STORED
    case 'leaving':
    case 'gone': return GONE
    default: return undefined
  }
}

export function idOf (hex: string): Uint8Array {
  return fromString(hex, 'base16')
}

export function withoutRepeats (ids: readonly Uint8Array[]): Uint8Array[] {
  return [...new Map(ids.map((id) => [Buffer.from(id).toString('hex'), id])).values()]
}
