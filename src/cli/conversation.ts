/** Who is meant by a name: a person or a group. `user:bob` and `group:team` say it; a bare name may leave it open. */
import { P2pChatError } from '../errors.js'
import type { ChatNode } from '../node/chat-node.js'
import { isUsername, parseUsername } from '../protocol/names.js'
import { parseGroupName } from '../records/group/names.js'

export interface Conversation {
  kind: 'user' | 'group'
  name: string
}

/** What a prefix says, or null for a bare name. @throws ERR_INVALID_NAME */
export function prefixed (text: string): Conversation | null {
  const name = text.replace(/^(user|group):/i, '')
  if (/^user:/i.test(text)) return { kind: 'user', name: parseUsername(name) }
  return /^group:/i.test(text) ? { kind: 'group', name: parseGroupName(name) } : null
}

/** Where a person is asked for; a bare name is theirs. @throws ERR_INVALID_NAME; ERR_USAGE at `group:team` */
export function personName (text: string): string {
  const named = prefixed(text)
  if (named?.kind === 'group') throw new P2pChatError('ERR_USAGE', `"${text}" is a group; here it takes the name of a person.`)
  return named?.name ?? parseUsername(text)
}

/** Where a group is asked for; a bare name is its. @throws ERR_INVALID_NAME; ERR_USAGE at `user:bob` */
export function groupName (text: string): string {
  const named = prefixed(text)
  if (named?.kind === 'user') throw new P2pChatError('ERR_USAGE', `"${text}" is a person; here it takes the name of a group.`)
  return named?.name ?? parseGroupName(text)
}

/**
 * Whose conversation is meant, by those that this home has: it asks no server. A name that is nobody's is taken for a
 * person.
 *
 * @throws ERR_INVALID_NAME; ERR_AMBIGUOUS when there is one with a person and one with a group of that name
 */
export async function findConversation (node: ChatNode, text: string): Promise<Conversation> {
  const named = prefixed(text)
  if (named !== null) return named
  const name = parseUsername(text)
  const [groups, contacts] = await Promise.all([node.myGroups({ all: true }), node.contacts()])
  if (!groups.some((group) => group.name === name)) return { kind: 'user', name }
  if (!contacts.some(({ username }) => username === name)) return { kind: 'group', name }
  throw new P2pChatError('ERR_AMBIGUOUS', `There is a person and a group called ${name}. Say which: user:${name} or group:${name}`)
}

/** As the methods that take exactly one of both want it. */
export function asRequest ({ kind, name }: Conversation): { user: string } | { group: string } {
  return kind === 'user' ? { user: name } : { group: name }
}

/** One of each conversation of a home. */
export function keyOf ({ kind, name }: Conversation): string {
  return `${kind}:${name}`
}

export function couldBeName (text: string): boolean {
  return isUsername(text.replace(/^(user|group):/i, '').toLowerCase())
}
