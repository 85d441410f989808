import type { HistoryEntry, MessageEvent, NodeEvent } from '../../node/chat-node.js'
import { safeLine, safeText } from './safe-text.js'
import { stateMark, stateWords } from './status.js'
import type { Style } from './style.js'
import { count } from './table.js'
import { shortTime } from './time.js'

/** What rendering needs to know beside the thing itself. */
export interface View {
  style: Style
  nowMs: number
  /** The account that looks, so that its own lines are told apart. */
  self: string | null
}

/** A message as it is shown in a conversation, oldest line first; later lines of a text cannot pass for another message. */
export function historyLines (entry: HistoryEntry, view: View): string[] {
  const time = shortTime(entry.sentAt, view.nowMs)
  if (entry.kind !== 'text' || entry.text === null) return [view.style.dim(`${time} ${notShown(entry)}`)]
  const mark = entry.state === null ? '' : `${stateMark(entry.state)} `
  const removed = entry.fromRemovedDevice === true ? ' (from a removed device)' : ''
  return textLines(time, `${safeLine(entry.from)}${removed}`, entry.text, entry.from === view.self, view.style, mark)
}

/** A message that just came in. */
export function messageLines (event: MessageEvent, view: View): string[] {
  const own = event.own || event.from === view.self
  const who = own ? `${safeLine(event.from)} → ${safeLine(event.to)}` : safeLine(event.from)
  const removed = event.fromRemovedDevice === true ? ' (from a removed device)' : ''
  return textLines(shortTime(event.sentAt, view.nowMs), `${who}${removed}`, event.text, own, view.style, '')
}

function textLines (time: string, who: string, text: string, own: boolean, style: Style, mark: string): string[] {
  const [first = '', ...more] = safeText(text).replace(/\n+$/, '').split('\n')
  const name = own ? style.cyan(who) : style.green(style.bold(who))
  const indent = ' '.repeat(time.length)
  return [`${style.dim(time)} ${name}: ${mark}${first}`, ...more.map((line) => `${style.dim(`${indent} │`)} ${line}`)]
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
    case 'unknown-content': return [style.dim(`${shortTime(event.sentAt, view.nowMs)} ${safeLine(event.from)} sent something that this version cannot show.`)]
    case 'gap': return [style.yellow(`${count(event.missing, 'message')} from ${safeLine(event.from)} expired before this device fetched ${event.missing === 1 ? 'it' : 'them'}.`)]
    case 'status': return [style.dim(`${stateWords(event)} · to ${safeLine(event.to)} · ${safeLine(event.id)}`)]
    case 'presence': return [style.dim(`${safeLine(event.username)} is ${event.online ? 'online' : 'offline'}.`)]
    case 'identity-changed': return identityLines(event.username, style)
    case 'pool': return [style.dim(safeLine(event.message))]
    case 'error': return [style.red(safeLine(event.message))]
  }
}

/** Loud on purpose: either the person signed up anew, or somebody stands in between. */
export function identityLines (username: string, style: Style): string[] {
  const name = safeLine(username)
  return [
    style.red(style.bold(`The identity key of ${name} has changed. Nothing is sent to ${name} until you accept it.`)),
    `Compare safety numbers with ${name} in person or on the phone: verify ${name}. If they match: verify ${name} --accept`
  ]
}
