import { P2pChatError } from '../../../src/errors.js'
import type { GroupEvent, GroupInfo, GroupLogEntry, GroupMemberInfo, GroupPage, GroupRefusal, GroupSent, GroupVerification, ListedUser } from '../../../src/node/chat-node.js'

interface FakeGroup {
  id: string
  name: string
  members: Array<{ username: string, admin: boolean }>
  inviteOnly: boolean
  unlisted: boolean
  unread: number
  lastMessageAt: string | null
  standing: GroupInfo['standing']
  log: GroupLogEntry[]
  waiting?: string
  /** who added this account, which has not agreed yet */
  invitedBy?: string
}

/** Groups in memory, with the rules that people notice. */
export class FakeGroups {
  readonly all: FakeGroup[] = []
  readonly #self: () => string
  readonly #people: () => ListedUser[]

  constructor (self: () => string, people: () => ListedUser[]) {
    this.#self = self
    this.#people = people
  }

  /** A group that is there already; the first member is its admin. */
  put (name: string, members: string[], fields: Partial<FakeGroup> = {}): FakeGroup {
    const group: FakeGroup = {
      id: (this.all.length + 1).toString(16).padStart(64, '0'),
      name,
      members: members.map((username, at) => ({ username, admin: at === 0 })),
      inviteOnly: false,
      unlisted: false,
      unread: 0,
      lastMessageAt: null,
      standing: 'member',
      log: [],
      ...fields
    }
    this.all.push(group)
    this.#log(group, 'found', members[0] ?? '', [], `${members[0] ?? ''} founded ${name}`)
    return group
  }

  create ({ name, inviteOnly = false, unlisted = false, members = [] }: { name: string, inviteOnly?: boolean, unlisted?: boolean, members?: string[] }): { group: GroupInfo, refused: GroupRefusal[] } {
    if (this.all.some((group) => group.name === name)) throw new P2pChatError('ERR_NAME_TAKEN', `There is a group "${name}" already.`)
    const group = this.put(name, [this.#self()], { inviteOnly, unlisted })
    const { refused } = this.add({ name, usernames: members })
    return { group: this.#info(group), refused }
  }

  join ({ name }: { name: string }): { group: GroupInfo, created: boolean } {
    const group = this.all.find((one) => one.name === name)
    if (group === undefined) return { ...this.create({ name }), created: true }
    if (this.#isIn(group) && group.invitedBy !== undefined) {
      delete group.invitedBy
      return { group: this.#info(group), created: false }
    }
    if (this.#isIn(group)) throw new P2pChatError('ERR_USAGE', `You are a member of ${name} already.`)
    if (group.inviteOnly) throw new P2pChatError('ERR_NOT_PERMITTED', `${name} is invite-only: ask one of its admins to add you.`)
    group.members.push({ username: this.#self(), admin: false })
    this.#log(group, 'join', this.#self(), [], `${this.#self()} joined`)
    return { group: this.#info(group), created: false }
  }

  leave ({ name }: { name: string }): void {
    const group = this.#mine(name)
    const others = group.members.filter(({ username }) => username !== this.#self())
    if (others.length > 0 && this.#isAdmin(group) && !others.some(({ admin }) => admin)) {
      throw new P2pChatError('ERR_NOT_PERMITTED', `You are the only admin of ${name}: make another member one before you leave.`)
    }
    group.members = others
    group.standing = 'left'
  }

  members ({ name }: { name: string }): GroupMemberInfo[] {
    return this.#mine(name).members.map(({ username, admin }, at) => ({
      username, admin, online: this.#people().some((user) => user.username === username && user.online), devices: 1, since: at + 1
    }))
  }

  log ({ name, limit = 50, before = Infinity }: { name: string, limit?: number, before?: number }): GroupLogEntry[] {
    return this.#mine(name).log.filter(({ sequence }) => sequence < before).slice(-limit)
  }

  verify ({ name }: { name: string }): GroupVerification {
    const group = this.#mine(name)
    const newest = group.log.at(-1)
    return {
      head: { sequence: newest?.sequence ?? 0, hash: newest?.hash ?? '' },
      walkedFrom: { kind: 'found' },
      agreed: group.members.filter(({ username }) => username === 'bob').map(({ username }) => username),
      differing: [],
      unanswered: group.members.filter(({ username }) => username === 'carol').map(({ username }) => username)
    }
  }

  add ({ name, usernames }: { name: string, usernames: string[] }): { refused: GroupRefusal[] } {
    const group = this.#asAdmin(name, 'Only an admin can add or remove members.')
    const refused = usernames.flatMap((username): GroupRefusal[] => {
      if (!this.#people().some((user) => user.username === username)) return [{ username, code: 'ERR_NOT_FOUND', message: `There is no user ${username}.` }]
      return group.members.some((member) => member.username === username) ? [{ username, code: 'ERR_USAGE', message: `${username} is a member of ${name} already.` }] : []
    })
    const added = usernames.filter((username) => !refused.some((refusal) => refusal.username === username))
    group.members.push(...added.map((username) => ({ username, admin: false })))
    if (added.length > 0) this.#log(group, 'add', this.#self(), added, `${this.#self()} added ${added.join(' and ')}`)
    return { refused }
  }

  remove ({ name, usernames }: { name: string, usernames: string[] }): void {
    const group = this.#asAdmin(name, 'Only an admin can add or remove members.')
    for (const username of usernames) this.#member(group, username)
    group.members = group.members.filter(({ username }) => !usernames.includes(username))
    this.#log(group, 'remove', this.#self(), usernames, `${this.#self()} removed ${usernames.join(' and ')}`)
  }

  setAdmin ({ name, usernames }: { name: string, usernames: string[] }, admin: boolean): void {
    const group = this.#asAdmin(name, 'Only an admin can name or dismiss admins.')
    for (const username of usernames) this.#member(group, username).admin = admin
  }

  rename ({ name, newName }: { name: string, newName: string }): void {
    if (this.all.some((group) => group.name === newName)) throw new P2pChatError('ERR_NAME_TAKEN', `There is a group "${newName}" already.`)
    this.#asAdmin(name, 'Only an admin can rename a group.').name = newName
  }

  policy ({ name, ...policy }: { name: string, inviteOnly?: boolean, unlisted?: boolean }): void {
    Object.assign(this.#asAdmin(name, 'Only an admin can change the policy of a group.'), policy)
  }

  send ({ names }: { names: string[] }, nextId: () => string): GroupSent[] {
    for (const name of names) this.#mine(name)
    return names.map((group) => ({ group, id: nextId(), state: 'queued' as const }))
  }

  list ({ prefix = '', after = '', limit = 500 }: { prefix?: string, after?: string, limit?: number }): GroupPage {
    const found = this.all.filter(({ name, unlisted }) => !unlisted && name.startsWith(prefix) && name > after).sort((one, other) => one.name < other.name ? -1 : 1)
    const groups = found.slice(0, limit).map(({ name, members, inviteOnly }) => ({ name, members: members.length, inviteOnly }))
    return { groups, next: found.length > limit ? groups.at(-1)?.name ?? null : null }
  }

  mine ({ all = false }: { all?: boolean }): GroupInfo[] {
    return this.all.filter((group) => this.#isIn(group) || (all && group.standing !== 'member')).map((group) => this.#info(group))
  }

  #info (group: FakeGroup): GroupInfo {
    const { id, name, standing, inviteOnly, unlisted, unread, lastMessageAt, waiting, invitedBy } = group
    return { id, name, standing, members: group.members.length, admin: this.#isAdmin(group), inviteOnly, unlisted, epoch: 1, unread, lastMessageAt, ...(waiting === undefined ? {} : { waiting }), ...(invitedBy === undefined ? {} : { invitedBy }) }
  }

  #isIn (group: FakeGroup): boolean {
    return group.standing === 'member' && group.members.some(({ username }) => username === this.#self())
  }

  #isAdmin (group: FakeGroup): boolean {
    return group.members.some(({ username, admin }) => username === this.#self() && admin)
  }

  #mine (name: string): FakeGroup {
    const group = this.all.find((one) => one.name === name)
    if (group === undefined || !this.#isIn(group)) throw new P2pChatError('ERR_NOT_FOUND', `You are in no group "${name}".`)
    return group
  }

  #asAdmin (name: string, refusal: string): FakeGroup {
    const group = this.#mine(name)
    if (!this.#isAdmin(group)) throw new P2pChatError('ERR_NOT_PERMITTED', refusal)
    return group
  }

  #member (group: FakeGroup, username: string): FakeGroup['members'][number] {
    const member = group.members.find((one) => one.username === username)
    if (member === undefined) throw new P2pChatError('ERR_NOT_FOUND', `${username} is no member of ${group.name}.`)
    return member
  }

  #log (group: FakeGroup, kind: GroupLogEntry['kind'], by: string, users: string[], text: string): void {
    const sequence = group.log.length + 1
    group.log.push({ sequence, hash: sequence.toString(16).padStart(64, '0'), at: '2024-11-22T10:00:00.000Z', by, kind, users, text })
  }
}

export function groupEvent (fields: Partial<GroupEvent> = {}): GroupEvent {
  return {
    event: 'group',
    group: 'team',
    groupId: '1'.padStart(64, '0'),
    kind: 'add',
    by: 'bob',
    users: ['carol'],
    message: 'bob added carol',
    at: '2024-11-22T10:00:00.000Z',
    cursor: 'g1',
    ...fields
  }
}
