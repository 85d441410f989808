/**
 * The rules of a membership log (docs/wire/groups.md, "The rules"): an entry is taken or refused, by every member, every
 * server and every newcomer alike. Pure: a taken entry gives a new state, a refused one leaves the old as it was.
 */
import { constantTimeEqual, sha256 } from '../../crypto/bytes.js'
import { P2pChatError } from '../../errors.js'
import { assertSuccessor, findDevice, type CertifiedDevice, type VerifiedAccountRecord } from '../account-record.js'
import { invalidRecord } from '../signed.js'
import { verifyGroupEntry, type VerifiedGroupEntry } from './entry.js'
import { maxBarred, maxGroupMembers } from './limits.js'
import { BARRED_BYTES, hashGroupState } from './state-codec.js'
import { isGroupDevice, type GroupEpoch, type GroupMember, type GroupState } from './state.js'
import type { GroupAction, LastSeen } from './action.js'

type ActionOf<Kind extends GroupAction['kind']> = Extract<GroupAction, { kind: Kind }>

/** What an entry changes, beside the head. */
type Change = Partial<Omit<GroupState, 'groupId' | 'head'>>

const adminsOnly = 'Only an admin can do that.'
const adminsOnlyMembers = 'Only an admin can add or remove members.'

/**
 * One step of the fold.
 *
 * @param state undefined before the found entry
 * @param signed the SignedRecord as it came
 * @throws ERR_CONFLICT it does not follow the newest entry: read the log again
 * @throws ERR_NOT_PERMITTED its author may not do that
 * @throws ERR_USAGE, ERR_NOT_FOUND it adds a member, removes a stranger, and the like
 * @throws ERR_LIMIT the group is full, or the entry too long
 * @throws ERR_INVALID_RECORD, ERR_INVALID_SIGNATURE, ERR_UNSUPPORTED
 */
export function applyEntry (state: GroupState | undefined, signed: Uint8Array): GroupState {
  return foldEntry(state, verifyGroupEntry(signed))
}

/** As {@link applyEntry}, for an entry that {@link verifyGroupEntry} or `makeGroupEntry` gave. */
export function foldEntry (state: GroupState | undefined, entry: VerifiedGroupEntry): GroupState {
  const { action } = entry
  if (state === undefined) {
    if (action.kind !== 'found') throw new P2pChatError('ERR_CONFLICT', 'A group begins with the entry that founds it.')
    return foundGroup(entry, action)
  }
  if (entry.sequence !== state.head.sequence + 1 || !constantTimeEqual(entry.previousHash, state.head.hash)) {
    throw new P2pChatError('ERR_CONFLICT', 'The group has changed since this was made for it; read its log again.')
  }
  if (state.members.size === 0) throw new P2pChatError('ERR_NOT_FOUND', 'This group has ended: its last member left.')
  return { ...state, ...changeBy(state, entry), head: { sequence: entry.sequence, hash: entry.hash } }
}

function foundGroup (entry: VerifiedGroupEntry, { name, inviteOnly, unlisted, accountRecord, commitment }: ActionOf<'found'>): GroupState {
  const head = { sequence: entry.sequence, hash: entry.hash }
  return {
    groupId: entry.hash,
    head,
    name,
    inviteOnly,
    unlisted,
    epoch: { number: 1, madeBy: head, commitment, freshSequence: 1, dueHash: undefined },
    members: new Map([[entry.author, { accountRecord, admin: true, sinceSequence: 1 }]]),
    barred: [],
    checkpointSequence: 0
  }
}

function changeBy (state: GroupState, entry: VerifiedGroupEntry): Change {
  const { action } = entry
  switch (action.kind) {
    case 'found': throw invalidRecord('A second beginning of a group')
    case 'join': return joined(state, entry, action)
    case 'device-change': return devicesChanged(state, entry, action)
    default: return changeByMember(state, entry, action, authorOf(state, entry))
  }
}

function changeByMember (state: GroupState, entry: VerifiedGroupEntry, action: Exclude<GroupAction, ActionOf<'found' | 'join' | 'device-change'>>, member: GroupMember): Change {
  switch (action.kind) {
    case 'leave': return left(state, entry, member)
    case 'epoch': return { epoch: freshEpoch(state, entry, action.commitment) }
    case 'add': assertAdmin(member, adminsOnlyMembers); return added(state, entry, action)
    case 'remove': assertAdmin(member, adminsOnlyMembers); return removed(state, entry, action)
    case 'policy': assertAdmin(member, adminsOnly); return { inviteOnly: action.inviteOnly, unlisted: action.unlisted }
    case 'rename': assertAdmin(member, adminsOnly); return { name: action.name }
    case 'promote': assertAdmin(member, adminsOnly); return promoted(state, action.username)
    case 'demote': assertAdmin(member, adminsOnly); return demoted(state, action.username, entry.author)
    case 'checkpoint': assertAdmin(member, adminsOnly); return checkpointed(state, entry, action)
  }
}

function joined (state: GroupState, entry: VerifiedGroupEntry, { accountRecord }: ActionOf<'join'>): Change {
  assertNewMember(state, accountRecord)
  if (state.inviteOnly) throw new P2pChatError('ERR_NOT_PERMITTED', 'This group is invite-only; ask one of its admins to add you.')
  if (state.barred.some((key) => constantTimeEqual(key, barredKey(accountRecord)))) {
    throw new P2pChatError('ERR_NOT_PERMITTED', 'An admin removed you from this group; ask one to add you again.')
  }
  return { members: withMember(state, newMember(entry, accountRecord)), epoch: epochAfterJoin(state, entry) }
}

/** All of them or none: together they make one epoch. */
function added (state: GroupState, entry: VerifiedGroupEntry, { accountRecords }: ActionOf<'add'>): Change {
  const members = new Map(state.members)
  for (const accountRecord of accountRecords) {
    assertNewMember({ members }, accountRecord)
    members.set(accountRecord.username, newMember(entry, accountRecord))
  }
  const lifted = accountRecords.map(barredKey)
  const barred = state.barred.filter((key) => !lifted.some((other) => constantTimeEqual(key, other)))
  return { members, epoch: epochAfterJoin(state, entry), barred }
}

function removed (state: GroupState, entry: VerifiedGroupEntry, { usernames, lastSeen, commitment }: ActionOf<'remove'>): Change {
  if (usernames.includes(entry.author)) throw new P2pChatError('ERR_USAGE', 'Leave the group instead of removing yourself.')
  const gone = usernames.map((username) => memberNamed(state, username))
  assertLastSeen(state, lastSeen, (seen) => usernames.includes(seen.username) && isGroupDevice(state, seen.username, seen.deviceKey))
  const members = new Map([...state.members].filter(([username]) => !usernames.includes(username)))
  const barred = [...state.barred, ...gone.map((member) => barredKey(member.accountRecord))].slice(-maxBarred)
  return { members, barred, epoch: commitment === undefined ? dueEpoch(state, entry) : freshEpoch(state, entry, commitment) }
}

function left (state: GroupState, entry: VerifiedGroupEntry, member: GroupMember): Change {
  if (state.members.size > 1) assertAnotherAdmin(state, member)
  return { members: new Map([...state.members].filter(([username]) => username !== entry.author)), epoch: dueEpoch(state, entry) }
}

function promoted (state: GroupState, username: string): Change {
  const member = memberNamed(state, username)
  if (member.admin) throw new P2pChatError('ERR_USAGE', `${username} is an admin already.`)
  return { members: withMember(state, { ...member, admin: true }) }
}

function demoted (state: GroupState, username: string, author: string): Change {
  const member = memberNamed(state, username)
  if (!member.admin) throw new P2pChatError('ERR_USAGE', `${username} is not an admin.`)
  if (username === author) assertAnotherAdmin(state, member)
  return { members: withMember(state, { ...member, admin: false }) }
}

/**
 * A record may be any later one, since versions in between may be gone: its key is the same, and where it follows
 * directly it is linked. Devices that go, or come back with another identity key, call for a fresh secret.
 */
function devicesChanged (state: GroupState, entry: VerifiedGroupEntry, { accountRecord, lastSeen }: ActionOf<'device-change'>): Change {
  const member = state.members.get(entry.author)
  if (member === undefined) throw notMember()
  const before = member.accountRecord
  if (!constantTimeEqual(before.accountKey, accountRecord.accountKey) || accountRecord.version <= before.version) {
    throw new P2pChatError('ERR_INVALID_RECORD', 'This account record does not follow the one before it and was refused.')
  }
  if (accountRecord.version === before.version + 1) assertSuccessor(before, accountRecord)
  const gone = withoutThose(before, accountRecord)
  assertLastSeen(state, lastSeen, (seen) => seen.username === entry.author && gone.some((device) => constantTimeEqual(device.deviceKey, seen.deviceKey)))
  const members = withMember(state, { ...member, accountRecord })
  if (gone.length > 0) return { members, epoch: dueEpoch(state, entry) }
  return withoutThose(accountRecord, before).length > 0 ? { members, epoch: epochAfterJoin(state, entry) } : { members }
}

/** Whoever folded the log up to here has the very state that the admin claims, or the admin lies. */
function checkpointed (state: GroupState, entry: VerifiedGroupEntry, { stateHash }: ActionOf<'checkpoint'>): Change {
  if (!constantTimeEqual(hashGroupState(state), stateHash)) throw invalidRecord('A checkpoint that is not what the log says')
  return { checkpointSequence: entry.sequence }
}

function authorOf (state: GroupState, { author, authorDevice }: VerifiedGroupEntry): GroupMember {
  const member = state.members.get(author)
  if (member === undefined || findDevice(member.accountRecord, authorDevice) === undefined) throw notMember()
  return member
}

function notMember (): P2pChatError {
  return new P2pChatError('ERR_NOT_PERMITTED', 'Only a member can do that, with a device that the group knows.')
}

function assertAdmin (member: GroupMember, message: string): void {
  if (!member.admin) throw new P2pChatError('ERR_NOT_PERMITTED', message)
}

function assertAnotherAdmin (state: GroupState, member: GroupMember): void {
  if (member.admin && [...state.members.values()].filter(({ admin }) => admin).length === 1) {
    throw new P2pChatError('ERR_NOT_PERMITTED', 'You are the only admin: name another one first.')
  }
}

function assertNewMember (state: Pick<GroupState, 'members'>, { username }: VerifiedAccountRecord): void {
  if (state.members.has(username)) throw new P2pChatError('ERR_USAGE', `${username} is a member already.`)
  if (state.members.size >= maxGroupMembers) {
    throw new P2pChatError('ERR_LIMIT', `This group is full: it has ${maxGroupMembers} members, which is all that it may (limit maxGroupMembers). Ask an admin to make room.`)
  }
}

function assertLastSeen (state: GroupState, lastSeen: LastSeen[], isGone: (seen: LastSeen) => boolean): void {
  if (!lastSeen.every((seen) => seen.epoch >= 1 && seen.epoch <= state.epoch.number && isGone(seen))) throw invalidRecord('A group entry')
}

function memberNamed (state: GroupState, username: string): GroupMember {
  const member = state.members.get(username)
  if (member === undefined) throw new P2pChatError('ERR_NOT_FOUND', `${username} is not a member of this group.`)
  return member
}

function newMember ({ sequence }: VerifiedGroupEntry, accountRecord: VerifiedAccountRecord): GroupMember {
  return { accountRecord, admin: false, sinceSequence: sequence }
}

function withMember (state: GroupState, member: GroupMember): Map<string, GroupMember> {
  return new Map(state.members).set(member.accountRecord.username, member)
}

/** The devices of `from` that `in` does not list with the same two keys. */
function withoutThose (from: VerifiedAccountRecord, other: VerifiedAccountRecord): CertifiedDevice[] {
  return from.devices.filter(({ deviceKey, identityKey }) => {
    const same = findDevice(other, deviceKey)
    return same === undefined || !constantTimeEqual(same.identityKey, identityKey)
  })
}

function barredKey (record: VerifiedAccountRecord): Uint8Array {
  return sha256(record.accountKey).subarray(0, BARRED_BYTES)
}

/** The next epoch follows from the one before; while a fresh secret is due, that one will be for the newcomer too. */
function epochAfterJoin ({ epoch }: GroupState, { sequence, hash }: VerifiedGroupEntry): GroupEpoch {
  if (epoch.dueHash !== undefined) return epoch
  return { ...epoch, number: epoch.number + 1, madeBy: { sequence, hash }, commitment: undefined }
}

function freshEpoch ({ epoch }: GroupState, { sequence, hash }: VerifiedGroupEntry, commitment: Uint8Array): GroupEpoch {
  return { number: epoch.number + 1, madeBy: { sequence, hash }, commitment, freshSequence: sequence, dueHash: undefined }
}

function dueEpoch ({ epoch }: GroupState, { hash }: VerifiedGroupEntry): GroupEpoch {
  return { ...epoch, dueHash: hash }
}
