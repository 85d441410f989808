import { equals } from 'uint8arrays/equals'
import { toString } from 'uint8arrays/to-string'
import type { Operation } from '../../store/index.js'
import type { PendingView } from './pending-view.js'
import type { Reference, SharedEnvelopes } from './shared-envelopes.js'
import * as records from './records.js'
import { excessOf } from './room.js'
import { growth, stockOf, type Stock } from './stored-totals.js'

export interface MailboxChangeComponents {
  view: PendingView
  shared: SharedEnvelopes
}

/** One change of one mailbox: writes are gathered with the counters that belong to them, to be made in one batch. */
export class MailboxChange {
  readonly state: records.MailboxState
  readonly #components: MailboxChangeComponents
  readonly #mailbox: Uint8Array
  readonly #before: Uint8Array
  readonly #stockBefore: Stock
  readonly #operations: Operation[] = []
  readonly #shares = new Map<string, { sender: Uint8Array, share: records.SenderShare }>()
  readonly #references: Reference[] = []

  private constructor (components: MailboxChangeComponents, mailbox: Uint8Array, stored: Uint8Array | undefined) {
    this.#components = components
    this.#mailbox = mailbox
    this.state = records.decodeState(stored)
    this.#before = records.encodeState(this.state)
    this.#stockBefore = stockOf(stored === undefined ? undefined : this.state)
  }

  /** Of the mailbox as it is now; call it in the mailbox's lane. */
  static async begin (components: MailboxChangeComponents, mailbox: Uint8Array): Promise<MailboxChange> {
    return new MailboxChange(components, mailbox, await components.view.getOften(records.stateKey(mailbox)))
  }

  get isEmpty (): boolean {
    return this.#operations.length === 0
  }

  /** How much more there is than before. */
  get growth (): Stock {
    const isSame = equals(records.encodeState(this.state), this.#before)
    return growth(this.#stockBefore, isSame ? this.#stockBefore : stockOf(this.state))
  }

  /** Of the entries that were added and taken. Each is held: whoever writes the counts with the rest, or drops the change, releases it. */
  get references (): readonly Reference[] {
    return this.#references
  }

  /** All writes, counters included. */
  operations (): Operation[] {
    const shares = [...this.#shares.values()].map(({ sender, share }): Operation => {
      const key = records.senderKey(this.#mailbox, sender)
      return share.mail.entries === 0 && share.receipts === 0 ? { type: 'delete', key } : { type: 'put', key, value: records.encodeShare(share) }
    })
    const state = records.encodeState(this.state)
    // A mailbox that was removed is not made again by the end of something in it.
    if (equals(state, this.#before)) return this.#operations
    return [...this.#operations, ...shares, { type: 'put', key: records.stateKey(this.#mailbox), value: state }]
  }

  /** What this sender has in the mailbox, as far as this change has come. */
  async share (sender: Uint8Array): Promise<records.SenderShare> {
    const name = toString(sender, 'base16')
    const known = this.#shares.get(name)
    if (known !== undefined) return known.share
    const share = records.decodeShare(await this.#components.view.getOften(records.senderKey(this.#mailbox, sender)))
    this.#shares.set(name, { sender, share })
    return share
  }

  put (key: string, value: Uint8Array): void {
    this.#operations.push({ type: 'put', key, value })
  }

  delete (key: string): void {
    this.#operations.push({ type: 'delete', key })
  }

  /** Stores and counts an entry behind all others. @returns its cursor */
  async add (entryId: Uint8Array, envelope: Uint8Array, record: Omit<records.IdRecord, 'cursor' | 'bytes'>): Promise<number> {
    const cursor = this.state.next++
    await this.#count({ ...record, bytes: envelope.byteLength }, 1)
    if (record.status === 'shared') this.put(records.pointerKey(this.#mailbox, cursor), records.encodeEntry(entryId, record.content))
    else this.put(records.entryKey(this.#mailbox, cursor), records.encodeEntry(entryId, envelope))
    this.put(records.idKey(this.#mailbox, entryId), records.encodeId({ ...record, cursor, bytes: envelope.byteLength }))
    const slotKey = records.slotKeyOf(record)
    this.put(records.expiryKey(record.expiresAtMs, this.#mailbox, entryId, slotKey), slotKey)
    return cursor
  }

  /** Deletes an entry; what is known of its id is the caller's. */
  async take (record: records.IdRecord): Promise<void> {
    this.delete((record.status === 'shared' ? records.pointerKey : records.entryKey)(this.#mailbox, record.cursor))
    await this.#count(record, -1)
  }

  /** Remembers that an entry was acknowledged. */
  bury (cursor: number, tombstone: records.Tombstone): void {
    this.put(records.tombstoneKey(this.#mailbox, cursor), records.encodeTombstone(tombstone))
    this.state.tombstones++
  }

  /** Forgets that the entry with this cursor was acknowledged. */
  unbury (cursor: number): void {
    this.delete(records.tombstoneKey(this.#mailbox, cursor))
    this.state.tombstones--
  }

  async #count ({ sender, status, bytes, content }: Pick<records.IdRecord, 'sender' | 'status' | 'bytes' | 'content'>, by: 1 | -1): Promise<void> {
    if (status === 'shared') {
      await this.#components.shared.hold([content])
      this.state.sharedBytes += by * bytes
      this.#references.push({ content, by })
    }
    const share = await this.share(sender)
    const isReceipt = status === 'receipt'
    const tally = isReceipt ? this.state.receipts : this.state.mail
    tally.entries += by
    tally.bytes += by * bytes
    if (isReceipt) {
      share.receipts += by
    } else {
      const before = excessOf(share.mail)
      share.mail.entries += by
      share.mail.bytes += by * bytes
      const [after, { excess }] = [excessOf(share.mail), this.state]
      // A state that was stored before it was counted begins at nothing.
      excess.entries = Math.max(0, excess.entries + after.entries - before.entries)
      excess.bytes = Math.max(0, excess.bytes + after.bytes - before.bytes)
    }
  }
}
