/** What the log says of epochs and messages: who may send, who makes the next one, and what a lost race means. */
import { constantTimeEqual, sha256 } from '../../crypto/bytes.js'
import { P2pChatError } from '../../errors.js'
import { findDevice } from '../account-record.js'
import type { VerifiedGroupEntry } from './entry.js'
import { groupDevices, isGroupDevice, type GroupDevice, type GroupState } from './state.js'

/** The open part of a group message: who sent it, and what its sender knew. */
export interface GroupSender {
  username: string
  deviceKey: Uint8Array
  epoch: number
  counter: number
}

/**
 * Whether a message may come from this sender.
 *
 * @param atHead the fold of the log up to the head that the message names
 * @throws ERR_NOT_PERMITTED not a member's device then, an other epoch, or a fresh secret was due
 */
export function assertMaySend (atHead: GroupState, sender: Omit<GroupSender, 'counter'>): void {
  if (!isGroupDevice(atHead, sender.username, sender.deviceKey)) {
    throw new P2pChatError('ERR_NOT_PERMITTED', 'A message of who is not a member of the group was refused.')
  }
  if (sender.epoch !== atHead.epoch.number || atHead.epoch.dueHash !== undefined) {
    throw new P2pChatError('ERR_NOT_PERMITTED', 'A message under a key that the group no longer uses was refused.')
  }
}

/**
 * Whether a message came too late: its device was taken away by `removal`, whose author had not seen it. To be asked of
 * messages whose head is older than that entry; for the others there is {@link assertMaySend}.
 */
export function isAfterRemoval ({ action, author }: VerifiedGroupEntry, sender: GroupSender): boolean {
  if (action.kind !== 'remove' && action.kind !== 'device-change') return false
  const gone = action.kind === 'remove'
    ? action.usernames.includes(sender.username)
    : author === sender.username && findDevice(action.accountRecord, sender.deviceKey) === undefined
  if (!gone) return false
  const seen = action.lastSeen.find((device) => device.username === sender.username && constantTimeEqual(device.deviceKey, sender.deviceKey))
  if (seen === undefined) return true
  return sender.epoch > seen.epoch || (sender.epoch === seen.epoch && sender.counter > seen.counter)
}

/**
 * The order in which devices make the next epoch when a fresh secret is due, or when a week has passed: by
 * SHA-256(entry ‖ username ‖ device), where the entry is the one that calls for it, or that made the present epoch.
 */
export function epochMakers (state: GroupState): GroupDevice[] {
  const entry = state.epoch.dueHash ?? state.epoch.madeBy.hash
  return groupDevices(state)
    .map((device) => ({ device, place: turn(entry, device) }))
    .sort((a, b) => Buffer.compare(a.place, b.place))
    .map(({ device }) => device)
}

/** What becomes of a sealed fresh secret whose entry lost the compare-and-set. */
export type LostEpoch =
  /** Another epoch won: this secret is dropped. */
  | { kind: 'discard' }
  /** Only additions came between: the same secret goes to them as well, and a new entry carries the same commitment. */
  | { kind: 'seal-to', devices: GroupDevice[] }
  /** A device that has the secret is gone: a new one. */
  | { kind: 'anew' }

/**
 * @param sealed the devices that have the secret, and the sequence of the head that the lost entry was made for
 * @param now the state of the head that won
 * @param removing whom the lost entry was to remove
 */
export function afterLostEpoch (sealed: { headSequence: number, devices: GroupDevice[] }, now: GroupState, removing: string[] = []): LostEpoch {
  const another = now.epoch.freshSequence > sealed.headSequence
  if (another && now.epoch.dueHash === undefined) return { kind: 'discard' }
  const meantFor = groupDevices(now).filter((device) => !removing.includes(device.username))
  if (another || withoutThose(sealed.devices, meantFor).length > 0) return { kind: 'anew' }
  return { kind: 'seal-to', devices: withoutThose(meantFor, sealed.devices) }
}

function turn (entryHash: Uint8Array, device: GroupDevice): Uint8Array {
  return sha256(entryHash, new TextEncoder().encode(device.username), device.deviceKey)
}

function withoutThose (from: GroupDevice[], other: GroupDevice[]): GroupDevice[] {
  const keys = new Set(other.map(nameOf))
  return from.filter((device) => !keys.has(nameOf(device)))
}

function nameOf ({ username, deviceKey, identityKey }: GroupDevice): string {
  return `${username} ${String(deviceKey)} ${String(identityKey)}`
}
