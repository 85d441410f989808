/** What happened in a group, and whether everybody was shown the same. */
import { P2pChatError } from '../../errors.js'
import type { ChatNode, GroupLogEntry } from '../../node/chat-node.js'
import { numberOption, wholeNumber, type CommandSpec } from '../command.js'
import { historyPage } from '../control/limits.js'
import { logLine, names, verificationLines } from '../render/group.js'
import { givenGroup } from './group.js'
import { meetServer } from './reach.js'

const defaultLimit = 50

export const groupLog: CommandSpec = {
  name: 'group log',
  args: '<group>',
  completes: ['group'],
  summary: 'show the membership log of a group: who changed what, oldest first',
  options: [
    { flags: '--limit <n>', summary: `the newest this many (default: ${defaultLimit})`, parse: wholeNumber(1, 1_000_000) },
    { flags: '--before <number>', summary: 'only entries before this one', parse: wholeNumber(1, Number.MAX_SAFE_INTEGER) }
  ],
  examples: ['group log team', 'group log team --limit 200'],
  inShell: true,
  async run (context, given) {
    const name = givenGroup(context, given.args[0])
    const node = await context.node()
    await meetServer(node, context.global.timeoutMs)
    const { nowMs } = context.view(null)
    for (const entry of await readLog(node, name, numberOption(given, 'limit') ?? defaultLimit, numberOption(given, 'before'))) {
      await context.out.show({ event: 'group-log', group: name, ...entry }, [logLine(entry, nowMs, context.out.style)])
    }
  }
}

/** In pages, as histories are read: one answer of the control socket must stay below its limit. */
async function readLog (node: ChatNode, name: string, wanted: number, before?: number): Promise<GroupLogEntry[]> {
  let entries: GroupLogEntry[] = []
  while (entries.length < wanted) {
    const limit = Math.min(historyPage, wanted - entries.length)
    const page = await node.groupLog({ name, limit, ...(before === undefined ? {} : { before }) })
    entries = [...page, ...entries]
    before = page[0]?.sequence
    if (page.length < limit || before === undefined) break
  }
  return entries
}

export const groupVerify: CommandSpec = {
  name: 'group verify',
  args: '<group>',
  completes: ['group'],
  summary: 'ask the other members whether they were shown the same membership log',
  details: ['Exit status 1 when a member knows another one: the server has shown two.'],
  examples: ['group verify team'],
  inShell: true,
  async run (context, given) {
    const name = givenGroup(context, given.args[0])
    const node = await context.node()
    await meetServer(node, context.global.timeoutMs)
    const found = await node.groupVerify({ name })
    await context.out.show({ event: 'group-verification', group: name, ...found }, verificationLines(name, found, context.out.style))
    if (found.differing.length > 0) throw new P2pChatError('ERR_INVALID_RECORD', `${names(found.differing)} and you were shown different members of ${name}. Do not trust this server; talk to them another way, and make a new group on a server of your own.`)
  }
}
