/** Files as people read of them. Names and captions are their senders': nothing of them reaches the terminal as it came. */
import type { FileEvent, FileFailedEvent, HistoryEntry, OfferEvent, ProgressEvent, TransferInfo } from '../../node/chat-node.js'
import { safeLine, safeText, withoutLastBreaks } from './safe-text.js'
import { clockWords, sizeWords } from './size.js'
import { stateMark } from './status.js'
import type { Style } from './style.js'
import { shortTime } from './time.js'
import type { View } from './view.js'
import { shortened } from './wrap.js'

/** A name that fills the line tells no more than its beginning and its end. */
const maxNameColumns = 60
const maxPathChars = 4_096
/** Of an id: enough to tell one's files apart, and short enough to be typed. */
const shortIdChars = 8

export function shortId (id: string): string {
  return safeLine(id.slice(0, shortIdChars))
}

/** `cat.png (1.2 MiB)` */
export function fileWords ({ name, bytes }: { name: string, bytes: number }): string {
  return `${fileName(name)} (${sizeWords(bytes)})`
}

export function fileName (name: string): string {
  return shortened(safeLine(name), maxNameColumns)
}

export function pathWords (path: string): string {
  return safeLine(path, maxPathChars)
}

export function isPicture ({ mime }: { mime: string }): boolean {
  return mime === 'image/png' || mime === 'image/jpeg'
}

/** A file that has come. `place`: where it was said, in front of the name. */
export function fileLines (event: FileEvent, view: View, place: string): string[] {
  const { style } = view
  const time = shortTime(event.sentAt, view.nowMs)
  const own = event.own || event.from === view.self
  const who = own && event.to !== undefined ? `${safeLine(event.from)} → ${safeLine(event.to)}` : safeLine(event.from)
  const how = view.inShell === true && isPicture(event) ? ` · show ${shortId(event.id)}` : ''
  return [
    `${style.dim(`${time}${place}`)} ${own ? style.cyan(who) : style.green(style.bold(who))}: ${style.bold(fileWords(event))}${style.dim(how)}`,
    ...captionLines(time, event.caption, style),
    later(time, pathWords(event.path), style)
  ]
}

export function offerLines (event: OfferEvent, view: View, place: string): string[] {
  const { style } = view
  const time = shortTime(event.sentAt, view.nowMs)
  const id = shortId(event.id)
  return [
    `${style.dim(`${time}${place}`)} ${style.green(style.bold(safeLine(event.from)))} offers ${style.bold(fileWords(event))}.`,
    ...captionLines(time, event.caption, style),
    later(time, `accept ${id} fetches it, decline ${id} refuses it.`, style)
  ]
}

export function captionLines (time: string, caption: string | undefined, style: Style): string[] {
  if (caption === undefined) return []
  const text = withoutLastBreaks(safeText(caption).replace(/^\n+/, ''))
  return text === '' ? [] : text.split('\n').map((line) => later(time, line, style))
}

function later (time: string, text: string, style: Style): string {
  return `${style.dim(`${' '.repeat(time.length)} │`)} ${text}`
}

export function failedLines ({ direction, name, message }: FileFailedEvent, style: Style): string[] {
  return [style.red(`${fileName(name)} ${direction === 'in' ? 'does not come' : 'was not sent'}: ${safeLine(message)}`)]
}

/** A file in a conversation's history, in one line: who, what, and where it is. */
export function pastFileLine (entry: HistoryEntry, file: NonNullable<HistoryEntry['file']>, { style, self }: Pick<View, 'style' | 'self'>): string {
  const own = entry.from === self
  const who = own ? style.cyan(safeLine(entry.from)) : style.green(style.bold(safeLine(entry.from)))
  const removed = entry.fromRemovedDevice === true ? ' (from a removed device)' : ''
  const mark = entry.state === null ? '' : `${stateMark(entry.state)} `
  const words = pastWords(entry.id, file)
  return `${who}${removed}: ${mark}${style.bold(fileWords(file))}${words === '' ? '' : ` · ${words}`}`
}

function pastWords (id: string, { status, path }: NonNullable<HistoryEntry['file']>): string {
  switch (status) {
    case 'sent': return ''
    case 'offered': return `offered: accept ${shortId(id)}`
    case 'coming': return `is coming (${shortId(id)})`
    case 'landed': return path === null ? 'has come' : pathWords(path)
    case 'declined': return 'declined'
    case 'failed': return 'did not come'
    default: return safeLine(status)
  }
}

/** `movie.mp4 → bob: 45% of 1.2 GiB, 38 MiB/s, 0:17 left` */
export function progressWords (event: ProgressEvent): string {
  return `${fileName(event.name)} ${direction(event)} ${safeLine(event.peer)}: ${percent(event)}% of ${sizeWords(event.total)}${motionWords(event)}`
}

function motionWords (event: ProgressEvent): string {
  if (event.idle !== undefined) return `, ${safeLine(event.idle)}`
  if (event.bytesPerSecond <= 0 || event.bytes >= event.total) return ''
  return `, ${sizeWords(event.bytesPerSecond)}/s, ${clockWords(secondsLeft(event))} left`
}

export function secondsLeft ({ bytes, total, bytesPerSecond }: Pick<ProgressEvent, 'bytes' | 'total' | 'bytesPerSecond'>): number {
  return bytesPerSecond <= 0 ? Infinity : (total - bytes) / bytesPerSecond
}

/** Whole percents, 100 only when all is there. */
export function percent ({ bytes, total }: { bytes: number, total: number }): number {
  return total <= 0 ? 100 : Math.min(100, Math.max(0, Math.floor(bytes / total * 100)))
}

function direction (event: { direction: 'in' | 'out' }): string {
  return event.direction === 'in' ? '←' : '→'
}

/** One line of the list of transfers. */
export function transferLine (transfer: TransferInfo, nowMs: number, style: Style): string {
  const isWaiting = transfer.state === 'offered' && transfer.direction === 'in'
  const state = isWaiting ? style.yellow(style.bold('offered to you')) : transfer.state === 'failed' ? style.red(stateWords(transfer)) : stateWords(transfer)
  const where = transfer.direction === 'in' && transfer.state === 'done' && transfer.path !== null ? ` · ${pathWords(transfer.path)}` : ''
  return `${shortId(transfer.id)}  ${style.dim(shortTime(transfer.at, nowMs).padStart(5))}  ${direction(transfer)} ${safeLine(transfer.peer).padEnd(12)}  ${style.bold(fileWords(transfer))} · ${state}${where}`
}

function stateWords ({ state, direction, bytes, doneBytes, error }: TransferInfo): string {
  switch (state) {
    case 'preparing': return 'is being read'
    case 'offered': return direction === 'out' ? 'offered' : 'offered to you'
    case 'active': return doneBytes > 0 ? `under way, ${percent({ bytes: doneBytes, total: bytes })}%` : 'under way'
    case 'paused': return `paused${doneBytes > 0 ? ` at ${percent({ bytes: doneBytes, total: bytes })}%` : ''}`
    case 'waiting': return direction === 'out' ? 'waits for the other side' : 'waits for a source'
    case 'done': return direction === 'out' ? 'sent' : 'has come'
    case 'declined': return 'declined'
    case 'failed': return `failed${error === undefined ? '' : `: ${safeLine(error.message)}`}`
    default: return safeLine(state)
  }
}
