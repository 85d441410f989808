/**
 * Messages that cannot be read yet, kept durably: their head or their keys are not here. Within bounds for each device,
 * each group and all together, so that nobody fills the disk; beyond them a message stays where it came from.
 */
import { sha256 } from '../../../crypto/bytes.js'
import type { GroupMessageHeader } from '../../../crypto/group/index.js'
import type { Via } from '../../chat-node.js'
import { toHex } from '../../home/hex.js'
import type { Reader, Transaction } from '../../home/lane.js'
import { jsonTable, rememberedTable } from '../../home/table.js'
import type { SendingDevice } from './in-tables.js'
import { parkedOfAllStrangers, parkedOfGroup, parkedOfMembers, parkedOfSender, parkedOfStrangers, type ParkedLimit } from './limits.js'

export type WaitReason =
  /** the log here does not reach the head that it names */
  | 'ahead'
  /** no keys of its epoch */
  | 'keys'
  /** it skips more messages than may be skipped at once */
  | 'early'
  /** our keys of its epoch do not open it */
  | 'unreadable'
  /** the identity of its sender has changed and was not accepted yet */
  | 'identity'
  /** this account was added to the group by somebody who has to ask, and has not joined it */
  | 'invited'

/** A message with a right signature. */
export interface ParkedMessage {
  header: Uint8Array
  sealed: Uint8Array
  signature: Uint8Array
  via: Via
  atMs: number
}

export interface ParkedMark {
  bytes: number
  atMs: number
  reason: WaitReason
  sort: ParkedSort
}

/** Whose budget it takes: `member`: its device had a chain in the group's epoch when it came; `invited`: the user has not taken the group. */
export type ParkedSort = 'member' | 'stranger' | 'invited'

/** Names a parked message; of one device they are in the order of epochs and counters. */
export interface ParkedKey extends SendingDevice { epoch: number, counter: number, hash: string }

interface Total { count: number, bytes: number }

const messageTable = jsonTable<ParkedMessage>('group-parked')
const markTable = jsonTable<ParkedMark>('group-parked-mark')
const totalTable = rememberedTable<Total>('group-parked-total')

export function parkedKey ({ groupId, sender, senderDevice, epoch, counter }: GroupMessageHeader, signature: Uint8Array): ParkedKey {
  // Another message under the same number must not push out the one that is here.
  return { id: toHex(groupId), username: sender, device: toHex(senderDevice), epoch, counter, hash: toHex(sha256(signature).slice(0, 16)) }
}

/** False: there is no room. */
export async function parkMessage (tx: Transaction, key: ParkedKey, parked: ParkedMessage, reason: WaitReason, sort: ParkedSort): Promise<boolean> {
  if (await markTable.get(tx, ...partsOf(key)) !== undefined) return true
  const bytes = parked.header.byteLength + parked.sealed.byteLength + parked.signature.byteLength
  const totals = await Promise.all(totalsOf(key, sort).map(async ({ name, limit }) => ({ name, limit, total: await totalTable.get(tx, ...name) ?? { count: 0, bytes: 0 } })))
  if (totals.some(({ total, limit }) => total.count >= limit.count || total.bytes + bytes > limit.bytes)) return false
  for (const { name, total } of totals) totalTable.put(tx, { count: total.count + 1, bytes: total.bytes + bytes }, ...name)
  messageTable.put(tx, parked, ...partsOf(key))
  markTable.put(tx, { bytes, atMs: parked.atMs, reason, sort }, ...partsOf(key))
  return true
}

export async function findParkedMessage (reader: Reader, key: ParkedKey): Promise<ParkedMessage | undefined> {
  return await messageTable.get(reader, ...partsOf(key))
}

export async function unparkMessage (tx: Transaction, key: ParkedKey): Promise<void> {
  const mark = await markTable.get(tx, ...partsOf(key))
  if (mark === undefined) return
  messageTable.delete(tx, ...partsOf(key))
  markTable.delete(tx, ...partsOf(key))
  for (const { name } of totalsOf(key, mark.sort)) {
    const { count, bytes } = await totalTable.get(tx, ...name) ?? { count: 1, bytes: mark.bytes }
    if (count <= 1) totalTable.delete(tx, ...name)
    else totalTable.put(tx, { count: count - 1, bytes: bytes - mark.bytes }, ...name)
  }
}

/** It waits for something else now. */
export async function changeReason (tx: Transaction, key: ParkedKey, reason: WaitReason): Promise<void> {
  const mark = await markTable.get(tx, ...partsOf(key))
  if (mark !== undefined) markTable.put(tx, { ...mark, reason }, ...partsOf(key))
}

/** What is parked of a group, or of one of its devices. */
export async function listParkedMessages (reader: Reader, id: string, sender?: SendingDevice): Promise<Array<{ key: ParkedKey, mark: ParkedMark }>> {
  const marks = await markTable.list(reader, sender === undefined ? [id] : [id, sender.username, sender.device])
  return marks.map(({ key: [, username = '', device = '', epoch = '', counter = '', hash = ''], value }) => ({
    key: { id, username, device, epoch: Number.parseInt(epoch, 16), counter: Number.parseInt(counter, 16), hash },
    mark: value
  }))
}

/** Whether anything of the device is parked. Asked after every message: the totals answer mostly, without a range that is walked. */
export async function hasParked (reader: Reader, { id, username, device }: SendingDevice): Promise<boolean> {
  if (await totalTable.get(reader, 'member', id, username, device) !== undefined) return true
  if (await totalTable.get(reader, 'stranger', id) === undefined && await totalTable.get(reader, 'invited', id) === undefined) return false
  return (await markTable.keys(reader, [id, username, device], { limit: 1 })).length > 0
}

export async function groupsWithParked (reader: Reader): Promise<string[]> {
  return [...new Set((await markTable.keys(reader, [])).map(([id = '']) => id))]
}

function partsOf ({ id, username, device, epoch, counter, hash }: ParkedKey): [string, string, string, number, number, string] {
  return [id, username, device, epoch, counter, hash]
}

function totalsOf ({ id, username, device }: ParkedKey, sort: ParkedSort): Array<{ name: string[], limit: ParkedLimit }> {
  if (sort === 'stranger') return [{ name: ['stranger', id], limit: parkedOfStrangers }, { name: ['strangers'], limit: parkedOfAllStrangers }]
  if (sort === 'invited') return [{ name: ['invited', id], limit: parkedOfStrangers }, { name: ['invitations'], limit: parkedOfAllStrangers }]
  return [{ name: ['member', id, username, device], limit: parkedOfSender }, { name: ['group', id], limit: parkedOfGroup }, { name: ['members'], limit: parkedOfMembers }]
}
