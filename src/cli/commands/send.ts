import { isP2pChatError, P2pChatError } from '../../errors.js'
import type { ChatNode, WaitRequest } from '../../node/chat-node.js'
import { maxTextBytes } from '../../protocol/limits.js'
import { textOption, type CommandContext, type CommandSpec } from '../command.js'
import { stateWords } from '../render/status.js'
import { meetServer } from './reach.js'
import { recipient } from './recipient.js'

const defaultTimeoutMs = 30_000

export const send: CommandSpec = {
  name: 'send',
  args: '<username> <text...>',
  completes: 'user',
  summary: 'send a message',
  details: [
    'A text of - is read from standard input, without its closing line break. At most 60,000 bytes.',
    'The message is kept on this machine before anything is sent: without a network it goes out as soon as there is one and p2pchat runs for this home. Exit status 9 means: kept and on its way, do not send it again.'
  ],
  options: [{ flags: '--wait <state>', summary: 'until it is stored (default), delivered or read', choices: ['stored', 'delivered', 'read'] }],
  examples: ['send bob See you at six?', 'send bob --wait delivered --timeout 2m "Are you there?"', 'send bob - < letter.txt'],
  inShell: true,
  async run (context, given) {
    const [name = '', ...words] = given.args
    const to = recipient(name)
    const text = words.length === 1 && words[0] === '-' ? await context.readText(maxTextBytes) : words.join(' ')
    checkText(text)
    const state = (textOption(given, 'wait') ?? 'stored') as WaitRequest['state']
    const endMs = context.clock.now() + (context.global.timeoutMs ?? defaultTimeoutMs)
    const node = await context.node()
    await meetServer(node, endMs - context.clock.now())
    const { id } = await node.send({ to, text })
    await report(context, node, { id, state, timeoutMs: Math.max(0, endMs - context.clock.now()) })
  }
}

/** @throws ERR_USAGE when there is nothing to send; ERR_LIMIT when it is too long: nothing is ever cut */
export function checkText (text: string): void {
  if (text === '') throw new P2pChatError('ERR_USAGE', 'There is nothing to send: the text is empty.')
  const bytes = Buffer.byteLength(text)
  if (bytes > maxTextBytes) throw new P2pChatError('ERR_LIMIT', `A text may have ${maxTextBytes} bytes; this one has ${bytes}. Nothing was sent: shorten it, or send it in parts.`)
}

async function report (context: CommandContext, node: ChatNode, wait: WaitRequest): Promise<void> {
  try {
    const status = await node.wait(wait)
    await context.out.show(status, [stateWords(status)])
  } catch (error) {
    if (!isP2pChatError(error, 'ERR_PENDING', 'ERR_TIMEOUT')) throw error
    const trace = await node.trace({ id: wait.id })
    const step = trace.steps.at(-1) ?? { state: trace.state, at: '' }
    await context.out.show({ event: 'status', id: trace.id, to: trace.to, ...step, state: trace.state }, [stateWords(step)])
    throw new P2pChatError('ERR_PENDING', `Kept and on its way, but not ${wait.state} yet; do not send it again. It goes on whenever p2pchat runs for this home: p2pchat listen, or the shell.`, { cause: error })
  }
}
