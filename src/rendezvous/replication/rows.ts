/** What replication keeps beside the mailboxes themselves: one small row for each id, so that sets can be compared. */
import { concat } from 'uint8arrays/concat'
import { lpAll, sha256 } from '../../crypto/bytes.js'
import { P2pChatError } from '../../errors.js'
import { keyOf, rangeUnder } from '../../store/index.js'

export const ENTRY_ID_BYTES = 16
export const WRITER_BYTES = 16
export const KEY_BYTES = 32

/**
 * Where an entry is. `arriving` and `leaving` are written before the mailbox itself is changed, the other two after it
 * was synced: after a crash, a look into the mailbox settles the first two.
 */
export type ItemRow = StoredRow | GoneRow | ReplacedRow

/** A newer entry of its slot came; a late retry must not bring it back. */
export interface ReplacedRow {
  state: 'replaced'
  expiresAtMs: number
}

export interface GoneRow {
  state: 'leaving' | 'gone'
  expiresAtMs: number
  acknowledgementHash: Uint8Array
}

export interface StoredRow {
  state: 'arriving' | 'stored'
  expiresAtMs: number
  sequence: number
  writer: Uint8Array
  sender: Uint8Array
  slot: Uint8Array
}

/** The newest entry of a slot, also after it was acknowledged. */
export interface SlotRow {
  expiresAtMs: number
  sequence: number
  entryId: Uint8Array
  /** Ids of those before it that are still known, newest first. */
  replaced: Uint8Array[]
}

export interface AcknowledgementRow {
  expiresAtMs: number
  signed: Uint8Array
}

/** What was last heard of another server's disk. */
export interface StandingRow {
  boot: number
  bootId: Uint8Array
  writes: number
}

export type RowKind = 'item' | 'slot' | 'acknowledgement'

const STATES = ['arriving', 'stored', 'leaving', 'gone', 'replaced'] as const
const BOX_TABLE = 'replica-box'
const EXPIRY_TABLE = 'replica-expiry'
const PREFIX_END = 'g'

/** Says that there are rows of this mailbox. */
export const boxKey = (mailbox: Uint8Array): string => keyOf(BOX_TABLE, mailbox)
export const boxRange = (): { gte: string, lt: string } => rangeUnder(BOX_TABLE)
export const rowKey = (mailbox: Uint8Array, kind: RowKind, name: Uint8Array): string => keyOf('replica', mailbox, kind, name)
export const rowRange = (mailbox: Uint8Array): { gte: string, lt: string } => rangeUnder('replica', mailbox)
/** Items whose id starts with these hexadecimal digits. */
export function itemRange (mailbox: Uint8Array, prefix: string): { gte: string, lt: string } {
  const { gte } = rangeUnder('replica', mailbox, 'item')
  return { gte: gte + prefix, lt: gte + prefix + PREFIX_END }
}
export const expiryKey = (expiresAtMs: number, mailbox: Uint8Array, kind: RowKind, name: Uint8Array): string => keyOf(EXPIRY_TABLE, expiresAtMs, mailbox, kind, name)
/** What may be forgotten at `nowMs` or before. */
export const expiredRange = (nowMs: number): { gte: string, lt: string } => ({ gte: rangeUnder(EXPIRY_TABLE).gte, lt: keyOf(EXPIRY_TABLE, nowMs + 1) })
export const POOL_STATE_KEY = keyOf('replica-pool')
export const BOOT_KEY = keyOf('replica-boot')
export const WRITES_KEY = keyOf('replica-writes')
export const standingKey = (peerId: string): string => keyOf('replica-standing', peerId)
export const standingRange = (): { gte: string, lt: string } => rangeUnder('replica-standing')

export function encodeItem (row: ItemRow): Uint8Array {
  const head = [Uint8Array.of(STATES.indexOf(row.state)), u64(row.expiresAtMs)]
  if ('slot' in row) return concat([...head, u64(row.sequence), row.writer, row.sender, row.slot])
  return concat('acknowledgementHash' in row ? [...head, row.acknowledgementHash] : head)
}

export function decodeItem (stored: Uint8Array): ItemRow {
  const state = STATES[stored[0] ?? -1]
  if (state === undefined) throw damaged()
  const expiresAtMs = readU64(stored, 1)
  if (state === 'replaced') return { state, expiresAtMs }
  if (state === 'leaving' || state === 'gone') return { state, expiresAtMs, acknowledgementHash: stored.slice(9) }
  return {
    state,
    expiresAtMs,
    sequence: readU64(stored, 9),
    writer: stored.slice(17, 17 + WRITER_BYTES),
    sender: stored.slice(17 + WRITER_BYTES, 17 + WRITER_BYTES + KEY_BYTES),
    slot: stored.slice(17 + WRITER_BYTES + KEY_BYTES)
  }
}

export function encodeSlot ({ expiresAtMs, sequence, entryId, replaced }: SlotRow): Uint8Array {
  return concat([u64(expiresAtMs), u64(sequence), entryId, ...replaced])
}

export function decodeSlot (stored: Uint8Array): SlotRow {
  const ids: Uint8Array[] = []
  for (let at = 16; at < stored.byteLength; at += ENTRY_ID_BYTES) ids.push(stored.slice(at, at + ENTRY_ID_BYTES))
  const [entryId, ...replaced] = ids
  if (entryId === undefined) throw damaged()
  return { expiresAtMs: readU64(stored, 0), sequence: readU64(stored, 8), entryId, replaced }
}

export function encodeAcknowledgement ({ expiresAtMs, signed }: AcknowledgementRow): Uint8Array {
  return concat([u64(expiresAtMs), signed])
}

export function decodeAcknowledgement (stored: Uint8Array): AcknowledgementRow {
  return { expiresAtMs: readU64(stored, 0), signed: stored.slice(8) }
}

/** A sender's slot as one run of one server sees it: only within it is a newer entry known to be newer. Empty: no slot. */
export function slotName ({ sender, slot, writer }: Pick<StoredRow, 'sender' | 'slot' | 'writer'>): Uint8Array {
  return slot.byteLength === 0 ? slot : sha256(lpAll(sender, slot, writer))
}

/** Three numbers: newest roster version known, complete version, closed version. */
export function encodePoolState (versions: readonly [number, number, number]): Uint8Array {
  return concat(versions.map(u64))
}

export function decodePoolState (stored: Uint8Array | undefined): [number, number, number] {
  return stored === undefined ? [0, 0, 0] : [readU64(stored, 0), readU64(stored, 8), readU64(stored, 16)]
}

export function isRowKind (kind: string): kind is RowKind {
  return kind === 'item' || kind === 'slot' || kind === 'acknowledgement'
}

export function expiryOf (kind: RowKind, stored: Uint8Array): number {
  switch (kind) {
    case 'item': return decodeItem(stored).expiresAtMs
    case 'slot': return decodeSlot(stored).expiresAtMs
    case 'acknowledgement': return decodeAcknowledgement(stored).expiresAtMs
  }
}

export function encodeNumber (value: number): Uint8Array {
  return u64(value)
}

export function decodeNumber (stored: Uint8Array | undefined): number {
  return stored === undefined ? 0 : readU64(stored, 0)
}

export function encodeStanding ({ boot, writes, bootId }: StandingRow): Uint8Array {
  return concat([u64(boot), u64(writes), bootId])
}

export function decodeStanding (stored: Uint8Array): StandingRow {
  return { boot: readU64(stored, 0), writes: readU64(stored, 8), bootId: stored.slice(16) }
}

function u64 (value: number): Uint8Array {
  const out = new Uint8Array(8)
  const view = new DataView(out.buffer)
  view.setUint32(0, Math.floor(value / 2 ** 32))
  view.setUint32(4, value)
  return out
}

function readU64 (bytes: Uint8Array, at: number): number {
  if (bytes.byteLength < at + 8) throw damaged()
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  return view.getUint32(at) * 2 ** 32 + view.getUint32(at + 4)
}

function damaged (): P2pChatError {
  return new P2pChatError('ERR_STORE_CORRUPT', 'The store is damaged: a row about a mailbox\'s copies is too short. Restore a backup.')
}
