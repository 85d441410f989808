/** How many members have a message, by what their devices have said. Pure; members count, not devices. */
import type { MessageState } from '../../chat-node.js'
import type { MemberCounts, MessageRow, Step } from '../../history/messages.js'
import { reached } from '../../delivery/status.js'
import type { Audience, Mark } from './out-tables.js'

/** How far a member is: as far as the farthest of their devices. */
export interface MemberMark { deliveredThrough: number, readThrough: number }

export interface Audit {
  /** of each member but the sender */
  members: Map<string, MemberMark>
  /** what the last device has, the sender's other ones included: whose copy of these nobody waits for any more */
  allThrough: number
}

export function audit (audience: Audience, marks: ReadonlyMap<string, Mark>, self: string): Audit {
  const members = new Map<string, MemberMark>()
  let allThrough = Number.MAX_SAFE_INTEGER
  for (const [username, devices] of Object.entries(audience)) {
    const own = devices.map((device) => marks.get(device))
    for (const mark of own) allThrough = Math.min(allThrough, mark?.deliveredThrough ?? 0)
    if (username === self) continue
    members.set(username, {
      deliveredThrough: Math.max(0, ...own.map((mark) => mark?.deliveredThrough ?? 0)),
      readThrough: Math.max(0, ...own.map((mark) => mark?.readThrough ?? 0))
    })
  }
  return { members, allThrough }
}

export function countsOf ({ members }: Audit, sequence: number): MemberCounts {
  let delivered = 0
  let read = 0
  for (const mark of members.values()) {
    if (mark.deliveredThrough >= sequence) delivered++
    if (mark.readThrough >= sequence) read++
  }
  return { delivered, read, of: members.size }
}

/** Delivered and read are said of a message that all members have, or have read. */
export function stateOf ({ delivered, read, of }: MemberCounts, before: MessageState): MessageState {
  if (read === of) return 'read'
  if (delivered === of) return 'delivered'
  return before
}

/** The row with these counts, and what of it is news; undefined when nothing is. */
export function withCounts (row: MessageRow, members: MemberCounts, atMs: number): { row: MessageRow, step: Step } | undefined {
  const { sent } = row
  if (sent === undefined) return undefined
  const wanted = stateOf(members, sent.state)
  const state = wanted === sent.state || (sent.state !== 'expired' && reached(sent.state, wanted)) ? sent.state : wanted
  const isNews = sent.members?.delivered !== members.delivered || sent.members.read !== members.read || sent.members.of !== members.of
  if (!isNews && state === sent.state) return undefined
  const step: Step = { state, atMs }
  return { row: { ...row, sent: { ...sent, state, members, steps: state === sent.state ? sent.steps : [...sent.steps, step] } }, step }
}
