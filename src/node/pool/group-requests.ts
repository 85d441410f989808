/** The groups/* requests of /p2pchat/pool/1 as functions. What comes out is checked for its shape alone: the log is verified by who reads it. */
import { P2pChatError } from '../../errors.js'
import type { Channel, RequestOptions } from '../../overlay/network.js'
import { decode, encode } from '../../protocol/codec.js'
import { maxFrameBytes } from '../../protocol/limits.js'
import * as pb from '../../protocol/pb/service.js'
import { isGroupName, maxGroupStateBytes, type GroupHead } from '../../records/group/index.js'

/** Where a server says that a group's log is. */
export interface ServedHead { groupId: Uint8Array, head: GroupHead }

export interface FoundGroup extends ServedHead {
  members: number
  inviteOnly: boolean
  /** of the newest checkpoint entry, 0 without one */
  checkpointSequence: number
}

export interface ServedCheckpoint {
  /** of the checkpoint entry */
  sequence: number
  /** the encoded state before it */
  state: Uint8Array
}

/** @param entry the signed found entry @throws ERR_NAME_TAKEN, and as the fold */
export async function foundGroup (channel: Channel, entry: Uint8Array): Promise<ServedHead> {
  return headOf(read(pb.GroupHead, await channel.request('groups/found', encode(pb.GroupFoundRequest, { entry }))))
}

/** @throws ERR_CONFLICT (the head has moved), ERR_NAME_TAKEN (of a renaming), and as the fold */
export async function appendEntry (channel: Channel, groupId: Uint8Array, entry: Uint8Array): Promise<ServedHead> {
  return headOf(read(pb.GroupHead, await channel.request('groups/append', encode(pb.GroupAppendRequest, { groupId, entry }))))
}

/** @throws ERR_NOT_FOUND */
export async function findGroup (channel: Channel, name: string): Promise<FoundGroup> {
  const answer = read(pb.GroupFindResponse, await channel.request('groups/find', encode(pb.GroupFindRequest, { name })))
  return { ...headOf(answer.head), members: answer.members, inviteOnly: answer.inviteOnly, checkpointSequence: sequenceOf(answer.checkpointSequence) }
}

/** Listed groups by name. `next`, which is behind `after`, is undefined at the end. */
export async function listGroups (channel: Channel, request: { prefix: string, after: string, limit: number }): Promise<{ groups: pb.ListedGroup[], next: string | undefined }> {
  const answer = read(pb.GroupListResponse, await channel.request('groups/list', encode(pb.GroupListRequest, request)))
  return { groups: answer.groups.filter(({ name }) => isGroupName(name)), next: isGroupName(answer.next) && answer.next > request.after ? answer.next : undefined }
}

/** The groups of the attached account, a page in the order of their ids. */
export async function myGroups (channel: Channel, after: Uint8Array): Promise<{ groups: ServedHead[], more: boolean }> {
  const answer = read(pb.GroupMineResponse, await channel.request('groups/mine', encode(pb.GroupMineRequest, { after })))
  return { groups: answer.groups.map(headOf), more: answer.more && answer.groups.length > 0 }
}

/** Entries as they came, in order. @throws ERR_NOT_PERMITTED, ERR_NOT_FOUND */
export async function readEntries (channel: Channel, groupId: Uint8Array, afterSequence: number, maxBytes: number): Promise<{ entries: Uint8Array[], head: GroupHead }> {
  const body = await channel.request('groups/read', encode(pb.GroupReadRequest, { groupId, afterSequence: BigInt(afterSequence), maxBytes }))
  const answer = read(pb.GroupReadResponse, body)
  return { entries: answer.entries, head: headOf(answer.head).head }
}

/** The state that the newest checkpoint speaks of; undefined when there is none, or it changed while it was read. */
export async function readCheckpoint (channel: Channel, groupId: Uint8Array, sequence: number): Promise<ServedCheckpoint | undefined> {
  const pieces: Uint8Array[] = []
  for (let offset = 0, newest = sequence; ;) {
    const body = await channel.request('groups/checkpoint', encode(pb.GroupCheckpointRequest, { groupId, sequence: BigInt(newest), offset: BigInt(offset) }))
    const answer = read(pb.GroupCheckpointResponse, body)
    const totalBytes = sequenceOf(answer.totalBytes)
    if (totalBytes > maxGroupStateBytes) throw unexpected('a state that is too large')
    pieces.push(answer.piece)
    offset += answer.piece.byteLength
    newest = sequenceOf(answer.sequence)
    if (offset >= totalBytes) return newest < 2 ? undefined : { sequence: newest, state: joined(pieces) }
    if (answer.piece.byteLength === 0) throw unexpected('an empty piece of a state')
  }
}

/** The notification groups/head. */
export function readGroupHead (body: Uint8Array): ServedHead {
  return headOf(read(pb.GroupHead, body))
}

/** Asks another member's device for its head, and for the hash it has at ours. @throws ERR_NOT_PERMITTED */
export async function askGroupHead (channel: Channel, groupId: Uint8Array, sequence: number, options: RequestOptions): Promise<{ head: GroupHead, hashAtSequence: Uint8Array }> {
  const body = await channel.request('peer/group-head', encode(pb.PeerGroupHeadRequest, { groupId, sequence: BigInt(sequence) }), options)
  const answer = read(pb.PeerGroupHeadResponse, body)
  return { head: headOf(answer.head).head, hashAtSequence: answer.hashAtSequence }
}

export function readGroupHeadRequest (body: Uint8Array): { groupId: Uint8Array, sequence: number } {
  const { groupId, sequence } = read(pb.PeerGroupHeadRequest, body)
  return { groupId, sequence: sequenceOf(sequence) }
}

export function encodeGroupHeadAnswer ({ groupId, head }: ServedHead, hashAtSequence: Uint8Array): Uint8Array {
  return encode(pb.PeerGroupHeadResponse, { head: { groupId, sequence: BigInt(head.sequence), headHash: head.hash }, hashAtSequence })
}

function headOf (head: pb.GroupHead | undefined): ServedHead {
  if (head === undefined || head.groupId.byteLength !== 32 || head.headHash.byteLength !== 32 || head.sequence < 1n) throw unexpected('a head that is none')
  return { groupId: head.groupId, head: { sequence: sequenceOf(head.sequence), hash: head.headHash } }
}

function sequenceOf (value: bigint): number {
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw unexpected('an impossible number')
  return Number(value)
}

function joined (pieces: Uint8Array[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(pieces))
}

function read<T> (type: { encode: (value: Partial<T>) => Uint8Array<ArrayBuffer>, decode: (bytes: Uint8Array) => T }, body: Uint8Array): T {
  return decode(type, body, maxFrameBytes, 'An answer of a server')
}

function unexpected (what: string): P2pChatError {
  return new P2pChatError('ERR_INVALID_RECORD', `The answer to a request about a group was ${what}; nothing was taken over.`)
}
