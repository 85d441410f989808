/** How mailboxes lie in the store. All integers big-endian. */
import { concat } from 'uint8arrays/concat'
import { P2pChatError } from '../../errors.js'
import { keyOf, rangeUnder } from '../../store/index.js'

/** Entries and bytes of envelopes. */
export interface Tally {
  entries: number
  bytes: number
}

/** Sequence and counters of one mailbox. */
export interface MailboxState {
  /** cursor of the next entry, from 1 on */
  next: number
  mail: Tally
  /** small slot entries, one a sender, in the room kept for them */
  receipts: Tally
  /** acknowledged ids and emptied slots that are still known */
  tombstones: number
  /** of the bytes of mail, those that lie outside of the mailbox, once for many */
  sharedBytes: number
  /** of mail, what senders have beyond a modest share each */
  excess: Tally
}

/** What one sender has in a mailbox. */
export interface SenderShare {
  mail: Tally
  /** 0 or 1 */
  receipts: number
}

/** Where an entry is counted; `acknowledged`: the id alone is left; `shared`: mail whose envelope lies outside of the mailbox. */
export type EntryStatus = 'mail' | 'receipt' | 'acknowledged' | 'shared'

export interface IdRecord {
  cursor: number
  bytes: number
  expiresAtMs: number
  status: EntryStatus
  /** device key */
  sender: Uint8Array
  /** empty: none */
  slot: Uint8Array
  /** SHA-256 of a shared envelope; empty: the envelope lies in the entry, or is gone */
  content: Uint8Array
}

/** How many entries of all mailboxes point to a shared envelope, and how long it is. */
export interface SharedRecord {
  references: number
  bytes: number
}

/** The entry that is in a slot now, and ids of those it replaced, newest first. */
export interface SlotRecord {
  /** of the current entry */
  expiresAtMs: number
  /** cursor of the current entry once it was acknowledged; 0: it lies there */
  emptiedCursor: number
  current: Uint8Array
  replaced: Uint8Array[]
}

/** What is remembered of an acknowledged entry, by its cursor. */
export interface Tombstone {
  entryId: Uint8Array
  slotKey: Uint8Array
}

export const ENTRY_ID_BYTES = 16
const SENDER_BYTES = 32
const none = new Uint8Array(0)
const STATUSES: readonly EntryStatus[] = ['mail', 'receipt', 'acknowledged', 'shared']
const EXPIRY_TABLE = 'mail-expiry'
const STATE_TABLE = 'mailbox'
const SHARED_TABLE = 'shared-mail'
const SHARED_COUNT_TABLE = 'shared-mail-count'
/** Before sharedBytes was kept, and before excess was, states were as long as this. */
const UNSHARED_STATE_BYTES = 48
const WITHOUT_EXCESS_STATE_BYTES = 56

export const stateKey = (mailbox: Uint8Array): string => keyOf(STATE_TABLE, mailbox)
export const entryKey = (mailbox: Uint8Array, cursor: number): string => keyOf('mail', mailbox, 'entry', cursor)
/** Of an entry that points to a shared envelope. */
export const pointerKey = (mailbox: Uint8Array, cursor: number): string => keyOf('mail', mailbox, 'entry', cursor, 'shared')
export const sharedKey = (content: Uint8Array): string => keyOf(SHARED_TABLE, content)
export const sharedCountKey = (content: Uint8Array): string => keyOf(SHARED_COUNT_TABLE, content)
export const sharedCountRange = (): { gte: string, lt: string } => rangeUnder(SHARED_COUNT_TABLE)
export const idKey = (mailbox: Uint8Array, entryId: Uint8Array): string => keyOf('mail', mailbox, 'id', entryId)
export const slotRecordKey = (mailbox: Uint8Array, slotKey: Uint8Array): string => keyOf('mail', mailbox, 'slot', slotKey)
export const senderKey = (mailbox: Uint8Array, sender: Uint8Array): string => keyOf('mail', mailbox, 'sender', sender)
export const tombstoneKey = (mailbox: Uint8Array, cursor: number): string => keyOf('mail', mailbox, 'gone', cursor)
export const expiryKey = (expiresAtMs: number, mailbox: Uint8Array, entryId: Uint8Array, slotKey: Uint8Array): string =>
  keyOf(EXPIRY_TABLE, expiresAtMs, mailbox, entryId, slotKey)

export const stateRange = (): { gte: string, lt: string } => rangeUnder(STATE_TABLE)
export const mailboxRange = (mailbox: Uint8Array): { gte: string, lt: string } => rangeUnder('mail', mailbox)
export const entryRangeAfter = (mailbox: Uint8Array, cursor: number): { gte: string, lt: string } => ({
  gte: entryKey(mailbox, cursor + 1),
  lt: rangeUnder('mail', mailbox, 'entry').lt
})
export const tombstoneRange = (mailbox: Uint8Array): { gte: string, lt: string } => rangeUnder('mail', mailbox, 'gone')
/** What expires at `nowMs` or before. */
export const expiredRange = (nowMs: number): { gte: string, lt: string } => ({ gte: rangeUnder(EXPIRY_TABLE).gte, lt: keyOf(EXPIRY_TABLE, nowMs + 1) })

/** A sender's slot, as one key; empty: no slot. */
export function slotKeyOf ({ sender, slot }: { sender: Uint8Array, slot: Uint8Array }): Uint8Array {
  return slot.byteLength === 0 ? slot : concat([sender, slot])
}

export function encodeState ({ next, mail, receipts, tombstones, sharedBytes, excess }: MailboxState): Uint8Array {
  return u64s(next, mail.entries, mail.bytes, receipts.entries, receipts.bytes, tombstones, sharedBytes, excess.entries, excess.bytes)
}

export function decodeState (stored: Uint8Array | undefined): MailboxState {
  if (stored === undefined) return { next: 1, mail: { entries: 0, bytes: 0 }, receipts: { entries: 0, bytes: 0 }, tombstones: 0, sharedBytes: 0, excess: { entries: 0, bytes: 0 } }
  return {
    next: readU64(stored, 0),
    mail: { entries: readU64(stored, 8), bytes: readU64(stored, 16) },
    receipts: { entries: readU64(stored, 24), bytes: readU64(stored, 32) },
    tombstones: readU64(stored, 40),
    sharedBytes: stored.byteLength === UNSHARED_STATE_BYTES ? 0 : readU64(stored, 48),
    excess: stored.byteLength <= WITHOUT_EXCESS_STATE_BYTES ? { entries: 0, bytes: 0 } : { entries: readU64(stored, 56), bytes: readU64(stored, 64) }
  }
}

export function encodeShare ({ mail, receipts }: SenderShare): Uint8Array {
  return u64s(mail.entries, mail.bytes, receipts)
}

export function decodeShare (stored: Uint8Array | undefined): SenderShare {
  if (stored === undefined) return { mail: { entries: 0, bytes: 0 }, receipts: 0 }
  return { mail: { entries: readU64(stored, 0), bytes: readU64(stored, 8) }, receipts: readU64(stored, 16) }
}

export function encodeId ({ cursor, bytes, expiresAtMs, status, sender, slot, content }: IdRecord): Uint8Array {
  return concat([u64s(cursor, bytes, expiresAtMs), Uint8Array.of(STATUSES.indexOf(status)), sender, status === 'shared' ? content : slot])
}

export function decodeId (stored: Uint8Array): IdRecord {
  const status = STATUSES[stored[24] ?? -1]
  if (status === undefined) throw damaged()
  const rest = stored.slice(25 + SENDER_BYTES)
  return {
    cursor: readU64(stored, 0),
    bytes: readU64(stored, 8),
    expiresAtMs: readU64(stored, 16),
    status,
    sender: stored.slice(25, 25 + SENDER_BYTES),
    slot: status === 'shared' ? none : rest,
    content: status === 'shared' ? rest : none
  }
}

export function encodeShared ({ references, bytes }: SharedRecord): Uint8Array {
  return u64s(references, bytes)
}

export function decodeShared (stored: Uint8Array | undefined): SharedRecord {
  return stored === undefined ? { references: 0, bytes: 0 } : { references: readU64(stored, 0), bytes: readU64(stored, 8) }
}

export function encodeSlot ({ expiresAtMs, emptiedCursor, current, replaced }: SlotRecord): Uint8Array {
  return concat([u64s(expiresAtMs, emptiedCursor), current, ...replaced])
}

export function decodeSlot (stored: Uint8Array): SlotRecord {
  const ids: Uint8Array[] = []
  for (let at = 16; at < stored.byteLength; at += ENTRY_ID_BYTES) ids.push(stored.slice(at, at + ENTRY_ID_BYTES))
  const [current, ...replaced] = ids
  if (current === undefined) throw damaged()
  return { expiresAtMs: readU64(stored, 0), emptiedCursor: readU64(stored, 8), current, replaced }
}

export function encodeTombstone ({ entryId, slotKey }: Tombstone): Uint8Array {
  return concat([entryId, slotKey])
}

export function decodeTombstone (stored: Uint8Array): Tombstone {
  return { entryId: stored.slice(0, ENTRY_ID_BYTES), slotKey: stored.slice(ENTRY_ID_BYTES) }
}

export function encodeEntry (entryId: Uint8Array, envelope: Uint8Array): Uint8Array {
  return concat([entryId, envelope])
}

export function decodeEntry (stored: Uint8Array): { entryId: Uint8Array, envelope: Uint8Array } {
  return { entryId: stored.slice(0, ENTRY_ID_BYTES), envelope: stored.slice(ENTRY_ID_BYTES) }
}

function u64s (...values: number[]): Uint8Array {
  const out = new Uint8Array(values.length * 8)
  const view = new DataView(out.buffer)
  for (let index = 0; index < values.length; index++) {
    const value = values[index] ?? 0
    view.setUint32(index * 8, Math.floor(value / 2 ** 32))
    view.setUint32(index * 8 + 4, value)
  }
  return out
}

function readU64 (bytes: Uint8Array, at: number): number {
  if (bytes.byteLength < at + 8) throw damaged()
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  return view.getUint32(at) * 2 ** 32 + view.getUint32(at + 4)
}

function damaged (): P2pChatError {
  return new P2pChatError('ERR_STORE_CORRUPT', 'The store is damaged: a record of a mailbox is too short. Restore a backup.')
}
