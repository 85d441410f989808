import type { KeyValueStore } from '../../store/index.js'
import { entryOverheadBytes } from '../limits.js'
import type { MailboxTotals } from './index.js'
import * as records from './records.js'

/** What mailboxes hold, or how much more that became. */
export interface Stock extends MailboxTotals {
  /** envelopes that lie outside of the mailboxes, once for many */
  shared: number
}

export const noStock: Stock = { mailboxes: 0, envelopes: 0, bytes: 0, shared: 0 }

/** By one mailbox: envelopes that it does not share. Undefined: there is none. */
export function stockOf (state: records.MailboxState | undefined): Stock {
  if (state === undefined) return noStock
  const { mail, receipts, sharedBytes } = state
  return { mailboxes: 1, envelopes: mail.entries + receipts.entries, bytes: mail.bytes - sharedBytes + receipts.bytes, shared: 0 }
}

/** By all that point to one envelope. */
export function stockInCommon ({ references, bytes }: records.SharedRecord): Stock {
  return references === 0 ? noStock : { ...noStock, bytes, shared: 1 }
}

/** How much more `after` is than `before`. */
export function growth (before: Stock, after: Stock): Stock {
  return {
    mailboxes: after.mailboxes - before.mailboxes,
    envelopes: after.envelopes - before.envelopes,
    bytes: after.bytes - before.bytes,
    shared: after.shared - before.shared
  }
}

export function sumOf (all: readonly Stock[]): Stock {
  const sum = { ...noStock }
  for (const { mailboxes, envelopes, bytes, shared } of all) {
    sum.mailboxes += mailboxes
    sum.envelopes += envelopes
    sum.bytes += bytes
    sum.shared += shared
  }
  return sum
}

/** What it takes of the disk, roughly: envelopes, and what is written beside each. */
export function weightOf ({ envelopes, bytes, shared }: Stock): number {
  return bytes + (envelopes + shared) * entryOverheadBytes
}

/** What all mailboxes hold, counted from the store once and exact from then on. */
export class StoredTotals {
  readonly #store: KeyValueStore
  #stock: Stock | undefined
  #counting: Promise<Stock> | undefined

  constructor (store: KeyValueStore) {
    this.#store = store
  }

  /** Sums up what is stored, before the first change. */
  async count (): Promise<Stock> {
    if (this.#stock !== undefined) return this.#stock
    this.#counting ??= this.#sum().finally(() => { this.#counting = undefined })
    const counted = await this.#counting
    this.#stock ??= counted
    return this.#stock
  }

  add (more: Stock): void {
    this.#stock = sumOf([this.#stock ?? noStock, more])
  }

  /** Whether so much more weighs more than `max`. */
  wouldExceed (more: Stock, max: number): boolean {
    const weight = weightOf(more)
    return weight > 0 && weightOf(this.#stock ?? noStock) + weight > max
  }

  async #sum (): Promise<Stock> {
    let sum = noStock
    for await (const [, stored] of this.#store.range(records.stateRange())) sum = sumOf([sum, stockOf(records.decodeState(stored))])
    for await (const [, stored] of this.#store.range(records.sharedCountRange())) sum = sumOf([sum, stockInCommon(records.decodeShared(stored))])
    return sum
  }
}
