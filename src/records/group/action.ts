/** What an entry of a membership log does, and how it stands on the wire. Context-free: whether it may be done is the fold's. */
import type { GroupEntry, GroupLastSeen } from '../../protocol/pb/group.js'
import { isUsername } from '../../protocol/names.js'
import { verifyAccountRecord, type VerifiedAccountRecord } from '../account-record.js'
import { assertKey, invalidRecord, safeNumber } from '../signed.js'
import { maxAddedAtOnce, maxRemovedAtOnce } from './limits.js'
import { isGroupName } from './names.js'

/** The last message of a removed device that the author of its removal saw. */
export interface LastSeen {
  username: string
  /** Ed25519, 32 bytes */
  deviceKey: Uint8Array
  epoch: number
  counter: number
}

/** Commitments are of 32 bytes, to the secret of the epoch that the entry makes. */
export type GroupAction =
  | { kind: 'found', name: string, inviteOnly: boolean, unlisted: boolean, accountRecord: VerifiedAccountRecord, commitment: Uint8Array }
  | { kind: 'policy', inviteOnly: boolean, unlisted: boolean }
  | { kind: 'join', accountRecord: VerifiedAccountRecord }
  /** In ascending order of their usernames. */
  | { kind: 'add', accountRecords: VerifiedAccountRecord[] }
  /** Without a commitment an epoch entry is to follow. */
  | { kind: 'remove', usernames: string[], lastSeen: LastSeen[], commitment: Uint8Array | undefined }
  | { kind: 'leave' }
  | { kind: 'promote', username: string }
  | { kind: 'demote', username: string }
  | { kind: 'rename', name: string }
  | { kind: 'device-change', accountRecord: VerifiedAccountRecord, lastSeen: LastSeen[] }
  | { kind: 'epoch', commitment: Uint8Array }
  /** The hash of the state that the entries before this one fold to, 32 bytes. */
  | { kind: 'checkpoint', stateHash: Uint8Array }

/** The account records that an action brings: of who comes, or changes devices. */
export function accountRecordsOf (action: GroupAction): VerifiedAccountRecord[] {
  if (action.kind === 'add') return action.accountRecords
  return 'accountRecord' in action ? [action.accountRecord] : []
}

const what = 'A group entry'
const kinds = ['found', 'policy', 'join', 'add', 'remove', 'leave', 'promote', 'demote', 'rename', 'deviceChange', 'newEpoch', 'checkpoint'] as const
type Wire = Partial<Pick<GroupEntry, (typeof kinds)[number]>>

export function actionToWire (action: GroupAction): Wire {
  switch (action.kind) {
    case 'found': return { found: { ...action, accountRecord: bytes(action.accountRecord.signed), commitment: bytes(action.commitment) } }
    case 'policy': return { policy: action }
    case 'join': return { join: { accountRecord: bytes(action.accountRecord.signed) } }
    case 'add': return { add: { accountRecords: action.accountRecords.map(({ signed }) => bytes(signed)) } }
    case 'remove': return { remove: { usernames: action.usernames, lastSeen: lastSeenToWire(action.lastSeen), commitment: bytes(action.commitment ?? new Uint8Array(0)) } }
    case 'leave': return { leave: {} }
    case 'promote': return { promote: action }
    case 'demote': return { demote: action }
    case 'rename': return { rename: action }
    case 'device-change': return { deviceChange: { accountRecord: bytes(action.accountRecord.signed), lastSeen: lastSeenToWire(action.lastSeen) } }
    case 'epoch': return { newEpoch: { commitment: bytes(action.commitment) } }
    case 'checkpoint': return { checkpoint: { stateHash: bytes(action.stateHash) } }
  }
}

/** @throws ERR_INVALID_RECORD, ERR_INVALID_SIGNATURE (of an account record in it), ERR_LIMIT */
export function actionFromWire (entry: GroupEntry): GroupAction {
  if (kinds.filter((kind) => entry[kind] !== undefined).length !== 1) throw invalidRecord(what)
  const { found, policy, join, add, remove, promote, demote, rename, deviceChange, newEpoch, checkpoint } = entry
  if (found !== undefined) {
    const { inviteOnly, unlisted } = found
    return { kind: 'found', name: groupName(found.name), inviteOnly, unlisted, accountRecord: verifyAccountRecord(found.accountRecord), commitment: assertKey(found.commitment, what) }
  }
  if (policy !== undefined) return { kind: 'policy', inviteOnly: policy.inviteOnly, unlisted: policy.unlisted }
  if (join !== undefined) return { kind: 'join', accountRecord: verifyAccountRecord(join.accountRecord) }
  if (add !== undefined) {
    if (add.accountRecords.length < 1 || add.accountRecords.length > maxAddedAtOnce) throw invalidRecord(what)
    const accountRecords = add.accountRecords.map(verifyAccountRecord)
    if (!ascending(accountRecords.map(({ username }) => username))) throw invalidRecord(what)
    return { kind: 'add', accountRecords }
  }
  if (remove !== undefined) {
    const { usernames, commitment } = remove
    if (usernames.length < 1 || usernames.length > maxRemovedAtOnce || !ascending(usernames.map(username))) throw invalidRecord(what)
    const lastSeen = lastSeenFromWire(remove.lastSeen)
    return { kind: 'remove', usernames, lastSeen, commitment: commitment.byteLength === 0 ? undefined : assertKey(commitment, what) }
  }
  if (promote !== undefined) return { kind: 'promote', username: username(promote.username) }
  if (demote !== undefined) return { kind: 'demote', username: username(demote.username) }
  if (rename !== undefined) return { kind: 'rename', name: groupName(rename.name) }
  if (deviceChange !== undefined) {
    return { kind: 'device-change', accountRecord: verifyAccountRecord(deviceChange.accountRecord), lastSeen: lastSeenFromWire(deviceChange.lastSeen) }
  }
  if (newEpoch !== undefined) return { kind: 'epoch', commitment: assertKey(newEpoch.commitment, what) }
  if (checkpoint !== undefined) return { kind: 'checkpoint', stateHash: assertKey(checkpoint.stateHash, what) }
  return { kind: 'leave' }
}

function lastSeenToWire (lastSeen: LastSeen[]): GroupLastSeen[] {
  return lastSeen.map((seen) => ({ ...seen, deviceKey: bytes(seen.deviceKey), epoch: BigInt(seen.epoch) }))
}

function lastSeenFromWire (wire: GroupLastSeen[]): LastSeen[] {
  const lastSeen = wire.map((seen) => ({
    username: username(seen.username),
    deviceKey: assertKey(seen.deviceKey, what),
    epoch: safeNumber(seen.epoch, what),
    counter: seen.counter
  }))
  if (new Set(lastSeen.map((seen) => `${seen.username} ${String(seen.deviceKey)}`)).size !== lastSeen.length) throw invalidRecord(what)
  return lastSeen
}

function username (text: string): string {
  if (!isUsername(text)) throw invalidRecord(what)
  return text
}

function groupName (text: string): string {
  if (!isGroupName(text)) throw invalidRecord(what)
  return text
}

/** In order and without doubles: one set has one encoding. */
function ascending (names: string[]): boolean {
  return names.every((name, i) => i === 0 || names[i - 1]! < name)
}

/** What protons wants to be told of bytes; the encoder copies them. */
function bytes (value: Uint8Array): Uint8Array<ArrayBuffer> {
  return value as Uint8Array<ArrayBuffer>
}
