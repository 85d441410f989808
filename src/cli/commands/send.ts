import { isP2pChatError, P2pChatError } from '../../errors.js'
import type { ChatNode, SendRequest, StatusEvent, WaitRequest } from '../../node/chat-node.js'
import { maxTextBytes } from '../../protocol/limits.js'
import { textOption, type CommandContext, type CommandSpec, type Given, type OptionSpec } from '../command.js'
import { personName, prefixed } from '../conversation.js'
import { stateWords } from '../render/status.js'
import { givenGroup } from './group.js'
import { meetServer, noteNoServer } from './reach.js'

const defaultTimeoutMs = 30_000
const WAIT: OptionSpec = { flags: '--wait <state>', summary: 'until it is stored (default), delivered or read', choices: ['stored', 'delivered', 'read'] }
/** Of `send` and of what sends files. */
export const ID: OptionSpec = { flags: '--id <id>', summary: 'send under this id, of 32 hex digits; given again, it goes out once', parse: messageId }

export const send: CommandSpec = {
  name: 'send',
  args: '<username> <text...>',
  completes: ['user'],
  summary: 'send a message',
  details: [
    'A text of - is read from standard input, without its closing line break. At most 60,000 bytes.',
    'The message is kept on this machine before anything is sent: without a network it goes out as soon as there is one and p2pchat runs for this home. Exit status 9 means: kept and on its way, do not send it again.',
    'With --id, sending the same again under the same id is safe whenever it is not known whether it was kept.'
  ],
  options: [WAIT, ID],
  examples: ['send bob See you at six?', 'send --wait delivered --timeout 2m bob "Are you there?"', 'send bob - < letter.txt'],
  inShell: true,
  async run (context, given) {
    const [name = ''] = given.args
    const to = prefixed(name) ?? { kind: 'user', name: personName(name) }
    await sendText(context, given, async (node, text) => to.kind === 'group'
      ? (await node.groupSend({ names: [to.name], text, ...givenId(given) })).map(({ id }) => id)
      : [(await sendToPerson(node, { to: to.name, text, ...givenId(given) })).id])
  }
}

export const groupSend: CommandSpec = {
  name: 'group send',
  args: '<groups> <text...>',
  completes: ['group'],
  summary: 'send one message to a group, or to several: team,club',
  details: [
    'Otherwise like send. When one of the groups cannot be written to, nothing is sent to any.',
    'A message to a group is delivered once all its other members have it; trace names who has not.'
  ],
  options: [WAIT, ID],
  examples: ['group send team See you at six?', 'group send --wait delivered team,club "Who comes?"', 'group send team - < letter.txt'],
  inShell: true,
  async run (context, given) {
    const names = groupNames(context, given.args[0])
    await sendText(context, given, async (node, text) => (await node.groupSend({ names, text, ...givenId(given) })).map(({ id }) => id))
  }
}

export function givenId (given: Given): { id?: string } {
  const id = textOption(given, 'id')
  return id === undefined ? {} : { id }
}

function messageId (value: string): string {
  if (!/^[0-9a-f]{32}$/.test(value)) throw new Error('It must have 32 digits of 0-9 and a-f, as from: openssl rand -hex 16')
  return value
}

/** `team,club`, each once. @throws ERR_USAGE, ERR_INVALID_NAME */
export function groupNames (context: CommandContext, text = ''): string[] {
  const parts = text.split(',')
  if (parts.includes('')) throw new P2pChatError('ERR_USAGE', 'Several groups are written without spaces: team,club')
  return [...new Set(parts.map((part) => givenGroup(context, part)))]
}

async function sendText (context: CommandContext, given: Given, give: (node: ChatNode, text: string) => Promise<string[]>): Promise<void> {
  const words = given.args.slice(1)
  const text = words.length === 1 && words[0] === '-' ? await context.readText(maxTextBytes) : words.join(' ')
  checkText(text)
  const state = (textOption(given, 'wait') ?? 'stored') as WaitRequest['state']
  const endMs = context.clock.monotonicMs() + (context.global.timeoutMs ?? defaultTimeoutMs)
  const node = await context.node()
  await meetServer(node, endMs - context.clock.monotonicMs())
  await noteNoServer(context, node)
  const ids = await give(node, text)
  const pending: unknown[] = []
  for (const id of ids) {
    await report(context, node, { id, state, timeoutMs: Math.max(0, endMs - context.clock.monotonicMs()) }).catch((error: unknown) => {
      if (!isP2pChatError(error, 'ERR_PENDING')) throw error
      pending.push(error)
    })
  }
  if (pending.length > 0) throw pending[0]
}

/** @throws as ChatNode.send; whoever meant a group is told how to write to one */
export async function sendToPerson (node: ChatNode, request: SendRequest): ReturnType<ChatNode['send']> {
  const { to } = request
  try {
    return await node.send(request)
  } catch (error) {
    if (!isP2pChatError(error, 'ERR_NOT_FOUND') || !(await node.myGroups({})).some(({ name }) => name === to)) throw error
    throw new P2pChatError('ERR_NOT_FOUND', `There is no user ${to}, but you are in a group of that name: group send ${to} TEXT`, { cause: error })
  }
}

/** @throws ERR_USAGE when there is nothing to send; ERR_LIMIT when it is too long: nothing is ever cut */
export function checkText (text: string): void {
  if (text === '') throw new P2pChatError('ERR_USAGE', 'There is nothing to send: the text is empty.')
  const bytes = Buffer.byteLength(text)
  if (bytes > maxTextBytes) throw new P2pChatError('ERR_LIMIT', `A text may have ${maxTextBytes} bytes; this one has ${bytes} (limit maxTextBytes). Nothing was sent: shorten it, or send it in parts.`)
}

async function report (context: CommandContext, node: ChatNode, wait: WaitRequest): Promise<void> {
  try {
    const status = await node.wait(wait)
    await context.out.show(status, [inGroup(status, stateWords(status))])
  } catch (error) {
    if (!isP2pChatError(error, 'ERR_PENDING', 'ERR_TIMEOUT')) throw error
    const status = await tracedStatus(node, wait.id)
    await context.out.show(status, [inGroup(status, stateWords(status))])
    throw new P2pChatError('ERR_PENDING', `Kept and on its way, but not ${wait.state} yet; do not send it again. It goes on whenever p2pchat runs for this home: p2pchat listen, or the shell.`, { cause: error })
  }
}

/** How far a message is known to be, without waiting for more. */
export async function tracedStatus (node: ChatNode, ofId: string): Promise<StatusEvent & { at: string }> {
  const { id, to, group, state, members, steps } = await node.trace({ id: ofId })
  const counted = members === undefined ? {} : { members: { delivered: members.delivered, read: members.read, of: members.of } }
  const { at, ...step } = steps.at(-1) ?? { at: '' }
  return { event: 'status', id, ...to === undefined ? {} : { to }, ...group === undefined ? {} : { group }, at, ...step, state, ...counted }
}

/** Which of several groups a line is about. */
export function inGroup ({ group }: { group?: string }, words: string): string {
  return group === undefined ? words : `[${group}] ${words}`
}
