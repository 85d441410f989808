/** When which device was a member's device: kept beside the log, so that a message is judged without folding the log again. */
import { constantTimeEqual } from '../../../crypto/bytes.js'
import type { GroupChainOwner, GroupMessageHeader } from '../../../crypto/group/index.js'
import { findDevice, type VerifiedAccountRecord } from '../../../records/index.js'
import { accountRecordsOf, type GroupState, type VerifiedGroupEntry } from '../../../records/group/index.js'
import { fromHex, toHex } from '../../home/hex.js'
import type { Reader, Transaction } from '../../home/lane.js'
import type { LogAccount, Standing } from '../types.js'
import { maxEndedStays } from './limits.js'
import { entryTable, groupTable, stayTable, type Stay, type StayEnd } from './tables.js'

/** Notes whom an entry made a member's device, and whom it took away. */
export async function noteStays (tx: Transaction, id: string, before: GroupState | undefined, entry: VerifiedGroupEntry): Promise<void> {
  const { action, sequence } = entry
  switch (action.kind) {
    case 'found': case 'join': case 'add':
      for (const record of accountRecordsOf(action)) {
        for (const { deviceKey } of record.devices) await begin(tx, id, record, deviceKey, sequence)
      }
      return
    case 'leave':
      await endAll(tx, id, recordOf(before, entry.author), () => ({ sequence, lastSeen: 'all' }))
      return
    case 'remove':
      for (const username of action.usernames) await endAll(tx, id, recordOf(before, username), (deviceKey) => cut(entry, username, deviceKey))
      return
    case 'device-change': {
      const old = recordOf(before, entry.author)
      for (const { deviceKey } of old?.devices ?? []) {
        if (findDevice(action.accountRecord, deviceKey) === undefined) await end(tx, id, entry.author, deviceKey, cut(entry, entry.author, deviceKey))
      }
      for (const { deviceKey } of action.accountRecord.devices) {
        if (old === undefined || findDevice(old, deviceKey) === undefined) await begin(tx, id, action.accountRecord, deviceKey, sequence)
      }
      break
    }
    default: break
  }
}

/** All devices of a state that the log here begins with: since when they are there is not known. */
export function noteAllStays (tx: Transaction, id: string, state: GroupState): void {
  for (const [username, { accountRecord }] of state.members) {
    for (const { deviceKey } of accountRecord.devices) stayTable.put(tx, [{ from: 0, account: accountOf(accountRecord) }], id, username, toHex(deviceKey))
  }
}

export async function staysOf (reader: Reader, id: string, username: string, deviceKey: Uint8Array): Promise<readonly Stay[]> {
  return await stayTable.get(reader, id, username, toHex(deviceKey)) ?? []
}

/** All devices that were members' after this entry. */
export async function devicesAt (reader: Reader, id: string, sequence: number): Promise<GroupChainOwner[]> {
  const all = await stayTable.list(reader, [id])
  return all.filter(({ value }) => coveringStay(value, sequence) !== -1).map(({ key: [, username = '', device = ''] }) => ({ username, deviceKey: fromHex(device) }))
}

export async function wasDeviceAt (reader: Reader, id: string, sequence: number, { username, deviceKey }: GroupChainOwner): Promise<boolean> {
  return coveringStay(await staysOf(reader, id, username, deviceKey), sequence) !== -1
}

/** What the log says of a message, by its header (docs/wire/groups.md, "A message"). @param self this device */
export async function standingOf (reader: Reader, self: { username: string, deviceKey: Uint8Array }, header: GroupMessageHeader): Promise<Standing> {
  const id = toHex(header.groupId)
  const { sequence, hash } = header.head
  const row = await groupTable.get(reader, id)
  if (row === undefined || row.standing === 'outside' || sequence > row.head.sequence) return { kind: 'ahead' }
  if (coveringStay(await staysOf(reader, id, self.username, self.deviceKey), sequence) === -1) return { kind: 'before-us' }
  const entry = await entryTable.get(reader, id, sequence)
  if (entry === undefined) return { kind: 'before-us' }
  const stays = await staysOf(reader, id, header.sender, header.senderDevice)
  // Only who ever was a member can have been shown another log.
  if (!constantTimeEqual(entry.hash, hash)) return stays.length > 0 ? { kind: 'forked' } : refused('its sender is not a member')
  const stay = coveringStay(stays, sequence)
  if (stay === -1) return refused('its sender is not a member', stays.some(({ to }) => to !== undefined && to.lastSeen !== 'all'))
  if (entry.epoch !== header.epoch || entry.due) return refused('it was sent under a key that the group no longer used')
  if (stays.slice(stay).some(({ to }) => to !== undefined && isAfter(header, to))) return refused('it came after its sender was removed', true)
  const account = stays[stay]?.account
  return { kind: 'ok', ...(account === undefined ? {} : { account }) }
}

/** The index of the stay that holds at this entry, or -1. */
function coveringStay (stays: readonly Stay[], sequence: number): number {
  return stays.findIndex(({ from, to }) => from <= sequence && (to === undefined || sequence < to.sequence))
}

function isAfter ({ epoch, counter }: GroupMessageHeader, { lastSeen }: StayEnd): boolean {
  if (lastSeen === 'all') return false
  if (lastSeen === 'nothing') return true
  return epoch > lastSeen.epoch || (epoch === lastSeen.epoch && counter > lastSeen.counter)
}

function refused (why: string, removed = false): Standing {
  return { kind: 'refused', why, removed }
}

function recordOf (state: GroupState | undefined, username: string): VerifiedAccountRecord | undefined {
  return state?.members.get(username)?.accountRecord
}

export function accountOf ({ accountKey, version }: VerifiedAccountRecord): LogAccount {
  return { key: accountKey, version }
}

async function begin (tx: Transaction, id: string, record: VerifiedAccountRecord, deviceKey: Uint8Array, from: number): Promise<void> {
  const stays = await staysOf(tx, id, record.username, deviceKey)
  stayTable.put(tx, [...stays.slice(-maxEndedStays), { from, account: accountOf(record) }], id, record.username, toHex(deviceKey))
}

async function endAll (tx: Transaction, id: string, record: VerifiedAccountRecord | undefined, to: (deviceKey: Uint8Array) => StayEnd): Promise<void> {
  for (const { deviceKey } of record?.devices ?? []) await end(tx, id, record!.username, deviceKey, to(deviceKey))
}

async function end (tx: Transaction, id: string, username: string, deviceKey: Uint8Array, to: StayEnd): Promise<void> {
  const stays = await staysOf(tx, id, username, deviceKey)
  stayTable.put(tx, stays.map((stay) => (stay.to === undefined ? { ...stay, to } : stay)), id, username, toHex(deviceKey))
}

/** What the author of the entry had last seen of a device that it takes away. */
function cut ({ action, sequence }: VerifiedGroupEntry, username: string, deviceKey: Uint8Array): StayEnd {
  const all = action.kind === 'remove' || action.kind === 'device-change' ? action.lastSeen : []
  const seen = all.find((one) => one.username === username && constantTimeEqual(one.deviceKey, deviceKey))
  return { sequence, lastSeen: seen === undefined ? 'nothing' : { epoch: seen.epoch, counter: seen.counter } }
}
