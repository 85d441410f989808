/** After CREATE: who else is to be in the group, one name after the other, as in the fourth founding system. */
import { isP2pChatError, P2pChatError } from '../../errors.js'
import type { ChatNode } from '../../node/chat-node.js'
import { personName } from '../conversation.js'
import { names } from '../render/group.js'
import { isCommandLine } from './parse.js'
import type { Terminal } from './terminal.js'

export interface ParticipantsComponents {
  terminal: Terminal
  node: ChatNode
  /** First words of the commands of the command line. */
  commands: readonly string[]
  self: string
  /** Tells the person what went wrong. */
  fail: (error: unknown) => void
}

const END_WORDS = ['-1', '0', 'exit', 'quit', '@#@exit@#@']

/** Until -1, Ctrl-C, Ctrl-D or the end of a pipe. Resolves with a command that was typed in place of a name, to be done next. */
export async function askParticipants (components: ParticipantsComponents, group: string): Promise<string | null> {
  const { terminal } = components
  if (terminal.interactive) terminal.print([`Who else is to be in ${group}? One name after the other; -1 ends.`])
  const added: string[] = []
  for (;;) {
    const answer = await ask(terminal, `Participant ${added.length + 1} (-1 ends): `)
    const isEnd = END_WORDS.includes(answer.toLowerCase())
    if (isEnd || isCommandLine(answer, components.commands)) {
      terminal.print([summary(group, added)])
      return isEnd ? null : answer
    }
    for (const word of answer.split(/[\s,]+/)) {
      if (word !== '' && await add(components, group, word)) added.push(word.toLowerCase().replace(/^user:/, ''))
    }
  }
}

async function ask (terminal: Terminal, question: string): Promise<string> {
  try {
    return (await terminal.ask(question)).trim()
  } catch (error) {
    if (isP2pChatError(error, 'ERR_ABORTED')) return '-1'
    throw error
  }
}

/** At once, so that a mistyped name is told while the person still thinks of it. */
async function add ({ terminal, node, self, fail }: ParticipantsComponents, name: string, word: string): Promise<boolean> {
  try {
    const username = personName(word)
    if (username === self) {
      terminal.print(['You are in it already. Who else?'])
      return false
    }
    const { refused: [refusal] } = await node.groupAdd({ name, usernames: [username] })
    if (refusal !== undefined) throw new P2pChatError(refusal.code, refusal.message)
    return true
  } catch (error) {
    fail(error)
    return false
  }
}

function summary (group: string, added: string[]): string {
  return added.length === 0
    ? `${group}: only you so far. ADD ${group} bob adds somebody; others come in with JOIN ${group}.`
    : `${group}: ${names(['you', ...added])}. CHAT ${group} opens its room; ADD ${group} and a name adds more.`
}
