import type { Beside, Unwanted, View } from '../mailboxes/beside.js'
import type { AppendOutcome } from '../mailboxes/index.js'
import type { Box } from './box.js'
import { BoxChange } from './box-change.js'
import type { ReplicaAppend, ReplicaEntry } from './replica.js'
import * as rows from './rows.js'
import type { WriteCounter } from './standings.js'

/** An entry on its way into a mailbox, with its row beside it. */
export class Arrival {
  readonly #box: Box
  readonly #entry: ReplicaEntry
  readonly #counter: WriteCounter
  /** Why it need not be stored. */
  #known: ReplicaAppend | undefined
  #change: BoxChange | undefined

  constructor (box: Box, entry: ReplicaEntry, counter: WriteCounter) {
    this.#box = box
    this.#entry = entry
    this.#counter = counter
  }

  readonly beside: Beside = async (view) => {
    const row = await this.#box.item(this.#entry.entryId, view)
    this.#known = await this.#whatIsKnown(row, view)
    if (this.#known !== undefined) return undefined
    const change = this.#change = new BoxChange(this.#box, view)
    await change.store(this.#entry.entryId, row, { ...this.#entry, state: 'stored' })
    return () => [...change.writes(), ...this.#counter.count()]
  }

  /** Once the mailbox has said what became of it. */
  settle (outcome: AppendOutcome | Unwanted): ReplicaAppend {
    switch (outcome.outcome) {
      case 'unwanted': return this.#known ?? { outcome: 'unknown' }
      case 'stored':
        this.#counter.synced()
        this.#change?.count()
        return { outcome: 'stored', expiresAtMs: this.#entry.expiresAtMs }
      default: return outcome
    }
  }

  async #whatIsKnown (row: rows.ItemRow | undefined, view: View): Promise<ReplicaAppend | undefined> {
    switch (row?.state) {
      case 'gone': return { outcome: 'gone' }
      case 'stored': return { outcome: 'stored', expiresAtMs: row.expiresAtMs }
      case 'replaced': return { outcome: 'superseded' }
      default:
    }
    const slot = rows.slotName(this.#entry)
    const newest = slot.byteLength === 0 ? undefined : await this.#box.slot(slot, view)
    return newest !== undefined && newest.sequence >= this.#entry.sequence ? { outcome: 'superseded' } : undefined
  }
}
