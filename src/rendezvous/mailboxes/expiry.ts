import { fromString } from 'uint8arrays/from-string'
import { parseOrderedInteger, partsOf, type KeyValueStore } from '../../store/index.js'
import { sweepBatch } from '../limits.js'
import * as records from './records.js'

/** One record of the index by expiry. */
export interface Expired {
  key: string
  expiresAtMs: number
  mailbox: Uint8Array
  entryId: Uint8Array
  slotKey: Uint8Array
}

/** Some of what has expired by now, the oldest first; none: there is no more. */
export async function nextExpired (store: KeyValueStore, nowMs: number): Promise<Expired[]> {
  const expired: Expired[] = []
  for await (const [key, slotKey] of store.range({ ...records.expiredRange(nowMs), limit: sweepBatch })) {
    const [, expiresAtMs = '', mailbox = '', entryId = ''] = partsOf(key)
    expired.push({ key, expiresAtMs: parseOrderedInteger(expiresAtMs), mailbox: fromString(mailbox, 'base16'), entryId: fromString(entryId, 'base16'), slotKey })
  }
  return expired
}

/** What lies outside of a mailbox because of one of its records: one of the index by expiry, a shared envelope. */
export function dependantsOf (mailbox: Uint8Array, key: string, value: Uint8Array): { expiryKey?: string, content?: Uint8Array } {
  const [, , kind, name = ''] = partsOf(key)
  if (kind === 'id') {
    const record = records.decodeId(value)
    const expiryKey = records.expiryKey(record.expiresAtMs, mailbox, fromString(name, 'base16'), records.slotKeyOf(record))
    return record.status === 'shared' ? { expiryKey, content: record.content } : { expiryKey }
  }
  if (kind !== 'slot') return {}
  const { expiresAtMs, current } = records.decodeSlot(value)
  return { expiryKey: records.expiryKey(expiresAtMs, mailbox, current, fromString(name, 'base16')) }
}
