/** How mailboxes lie in the store. All integers big-endian. */
import { concat } from 'uint8arrays/concat'
import { P2pChatError } from '../../errors.js'
import { keyOf, rangeUnder } from '../../store/index.js'

/** Sequence and counters of one mailbox. */
export interface MailboxState {
  /** cursor of the next entry, from 1 on */
  next: number
  entries: number
  /** of envelopes */
  bytes: number
}

/** What is known of an entry id: where the entry lies, or that it was acknowledged. */
export interface IdRecord {
  /** 0: acknowledged */
  cursor: number
  bytes: number
  expiresAtMs: number
  /** the sender and slot it lies in; empty: none */
  slotKey: Uint8Array
}

/** The entry that is in a slot now, and ids of those it replaced, newest first. */
export interface SlotRecord {
  /** of the current entry */
  expiresAtMs: number
  current: Uint8Array
  replaced: Uint8Array[]
}

export const ENTRY_ID_BYTES = 16
const EXPIRY_TABLE = 'mail-expiry'
const STATE_TABLE = 'mailbox'

export const stateKey = (mailbox: Uint8Array): string => keyOf(STATE_TABLE, mailbox)
export const entryKey = (mailbox: Uint8Array, cursor: number): string => keyOf('mail', mailbox, 'entry', cursor)
export const idKey = (mailbox: Uint8Array, entryId: Uint8Array): string => keyOf('mail', mailbox, 'id', entryId)
export const slotRecordKey = (mailbox: Uint8Array, slotKey: Uint8Array): string => keyOf('mail', mailbox, 'slot', slotKey)
export const expiryKey = (expiresAtMs: number, mailbox: Uint8Array, entryId: Uint8Array, slotKey: Uint8Array): string =>
  keyOf(EXPIRY_TABLE, expiresAtMs, mailbox, entryId, slotKey)

export const stateRange = (): { gte: string, lt: string } => rangeUnder(STATE_TABLE)
export const mailboxRange = (mailbox: Uint8Array): { gte: string, lt: string } => rangeUnder('mail', mailbox)
export const entryRangeAfter = (mailbox: Uint8Array, cursor: number): { gte: string, lt: string } => ({
  gte: entryKey(mailbox, cursor + 1),
  lt: rangeUnder('mail', mailbox, 'entry').lt
})
/** What expires at `nowMs` or before. */
export const expiredRange = (nowMs: number): { gte: string, lt: string } => ({ gte: rangeUnder(EXPIRY_TABLE).gte, lt: keyOf(EXPIRY_TABLE, nowMs + 1) })

export function encodeState ({ next, entries, bytes }: MailboxState): Uint8Array {
  return concat([u64(next), u64(entries), u64(bytes)])
}

export function decodeState (stored: Uint8Array | undefined): MailboxState {
  if (stored === undefined) return { next: 1, entries: 0, bytes: 0 }
  return { next: readU64(stored, 0), entries: readU64(stored, 8), bytes: readU64(stored, 16) }
}

export function encodeId ({ cursor, bytes, expiresAtMs, slotKey }: IdRecord): Uint8Array {
  return concat([u64(cursor), u64(bytes), u64(expiresAtMs), slotKey])
}

export function decodeId (stored: Uint8Array): IdRecord {
  return { cursor: readU64(stored, 0), bytes: readU64(stored, 8), expiresAtMs: readU64(stored, 16), slotKey: stored.slice(24) }
}

export function encodeSlot ({ expiresAtMs, current, replaced }: SlotRecord): Uint8Array {
  return concat([u64(expiresAtMs), current, ...replaced])
}

export function decodeSlot (stored: Uint8Array): SlotRecord {
  const ids: Uint8Array[] = []
  for (let at = 8; at < stored.byteLength; at += ENTRY_ID_BYTES) ids.push(stored.slice(at, at + ENTRY_ID_BYTES))
  const [current, ...replaced] = ids
  if (current === undefined) throw damaged()
  return { expiresAtMs: readU64(stored, 0), current, replaced }
}

export function encodeEntry (entryId: Uint8Array, envelope: Uint8Array): Uint8Array {
  return concat([entryId, envelope])
}

export function decodeEntry (stored: Uint8Array): { entryId: Uint8Array, envelope: Uint8Array } {
  return { entryId: stored.slice(0, ENTRY_ID_BYTES), envelope: stored.slice(ENTRY_ID_BYTES) }
}

function u64 (value: number): Uint8Array {
  const out = new Uint8Array(8)
  new DataView(out.buffer).setBigUint64(0, BigInt(value))
  return out
}

function readU64 (bytes: Uint8Array, at: number): number {
  if (bytes.byteLength < at + 8) throw damaged()
  return Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(at))
}

function damaged (): P2pChatError {
  return new P2pChatError('ERR_STORE_CORRUPT', 'The store is damaged: a record of a mailbox is too short. Restore a backup.')
}
