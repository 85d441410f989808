/** Making, joining and leaving groups, and who is in them. */
import { asP2pChatError, isErrorCode, isP2pChatError, P2pChatError } from '../../errors.js'
import type { ChatNode, GroupInfo } from '../../node/chat-node.js'
import { flagOption, type CommandContext, type CommandSpec } from '../command.js'
import { groupName, personName } from '../conversation.js'
import { memberCount, memberLine, names } from '../render/group.js'
import { meetServer, withServer } from './reach.js'

/** The group that an argument names; in the shell also by its number in the last list. */
export function givenGroup (context: CommandContext, text = ''): string {
  return context.numbers?.nameOf(text) ?? groupName(text)
}

export const groupCreate: CommandSpec = {
  name: 'group create',
  args: '<group> [username...]',
  completes: ['new', 'user'],
  summary: 'make a group, and be its first admin',
  details: ['A name is 2 to 32 of a-z 0-9 . _ -, starts with a letter or a digit, and is not all digits. Whoever is named after it is added at once.'],
  options: [
    { flags: '--invite-only', summary: 'nobody can join by themselves: admins add members' },
    { flags: '--unlisted', summary: 'stays out of the list of groups; who knows or guesses the name finds it all the same' }
  ],
  examples: ['group create team', 'group create team bob carol', 'group create board --invite-only --unlisted'],
  inShell: true,
  async run (context, given) {
    const [text = '', ...people] = given.args
    const name = groupName(text)
    const members = people.map(personName)
    const made = await withServer(context, async (node) => await node.groupCreate({
      name,
      ...(flagOption(given, 'inviteOnly') ? { inviteOnly: true } : {}),
      ...(flagOption(given, 'unlisted') ? { unlisted: true } : {}),
      ...(members.length === 0 ? {} : { members })
    }))
    const refused = made.refused.map(({ username }) => username)
    const added = members.filter((username) => !refused.includes(username))
    await context.out.show({ event: 'group-created', group: name, id: made.group.id, refused: made.refused }, [
      `The group ${name} is there, and you are its admin.${added.length === 0 ? '' : ` With you in it: ${names(added)}.`}`,
      ...members.length > 0 || context.numbers !== null ? [] : [`Others come in with: group join ${name}; or you add them: group add ${name} NAME`]
    ])
    const [first] = made.refused
    if (first !== undefined) throw new P2pChatError(isErrorCode(first.code) ? first.code : 'ERR_INTERNAL', `Not added: ${made.refused.map(({ username, message }) => `${username} (${message})`).join('; ')}`)
  }
}

export const groupJoin: CommandSpec = {
  name: 'group join',
  args: '<group>',
  completes: ['listed-group'],
  summary: 'join a group; makes it first if there is none',
  examples: ['group join team'],
  inShell: true,
  async run (context, given) {
    const name = givenGroup(context, given.args[0])
    const { group, created } = await join(context, name)
    await context.out.show({ event: 'group-joined', group: name, id: group.id, members: group.members, created }, created
      ? [`There was no group ${name}: you have made it, and are its admin. Others come in with: group join ${name}`]
      : [`You are in ${name} now: ${memberCount(group.members)}. What was said before you came cannot be read.`])
  }
}

/** An invitation lies here and needs no server to be taken. */
async function join (context: CommandContext, name: string): Promise<{ group: GroupInfo, created: boolean }> {
  const node = await context.node()
  await node.whoAmI()
  const isInvited = (await node.myGroups({})).some((group) => group.name === name && group.invitedBy !== undefined)
  return isInvited ? await node.groupJoin({ name }) : await withServer(context, async (reached) => await reached.groupJoin({ name }))
}

export const groupLeave: CommandSpec = {
  name: 'group leave',
  args: '<group>',
  completes: ['group'],
  summary: 'leave a group; what was said stays in your history',
  details: ['The only admin names another first: group promote'],
  examples: ['group leave team'],
  inShell: true,
  async run (context, given) {
    const name = givenGroup(context, given.args[0])
    await withServer(context, async (node) => { await node.groupLeave({ name }) })
    await context.out.show({ event: 'group-left', group: name }, [`You left ${name}. What was said stays here: history group:${name}`])
  }
}

export const groupMembers: CommandSpec = {
  name: 'group members',
  args: '<group>',
  completes: ['group'],
  summary: 'show who is in a group, who is online, and who its admins are',
  examples: ['group members team'],
  inShell: true,
  async run (context, given) {
    const name = givenGroup(context, given.args[0])
    const node = await context.node()
    const { username: self } = await node.whoAmI()
    await meetServer(node, context.global.timeoutMs)
    for (const member of await node.groupMembers({ name })) {
      await context.out.show({ event: 'group-member', group: name, ...member }, [memberLine(member, self, context.out.style)])
    }
  }
}

type ChangeMethod = 'groupAdd' | 'groupRemove' | 'groupPromote' | 'groupDemote'

export const groupAdd = change('add', 'groupAdd', 'add members to a group; admins can', 'user', ['They read what is said from now on, nothing that was said before.'], (people, name, one) => `${people} ${one ? 'is' : 'are'} in ${name} now.`)
export const groupRemove = change('remove', 'groupRemove', 'remove members from a group; admins can', 'member', ['The key is renewed: they read nothing that is said from now on. What they have they keep.'], (people, name, one) => `${people} ${one ? 'is' : 'are'} no longer in ${name}.`)
export const groupPromote = change('promote', 'groupPromote', 'make members admins; admins can', 'member', [], (people, name, one) => `${people} ${one ? 'is an admin' : 'are admins'} of ${name} now.`)
export const groupDemote = change('demote', 'groupDemote', 'make admins plain members; admins can', 'member', [], (people, name, one) => `${people} ${one ? 'is a plain member' : 'are plain members'} of ${name} now.`)

function change (word: string, method: ChangeMethod, summary: string, completes: 'user' | 'member', details: string[], said: (people: string, group: string, one: boolean) => string): CommandSpec {
  return {
    name: `group ${word}`,
    args: '<group> <username...>',
    completes: ['group', completes],
    summary,
    details,
    examples: [`group ${word} team bob`, `group ${word} team bob carol`],
    inShell: true,
    async run (context, given) {
      const name = givenGroup(context, given.args[0])
      const usernames = [...new Set(given.args.slice(1).map(personName))]
      const { done, failures } = await withServer(context, async (node) => await changeEach(node, method, name, usernames))
      if (done.length > 0) await context.out.show({ event: 'group-changed', group: name, change: word, users: done }, [said(names(done), name, done.length === 1)])
      const [first] = failures
      if (first !== undefined) throw failures.length === 1 ? first : new P2pChatError(first.code, [...new Set(failures.map(({ message }) => message))].join(' '), { cause: first })
    }
  }
}

/** Additions and removals are one change each, with one new key; of others it is told exactly for whom they failed. */
async function changeEach (node: ChatNode, method: ChangeMethod, name: string, usernames: string[]): Promise<{ done: string[], failures: P2pChatError[] }> {
  const done: string[] = []
  const failures: P2pChatError[] = []
  if (method === 'groupAdd') {
    const { refused } = await node.groupAdd({ name, usernames })
    done.push(...usernames.filter((username) => !refused.some((refusal) => refusal.username === username)))
    failures.push(...refused.map(({ code, message }) => new P2pChatError(code, message)))
    return { done, failures }
  }
  for (const some of method === 'groupRemove' ? [usernames] : usernames.map((username) => [username])) {
    try {
      await node[method]({ name, usernames: some })
      done.push(...some)
    } catch (error) {
      failures.push(asP2pChatError(error))
      if (!isP2pChatError(error, 'ERR_NOT_FOUND', 'ERR_USAGE')) break
    }
  }
  return { done, failures }
}

export const groupRename: CommandSpec = {
  name: 'group rename',
  args: '<group> <newname>',
  completes: ['group', 'new'],
  summary: 'give a group another name; admins can',
  examples: ['group rename team crew'],
  inShell: true,
  async run (context, given) {
    const name = givenGroup(context, given.args[0])
    const newName = groupName(given.args[1] ?? '')
    await withServer(context, async (node) => { await node.groupRename({ name, newName }) })
    await context.out.show({ event: 'group-changed', group: newName, change: 'rename', before: name }, [`${name} is called ${newName} now.`])
  }
}

const POLICIES: Record<string, { inviteOnly: boolean } | { unlisted: boolean }> = {
  open: { inviteOnly: false },
  'invite-only': { inviteOnly: true },
  listed: { unlisted: false },
  unlisted: { unlisted: true }
}

export const groupPolicy: CommandSpec = {
  name: 'group policy',
  args: '<group> <policy...>',
  completes: ['group', 'policy'],
  summary: 'say who can join a group and who can find it; admins can',
  details: ['open: anybody can join. invite-only: admins add members. listed, unlisted: whether the list of groups shows it; who knows or guesses the name finds it all the same.'],
  examples: ['group policy team invite-only', 'group policy team open listed'],
  inShell: true,
  async run (context, given) {
    const name = givenGroup(context, given.args[0])
    const words = given.args.slice(1).map((word) => word.toLowerCase())
    const policy = Object.assign({}, ...words.map(policyOf)) as { inviteOnly?: boolean, unlisted?: boolean }
    if (Object.keys(policy).length < words.length) throw new P2pChatError('ERR_USAGE', `${names(words)}: only one of open and invite-only, and one of listed and unlisted.`)
    await withServer(context, async (node) => { await node.groupPolicy({ name, ...policy }) })
    await context.out.show({ event: 'group-changed', group: name, change: 'policy', ...policy }, [`${name} is ${names(words)} now.`])
  }
}

function policyOf (word: string): object {
  const policy = Object.hasOwn(POLICIES, word) ? POLICIES[word] : undefined
  if (policy === undefined) throw new P2pChatError('ERR_USAGE', `"${word}" is no policy: ${Object.keys(POLICIES).join(', ')}.`)
  return policy
}
