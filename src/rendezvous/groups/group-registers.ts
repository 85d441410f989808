/** Names and values of the registers that hold groups. Names are made so that entries of a group list in their order. */
import { fromString } from 'uint8arrays/from-string'
import { toString } from 'uint8arrays/to-string'
import { P2pChatError } from '../../errors.js'
import { decode, encode } from '../../protocol/codec.js'
import { SignedRecord } from '../../protocol/pb/account.js'
import { GroupEntry } from '../../protocol/pb/group.js'
import { GroupHeadRegister, GroupNameRegister } from '../../protocol/pb/group-register.js'
import type { GroupHead } from '../../records/group/index.js'
import { orderedInteger, parseOrderedInteger } from '../../store/index.js'

/** Where a group is, as its head register says. */
export interface StoredHead extends GroupHead {
  /** empty after the found entry */
  previousHash: Uint8Array
  name: string
  /** 0: the group has ended */
  members: number
  inviteOnly: boolean
  unlisted: boolean
  /** of the newest checkpoint entry, 0 without one */
  checkpointSequence: number
  /** usernames that came with the newest entry */
  added: string[]
  /** usernames that went with it */
  removed: string[]
}

/** Which group a name was reserved for. */
export interface StoredName {
  /** 32 bytes */
  groupId: Uint8Array
  reservedAtMs: number
}

const HEAD = 'group-head:'
const NAME = 'group-name:'
const ENTRY = 'group-entry:'
// A name and flags, and at most the usernames of one large removal.
const maxHeadBytes = 4_096
/** Sorts behind every hexadecimal digit. */
const AFTER_HEX = 'g'

export const hexOf = (bytes: Uint8Array): string => toString(bytes, 'base16')
export const bytesOf = (hex: string): Uint8Array => fromString(hex, 'base16')

export const headName = (groupId: Uint8Array): string => HEAD + hexOf(groupId)
export const nameName = (name: string): string => NAME + name
export const entryPrefix = (groupId: Uint8Array): string => `${ENTRY}${hexOf(groupId)}:`
export const entryName = (groupId: Uint8Array, { sequence, hash }: GroupHead): string => `${entryPrefix(groupId)}${orderedInteger(sequence)}:${hexOf(hash)}`
/** Behind all entries with this sequence. */
export const afterEntries = (groupId: Uint8Array, sequence: number): string => `${entryPrefix(groupId)}${orderedInteger(sequence)}:${AFTER_HEX}`

/** The group whose head this register is; undefined when it is none. */
export function groupOfHead (register: string): Uint8Array | undefined {
  return register.startsWith(HEAD) ? bytesOf(register.slice(HEAD.length)) : undefined
}

export function nameOfRegister (register: string): string {
  return register.slice(NAME.length)
}

/** Sequence and hash of an entry, by the name of its register. */
export function placeOfEntry (register: string): { sequence: number, hash: string } {
  const [, , sequence = '', hash = ''] = register.split(':')
  return { sequence: parseOrderedInteger(sequence), hash }
}

export function encodeHead (head: StoredHead): Uint8Array {
  const { sequence, checkpointSequence } = head
  return encode(GroupHeadRegister, { ...head, sequence: BigInt(sequence), checkpointSequence: BigInt(checkpointSequence) })
}

/** @throws ERR_STORE_CORRUPT */
export function decodeHead (value: Uint8Array): StoredHead {
  const head = attempt(() => decode(GroupHeadRegister, value, maxHeadBytes, 'The head of a group'))
  return { ...head, sequence: Number(head.sequence), checkpointSequence: Number(head.checkpointSequence) }
}

export function encodeName ({ groupId, reservedAtMs }: StoredName): Uint8Array {
  return encode(GroupNameRegister, { groupId, reservedAtMs: BigInt(reservedAtMs) })
}

/** @throws ERR_STORE_CORRUPT */
export function decodeName (value: Uint8Array): StoredName {
  const { groupId, reservedAtMs } = attempt(() => GroupNameRegister.decode(value))
  return { groupId, reservedAtMs: Number(reservedAtMs) }
}

/** The entry that an entry follows; it was verified before it was stored. @throws ERR_STORE_CORRUPT */
export function previousHashOf (signed: Uint8Array): Uint8Array {
  return attempt(() => GroupEntry.decode(SignedRecord.decode(signed).payload)).previousHash
}

function attempt<T> (read: () => T): T {
  try {
    return read()
  } catch (cause) {
    throw corrupt('a record of a group cannot be read', cause)
  }
}

export function corrupt (why: string, cause?: unknown): P2pChatError {
  return new P2pChatError('ERR_STORE_CORRUPT', `The store is damaged: ${why}. Restore a backup.`, cause === undefined ? {} : { cause })
}
