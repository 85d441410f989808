/** The group half of {@link ChatNode}: plain JSON, like the rest of it. */
import type { ErrorCode } from '../errors.js'
import type { MessageState } from './message-state.js'

/** A group that this account is, or was, in. */
export interface GroupInfo {
  /** hash of the found entry, 64 hex digits: what a name points to */
  id: string
  name: string
  /** 'left', 'removed' and 'ended' groups keep their history; nothing is sent to them. */
  standing: 'member' | 'left' | 'removed' | 'ended'
  members: number
  admin: boolean
  inviteOnly: boolean
  unlisted: boolean
  epoch: number
  unread: number
  /** ISO time of the newest message, or null */
  lastMessageAt: string | null
  /** Set when sending waits, with the reason as a sentence: for a fresh key, for the log, for a server. */
  waiting?: string
  /** Set while what is said there waits for groupJoin: who added this account, and is blocked or has to ask first. */
  invitedBy?: string
}

export interface ListedGroup { name: string, members: number, inviteOnly: boolean }
/** `next`: pass it as `after` for the next page; null at the end. */
export interface GroupPage { groups: ListedGroup[], next: string | null }

export interface GroupMemberInfo {
  username: string
  admin: boolean
  online: boolean
  devices: number
  /** number of the log entry that made them a member */
  since: number
}

/** One entry of a membership log, as people read it. */
export interface GroupLogEntry {
  sequence: number
  /** hash, 64 hex digits */
  hash: string
  at: string
  by: string
  kind: GroupChangeKind | 'checkpoint'
  /** who it is about, where that is not `by` */
  users: string[]
  /** a sentence: `alice added bob`, `the key was renewed` */
  text: string
}

export type GroupChangeKind = 'found' | 'policy' | 'join' | 'add' | 'remove' | 'leave' | 'promote' | 'demote' | 'rename' | 'device-change' | 'epoch'

export interface GroupVerification {
  head: { sequence: number, hash: string }
  /** Whether this device has walked the log from its first entry, or trusts an admin's checkpoint for what was before. */
  walkedFrom: { kind: 'found' } | { kind: 'checkpoint', sequence: number, admin: string }
  /** Members whose head is ours, or lies on our log. */
  agreed: string[]
  /** Members who know another log: the server has shown two. */
  differing: string[]
  unanswered: string[]
}

/** A change of membership or policy; stored in the group's conversation, with a cursor, where a person would want to see it. */
export interface GroupEvent {
  event: 'group'
  /** the group's name now */
  group: string
  groupId: string
  /**
   * 'refused': something of who was removed came after that; 'wrong-key': a member has, or gave, another key than others;
   * 'identity': what a member writes is held back, as it is not the account that is known under that name;
   * 'hidden': a member's message named newer changes than the server gives;
   * 'unsupported': `by` has changed the group by a newer version of p2pchat: nothing is sent there until it is installed here, too;
   * 'invited': somebody who has to ask added this account: what is said there waits for groupJoin
   */
  kind: GroupChangeKind | 'forked' | 'refused' | 'wrong-key' | 'identity' | 'hidden' | 'unsupported' | 'invited' | 'waiting' | 'ready'
  by: string | null
  users: string[]
  /** a sentence for people */
  message: string
  /** by the clock of who did it */
  at: string
  /** when it came to this device */
  receivedAt?: string
  cursor?: string
}

/** `id`: as in SendRequest, with one name only */
export interface GroupSendRequest { names: string[], text: string, id?: string }
export interface GroupSent { group: string, id: string, state: MessageState }

/** Who could not be added, and why. */
export interface GroupRefusal { username: string, code: ErrorCode, message: string }

export interface ChatGroups {
  /**
   * Founds a group; `members` are added as by groupAdd, and those who could not be are named in `refused`.
   * ERR_NAME_TAKEN, ERR_INVALID_NAME, ERR_NO_SERVER.
   */
  groupCreate: (request: { name: string, inviteOnly?: boolean, unlisted?: boolean, members?: string[] }) => Promise<{ group: GroupInfo, refused: GroupRefusal[] }>
  /** Joins, or founds the group where there is none of that name; where this account was invited, it shows what has waited. ERR_NOT_PERMITTED (invite-only, removed), ERR_USAGE (a member already). */
  groupJoin: (request: { name: string }) => Promise<{ group: GroupInfo, created: boolean }>
  /** ERR_NOT_FOUND, ERR_NOT_PERMITTED (the only admin names another first). */
  groupLeave: (request: { name: string }) => Promise<void>
  groupMembers: (request: { name: string }) => Promise<GroupMemberInfo[]>
  /** Oldest first; the newest `limit` entries before sequence `before`. */
  groupLog: (request: { name: string, limit?: number, before?: number }) => Promise<GroupLogEntry[]>
  /** Asks members who are online for their heads. */
  groupVerify: (request: { name: string }) => Promise<GroupVerification>
  /**
   * Adds all that can be added, and names the others: ERR_NOT_FOUND, ERR_USAGE (a member already), ERR_IDENTITY_CHANGED, ERR_LIMIT.
   * ERR_NOT_PERMITTED (`Only an admin can add or remove members.`), ERR_NOT_FOUND of the group.
   */
  groupAdd: (request: { name: string, usernames: string[] }) => Promise<{ refused: GroupRefusal[] }>
  groupRemove: (request: { name: string, usernames: string[] }) => Promise<void>
  groupPromote: (request: { name: string, usernames: string[] }) => Promise<void>
  groupDemote: (request: { name: string, usernames: string[] }) => Promise<void>
  /** ERR_NAME_TAKEN. */
  groupRename: (request: { name: string, newName: string }) => Promise<void>
  groupPolicy: (request: { name: string, inviteOnly?: boolean, unlisted?: boolean }) => Promise<void>
  /** One message to one or many groups; durable once it resolves. Nothing is kept when one of them may not be written to. ERR_CONFLICT (the id is another message's). */
  groupSend: (request: GroupSendRequest) => Promise<GroupSent[]>
  /** All listed groups of the pool, by name. */
  groups: (request?: { prefix?: string, after?: string, limit?: number }) => Promise<GroupPage>
  /** The groups of this account, also without a server; those it left or was removed from only with `all`. */
  myGroups: (request?: { all?: boolean }) => Promise<GroupInfo[]>
}
