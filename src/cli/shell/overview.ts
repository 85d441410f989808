/** What the shell shows once somebody is signed in: whom they write with, their groups, and what is unread. */
import type { ChatNode, HistoryEntry } from '../../node/chat-node.js'
import { contactLine } from '../commands/people.js'
import { asRequest, keyOf, type Conversation } from '../conversation.js'
import { ownGroupLine } from '../render/group.js'
import { historyLines, type View } from '../render/message.js'

/** Unread messages of one conversation that are shown. */
const unreadShown = 3

/** Lines, and the conversations whose unread messages are among them. */
export async function overview (node: ChatNode, view: View): Promise<{ lines: string[], shown: string[] }> {
  const [contacts, groups] = await Promise.all([node.contacts(), node.myGroups({})])
  const lines: string[] = []
  const shown: string[] = []
  const add = async (conversation: Conversation, line: string, unread: number): Promise<void> => {
    lines.push(line)
    if (unread === 0) return
    shown.push(keyOf(conversation))
    lines.push(...await unreadLines(node, conversation, unread, view))
  }
  for (const contact of contacts) await add({ kind: 'user', name: contact.username }, contactLine(contact, view.nowMs, view.style), contact.unread)
  for (const group of groups) await add({ kind: 'group', name: group.name }, ownGroupLine({ ...group, name: `[${group.name}]` }, null, view.nowMs, view.style), group.unread)
  if (lines.length === 0) lines.push('Nobody has written yet. USERS shows who is there, CHAT bob opens a room with bob;', 'LISTGRP shows the groups, CREATE team makes one.')
  return { lines, shown }
}

async function unreadLines (node: ChatNode, conversation: Conversation, unread: number, view: View): Promise<string[]> {
  const newest = await node.history({ ...asRequest(conversation), limit: Math.min(unread, unreadShown) })
  const entries = newest.filter((entry) => isFromOthers(entry, conversation, view.self))
  return [
    ...entries.flatMap((entry) => historyLines(entry, view)).map((line) => `    ${line}`),
    ...unread > entries.length ? [view.style.dim(`    … CHAT ${conversation.name} shows all`)] : []
  ]
}

function isFromOthers (entry: HistoryEntry, { kind, name }: Conversation, self: string | null): boolean {
  return kind === 'user' ? entry.from === name : entry.from !== self && entry.kind !== 'group-change'
}
