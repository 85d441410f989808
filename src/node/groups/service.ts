/** The calls of {@link ChatGroups}: names become groups, and what the two halves answer becomes plain JSON. */
import { isP2pChatError, P2pChatError } from '../../errors.js'
import type { Channel } from '../../overlay/network.js'
import { parseUsername } from '../../protocol/names.js'
import { parseGroupName, verifyGroupEntry, type GroupState } from '../../records/group/index.js'
import type { Clock } from '../../runtime.js'
import { parseOrderedInteger } from '../../store/keys.js'
import type { ChatGroups, GroupInfo, GroupLogEntry, GroupMemberInfo, GroupPage, GroupRefusal, GroupSendRequest, GroupSent, GroupVerification } from '../chat-groups.js'
import { iso } from '../events/event-of.js'
import { toHex } from '../home/hex.js'
import type { Lane } from '../home/lane.js'
import { defaultHistoryEntries, defaultUserPage, maxHistoryEntries } from '../limits.js'
import { askServer } from '../pool/ask.js'
import { listGroups } from '../pool/group-requests.js'
import { entryTable, tellEntry, type Book } from './book/index.js'
import type { FirstLook } from './first-look.js'
import { findInvitation } from './invitations.js'
import type { GroupTalk, KnownGroup } from './types.js'

export interface GroupServiceComponents {
  lane: Lane
  /** this account */
  username: string
  book: Book
  talk: GroupTalk
  firstLook: FirstLook
  clock: Clock
  /** waits for a server @throws ERR_NO_SERVER */
  channel: () => Promise<Channel>
  /** Which of these accounts have a device online, as far as a server says. */
  online: (usernames: string[]) => Promise<Set<string>>
}

export class GroupService implements ChatGroups {
  constructor (private readonly components: GroupServiceComponents) {}

  async groupCreate (request: { name: string, inviteOnly?: boolean, unlisted?: boolean, members?: string[] }): Promise<{ group: GroupInfo, refused: GroupRefusal[] }> {
    const { operations } = this.components.book
    const name = parseGroupName(request.name)
    const id = await operations.found(name, { inviteOnly: request.inviteOnly === true, unlisted: request.unlisted === true })
    const refused = await this.addAll(id, request.members ?? [])
    return { group: await this.info(id), refused }
  }

  async groupJoin (request: { name: string }): Promise<{ group: GroupInfo, created: boolean }> {
    const { operations } = this.components.book
    const name = parseGroupName(request.name)
    const taken = await this.takeInvitation(name)
    if (taken !== undefined) return { group: taken, created: false }
    let joined: string | undefined
    try {
      joined = await operations.join(name)
    } catch (error) {
      // Its log was read for that, and tells only now that somebody has added this account.
      const invited = isP2pChatError(error, 'ERR_USAGE') ? await this.takeInvitation(name) : undefined
      if (invited === undefined) throw error
      return { group: invited, created: false }
    }
    if (joined !== undefined) return { group: await this.info(joined), created: false }
    try {
      return { group: await this.info(await operations.found(name, { inviteOnly: false, unlisted: false })), created: true }
    } catch (error) {
      // Somebody else was quicker to found it.
      const founded = isP2pChatError(error, 'ERR_NAME_TAKEN') ? await operations.join(name) : undefined
      if (founded === undefined) throw error
      return { group: await this.info(founded), created: false }
    }
  }

  async groupLeave (request: { name: string }): Promise<void> {
    await this.components.book.operations.leave((await this.requireMember(request.name)).id)
  }

  async groupMembers (request: { name: string }): Promise<GroupMemberInfo[]> {
    const { username: self, online } = this.components
    const group = await this.requireGroup(request.name)
    const state = await this.requireState(group)
    const there = await online([...state.members.keys()])
    return [...state.members].sort(([a], [b]) => (a < b ? -1 : 1)).map(([username, { admin, accountRecord, sinceSequence }]) => ({
      username,
      admin,
      online: username === self || there.has(username),
      devices: accountRecord.devices.length,
      since: sinceSequence
    }))
  }

  async groupLog (request: { name: string, limit?: number, before?: number }): Promise<GroupLogEntry[]> {
    const { limit = defaultHistoryEntries, before } = request
    if (!Number.isSafeInteger(limit) || limit < 1 || limit > maxHistoryEntries) throw new P2pChatError('ERR_USAGE', `The number of entries must be 1 to ${maxHistoryEntries}.`)
    if (before !== undefined && (!Number.isSafeInteger(before) || before < 1)) throw new P2pChatError('ERR_USAGE', 'Entries are numbered from 1.')
    const { id } = await this.requireGroup(request.name)
    const rows = await entryTable.list(this.components.lane, [id], { reverse: true, limit, ...(before === undefined ? {} : { before }) })
    return rows.reverse().map(({ key, value }) => {
      const entry = verifyGroupEntry(value.signed)
      return { sequence: parseOrderedInteger(key[1] ?? ''), hash: toHex(value.hash), at: iso(entry.createdAtMs), by: entry.author, ...tellEntry(entry) }
    })
  }

  async groupVerify (request: { name: string }): Promise<GroupVerification> {
    return await this.components.book.verify((await this.requireMember(request.name)).id)
  }

  async groupAdd (request: { name: string, usernames: string[] }): Promise<{ refused: GroupRefusal[] }> {
    const { id } = await this.requireMember(request.name)
    return { refused: await this.addAll(id, request.usernames) }
  }

  async groupRemove (request: { name: string, usernames: string[] }): Promise<void> {
    const { id } = await this.requireMember(request.name)
    if (request.usernames.length > 0) await this.components.book.operations.remove(id, request.usernames.map(parseUsername))
  }

  async groupPromote (request: { name: string, usernames: string[] }): Promise<void> {
    const { id } = await this.requireMember(request.name)
    await forEach(request.usernames, async (username) => { await this.components.book.operations.change(id, () => ({ kind: 'promote', username: parseUsername(username) })) })
  }

  async groupDemote (request: { name: string, usernames: string[] }): Promise<void> {
    const { id } = await this.requireMember(request.name)
    await forEach(request.usernames, async (username) => { await this.components.book.operations.change(id, () => ({ kind: 'demote', username: parseUsername(username) })) })
  }

  async groupRename (request: { name: string, newName: string }): Promise<void> {
    const name = parseGroupName(request.newName)
    const { id } = await this.requireMember(request.name)
    await this.components.book.operations.change(id, (state) => (state.name === name ? undefined : { kind: 'rename', name }))
  }

  async groupPolicy (request: { name: string, inviteOnly?: boolean, unlisted?: boolean }): Promise<void> {
    const { id } = await this.requireMember(request.name)
    await this.components.book.operations.change(id, (state) => {
      const { inviteOnly = state.inviteOnly, unlisted = state.unlisted } = request
      return inviteOnly === state.inviteOnly && unlisted === state.unlisted ? undefined : { kind: 'policy', inviteOnly, unlisted }
    })
  }

  async groupSend (request: GroupSendRequest): Promise<GroupSent[]> {
    const groups = new Map<string, KnownGroup>()
    for (const name of request.names) {
      const group = await this.requireMember(name)
      groups.set(group.id, group)
    }
    if (groups.size === 0) throw new P2pChatError('ERR_USAGE', 'Name at least one group.')
    const sent = await this.components.talk.send([...groups.keys()], request.text, request.id)
    return sent.map(({ id, group, state }) => ({ group: group.name, id, state }))
  }

  async groups (request: { prefix?: string, after?: string, limit?: number } = {}): Promise<GroupPage> {
    const { prefix = '', after = '', limit = defaultUserPage } = request
    const { groups, next } = await askServer(this.components, async (channel) => await listGroups(channel, { prefix: prefix.toLowerCase(), after: after.toLowerCase(), limit }))
    return { groups: groups.map(({ name, members, inviteOnly }) => ({ name, members, inviteOnly })), next: next ?? null }
  }

  async myGroups (request: { all?: boolean } = {}): Promise<GroupInfo[]> {
    const { book, lane, firstLook } = this.components
    await firstLook.wait()
    const groups = (await book.list(lane)).filter(({ standing }) => standing === 'member' || request.all === true)
    const infos: GroupInfo[] = []
    // One after the other: what was read for one of its questions is still there for the next.
    for (const group of groups) infos.push(await this.infoOf(group))
    return infos
  }

  /** Everything of the group was read, up to now or to this cursor. */
  async markRead (name: string, tell: boolean, through?: number): Promise<void> {
    await this.components.talk.markRead((await this.requireGroup(name)).id, tell, through)
  }

  /** The group, if this account was only invited to it until now. */
  private async takeInvitation (name: string): Promise<GroupInfo | undefined> {
    const { book, talk, lane } = this.components
    const group = await book.findByName(lane, name)
    return group?.standing === 'member' && await talk.join(group.id) ? await this.infoOf(group) : undefined
  }

  /** @returns who could not be added, in the order in which they were named, by the names that were given */
  private async addAll (id: string, names: string[]): Promise<GroupRefusal[]> {
    const refused = new Map<string, GroupRefusal>()
    const usernames = new Map<string, string>()
    for (const name of new Set(names)) {
      try {
        const username = parseUsername(name)
        if (username === this.components.username) throw new P2pChatError('ERR_USAGE', 'You are a member already.')
        usernames.set(username, usernames.get(username) ?? name)
      } catch (error) {
        refused.set(name, refusalOf(name, error))
      }
    }
    for (const [username, error] of await this.components.book.operations.add(id, [...usernames.keys()])) {
      const name = usernames.get(username) ?? username
      refused.set(name, refusalOf(name, error))
    }
    return [...new Set(names)].flatMap((name) => refused.get(name) ?? [])
  }

  private async info (id: string): Promise<GroupInfo> {
    const group = await this.components.book.find(this.components.lane, id)
    if (group === undefined) throw new P2pChatError('ERR_NOT_FOUND', 'The group is not known here any more.')
    return await this.infoOf(group)
  }

  private async infoOf (group: KnownGroup): Promise<GroupInfo> {
    const { book, talk, lane, username } = this.components
    const state = await this.requireState(group)
    const { unread, lastMessageAtMs } = await talk.unread(lane, group.id)
    const sending = await book.sendingEpoch(lane, group.id)
    const invitation = await findInvitation(lane, group.id)
    return {
      id: group.id,
      name: group.name,
      standing: group.standing,
      members: state.members.size,
      admin: state.members.get(username)?.admin === true,
      inviteOnly: state.inviteOnly,
      unlisted: state.unlisted,
      epoch: group.epoch,
      unread,
      lastMessageAt: lastMessageAtMs === null ? null : iso(lastMessageAtMs),
      ...(sending.kind === 'waiting' ? { waiting: sending.why } : {}),
      ...(invitation === undefined || group.standing !== 'member' ? {} : { invitedBy: invitation.by })
    }
  }

  /** @throws ERR_INVALID_NAME, ERR_NOT_FOUND */
  private async requireGroup (text: string): Promise<KnownGroup> {
    const { book, lane, firstLook } = this.components
    const name = parseGroupName(text)
    await firstLook.wait()
    const group = await book.findByName(lane, name)
    if (group === undefined) throw new P2pChatError('ERR_NOT_FOUND', `You are in no group ${name}. \`p2pchat groups --mine\` lists yours, \`p2pchat group join ${name}\` joins one.`)
    return group
  }

  /** @throws also ERR_NOT_PERMITTED: it was left, or has ended */
  private async requireMember (name: string): Promise<KnownGroup> {
    const group = await this.requireGroup(name)
    switch (group.standing) {
      case 'member': return group
      case 'left': throw new P2pChatError('ERR_NOT_PERMITTED', `You have left ${group.name}. \`p2pchat group join ${group.name}\` brings you back.`)
      case 'removed': throw new P2pChatError('ERR_NOT_PERMITTED', `You were removed from ${group.name}. Ask one of its admins to add you again.`)
      case 'ended': throw new P2pChatError('ERR_NOT_PERMITTED', `The group ${group.name} has ended: its last member left.`)
    }
  }

  private async requireState (group: KnownGroup): Promise<GroupState> {
    const state = await this.components.book.state(this.components.lane, group.id)
    if (state === undefined) throw new P2pChatError('ERR_NOT_FOUND', 'The group is not known here any more.')
    return state
  }
}

function refusalOf (username: string, error: unknown): GroupRefusal {
  if (!isP2pChatError(error)) throw error
  return { username, code: error.code, message: error.message }
}

/** All of them are tried; the first failure is told, after the others were done. */
async function forEach (items: string[], work: (item: string) => Promise<void>): Promise<void> {
  let first: unknown
  for (const item of new Set(items)) {
    try {
      await work(item)
    } catch (error) {
      first ??= error
    }
  }
  if (first !== undefined) throw first
}
