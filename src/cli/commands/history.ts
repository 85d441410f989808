import { P2pChatError } from '../../errors.js'
import type { ChatNode, HistoryEntry, HistoryRequest } from '../../node/chat-node.js'
import { numberOption, textOption, wholeNumber, type CommandSpec } from '../command.js'
import { asRequest, findConversation, type Conversation } from '../conversation.js'
import { historyPage } from '../control/limits.js'
import { historyLines } from '../render/message.js'

const defaultLimit = 50

export const history: CommandSpec = {
  name: 'history',
  args: '<name>',
  completes: ['conversation'],
  summary: 'show the messages with somebody or in a group, oldest first',
  details: ['NAME is a person or a group; where there is one of each, user:NAME and group:NAME tell them apart.'],
  options: [
    { flags: '--limit <n>', summary: `the newest this many (default: ${defaultLimit})`, parse: wholeNumber(1, 1_000_000) },
    { flags: '--before <id>', summary: 'only those before this message, by its id or its cursor' },
    { flags: '--search <words>', summary: 'only those with these words' }
  ],
  examples: ['history bob', 'history group:team', 'history bob --limit 200 --search "train station"'],
  inShell: true,
  async run (context, given) {
    const before = textOption(given, 'before')
    const search = textOption(given, 'search')
    const node = await context.node()
    const { username } = await node.whoAmI()
    const conversation = await findConversation(node, given.args[0] ?? '')
    const entries = await readHistory(node, {
      ...asRequest(conversation),
      limit: numberOption(given, 'limit') ?? defaultLimit,
      ...(before === undefined ? {} : { before }),
      ...(search === undefined ? {} : { search })
    })
    if (entries.length === 0 && conversation.name !== username) await assertKnown(node, conversation)
    const view = { ...context.view(username), room: conversation }
    for (const entry of entries) await context.out.show(historyEvent(entry), historyLines(entry, view))
    if (entries.length === 0) await context.out.note(search === undefined ? `No messages ${conversation.kind === 'user' ? 'with' : 'in'} ${conversation.name} yet.` : 'Nothing found.')
  }
}

/** Whoever has a history here is a contact. @throws ERR_NOT_FOUND: a name that was mistyped has no empty history */
async function assertKnown (node: ChatNode, { kind, name }: Conversation): Promise<void> {
  if (kind === 'group' || (await node.contacts()).some(({ username }) => username === name)) return
  throw new P2pChatError('ERR_NOT_FOUND', `There is no conversation with ${name} here. \`p2pchat contacts\` lists those that there are.`)
}

/** In pages: one answer of the control socket must stay below its limit. */
export async function readHistory (node: ChatNode, request: HistoryRequest & { limit: number }): Promise<HistoryEntry[]> {
  let entries: HistoryEntry[] = []
  let before = request.before
  while (entries.length < request.limit) {
    const limit = Math.min(historyPage, request.limit - entries.length)
    const page = await node.history({ ...request, limit, ...(before === undefined ? {} : { before }) })
    entries = [...page, ...entries]
    before = page[0]?.cursor
    if (page.length < limit || before === undefined) break
  }
  return entries
}

function historyEvent (entry: HistoryEntry): object {
  const { kind, file, ...fields } = entry
  return { event: kind === 'text' ? 'message' : kind, ...fields, ...file }
}
