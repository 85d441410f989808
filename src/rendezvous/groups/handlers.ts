/** The methods groups/*, but for groups/send: one function each. */
import { isP2pChatError, P2pChatError } from '../../errors.js'
import type { Channel, RequestHandler } from '../../overlay/network.js'
import { maxListPage } from '../../protocol/limits.js'
import * as pb from '../../protocol/pb/service.js'
import { isGroupName, type GroupHead } from '../../records/group/index.js'
import type { Attachment, Attachments } from '../directory/index.js'
import { assertNamePart } from '../fields.js'
import { defaultListPage, maxGroupEntryRequestBytes, maxMinePage, maxReadBytes, maxSmallBodyBytes, readBytesPerRequest } from '../limits.js'
import { method } from '../method.js'
import type { Limiter } from '../rate/limiter.js'
import type { GroupFolds } from './group-folds.js'
import { noSuchGroup, type GroupLog, type ReadHead } from './group-log.js'
import type { GroupNames } from './group-names.js'
import { hexOf } from './group-registers.js'
import type { Groups } from './groups.js'
import type { MemberIndex } from './member-index.js'
import { sendHandler, type SendHandlerComponents } from './send-handler.js'
import { assertGroupId, headToWire } from './wire.js'

export interface GroupHandlersComponents extends SendHandlerComponents {
  attachments: Attachments
  groups: Groups
  log: GroupLog
  names: GroupNames
  folds: GroupFolds
  index: MemberIndex
  /** by PeerId */
  reads: Limiter
  /** by account */
  foundings: Limiter
  /** by device */
  changes: Limiter
  /** by account and group */
  joins: Limiter
}

export function groupHandlers (components: GroupHandlersComponents): Record<string, RequestHandler> {
  return {
    'groups/found': found(components),
    'groups/append': append(components),
    'groups/find': find(components),
    'groups/list': list(components),
    'groups/mine': mine(components),
    'groups/read': read(components),
    'groups/checkpoint': checkpoint(components),
    'groups/send': sendHandler(components)
  }
}

function found ({ attachments, groups, changes, foundings }: GroupHandlersComponents): RequestHandler {
  return method({
    request: pb.GroupFoundRequest,
    response: pb.GroupHead,
    maxBytes: maxGroupEntryRequestBytes,
    async answer ({ entry }, { channel }) {
      const asker = attachments.require(channel)
      changes.take(hexOf(asker.deviceKey))
      const head = await groups.found(asker, entry, () => { foundings.take(asker.username) })
      return headToWire(head.hash, head)
    }
  })
}

function append ({ attachments, groups, changes, joins }: GroupHandlersComponents): RequestHandler {
  return method({
    request: pb.GroupAppendRequest,
    response: pb.GroupHead,
    maxBytes: maxGroupEntryRequestBytes,
    async answer ({ groupId, entry }, { channel }) {
      const asker = attachments.require(channel)
      assertGroupId(groupId)
      changes.take(hexOf(asker.deviceKey))
      const head = await groups.append(asker, groupId, entry, ({ action }) => { if (action.kind === 'join') joins.take(`${asker.username} ${hexOf(groupId)}`) })
      return headToWire(groupId, head)
    }
  })
}

function find ({ attachments, names, reads }: GroupHandlersComponents): RequestHandler {
  return method({
    request: pb.GroupFindRequest,
    response: pb.GroupFindResponse,
    maxBytes: maxSmallBodyBytes,
    async answer ({ name }, { channel }) {
      attachments.require(channel)
      reads.take(channel.remotePeer)
      if (!isGroupName(name)) {
        throw new P2pChatError('ERR_INVALID_NAME', 'A group name is 2 to 32 of the characters a-z 0-9 . _ - , starts with a letter or a digit, and is not all digits.')
      }
      const group = await names.find(name)
      if (group === undefined) throw new P2pChatError('ERR_NOT_FOUND', `There is no group ${name}.`)
      const { groupId, head } = group
      return { head: headToWire(groupId, head), members: head.members, inviteOnly: head.inviteOnly, checkpointSequence: BigInt(head.checkpointSequence) }
    }
  })
}

function list ({ attachments, names, reads }: GroupHandlersComponents): RequestHandler {
  return method({
    request: pb.GroupListRequest,
    response: pb.GroupListResponse,
    maxBytes: maxSmallBodyBytes,
    async answer ({ prefix, after, limit }, { channel }) {
      attachments.require(channel)
      reads.take(channel.remotePeer)
      assertNamePart(prefix)
      assertNamePart(after)
      const { groups, next } = await names.list(prefix, after, limit === 0 ? defaultListPage : Math.min(limit, maxListPage))
      return { groups: groups.map(({ name, head: { members, inviteOnly } }) => ({ name, members, inviteOnly })), next: next ?? '' }
    }
  })
}

function mine ({ attachments, index, log, reads }: GroupHandlersComponents): RequestHandler {
  return method({
    request: pb.GroupMineRequest,
    response: pb.GroupMineResponse,
    maxBytes: maxSmallBodyBytes,
    async answer ({ after }, { channel }) {
      const { username } = attachments.require(channel)
      if (after.byteLength > 0) assertGroupId(after)
      reads.take(channel.remotePeer)
      const found = await index.groupsOf(username, after, maxMinePage + 1)
      const page = found.slice(0, maxMinePage)
      const heads = await Promise.all(page.map(async (groupId) => await log.head(groupId)))
      return {
        groups: page.flatMap((groupId, i) => heads[i] === undefined ? [] : [headToWire(groupId, heads[i])]),
        more: found.length > maxMinePage
      }
    }
  })
}

function read (components: GroupHandlersComponents): RequestHandler {
  const { attachments, log, reads } = components
  return method({
    request: pb.GroupReadRequest,
    response: pb.GroupReadResponse,
    maxBytes: maxSmallBodyBytes,
    async answer ({ groupId, afterSequence, maxBytes }, { channel }) {
      const asker = attachments.require(channel)
      assertGroupId(groupId)
      reads.take(channel.remotePeer)
      const head = await readableTo(components, groupId, asker)
      const room = Math.min(maxBytes === 0 ? maxReadBytes : maxBytes, maxReadBytes)
      const entries: Uint8Array[] = []
      let bytes = 0
      if (afterSequence < BigInt(head.sequence)) {
        for await (const { signed } of log.entries(groupId, Number(afterSequence), head)) {
          bytes += signed.byteLength
          if (entries.length > 0 && bytes > room) break
          entries.push(signed)
        }
      }
      takeForBytes(reads, channel, bytes)
      return { entries, head: headToWire(groupId, head) }
    }
  })
}

function checkpoint (components: GroupHandlersComponents): RequestHandler {
  const { attachments, folds, reads } = components
  return method({
    request: pb.GroupCheckpointRequest,
    response: pb.GroupCheckpointResponse,
    maxBytes: maxSmallBodyBytes,
    async answer ({ groupId, sequence, offset }, { channel }) {
      const asker = attachments.require(channel)
      assertGroupId(groupId)
      reads.take(channel.remotePeer)
      const head = await readable(components, groupId, asker)
      if (sequence !== 0n && sequence !== BigInt(head.checkpointSequence)) {
        throw new P2pChatError('ERR_NOT_FOUND', 'That is not the newest checkpoint of this group. Ask for the newest one.')
      }
      const state = await folds.checkpoint(groupId, head)
      if (state === undefined) throw new P2pChatError('ERR_NOT_FOUND', 'This group has no checkpoint yet. Read its log from the start.')
      if (offset >= BigInt(state.byteLength)) throw new P2pChatError('ERR_INVALID_RECORD', `A checkpoint of ${state.byteLength} bytes has nothing at ${offset}.`)
      const piece = state.subarray(Number(offset), Number(offset) + maxReadBytes)
      takeForBytes(reads, channel, piece.byteLength)
      return { sequence: BigInt(head.checkpointSequence), totalBytes: BigInt(state.byteLength), piece }
    }
  })
}

/** Beside the request itself, one for each so many bytes of its answer. @throws ERR_RATE_LIMITED */
function takeForBytes (reads: Limiter, channel: Channel, bytes: number): void {
  const count = Math.floor(bytes / readBytesPerRequest)
  if (count > 0) reads.take(channel.remotePeer, count)
}

/** How far this account may read a log: who was a member, up to the entry that ended that. @throws ERR_NOT_FOUND, ERR_NOT_PERMITTED */
async function readableTo (components: GroupHandlersComponents, groupId: Uint8Array, asker: Attachment): Promise<GroupHead> {
  try {
    return await readable(components, groupId, asker)
  } catch (error) {
    if (!isP2pChatError(error, 'ERR_NOT_PERMITTED')) throw error
    const { index, log } = components
    const sequence = await index.leftAt(groupId, asker.username)
    const head = await log.head(groupId)
    if (sequence === undefined || head === undefined || sequence > head.sequence) throw error
    return { sequence, hash: await log.hashAt(groupId, sequence, head) }
  }
}

/** The head of a group whose log this account may read. @throws ERR_NOT_FOUND, ERR_NOT_PERMITTED */
async function readable ({ log, groups }: GroupHandlersComponents, groupId: Uint8Array, { username }: Attachment): Promise<ReadHead> {
  const head = await log.head(groupId)
  if (head === undefined) throw noSuchGroup()
  if (!head.inviteOnly) return head
  const { head: newest, state } = await groups.now(groupId)
  if (!state.members.has(username)) throw new P2pChatError('ERR_NOT_PERMITTED', 'Only members can read the log of this group.')
  return newest
}
