import type { DeviceAddedEvent, GroupEvent, HistoryEntry, MessageEvent, NodeEvent } from '../../node/chat-node.js'
import { captionLines, failedLines, fileLines, offerLines, pastFileLine, progressWords } from './file.js'
import { safeLine, safeText, withoutLastBreaks } from './safe-text.js'
import { stateMark, stateWords } from './status.js'
import type { Style } from './style.js'
import { count } from './table.js'
import { shortTime } from './time.js'
import type { View } from './view.js'

/** A message as it is shown in a conversation, oldest line first; later lines of a text cannot pass for another message. */
export function historyLines (entry: HistoryEntry, view: View): string[] {
  const time = shortTime(entry.sentAt, view.nowMs)
  if ((entry.kind === 'group-change' || entry.kind === 'device-added') && entry.text !== null) return [view.style.dim(`${time} ${safeLine(entry.text)}`)]
  if (entry.kind === 'file' && entry.file !== undefined) return [`${view.style.dim(time)} ${pastFileLine(entry, entry.file, view)}`, ...captionLines(time, entry.file.caption, view.style)]
  if (entry.kind !== 'text' || entry.text === null) return [view.style.dim(`${time} ${notShown(entry)}`)]
  const mark = entry.state === null ? '' : `${stateMark(entry.state)} `
  const removed = entry.fromRemovedDevice === true ? ' (from a removed device)' : ''
  return textLines(time, `${safeLine(entry.from)}${removed}`, entry.text, entry.from === view.self, view.style, mark)
}

/** A message that just came in. */
export function messageLines (event: MessageEvent, view: View): string[] {
  const own = event.own || event.from === view.self
  const who = own && event.to !== undefined ? `${safeLine(event.from)} → ${safeLine(event.to)}` : safeLine(event.from)
  const removed = event.fromRemovedDevice === true ? ' (from a removed device)' : ''
  return textLines(shortTime(event.sentAt, view.nowMs), `${who}${removed}`, event.text, own, view.style, '', placeOf(event, view))
}

/** Where it was said, unless that is the room that is open: ` [team]`. */
function placeOf (event: { from: string, to?: string, group?: string, own?: boolean }, { room }: View): string {
  if (event.group !== undefined) return room?.kind === 'group' && room.name === event.group ? '' : ` [${safeLine(event.group)}]`
  const isHere = room?.kind === 'user' && (event.from === room.name || event.to === room.name)
  return room === undefined || room === null || isHere || event.own === true ? '' : ' [to you]'
}

function textLines (time: string, who: string, text: string, own: boolean, style: Style, mark: string, place = ''): string[] {
  const [first = '', ...more] = withoutLastBreaks(safeText(text)).split('\n')
  const name = own ? style.cyan(who) : style.green(style.bold(who))
  const indent = ' '.repeat(time.length)
  return [`${style.dim(`${time}${place}`)} ${name}: ${mark}${first}`, ...more.map((line) => `${style.dim(`${indent} │`)} ${line}`)]
}

function notShown (entry: HistoryEntry): string {
  return entry.kind === 'gap'
    ? `Messages from ${safeLine(entry.from)} expired before this device fetched them.`
    : `${safeLine(entry.from)} sent something that this version cannot show.`
}

/** Any event in plain lines, as `listen` prints it without --json. */
export function eventLines (event: NodeEvent, view: View): string[] {
  const { style } = view
  switch (event.event) {
    case 'message': return messageLines(event, view)
    case 'unknown-content': return [style.dim(`${shortTime(event.sentAt, view.nowMs)}${placeOf(event, view)} ${safeLine(event.from)} sent something that this version cannot show.`)]
    case 'gap': return [style.yellow(`${count(event.missing, 'message')} from ${safeLine(event.from)}${event.group === undefined ? '' : ` in ${safeLine(event.group)}`} expired before this device fetched ${event.missing === 1 ? 'it' : 'them'}.`)]
    case 'status': return [style.dim(`${stateWords(event)} · ${whereto(event)} · ${safeLine(event.id)}`)]
    case 'presence': return [style.dim(`${safeLine(event.username)} is ${event.online ? 'online' : 'offline'}.`)]
    case 'contact-request': return requestLines(event.username, style)
    case 'identity-changed': return identityLines(event.username, style)
    case 'device-added': return deviceLines(event, view)
    case 'pool': return [style.dim(safeLine(event.message))]
    case 'group': return groupEventLines(event, view)
    case 'file': return fileLines(event, view, placeOf(event, view))
    case 'offer': return offerLines(event, view, placeOf(event, view))
    case 'progress': return [style.dim(progressWords(event))]
    case 'file-failed': return failedLines(event, style)
    case 'error': return [style.red(safeLine(event.message))]
    default: return laterLines(event, style)
  }
}

/** `to bob`, `to the group team` */
export function whereto ({ to, group }: { to?: string, group?: string }): string {
  return group === undefined ? `to ${safeLine(to ?? '')}` : `to the group ${safeLine(group)}`
}

const ALARMS = new Set<GroupEvent['kind']>(['wrong-key', 'identity', 'hidden', 'unsupported'])

function groupEventLines (event: GroupEvent, view: View): string[] {
  const { style } = view
  const line = `${shortTime(event.at, view.nowMs)}${placeOf({ from: '', group: event.group }, view)} ${safeLine(event.message)}`
  const isAboutUs = view.self !== null && event.users.includes(view.self)
  if (ALARMS.has(event.kind)) return [style.red(style.bold(line))]
  if (event.kind !== 'forked') return [isAboutUs ? style.yellow(line) : style.dim(line)]
  return [style.red(style.bold(line)), `Compare with the other members: group verify ${safeLine(event.group)}`]
}

/** The owner of the home may be of a later version, with events that this one has no words for. What has no cursor is news of the moment. */
function laterLines ({ event, message, cursor }: { event: string, message?: unknown, cursor?: unknown }, style: Style): string[] {
  if (typeof message === 'string') return [style.dim(safeLine(message))]
  return cursor === undefined ? [] : [style.dim(`Something came that this version cannot show: ${safeLine(event)}.`)]
}

/** Loud about one's own account: somebody may have learnt its password. */
function deviceLines (event: DeviceAddedEvent, { style, nowMs }: View): string[] {
  const id = safeLine(event.deviceId)
  const device = event.label === '' ? id : `${safeLine(event.label)} (${id})`
  const time = shortTime(event.at, nowMs)
  if (!event.own) return [style.dim(`${time} ${safeLine(event.username)} has a new device: ${device}.`)]
  return [
    style.yellow(style.bold(`${time} A new device was added to your account: ${device}.`)),
    `If it was not you: device remove ${id}, then passwd`
  ]
}

function requestLines (username: string, style: Style): string[] {
  const name = safeLine(username)
  return [style.yellow(`${name} would like to write to you: contacts accept ${name} shows what, contacts block ${name} refuses it.`)]
}

/** Loud on purpose: either the person signed up anew, or somebody stands in between. */
export function identityLines (username: string, style: Style): string[] {
  const name = safeLine(username)
  return [
    style.red(style.bold(`The identity key of ${name} has changed. Nothing is sent to ${name} until you accept it.`)),
    `Compare safety numbers with ${name} in person or on the phone: verify ${name}. If they match: verify ${name} --accept`
  ]
}
