/** What a membership log folds to: who is a member, with which devices, and which epoch it is. */
import { constantTimeEqual } from '../../crypto/bytes.js'
import { findDevice, type CertifiedDevice, type VerifiedAccountRecord } from '../account-record.js'
import { membersPerCheckpointEntry, minCheckpointEntries } from './limits.js'
import type { GroupHead } from './entry.js'

export interface GroupMember {
  /** The newest that the log has: it alone says who is a member's device. */
  readonly accountRecord: VerifiedAccountRecord
  readonly admin: boolean
  /** The entry that made them a member. */
  readonly sinceSequence: number
}

export interface GroupEpoch {
  /** 1, 2, 3 … */
  readonly number: number
  /** The entry that made it. */
  readonly madeBy: GroupHead
  /** To its secret; undefined when it follows from the epoch before, as after a join. */
  readonly commitment: Uint8Array | undefined
  /** The entry that made the newest epoch with a fresh secret. */
  readonly freshSequence: number
  /** Hash of the newest entry that calls for a fresh secret: until there is one, nobody sends. */
  readonly dueHash: Uint8Array | undefined
}

export interface GroupState {
  /** Hash of the found entry, 32 bytes. */
  readonly groupId: Uint8Array
  readonly head: GroupHead
  readonly name: string
  readonly inviteOnly: boolean
  readonly unlisted: boolean
  readonly epoch: GroupEpoch
  /** By username. Empty when the last one left: the group has ended. */
  readonly members: ReadonlyMap<string, GroupMember>
  /** Who was removed and may only be added: 16 bytes for each account key, oldest first. */
  readonly barred: readonly Uint8Array[]
  /** Of the newest checkpoint entry, 0 without one. */
  readonly checkpointSequence: number
}

/** A device that messages of a group are meant for. The same key may stand under two names: both together are one. */
export interface GroupDevice extends CertifiedDevice {
  username: string
}

/** Asked for with every message: gathered and sorted once for each state, which never changes. */
const devicesOf = new WeakMap<GroupState, GroupDevice[]>()

/** All devices of all members, by username and then in the order of the account record. */
export function groupDevices (state: GroupState): GroupDevice[] {
  const known = devicesOf.get(state)
  if (known !== undefined) return [...known]
  const devices = [...state.members.keys()].sort().flatMap((username) =>
    state.members.get(username)!.accountRecord.devices.map((device) => ({ ...device, username })))
  devicesOf.set(state, devices)
  return [...devices]
}

/** Whether the log says that this is a member's device now. */
export function isGroupDevice (state: GroupState, username: string, deviceKey: Uint8Array): boolean {
  const member = state.members.get(username)
  return member !== undefined && findDevice(member.accountRecord, deviceKey) !== undefined
}

export function groupAdmins (state: GroupState): string[] {
  return [...state.members].filter(([, member]) => member.admin).map(([username]) => username).sort()
}

/** Whether enough has happened since the last checkpoint that an admin's device should append one. */
export function isCheckpointDue (state: GroupState): boolean {
  const entries = state.head.sequence - state.checkpointSequence
  return entries >= Math.max(minCheckpointEntries, Math.ceil(state.members.size / membersPerCheckpointEntry))
}

/** Whether two states have the same newest entry: of one group, they are then the same. */
export function sameHead (a: GroupHead, b: GroupHead): boolean {
  return a.sequence === b.sequence && constantTimeEqual(a.hash, b.hash)
}
