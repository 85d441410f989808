/** The one canonical encoding of a folded state: what checkpoints hash, what newcomers are given, what members store. */
import { constantTimeEqual } from '../../crypto/bytes.js'
import { recordHash } from '../../crypto/signed-record.js'
import { decode, encode } from '../../protocol/codec.js'
import { GroupState as WireState, type GroupEpochState } from '../../protocol/pb/group.js'
import { readStoredAccountRecord, verifyAccountRecord, type VerifiedAccountRecord } from '../account-record.js'
import { assertKey, invalidRecord, safeNumber } from '../signed.js'
import { maxBarred, maxGroupMembers, maxGroupStateBytes } from './limits.js'
import { isGroupName } from './names.js'
import type { GroupEpoch, GroupMember, GroupState } from './state.js'

export const BARRED_BYTES = 16
const what = 'The state of a group'
const none = new Uint8Array(0)

export function encodeGroupState (state: GroupState): Uint8Array {
  const { number, madeBy, commitment, freshSequence, dueHash } = state.epoch
  return encode(WireState, {
    groupId: state.groupId,
    sequence: BigInt(state.head.sequence),
    headHash: state.head.hash,
    name: state.name,
    inviteOnly: state.inviteOnly,
    unlisted: state.unlisted,
    epoch: {
      number: BigInt(number),
      madeSequence: BigInt(madeBy.sequence),
      madeHash: madeBy.hash,
      commitment: commitment ?? none,
      freshSequence: BigInt(freshSequence),
      dueHash: dueHash ?? none
    },
    members: [...state.members.keys()].sort().map((username) => {
      const { accountRecord, admin, sinceSequence } = state.members.get(username)!
      return { accountRecord: accountRecord.signed, admin, sinceSequence: BigInt(sinceSequence) }
    }),
    barred: [...state.barred],
    checkpointSequence: BigInt(state.checkpointSequence)
  })
}

/** What a checkpoint entry commits to, 32 bytes. */
export function hashGroupState (state: GroupState): Uint8Array {
  return recordHash(encodeGroupState(state))
}

/**
 * A state that came from elsewhere: in its bounds and in its one encoding, every account record verified. That it is
 * the group's says nothing but a checkpoint entry, or the log.
 *
 * @throws ERR_LIMIT, ERR_INVALID_RECORD, ERR_INVALID_SIGNATURE
 */
export function decodeGroupState (bytes: Uint8Array): GroupState {
  return readGroupState(bytes, verifyAccountRecord)
}

/** A state from one's own store: the signatures in it are not checked again. @throws ERR_LIMIT, ERR_INVALID_RECORD */
export function readStoredGroupState (bytes: Uint8Array): GroupState {
  return readGroupState(bytes, readStoredAccountRecord)
}

function readGroupState (bytes: Uint8Array, readRecord: (signed: Uint8Array) => VerifiedAccountRecord): GroupState {
  const wire = decode(WireState, bytes, maxGroupStateBytes, what)
  if (!constantTimeEqual(encode(WireState, wire), bytes)) throw invalidRecord(what)
  if (wire.members.length > maxGroupMembers || wire.barred.length > maxBarred) throw invalidRecord(what)
  const head = { sequence: safeNumber(wire.sequence, what), hash: assertKey(wire.headHash, what) }
  const upToHead = (value: bigint, min: number): number => {
    const sequence = safeNumber(value, what)
    if (sequence < min || sequence > head.sequence) throw invalidRecord(what)
    return sequence
  }
  upToHead(wire.sequence, 1)
  if (!isGroupName(wire.name) || wire.epoch === undefined || wire.barred.some((key) => key.byteLength !== BARRED_BYTES)) throw invalidRecord(what)
  const members = wire.members.map(({ accountRecord, admin, sinceSequence }): GroupMember =>
    ({ accountRecord: readRecord(accountRecord), admin, sinceSequence: upToHead(sinceSequence, 1) }))
  const usernames = members.map((member) => member.accountRecord.username)
  if (usernames.some((username, i) => i > 0 && usernames[i - 1]! >= username)) throw invalidRecord(what)
  if (members.length > 0 && !members.some((member) => member.admin)) throw invalidRecord(what)
  return {
    groupId: assertKey(wire.groupId, what),
    head,
    name: wire.name,
    inviteOnly: wire.inviteOnly,
    unlisted: wire.unlisted,
    epoch: readEpoch(wire.epoch, upToHead),
    members: new Map(members.map((member) => [member.accountRecord.username, member])),
    barred: wire.barred,
    checkpointSequence: upToHead(wire.checkpointSequence, 0)
  }
}

function readEpoch (wire: GroupEpochState, upToHead: (value: bigint, min: number) => number): GroupEpoch {
  const number = safeNumber(wire.number, what)
  const madeBy = { sequence: upToHead(wire.madeSequence, 1), hash: assertKey(wire.madeHash, what) }
  const freshSequence = upToHead(wire.freshSequence, 1)
  const commitment = wire.commitment.byteLength === 0 ? undefined : assertKey(wire.commitment, what)
  const dueHash = wire.dueHash.byteLength === 0 ? undefined : assertKey(wire.dueHash, what)
  const fresh = freshSequence === madeBy.sequence
  if (number < 1 || number > madeBy.sequence || freshSequence > madeBy.sequence || fresh !== (commitment !== undefined)) throw invalidRecord(what)
  return { number, madeBy, commitment, freshSequence, dueHash }
}
