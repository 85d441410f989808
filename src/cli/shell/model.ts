/** What the shell knows and shows. Pure: events and the time in, lines out. */
import type { ConnectionState, FileEvent, GroupEvent, MessageEvent, NodeEvent, OfferEvent } from '../../node/chat-node.js'
import type { Clock } from '../../runtime.js'
import { keyOf, type Conversation } from '../conversation.js'
import { eventLines } from '../render/message.js'
import type { View } from '../render/view.js'
import { safeLine } from '../render/safe-text.js'
import { Followed } from './followed.js'
import { UnderWay } from './under-way.js'

/** An open room; a group keeps its id under every name. */
export type Room = { kind: 'user', name: string } | { kind: 'group', name: string, id: string }

/** What an event asks the shell to do beside printing. */
export interface Reaction {
  lines: string[]
  /** Whose messages are now on the screen of an open room. */
  read: Conversation | null
}

export class ShellModel {
  username: string | null = null
  #isOffline = false
  room: Room | null = null
  /** Conversations with unread messages that are on the screen, with the cursor of the last: an answer there says that they were read. */
  readonly shownFrom = new Map<string, string>()
  /** Conversations with more unread messages than were shown: only their room tells those as read. */
  readonly #behind = new Set<string>()
  /** What was sent from here, and how far it has come. */
  readonly followed = new Followed()
  readonly files = new UnderWay()
  /** Messages, files and offers that were shown at the start: their events may still come. */
  readonly told = new Set<string>()

  get prompt (): string {
    const room = this.room === null ? '' : ` → ${this.room.kind === 'group' ? `[${this.room.name}]` : this.room.name}`
    const marks = [...this.#isOffline ? ['offline'] : [], ...this.files.brief === '' ? [] : [this.files.brief]]
    return `${this.username ?? 'p2pchat'}${room}${marks.length === 0 ? '' : ` (${marks.join(', ')})`}> `
  }

  take (event: NodeEvent, view: View): Reaction {
    switch (event.event) {
      case 'status': {
        this.followed.moved(event, view.nowMs)
        return { lines: [], read: null }
      }
      case 'presence': return this.#tells(event, view, this.#isWith(event.username) || (event.online && this.room === null))
      case 'device-added': return this.#tells(event, view, event.own || this.room === null || this.#isWith(event.username))
      case 'pool': return this.#connection(event.connection, event, view)
      case 'group': return this.#group(event, view)
      case 'message':
      case 'file':
      case 'offer': return this.#message(event, view)
      case 'progress': return { lines: this.files.moved(event, view), read: null }
      case 'file-failed': return this.#tells(event, view, this.files.failed(event))
      case 'unknown-content':
      case 'gap':
      case 'contact-request':
      case 'identity-changed':
      case 'error':
      default: return this.#tells(event, view, true)
    }
  }

  /** What the shell found at its start, and has told. */
  found (connection: ConnectionState): void {
    this.#isOffline = connection.kind === 'offline'
  }

  /** What is unread of a conversation is on the screen. @param through cursor of the last; null: not all of it is */
  shows (conversation: string, through: string | null): void {
    if (through === null) this.#behind.add(conversation)
    // Cursors are ordered as texts. A file that came is told again at the start, behind what was shown there.
    else if (!this.#behind.has(conversation) && through > (this.shownFrom.get(conversation) ?? '')) this.shownFrom.set(conversation, through)
  }

  /** Its room shows all that is unread, and tells it as read. */
  opens (room: Room): void {
    this.room = room
    this.#behind.delete(keyOf(room))
    this.shownFrom.delete(keyOf(room))
  }

  #message (event: MessageEvent | FileEvent | OfferEvent, view: View): Reaction {
    if (event.event === 'file') this.files.came(event.id)
    if (this.told.delete(toldKey(event))) return { lines: [], read: null }
    const { room } = this
    const from: Conversation = event.group === undefined ? { kind: 'user', name: event.from } : { kind: 'group', name: event.group }
    const isHere = room !== null && room.kind === from.kind && (room.name === from.name || (room.kind === 'user' && event.to === room.name))
    const own = event.event !== 'offer' && event.own
    if (!own) this.shows(keyOf(from), event.cursor)
    return { lines: eventLines(event, { ...view, room }), read: isHere && !own ? from : null }
  }

  /** In its room everything about a group is shown; elsewhere what changes who is in it; in other rooms what concerns this account. */
  #group (event: GroupEvent, view: View): Reaction {
    const { room, username } = this
    const isHere = room?.kind === 'group' && room.id === event.groupId
    if (isHere) this.room = { ...room, name: event.group }
    const isAboutUs = username !== null && event.users.includes(username)
    const isFromElsewhere = event.by !== username && (isAboutUs || (room === null && ABOUT_MEMBERS.has(event.kind)))
    const reaction = this.#tells(event, view, isHere || event.kind === 'forked' || event.kind === 'hidden' || event.kind === 'unsupported' || event.kind === 'wrong-key' || isFromElsewhere)
    const isOut = isHere && ((event.kind === 'remove' && isAboutUs) || (event.kind === 'leave' && event.by === username))
    if (isOut) reaction.lines.push(view.style.yellow(`You are no longer in ${safeLine(event.group)}: what you write here is not sent. 0 leaves the room.`))
    return reaction
  }

  #isWith (username: string): boolean {
    return this.room?.kind === 'user' && this.room.name === username
  }

  #connection (connection: ConnectionState, event: NodeEvent, view: View): Reaction {
    // Between two tries it is connecting; that is no news to anybody.
    if (connection.kind === 'connecting') return { lines: [], read: null }
    const wasOffline = this.#isOffline
    this.#isOffline = connection.kind === 'offline'
    return this.#tells(event, view, wasOffline !== this.#isOffline)
  }

  #tells (event: NodeEvent, view: View, isNews: boolean): Reaction {
    return { lines: isNews ? eventLines(event, { ...view, room: this.room }) : [], read: null }
  }
}

const ABOUT_MEMBERS = new Set<GroupEvent['kind']>(['join', 'add', 'remove', 'leave', 'promote', 'demote', 'rename'])

/** What was shown is known by it. Nobody can hide another's message by its id. */
export function toldKey ({ event, from, id }: { event: 'message', from: string, id: string } | { event: 'file' | 'offer', from?: string, id: string }): string {
  return event === 'message' ? `${event}:${from}:${id}` : `${event}:${id}`
}

/** One that can be told by the clock also after that was set. */
export interface Moment { wallMs: number, monotonicMs: number }

export function momentOf (clock: Clock): Moment {
  return { wallMs: clock.now(), monotonicMs: clock.monotonicMs() }
}

/** Milliseconds since the epoch; by the clock as it is now where it was set back: nothing that has come since is older. */
export function momentBy (clock: Clock, { wallMs, monotonicMs }: Moment): number {
  return Math.min(wallMs, clock.now() - (clock.monotonicMs() - monotonicMs))
}

/** Came before this shell looked: it is among the unread messages that were shown at its start. */
export function isOld (event: NodeEvent, sinceMs: number): boolean {
  // When it happened is told by another device's clock.
  if (event.event === 'group') return event.kind !== 'forked' && Date.parse(event.receivedAt ?? event.at) < sinceMs
  // It may have been on its way for days.
  if (event.event === 'file') return false
  return 'receivedAt' in event && Date.parse((event as MessageEvent).receivedAt) < sinceMs
}
