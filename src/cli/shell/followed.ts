/** How far messages that were sent from the shell have come, told in few lines. Pure. */
import type { MessageState, StatusEvent } from '../../node/chat-node.js'
import { keyOf, type Conversation } from '../conversation.js'
import type { View } from '../render/view.js'
import { entryOf } from '../render/later.js'
import { safeLine } from '../render/safe-text.js'
import { isLater, stateMark } from '../render/status.js'
import { count } from '../render/table.js'

/** Messages whose way is still told about. */
const maxFollowed = 1_000
/** How far it is known to be: a state; of a message to a group also `some`: not all members have it yet. */
type Stage = MessageState | 'some'
/** A message that moves on quickly is told about once, at the end, not at every step. */
const TELL_AFTER_MS: Record<Stage, number> = { queued: 2_000, sent: 2_000, stored: 1_000, some: 1_500, delivered: 200, read: 200, expired: 0 }
const longestTellAfterMs = Math.max(...Object.values(TELL_AFTER_MS))
const tellAfterMs = (stage: Stage): number => entryOf(TELL_AFTER_MS, stage, longestTellAfterMs)

interface Message {
  to: Conversation
  text: string
  state: MessageState
  members: { delivered: number, read: number, of: number } | null
  told: Stage | null
  dueMs: number
}

export class Followed {
  readonly #messages = new Map<string, Message>()
  /** Of messages whose sending the shell has not heard back about yet. */
  readonly #early = new Map<string, StatusEvent>()

  /** A message that was sent from here. */
  sent (id: string, to: Conversation, text: string, state: MessageState, nowMs: number): void {
    const message: Message = { to, text, state, members: null, told: null, dueMs: nowMs + tellAfterMs(state) }
    this.#messages.set(id, message)
    const early = this.#early.get(id)
    this.#early.delete(id)
    if (early !== undefined) move(message, early, nowMs)
    for (const [oldest] of this.#messages) {
      if (this.#messages.size <= maxFollowed) break
      this.#messages.delete(oldest)
    }
  }

  moved (event: StatusEvent, nowMs: number): void {
    const message = this.#messages.get(event.id)
    if (message !== undefined) {
      move(message, event, nowMs)
      return
    }
    this.#early.set(event.id, event)
    if (this.#early.size > maxFollowed) this.#early.delete(this.#early.keys().next().value ?? '')
  }

  /** Ids of what was sent from here and is not known to be stored. */
  get unsettled (): string[] {
    return [...this.#messages].filter(([, message]) => !['delivered', 'read'].includes(stageOf(message)) && !isLater(message.state, 'sent')).map(([id]) => id)
  }

  /** How long until something is to be told, or null. */
  nextTellingMs (nowMs: number): number | null {
    const due = [...this.#messages.values()].filter((message) => stageOf(message) !== message.told).map(({ dueMs }) => dueMs)
    return due.length === 0 ? null : Math.min(...due.map((dueMs) => leftMs(dueMs, nowMs)))
  }

  /** How far messages have come, those of one conversation and stage in one line. */
  tell (view: View): string[] {
    const alike = new Map<string, Message[]>()
    for (const [id, message] of this.#messages) {
      const stage = stageOf(message)
      if (stage === message.told || leftMs(message.dueMs, view.nowMs) > 0) continue
      message.told = stage
      const key = `${stage} ${message.members?.delivered ?? ''} ${keyOf(message.to)}`
      alike.set(key, [...alike.get(key) ?? [], message])
      if (stage === 'read' || stage === 'expired') this.#messages.delete(id)
    }
    return [...alike.values()].map((messages) => view.style.dim(telling(messages)))
  }
}

function move (message: Message, { state, members }: StatusEvent, nowMs: number): void {
  const before = stageOf(message)
  if (isLater(state, message.state)) message.state = state
  if (members !== undefined) {
    const { delivered = 0, read = 0 } = message.members ?? {}
    message.members = { delivered: Math.max(delivered, members.delivered), read: Math.max(read, members.read), of: members.of }
  }
  const stage = stageOf(message)
  if (stage !== before) message.dueMs = nowMs + tellAfterMs(stage)
}

/** Nothing is waited for longer than that: the clock was set back since. */
function leftMs (dueMs: number, nowMs: number): number {
  return dueMs - nowMs > longestTellAfterMs ? 0 : Math.max(0, dueMs - nowMs)
}

function stageOf ({ state, members }: Message): Stage {
  if (members === null || members.delivered === 0 || state === 'expired') return state
  if (members.delivered < members.of) return 'some'
  return members.read >= members.of ? 'read' : 'delivered'
}

function telling (messages: Message[]): string {
  const [first] = messages
  if (first === undefined) return ''
  const what = messages.length === 1 ? safeLine(first.text, 40) : count(messages.length, 'message')
  return `${stateMark(first.state)} ${how(first)}: ${what}`
}

function how (message: Message): string {
  const { to, members } = message
  const stage = stageOf(message)
  if (to.kind === 'user') return `${wordsOf(stage)} ${safeLine(to.name)}`
  const group = `[${safeLine(to.name)}]`
  if (members?.of === 0) return `kept; nobody else is in ${group} yet`
  if (stage === 'queued') return `not sent yet, to ${group}`
  if (members === null || members.delivered === 0) return `${wordsOf(stage)} ${group}`
  if (stage === 'expired') return `NOT delivered to all in ${group}`
  return stage === 'read' ? `read ${members.read} of ${members.of} in ${group}` : `delivered ${members.delivered} of ${members.of} in ${group}`
}

function wordsOf (stage: Stage): string {
  return entryOf(WORDS, stage, `${safeLine(stage)}, to`)
}

const WORDS: Record<Stage, string> = {
  queued: 'waiting for a server, to',
  sent: 'on its way to',
  stored: 'stored for',
  some: 'delivered to some in',
  delivered: 'delivered to',
  read: 'read by',
  expired: 'NOT delivered to'
}
