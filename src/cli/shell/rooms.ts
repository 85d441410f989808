/** Opening a room: with a person, or of a group. */
import { isP2pChatError, P2pChatError } from '../../errors.js'
import type { ChatNode } from '../../node/chat-node.js'
import { readHistory } from '../commands/history.js'
import { asRequest, findConversation } from '../conversation.js'
import { memberCount, names, standingWords } from '../render/group.js'
import { historyLines } from '../render/message.js'
import type { View } from '../render/view.js'
import { safeLine } from '../render/safe-text.js'
import { count } from '../render/table.js'
import type { Room } from './model.js'

/** Earlier messages that a room opens with; all that are unread, up to the maximum. */
const roomHistory = 20
const maxRoomHistory = 1_000
/** So many people are named when a group's room opens; more are counted. */
const maxNamed = 8

/** Also the cursor of the last message that is shown. @throws ERR_AMBIGUOUS, ERR_NOT_FOUND, ERR_NOT_PERMITTED (no member any more), with what to do instead */
export async function openRoom (node: ChatNode, text: string, view: View): Promise<{ room: Room, lines: string[], through: string | null }> {
  const found = await findConversation(node, text)
  const opened = found.kind === 'group' ? await groupRoom(node, found.name, view) : await userRoom(node, found.name)
  const entries = await readHistory(node, { ...asRequest(found), limit: Math.min(Math.max(roomHistory, opened.unread), maxRoomHistory) })
  // Those of others were new when they came.
  const before = opened.unread - entries.filter(({ read }) => !read).length
  if (found.kind === 'user' && entries.length === 0) await assertUser(node, found.name)
  const [title = '', ...more] = opened.lines
  return {
    room: opened.room,
    through: entries.at(-1)?.cursor ?? null,
    lines: [view.style.dim(`${title} 0 or @#@EXIT@#@ leaves; \\0 says 0.`), ...more, ...before > 0 ? [view.style.yellow(`… ${count(before, 'more new message')} before these: history ${found.kind}:${found.name} --limit ${entries.length + before}`)] : [], ...entries.flatMap((entry) => historyLines(entry, view))]
  }
}

interface Opened { room: Room, unread: number, lines: string[] }

async function userRoom (node: ChatNode, name: string): Promise<Opened> {
  const contact = (await node.contacts()).find(({ username }) => username === name)
  return { room: { kind: 'user', name }, unread: contact?.unread ?? 0, lines: [`Room with ${name}.`] }
}

async function groupRoom (node: ChatNode, name: string, view: View): Promise<Opened> {
  // One that was left, and one that was made anew, may have the same name.
  const called = (await node.myGroups({ all: true })).filter((one) => one.name === name)
  const group = called.find(({ standing }) => standing === 'member') ?? called[0]
  if (group === undefined) throw new P2pChatError('ERR_NOT_FOUND', `You are in no group ${name}. JOIN ${name} comes first; LISTGRP shows what groups there are.`)
  if (group.standing !== 'member') throw new P2pChatError('ERR_NOT_PERMITTED', `${standingWords(group)} What was said: history group:${name}`)
  const members = await node.groupMembers({ name }).catch(() => [])
  const others = members.map(({ username }) => username).filter((username) => username !== view.self)
  const who = others.length === 0 || others.length > maxNamed ? memberCount(group.members) : names(['you', ...others])
  return {
    room: { kind: 'group', name, id: group.id },
    unread: group.unread,
    lines: [`Room of ${name}: ${who}.`, ...group.waiting === undefined ? [] : [view.style.yellow(`Sending waits: ${safeLine(group.waiting)}`)]]
  }
}

async function assertUser (node: ChatNode, username: string): Promise<void> {
  try {
    await node.safetyNumber({ username })
  } catch (error) {
    if (!isP2pChatError(error, 'ERR_NOT_FOUND')) throw error
    const { groups: [group] } = await node.groups({ prefix: username, limit: 1 })
    if (group?.name !== username) throw error
    throw new P2pChatError('ERR_NOT_FOUND', `There is no user ${username}, but a group of that name. To come in: JOIN ${username}, then CHAT ${username}`, { cause: error })
  }
}
