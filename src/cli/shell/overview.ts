/** What the shell shows once somebody is signed in: whom they write with, their groups, and what is unread. */
import type { ChatNode, HistoryEntry } from '../../node/chat-node.js'
import { contactLine } from '../commands/people.js'
import { asRequest, keyOf, type Conversation } from '../conversation.js'
import { fileWords, shortId } from '../render/file.js'
import { ownGroupLine } from '../render/group.js'
import { historyLines } from '../render/message.js'
import type { View } from '../render/view.js'
import { safeLine } from '../render/safe-text.js'
import { count } from '../render/table.js'
import { wrapLine } from '../render/wrap.js'
import { toldKey } from './model.js'

/** Unread messages of one conversation that are shown. */
const unreadShown = 3
const offersShown = 5
/** In front of every row of them: wrapLine would leave alone what begins so. */
const INDENT = '    '

/**
 * `columns`: of the terminal. Lines, the conversations whose unread messages are among them, with the cursor of the last (null where not all are
 * shown), and the keys (see toldKey in model.ts) of those messages, files and offers.
 */
export async function overview (node: ChatNode, view: View, columns = Infinity): Promise<{ lines: string[], shown: Map<string, string | null>, told: string[] }> {
  const [contacts, groups, transfers] = await Promise.all([node.contacts(), node.myGroups({}), node.transfers({ active: true })])
  const lines: string[] = []
  const shown = new Map<string, string | null>()
  const told: string[] = []
  const add = async (conversation: Conversation, line: string, unread: number): Promise<void> => {
    lines.push(line)
    if (unread === 0) return
    const found = await unreadLines(node, conversation, unread, view, columns)
    shown.set(keyOf(conversation), found.through)
    lines.push(...found.lines)
    told.push(...found.told)
  }
  for (const contact of contacts) await add({ kind: 'user', name: contact.username }, contactLine(contact, view.nowMs, view.style), contact.unread)
  for (const group of groups) await add({ kind: 'group', name: group.name }, ownGroupLine({ ...group, name: `[${group.name}]` }, null, view.nowMs, view.style), group.unread)
  if (lines.length === 0) lines.push('Nobody has written yet. USERS shows who is there, CHAT bob opens a room with bob;', 'LISTGRP shows the groups, CREATE team makes one.')
  const offers = transfers.filter(({ direction, state }) => direction === 'in' && state === 'offered')
  for (const offer of offers.slice(0, offersShown)) lines.push(`${view.style.yellow('?')} ${safeLine(offer.peer)} offers ${fileWords(offer)}: accept ${shortId(offer.id)} or decline ${shortId(offer.id)}`)
  const others = transfers.length - Math.min(offers.length, offersShown)
  if (others > 0) lines.push(view.style.dim(`  ${count(others, 'more file')} under way or offered: FILES`))
  return { lines, shown, told: [...told, ...offers.map(({ id }) => toldKey({ event: 'offer', id }))] }
}

async function unreadLines (node: ChatNode, conversation: Conversation, unread: number, view: View, columns: number): Promise<{ lines: string[], through: string | null, told: string[] }> {
  const newest = await node.history({ ...asRequest(conversation), limit: Math.min(unread, unreadShown) })
  const entries = newest.filter((entry) => isFromOthers(entry, conversation, view.self))
  const rows = entries.flatMap((entry) => historyLines(entry, view)).flatMap((line) => wrapLine(line, columns - INDENT.length))
  const lines = rows.map((row) => `${INDENT}${row}`)
  return {
    through: entries.length < unread ? null : entries.at(-1)?.cursor ?? null,
    lines: [...lines, ...unread > entries.length ? [view.style.dim(`${INDENT}… CHAT ${conversation.name} shows all`)] : []],
    told: entries.flatMap(({ kind, file, from, id }) => {
      if (kind === 'text') return [toldKey({ event: 'message', from, id })]
      return file?.status === 'landed' ? [toldKey({ event: 'file', id })] : []
    })
  }
}

function isFromOthers (entry: HistoryEntry, { kind, name }: Conversation, self: string | null): boolean {
  return kind === 'user' ? entry.from === name && entry.kind !== 'device-added' : entry.from !== self && entry.kind !== 'group-change'
}
