/** What the shell knows and shows. Pure: events and the time in, lines out. */
import type { ConnectionState, MessageState, NodeEvent } from '../../node/chat-node.js'
import { eventLines, type View } from '../render/message.js'
import { safeLine } from '../render/safe-text.js'
import { isLater, stateMark } from '../render/status.js'
import { count } from '../render/table.js'

/** Messages whose way is still told about. */
const maxFollowed = 1_000
/** A message that moves on quickly is told about once, at the end, not at every step. */
const TELL_AFTER_MS: Record<MessageState, number> = { queued: 2_000, sent: 2_000, stored: 1_000, delivered: 200, read: 200, expired: 0 }

interface Followed {
  to: string
  text: string
  state: MessageState
  told: MessageState | null
  dueMs: number
}

/** What an event asks the shell to do beside printing. */
export interface Reaction {
  lines: string[]
  /** Whose messages are now on the screen of an open room. */
  read: string | null
}

export class ShellModel {
  username: string | null = null
  #isOffline = false
  room: string | null = null
  /** Who wrote while this shell was open: an answer to them says that it was read. */
  readonly shownFrom = new Set<string>()
  #followed = new Map<string, Followed>()
  /** States of messages whose sending this shell has not heard back about yet. */
  #early = new Map<string, MessageState>()

  get prompt (): string {
    if (this.room !== null) return `${this.username ?? ''} → ${this.room}> `
    return `${this.username ?? 'p2pchat'}${this.#isOffline ? ' (offline)' : ''}> `
  }

  take (event: NodeEvent, view: View): Reaction {
    switch (event.event) {
      case 'status': return this.#silent(() => { this.#moved(event.id, event.state, view.nowMs) })
      case 'presence': return this.#tells(event, view, event.username === this.room || (event.online && this.room === null))
      case 'pool': return this.#connection(event.connection, event, view)
      case 'message': {
        const isHere = this.room !== null && (event.from === this.room || event.to === this.room)
        if (!event.own) this.shownFrom.add(event.from)
        const lines = eventLines(event, view)
        const where = this.room !== null && !isHere ? [view.style.dim('(not in this room)')] : []
        return { lines: [...where, ...lines], read: isHere && !event.own ? event.from : null }
      }
      case 'unknown-content':
      case 'gap':
      case 'identity-changed':
      case 'error': return this.#tells(event, view, true)
    }
  }

  /** What the shell found at its start, and has told. */
  found (connection: ConnectionState): void {
    this.#isOffline = connection.kind === 'offline'
  }

  /** A message that was sent from here. */
  sent (id: string, to: string, text: string, state: MessageState, nowMs: number): void {
    const early = this.#early.get(id)
    this.#early.delete(id)
    const reached = early !== undefined && isLater(early, state) ? early : state
    this.#followed.set(id, { to, text, state: reached, told: null, dueMs: nowMs + TELL_AFTER_MS[reached] })
    for (const [oldest] of this.#followed) {
      if (this.#followed.size <= maxFollowed) break
      this.#followed.delete(oldest)
    }
  }

  /** Ids of what was sent from here and is not known to be stored. */
  get unsettled (): string[] {
    return [...this.#followed].filter(([, { state }]) => !isLater(state, 'sent')).map(([id]) => id)
  }

  /** How long until something is to be told, or null. */
  nextTellingMs (nowMs: number): number | null {
    const due = [...this.#followed.values()].filter(({ state, told }) => state !== told).map(({ dueMs }) => dueMs)
    return due.length === 0 ? null : Math.max(0, Math.min(...due) - nowMs)
  }

  /** How far messages have come, those of one person and state in one line. */
  tell (view: View): string[] {
    const groups = new Map<string, Followed[]>()
    for (const [id, followed] of this.#followed) {
      if (followed.state === followed.told || followed.dueMs > view.nowMs) continue
      followed.told = followed.state
      const key = `${followed.state} ${followed.to}`
      groups.set(key, [...groups.get(key) ?? [], followed])
      if (followed.state === 'read' || followed.state === 'expired') this.#followed.delete(id)
    }
    return [...groups.values()].map((group) => view.style.dim(tellingOf(group)))
  }

  #moved (id: string, state: MessageState, nowMs: number): void {
    const followed = this.#followed.get(id)
    if (followed === undefined) {
      this.#early.set(id, state)
      if (this.#early.size > maxFollowed) this.#early.delete(this.#early.keys().next().value ?? '')
      return
    }
    if (!isLater(state, followed.state)) return
    followed.state = state
    followed.dueMs = nowMs + TELL_AFTER_MS[state]
  }

  #connection (connection: ConnectionState, event: NodeEvent, view: View): Reaction {
    // Between two tries it is connecting; that is no news to anybody.
    if (connection.kind === 'connecting') return { lines: [], read: null }
    const wasOffline = this.#isOffline
    this.#isOffline = connection.kind === 'offline'
    return this.#tells(event, view, wasOffline !== this.#isOffline)
  }

  #tells (event: NodeEvent, view: View, isNews: boolean): Reaction {
    return { lines: isNews ? eventLines(event, view) : [], read: null }
  }

  #silent (change: () => void): Reaction {
    change()
    return { lines: [], read: null }
  }
}

function tellingOf (group: Followed[]): string {
  const [first] = group
  if (first === undefined) return ''
  const what = group.length === 1 ? preview(first.text) : count(group.length, 'message')
  return `${stateMark(first.state)} ${WORDS[first.state]} ${safeLine(first.to)}: ${what}`
}

const WORDS: Record<MessageState, string> = {
  queued: 'waiting for a server, to',
  sent: 'on its way to',
  stored: 'stored for',
  delivered: 'delivered to',
  read: 'read by',
  expired: 'NOT delivered to'
}

function preview (text: string): string {
  return safeLine(text, 40)
}
