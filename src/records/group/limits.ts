/** Limits of membership logs: members, servers and newcomers hold them alike, since all must fold to the same state. */
import { maxAccountRecordBytes } from '../../protocol/limits.js'

/** A new epoch is sealed to every device of every member: 1,000 members are what a removal can reach in seconds. */
export const maxGroupMembers = 1_000
/** Members that one entry removes: with eight devices each, what was last seen of them stays within an entry. */
export const maxRemovedAtOnce = 16
/** Members that one entry adds, as far as their account records fit: with one device each they do. */
export const maxAddedAtOnce = 32
/** An entry's payload: the largest account record, several smaller ones, or the largest removal (16 members, 128 devices of 88 bytes). */
export const maxGroupEntryBytes = 16_384
/** Of their account records, each with a field header and a length: the rest of the payload has at most 200 bytes. */
export const maxAddedBytes = maxGroupEntryBytes - 256
/** A SignedRecord of an account record: two field headers, two lengths and the signature more. */
export const maxSignedAccountRecordBytes = maxAccountRecordBytes + 80
/** Those remembered as removed, 18 bytes each; beyond, the longest remembered may join again. */
export const maxBarred = 500
/** A folded state: every member with the largest account record (and 32 bytes around it), the barred, and the rest. */
export const maxGroupStateBytes = maxGroupMembers * (maxSignedAccountRecordBytes + 32) + maxBarred * 18 + 512
/** Entries after which a checkpoint is due: 32 joins with one-device records are about 16 KiB to read. */
export const minCheckpointEntries = 32
/** The members of a larger group that stand for one such entry: what follows a checkpoint stays below its own size. */
export const membersPerCheckpointEntry = 2
