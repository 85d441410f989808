/** How far files are, in one line of a terminal. Pure. */
import type { ProgressEvent } from '../../node/chat-node.js'
import { fileName, percent, secondsLeft } from './file.js'
import { safeLine } from './safe-text.js'
import { clockWords, sizeWords } from './size.js'
import type { Style } from './style.js'
import { shortened, width } from './wrap.js'

/** A bar shorter than this says less than the percents beside it. */
const minBarColumns = 10
const maxBarColumns = 40
const minNameColumns = 8
/** Beyond this the rate is only a guess. */
const maxSecondsTold = 99 * 3600

/** What of it fits into `columns`: name and percents always, then rate and time left, the bar, whom it goes to, the amount. */
export function progressLine (event: ProgressEvent, columns: number, style: Style): string {
  const room = Math.max(20, columns - 1)
  const done = `${String(percent(event)).padStart(3)}%`
  const fullMotion = motionOf(event)
  const motion = room - width(done) - width(fullMotion) - 4 < minNameColumns ? '' : fullMotion
  const amount = `${sizeWords(event.bytes)} of ${sizeWords(event.total)}`
  const peer = ` ${event.direction === 'in' ? '←' : '→'} ${safeLine(event.peer, 32)}`
  const name = shortened(fileName(event.name), room - width(done) - width(motion) - 4)
  let left = room - width(name) - width(done) - width(motion) - 3
  const fits = (text: string): boolean => {
    if (width(text) > left) return false
    left -= width(text)
    return true
  }
  const withBar = left >= minBarColumns + 1
  if (withBar) left -= minBarColumns + 1
  const shownPeer = fits(peer) ? peer : ''
  const shownAmount = fits(`  ${amount}`) ? `  ${amount}` : ''
  const bar = withBar ? ` ${barOf(event, Math.min(maxBarColumns, minBarColumns + left), style)}` : ''
  return `${style.bold(name)}${shownPeer}${bar} ${done}${shownAmount}${motion === '' ? '' : `  ${style.dim(motion)}`}`
}

function motionOf (event: ProgressEvent): string {
  if (event.idle !== undefined) return safeLine(event.idle)
  if (event.bytesPerSecond <= 0) return ''
  const seconds = secondsLeft(event)
  return `${sizeWords(event.bytesPerSecond)}/s${seconds > maxSecondsTold ? '' : `  ${clockWords(seconds)}`}`
}

function barOf ({ bytes, total }: ProgressEvent, columns: number, style: Style): string {
  const full = total <= 0 ? columns : Math.min(columns, Math.floor(bytes / total * columns))
  return style.coloured
    ? style.cyan('━'.repeat(full)) + style.dim('─'.repeat(columns - full))
    : `${'#'.repeat(full)}${'.'.repeat(columns - full)}`
}

/** Several at once, as one. */
export function sumOf (events: ProgressEvent[]): ProgressEvent | null {
  const [first] = events
  if (first === undefined || events.length === 1) return first ?? null
  const moving = events.filter(({ idle }) => idle === undefined)
  const { idle: _, ...rest } = first
  const names = new Set(events.map(({ name }) => name))
  const peers = new Set(events.map(({ peer }) => peer))
  return {
    ...rest,
    name: names.size === 1 ? first.name : `${names.size} files`,
    peer: [...peers].join(', '),
    bytes: total(events, 'bytes'),
    total: total(events, 'total'),
    bytesPerSecond: total(moving, 'bytesPerSecond'),
    ...(moving.length === 0 && first.idle !== undefined ? { idle: first.idle } : {})
  }
}

/** The same in few characters, for a prompt: `movie.mp4 45%, 0:17 left`, `3 files 45%, 12 MiB/s`. */
export function progressBrief (events: ProgressEvent[]): string {
  const sum = sumOf(events.filter(({ idle }) => idle === undefined))
  if (sum === null) return ''
  const seconds = secondsLeft(sum)
  const left = seconds > maxSecondsTold || sum.bytes >= sum.total ? '' : ` ${clockWords(seconds)} left`
  return `${shortened(fileName(sum.name), 20)} ${percent(sum)}%${left}`
}

function total (events: ProgressEvent[], field: 'bytes' | 'total' | 'bytesPerSecond'): number {
  return events.reduce((sum, event) => sum + event[field], 0)
}
