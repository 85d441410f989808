/** Groups, their members and their logs, as people read them. */
import type { GroupInfo, GroupLogEntry, GroupMemberInfo, GroupVerification, ListedGroup } from '../../node/chat-node.js'
import { entryOf } from './later.js'
import { safeLine } from './safe-text.js'
import type { Style } from './style.js'
import { count } from './table.js'
import { shortTime } from './time.js'

/** `only you`, `9 members` */
export function memberCount (members: number): string {
  return members === 1 ? 'only you' : count(members, 'member')
}

/** One line of the list of all groups; `mine` marks those that this account is in. `number`: null where none can be typed. */
export function listedGroupLine (group: ListedGroup, number: number | null, isMine: boolean, style: Style): string {
  const rest = [count(group.members, 'member'), ...group.inviteOnly ? ['invite-only'] : [], ...isMine ? [style.green('yours')] : []]
  return `${numberCell(number)}${padded(group.name)}  ${rest.join(' · ')}`
}

/** One line of the groups of this account. */
export function ownGroupLine (group: GroupInfo, number: number | null, nowMs: number, style: Style): string {
  const rest = [
    group.unread === 0 ? '' : style.bold(count(group.unread, 'unread message')),
    group.standing === 'member' ? memberCount(group.members) : style.dim(entryOf(STANDING, group.standing, safeLine(group.standing))),
    group.admin && group.standing === 'member' ? 'you are an admin' : '',
    group.inviteOnly ? 'invite-only' : '',
    group.unlisted ? 'unlisted' : '',
    group.lastMessageAt === null ? '' : style.dim(`last ${shortTime(group.lastMessageAt, nowMs)}`),
    group.invitedBy === undefined ? '' : style.yellow(`${safeLine(group.invitedBy)} added you: group join ${safeLine(group.name)} shows what is said, or group leave`),
    group.waiting === undefined ? '' : style.yellow(`sending waits: ${safeLine(group.waiting)}`)
  ]
  return `${numberCell(number)}${padded(group.name)}  ${rest.filter((part) => part !== '').join(' · ')}`
}

const STANDING: Record<GroupInfo['standing'], string> = {
  member: 'you are a member',
  left: 'you left',
  removed: 'you were removed',
  ended: 'it has ended'
}

/** Why nothing can be sent to a group, and what to do about it. */
export function standingWords (group: GroupInfo): string {
  const name = safeLine(group.name)
  switch (group.standing) {
    case 'member': return `You are a member of ${name}.`
    case 'left': return `You left ${name}. To come back: group join ${name}`
    case 'removed': return `You were removed from ${name}; an admin can add you again.`
    case 'ended': return `${name} has ended: its last member left.`
    default: return `You are no member of ${name}: ${safeLine(group.standing)}.`
  }
}

export function memberLine (member: GroupMemberInfo, self: string | null, style: Style): string {
  const rest = [...member.online ? ['online'] : [], ...member.admin ? ['admin'] : [], ...member.username === self ? ['you'] : [], ...member.devices > 1 ? [count(member.devices, 'device')] : []]
  return `${member.online ? style.green('●') : style.dim('○')} ${padded(member.username)}  ${rest.join(' · ')}`.trimEnd()
}

export function logLine (entry: GroupLogEntry, nowMs: number, style: Style): string {
  return `${String(entry.sequence).padStart(6)}  ${style.dim(shortTime(entry.at, nowMs).padStart(5))}  ${safeLine(entry.text)}`
}

/** What comparing heads with other members has shown. */
export function verificationLines (name: string, { head, walkedFrom, agreed, differing, unanswered }: GroupVerification, style: Style): string[] {
  return [
    `The log of ${safeLine(name)} has ${head.sequence === 1 ? '1 entry' : `${head.sequence} entries`}, the newest is ${style.bold(safeLine(head.hash.slice(0, 16)))}.`,
    walkedWords(walkedFrom),
    ...agreed.length === 0 ? [] : [style.green(`The same log: ${names(agreed)}`)],
    ...unanswered.length === 0 ? [] : [`No answer, probably offline: ${names(unanswered)}`],
    ...differing.length === 0 ? [] : [style.red(style.bold(`ANOTHER LOG: ${names(differing)}`))],
    ...agreed.length + differing.length + unanswered.length === 0 ? ['There is nobody else in it to compare with.'] : []
  ]
}

function walkedWords (from: GroupVerification['walkedFrom']): string {
  switch (from.kind) {
    case 'found': return 'This device has checked every entry, from the first.'
    case 'checkpoint': return `This device has checked every entry after ${from.sequence}; for what was before it trusts ${safeLine(from.admin)}, who signed a checkpoint.`
    default: return `From where this device has checked its entries: ${safeLine((from as { kind: string }).kind)}.`
  }
}

/** `bob`, `bob and carol`, `bob, carol and dave` */
export function names (all: string[]): string {
  const safe = all.map((name) => safeLine(name))
  return safe.length < 2 ? safe.join('') : `${safe.slice(0, -1).join(', ')} and ${safe.at(-1) ?? ''}`
}

function numberCell (number: number | null): string {
  return number === null ? '' : `${String(number).padStart(3)}  `
}

function padded (name: string): string {
  return safeLine(name).padEnd(16)
}
