/** An entry of a membership log: signed by the device that made it, linked by hash to the one before (DESIGN §5). */
import { constantTimeEqual } from '../../crypto/bytes.js'
import { recordHash } from '../../crypto/signed-record.js'
import { P2pChatError } from '../../errors.js'
import { decode, encode } from '../../protocol/codec.js'
import { isUsername } from '../../protocol/names.js'
import { GroupEntry } from '../../protocol/pb/group.js'
import { findDevice } from '../account-record.js'
import { assertKey, invalidRecord, parseSelfSigned, safeNumber, sealRecord } from '../signed.js'
import { actionFromWire, actionToWire, type GroupAction } from './action.js'
import { maxGroupEntryBytes } from './limits.js'

const what = 'A group entry'

/** What the compare-and-set on a group goes by. */
export interface GroupHead {
  /** 1 after the found entry */
  sequence: number
  /** SHA-256 of the newest entry's payload, 32 bytes */
  hash: Uint8Array
}

/** Signed by `authorDevice`. Whether that was the author's device, and whether it may, says the fold. */
export interface VerifiedGroupEntry {
  sequence: number
  /** of the payload of the entry before; empty in the found entry */
  previousHash: Uint8Array
  /** username */
  author: string
  /** Ed25519, 32 bytes */
  authorDevice: Uint8Array
  /** by the author's clock: to be shown, not to be relied upon */
  createdAtMs: number
  action: GroupAction
  /** SHA-256 of the payload; of a found entry, the group's id */
  hash: Uint8Array
  /** the SignedRecord as it came */
  signed: Uint8Array
}

export type GroupEntryPlace = Pick<VerifiedGroupEntry, 'sequence' | 'previousHash' | 'author' | 'authorDevice' | 'hash'>

export interface GroupAuthor {
  username: string
  device: { seed: Uint8Array, publicKey: Uint8Array }
}

/**
 * @param head of the group as the author knows it; undefined for the found entry
 * @throws ERR_INVALID_RECORD, ERR_LIMIT as {@link verifyGroupEntry}
 */
export function makeGroupEntry (author: GroupAuthor, head: GroupHead | undefined, createdAtMs: number, action: GroupAction): VerifiedGroupEntry {
  const payload = encode(GroupEntry, {
    sequence: BigInt((head?.sequence ?? 0) + 1),
    previousHash: head?.hash ?? new Uint8Array(0),
    author: author.username,
    authorDevice: author.device.publicKey,
    createdAtMs: BigInt(createdAtMs),
    ...actionToWire(action)
  })
  return verifyGroupEntry(sealRecord('p2pchat/1 group-entry', author.device.seed, payload))
}

/**
 * An entry with every field in its bounds, signed by the device that it names, in the one encoding that it has: what
 * one decoder takes and another overlooks must not fold to two memberships.
 *
 * @throws ERR_LIMIT, ERR_INVALID_RECORD, ERR_INVALID_SIGNATURE; ERR_UNSUPPORTED of a kind that a later version knows
 */
export function verifyGroupEntry (signed: Uint8Array): VerifiedGroupEntry {
  const { payload, entry } = signedEntry(signed)
  if (!constantTimeEqual(encode(GroupEntry, entry), payload)) {
    throw new P2pChatError('ERR_UNSUPPORTED', 'A group entry says more than this version of p2pchat understands; install a newer one.')
  }
  const action = actionFromWire(entry)
  const { sequence } = placeOf(payload, entry)
  if (sequence < 1 || !isUsername(entry.author) || (action.kind === 'found') !== (sequence === 1)) throw invalidRecord(what)
  if (entry.previousHash.byteLength !== (sequence === 1 ? 0 : 32)) throw invalidRecord(what)
  if (!introducesRightly(action, entry)) throw invalidRecord(what)
  return { ...placeOf(payload, entry), createdAtMs: safeNumber(entry.createdAtMs, what), action, signed }
}

/**
 * Where an entry says that it stands, and by whose device it is signed: all that can be known of one of a later version.
 *
 * @throws ERR_LIMIT, ERR_INVALID_RECORD, ERR_INVALID_SIGNATURE
 */
export function placeOfGroupEntry (signed: Uint8Array): GroupEntryPlace {
  const { payload, entry } = signedEntry(signed)
  return placeOf(payload, entry)
}

function signedEntry (signed: Uint8Array): { payload: Uint8Array, entry: GroupEntry } {
  const { payload, assertSignedBy } = parseSelfSigned('p2pchat/1 group-entry', signed, maxGroupEntryBytes)
  const entry = decode(GroupEntry, payload, maxGroupEntryBytes, what)
  assertSignedBy(assertKey(entry.authorDevice, what))
  return { payload, entry }
}

function placeOf (payload: Uint8Array, { sequence, previousHash, author, authorDevice }: GroupEntry): GroupEntryPlace {
  return { sequence: safeNumber(sequence, what), previousHash, author, authorDevice, hash: recordHash(payload) }
}

/** Who speaks for oneself is named, and the device listed, in the record that one brings. */
function introducesRightly (action: GroupAction, { author, authorDevice }: GroupEntry): boolean {
  switch (action.kind) {
    case 'found': case 'join': case 'device-change':
      return action.accountRecord.username === author && findDevice(action.accountRecord, authorDevice) !== undefined
    case 'add': return action.accountRecords.every(({ username }) => username !== author)
    default: return true
  }
}
