/** Between what replicas say and its messages on the wire. */
import { concat } from 'uint8arrays/concat'
import { fromString } from 'uint8arrays/from-string'
import { toString } from 'uint8arrays/to-string'
import { P2pChatError } from '../../errors.js'
import type { encode } from '../../protocol/codec.js'
import { ReplicaOutcome } from '../../protocol/enums.js'
import type * as pb from '../../protocol/pb/server-mail.js'
import { assertBytes } from '../fields.js'
import { NIBBLES, type RangeContent } from './digest.js'
import { FINGERPRINT_BYTES, maxPrefixes } from './limits.js'
import type { NotDone, RangeQuery, ReplicaAppend, ReplicaEntry, SignedAcknowledgement } from './replica.js'
import { ENTRY_ID_BYTES, KEY_BYTES, WRITER_BYTES } from './rows.js'

/** Bytes of any buffer, as encode takes them. */
type Whole<T> = Required<Parameters<typeof encode<T>>[1]>
type Refused = Extract<ReplicaAppend, { outcome: 'refused' }>
type Head = { outcome: number, refusal?: pb.ReplicaRefusal }

const LIMITS: ReadonlyArray<Refused['limit']> = ['maxMailboxEntries', 'maxMailboxBytes', 'maxMailboxEntriesPerSender', 'maxMailboxBytesPerSender']

/** Outcome and refusal of an answer; anything that is none of those below is DONE. */
export function headToWire (answer: ReplicaAppend | { outcome: string }): Head {
  const { UNKNOWN, DONE, STALE, OVERLOADED, REFUSED, GONE, SUPERSEDED } = ReplicaOutcome
  const none: pb.ReplicaRefusal = { limit: '', max: 0n, retryAfterMs: 0n, rosterVersion: 0n }
  if ('limit' in answer && answer.outcome === 'refused') return { outcome: REFUSED, refusal: { ...none, limit: answer.limit ?? '', max: BigInt(answer.max), retryAfterMs: BigInt(answer.retryAfterMs) } }
  if ('retryAfterMs' in answer && answer.outcome === 'overloaded') return { outcome: OVERLOADED, refusal: { ...none, limit: answer.limit ?? '', retryAfterMs: BigInt(answer.retryAfterMs) } }
  if ('rosterVersion' in answer && answer.outcome === 'stale') return { outcome: STALE, refusal: { ...none, rosterVersion: BigInt(answer.rosterVersion) } }
  switch (answer.outcome) {
    case 'unknown': return { outcome: UNKNOWN }
    case 'gone': return { outcome: GONE }
    case 'superseded': return { outcome: SUPERSEDED }
    default: return { outcome: DONE }
  }
}

/** What was not done, or undefined. A server's own word on entries (gone, superseded, refused) is not among it. */
export function notDoneOf ({ outcome, refusal }: Head): NotDone | undefined {
  switch (outcome) {
    case ReplicaOutcome.STALE: return { outcome: 'stale', rosterVersion: Number(refusal?.rosterVersion ?? 0n) }
    case ReplicaOutcome.OVERLOADED: return {
      outcome: 'overloaded',
      retryAfterMs: Number(refusal?.retryAfterMs ?? 0n),
      alternatives: [],
      ...refusal?.limit === 'maxStoredMailBytes' ? { limit: refusal.limit } : {}
    }
    case ReplicaOutcome.DONE:
    case ReplicaOutcome.REFUSED:
    case ReplicaOutcome.GONE:
    case ReplicaOutcome.SUPERSEDED: return undefined
    default: return { outcome: 'unknown' }
  }
}

export function appendToWire (answer: ReplicaAppend): Whole<pb.ReplicaAppended> {
  const refusal: pb.ReplicaRefusal = { limit: '', max: 0n, retryAfterMs: 0n, rosterVersion: 0n }
  return { refusal, ...headToWire(answer), expiresAtMs: answer.outcome === 'stored' ? BigInt(answer.expiresAtMs) : 0n }
}

/** Of one entry in one mailbox, among several. */
export function appendOf (answer: pb.ReplicaAppended): ReplicaAppend {
  const { outcome, refusal, expiresAtMs } = answer
  const notDone = notDoneOf(answer)
  if (notDone !== undefined) return notDone
  if (outcome === ReplicaOutcome.GONE) return { outcome: 'gone' }
  if (outcome === ReplicaOutcome.SUPERSEDED) return { outcome: 'superseded' }
  if (outcome === ReplicaOutcome.DONE) return { outcome: 'stored', expiresAtMs: integer(expiresAtMs) }
  const limit = LIMITS.find((one) => one === refusal?.limit)
  if (limit === undefined || refusal === undefined) throw malformed()
  return { outcome: 'refused', limit, max: integer(refusal.max), retryAfterMs: integer(refusal.retryAfterMs) }
}

export function entryToWire (entry: ReplicaEntry): Whole<pb.ReplicaEntry> {
  return { ...entry, expiresAtMs: BigInt(entry.expiresAtMs), sequence: BigInt(entry.sequence) }
}

/** @throws ERR_INVALID_RECORD */
export function entryOf (message: pb.ReplicaEntry | undefined): ReplicaEntry {
  if (message === undefined) throw malformed()
  const { entryId, envelope, sender, slot, writer } = message
  assertBytes(entryId, ENTRY_ID_BYTES, 'An entry id')
  assertBytes(sender, KEY_BYTES, 'A sender')
  assertBytes(writer, WRITER_BYTES, 'A writer')
  return { entryId, envelope, sender, slot, writer, expiresAtMs: integer(message.expiresAtMs), sequence: integer(message.sequence) }
}

export function acknowledgementToWire ({ signed, expiresAtMs }: SignedAcknowledgement): Whole<pb.ReplicaAcknowledgement> {
  return { signed, expiresAtMs: BigInt(expiresAtMs) }
}

/** Its signature is checked by whoever takes it. @throws ERR_INVALID_RECORD */
export function acknowledgementOf (message: pb.ReplicaAcknowledgement | undefined): SignedAcknowledgement {
  if (message === undefined) throw malformed()
  return { signed: message.signed, expiresAtMs: integer(message.expiresAtMs) }
}

/** @throws ERR_INVALID_RECORD */
export function queryOf ({ fingerprint, prefixes }: { fingerprint: Uint8Array, prefixes: string[] }): RangeQuery {
  if (prefixes.length > maxPrefixes || prefixes.some((prefix) => !/^[0-9a-f]{0,64}$/.test(prefix))) throw malformed()
  return { fingerprint, prefixes }
}

export function rangeToWire (range: RangeContent): Whole<pb.ReplicaRange> {
  const { prefix } = range
  if (range.kind === 'parts') return { prefix, fingerprints: concat([range.fingerprint, ...range.parts]), items: new Uint8Array(0) }
  return { prefix, fingerprints: new Uint8Array(0), items: concat(range.items.flatMap(({ key, value }) => [fromString(key, 'base16'), value])) }
}

/** @throws ERR_INVALID_RECORD */
export function rangeOf ({ prefix, fingerprints, items }: pb.ReplicaRange, keyBytes: number, valueBytes: number): RangeContent {
  if (fingerprints.byteLength > 0) {
    assertBytes(fingerprints, (1 + NIBBLES.length) * FINGERPRINT_BYTES, 'The fingerprints of a range')
    const [fingerprint = fingerprints, ...parts] = pieces(fingerprints, FINGERPRINT_BYTES)
    return { kind: 'parts', prefix, fingerprint, parts }
  }
  const itemBytes = keyBytes + valueBytes
  if (items.byteLength % itemBytes !== 0) throw malformed()
  return { kind: 'items', prefix, items: pieces(items, itemBytes).map((item) => ({ key: toString(item.subarray(0, keyBytes), 'base16'), value: item.subarray(keyBytes) })) }
}

/** @throws ERR_INVALID_RECORD */
export function mailboxOf (mailbox: Uint8Array): Uint8Array {
  assertBytes(mailbox, KEY_BYTES, 'A mailbox')
  return mailbox
}

/** @throws ERR_INVALID_RECORD past 2^53 - 1 */
export function integer (value: bigint): number {
  const number = Number(value)
  if (!Number.isSafeInteger(number)) throw malformed()
  return number
}

export function malformed (): P2pChatError {
  return new P2pChatError('ERR_INVALID_RECORD', 'What another server of the pool said about mail cannot be read and was refused.')
}

function pieces (bytes: Uint8Array, length: number): Uint8Array[] {
  return Array.from({ length: bytes.byteLength / length }, (_, index) => bytes.subarray(index * length, (index + 1) * length))
}
