import type { ChatNode, ListedGroup } from '../../node/chat-node.js'
import { maxListPage } from '../../protocol/limits.js'
import { flagOption, numberOption, textOption, wholeNumber, type CommandContext, type CommandSpec, type Given } from '../command.js'
import { listedGroupLine, ownGroupLine } from '../render/group.js'
import { withServer } from './reach.js'

/** What a person is shown at a time; a pipe and a program are given all. */
const shownAtOnce = 50

export const groups: CommandSpec = {
  name: 'groups',
  summary: 'list the groups that can be joined, or those that you are in',
  details: [
    'A terminal is shown 50 at a time; into a pipe and with --json come all, unless --limit says otherwise. Unlisted groups are left out; --mine shows those that you are in.',
    'In the shell each has a number, which can be typed for its name until the next list.'
  ],
  options: [
    { flags: '--mine', summary: 'only those that you are in, and what is unread in them; needs no server' },
    { flags: '--all', summary: 'with --mine: also those that you left or were removed from' },
    { flags: '--prefix <letters>', summary: 'only names that begin so' },
    { flags: '--after <name>', summary: 'only names after this one' },
    { flags: '--limit <n>', summary: 'at most this many', parse: wholeNumber(1, 1_000_000) }
  ],
  examples: ['groups', 'groups --mine', 'groups --prefix te --limit 10'],
  inShell: true,
  async run (context, given) {
    if (flagOption(given, 'mine')) await listMine(context, await context.node(), given)
    else await withServer(context, async (node) => { await listAll(context, node, given) })
  }
}

async function listMine (context: CommandContext, node: ChatNode, given: Given): Promise<void> {
  const prefix = textOption(given, 'prefix')?.toLowerCase() ?? ''
  const after = textOption(given, 'after')?.toLowerCase() ?? ''
  const mine = await node.myGroups(flagOption(given, 'all') ? { all: true } : {})
  const found = mine.filter(({ name }) => name.startsWith(prefix) && name > after).slice(0, numberOption(given, 'limit'))
  const { nowMs } = context.view(null)
  context.numbers?.begin()
  for (const group of found) {
    const number = context.numbers?.add(group.name) ?? null
    await context.out.show({ event: 'own-group', ...group }, [ownGroupLine(group, number, nowMs, context.out.style)])
  }
  if (found.length === 0) await context.out.note(mine.length === 0 ? 'You are in no group yet: see what is there with groups, then group join NAME; or group create NAME.' : 'None of your groups begins so.')
}

async function listAll (context: CommandContext, node: ChatNode, given: Given): Promise<void> {
  const prefix = textOption(given, 'prefix')?.toLowerCase()
  const first = textOption(given, 'after')?.toLowerCase()
  const wanted = numberOption(given, 'limit') ?? (context.io.stdout.isTTY === true && !context.out.json ? shownAtOnce : Infinity)
  const mine = new Set(await node.myGroups({}).then((all) => all.map(({ name }) => name)))
  let after: string | undefined | null = first
  let shown = 0
  context.numbers?.begin(first)
  while (after !== null && shown < wanted) {
    const limit = Math.min(maxListPage, wanted - shown)
    const page: { groups: ListedGroup[], next: string | null } = await node.groups({ limit, ...(prefix === undefined ? {} : { prefix }), ...(after === undefined ? {} : { after }) })
    for (const group of page.groups) {
      const number = context.numbers?.add(group.name) ?? null
      await context.out.show({ event: 'listed-group', ...group, mine: mine.has(group.name) }, [listedGroupLine(group, number, mine.has(group.name), context.out.style)])
    }
    shown += page.groups.length
    after = page.next
  }
  if (shown === 0) await context.out.note(prefix === undefined && first === undefined ? 'There is no group yet. Make one: group create NAME' : 'There is no such group. Make one: group create NAME')
  else if (after !== null) await context.out.note(`There are more. To go on: groups${prefix === undefined ? '' : ` --prefix ${prefix}`} --after ${after}`)
}
