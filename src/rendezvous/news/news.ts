import { equals } from 'uint8arrays/equals'
import { fromString } from 'uint8arrays/from-string'
import { toString } from 'uint8arrays/to-string'
import { asP2pChatError } from '../../errors.js'
import { decode, encode } from '../../protocol/codec.js'
import { maxFrameBytes } from '../../protocol/limits.js'
import { NewsSubscribeResponse, NewsTellResponse } from '../../protocol/pb/server-news.js'
import type { Clock, Logger, Random, Timer } from '../../runtime.js'
import type { Attachments } from '../directory/attachments.js'
import type { Links, ServerHandler } from '../links/index.js'
import { EventLog } from './event-log.js'
import { Feed, type FeedSource } from './feed.js'
import { Heard, type HeardEvents } from './heard.js'
import { beatIntervalMs, maxKnownTickets, retryMs, silentAfterMs, tellTimeoutMs, TICKET_BYTES } from './limits.js'
import type { AccountChanged, AttachedDevice, GroupMoved, NewsEvent } from './types.js'
import { decodeSubscription, decodeTell, encodeSubscription, encodeTell } from './wire.js'
import type { Whereabouts } from './whereabouts.js'

export interface NewsComponents {
  links: Pick<Links, 'ask' | 'others' | 'isLinked' | 'onLink'>
  attachments: Attachments
  whereabouts: Whereabouts
  clock: Clock
  random: Random
  logger: Logger
}

/** What is told to another server. */
interface Telling {
  feed: Feed
  /** Aborts when the feed is over. */
  over: AbortController
  state: 'idle' | 'asking' | 'waiting to retry'
}

/** What another server tells. */
interface Hearing {
  heard: Heard
  lastAtMs: number
  isSubscribing: boolean
}

/** Told of what others said has happened. */
export interface NewsListener {
  account?: (event: AccountChanged) => void
  group?: (event: GroupMoved) => void
  /** Events may have been missed: the registers say what is so now. */
  gap?: () => void
}

/** News of this server to the others, and theirs to this one. Soft state: nothing of it is on a disk, and all of it can be told anew. */
export class News {
  readonly #components: NewsComponents
  readonly #events = new EventLog()
  readonly #source: FeedSource
  readonly #telling = new Map<string, Telling>()
  /** The last tickets of each neighbour, in hexadecimal. */
  readonly #tickets = new Map<string, string[]>()
  readonly #hearing = new Map<string, Hearing>()
  /** How far events of a server were heard when its link ended. */
  readonly #heardBefore = new Map<string, HeardEvents>()
  readonly #listeners = new Set<NewsListener>()
  #timer: Timer | undefined
  #isRunning = false

  constructor (components: NewsComponents) {
    const { attachments, links, random } = components
    this.#components = components
    this.#source = {
      run: random.bytes(TICKET_BYTES),
      events: this.#events,
      devices: () => attachments.devices().map((deviceKey) => toString(deviceKey, 'base16')),
      device: (hex) => attachedDevice(attachments, fromString(hex, 'base16')),
      keyOf: (hex) => fromString(hex, 'base16')
    }
    attachments.onDevice((deviceKey) => {
      if (this.#telling.size === 0) return
      const hex = toString(deviceKey, 'base16')
      this.#toAll((feed) => { feed.changed(hex) })
    })
    links.onLink((peerId, isUp) => {
      if (!isUp) this.#ended(peerId)
      else {
        this.#subscribe(peerId)
        this.#retry(peerId)
      }
    })
  }

  /** What other servers may ask. */
  get handlers (): Record<string, ServerHandler> {
    return {
      'news/subscribe': async (asker, body) => {
        const { ticket, heard } = decodeSubscription(body)
        // A ticket that comes again is a message that was long under way.
        if (!this.#isNew(asker, ticket)) return encode(NewsSubscribeResponse, {})
        this.#stopTelling(asker)
        const feed = new Feed(ticket, this.#source, heard !== undefined && equals(heard.run, this.#source.run) ? heard.last : undefined)
        const telling: Telling = { feed, over: new AbortController(), state: 'idle' }
        this.#telling.set(asker, telling)
        void this.#tell(asker, telling)
        return encode(NewsSubscribeResponse, {})
      },
      'news/tell': async (asker, body) => encode(NewsTellResponse, { taken: this.#hear(asker, body) })
    }
  }

  listen (listener: NewsListener): void {
    this.#listeners.add(listener)
  }

  /** Something has happened here that the others must know. */
  tell (event: NewsEvent): void {
    if (this.#components.links.others().length === 0) return
    // Also for those whose link is down: they ask for it later.
    this.#events.add(event)
    this.#toAll(() => {})
  }

  start (): void {
    this.#isRunning = true
    this.rosterChanged()
  }

  stop (): void {
    this.#isRunning = false
    this.#timer?.cancel()
    for (const peerId of [...this.#telling.keys()]) this.#stopTelling(peerId)
  }

  /** A server that has just come into the roster may have had its channel before. */
  rosterChanged (): void {
    const { links } = this.#components
    const others = new Set(links.others())
    for (const known of [this.#heardBefore, this.#tickets]) {
      for (const peerId of known.keys()) if (!others.has(peerId)) known.delete(peerId)
    }
    for (const peerId of others) if (links.isLinked(peerId) && !this.#hearing.has(peerId)) this.#subscribe(peerId)
    for (const peerId of [...this.#hearing.keys(), ...this.#telling.keys()]) if (!others.has(peerId)) this.#ended(peerId)
    if (others.size > 0) this.#timer ??= this.#schedule()
  }

  #isNew (asker: string, ticket: Uint8Array): boolean {
    const tickets = this.#tickets.get(asker) ?? []
    const name = toString(ticket, 'base16')
    if (tickets.includes(name)) return false
    this.#tickets.set(asker, [...tickets.slice(1 - maxKnownTickets), name])
    return true
  }

  #toAll (change: (feed: Feed) => void): void {
    for (const [peerId, telling] of this.#telling) {
      change(telling.feed)
      void this.#tell(peerId, telling)
    }
  }

  /** Tells one neighbour what there is, one message after the other. Never rejects. */
  async #tell (peerId: string, telling: Telling): Promise<void> {
    if (telling.state !== 'idle') return
    telling.state = 'asking'
    const { feed, over } = telling
    try {
      for (let tell = feed.next(); tell !== undefined && !over.signal.aborted; tell = feed.next()) {
        const answer = await this.#components.links.ask(peerId, 'news/tell', encodeTell(tell), { timeoutMs: tellTimeoutMs, signal: over.signal })
        if (over.signal.aborted) return
        if (!decode(NewsTellResponse, answer, maxFrameBytes, 'An answer').taken) {
          this.#stopTelling(peerId)
          return
        }
        feed.taken()
      }
      telling.state = 'idle'
    } catch (error) {
      if (over.signal.aborted) return
      this.#components.logger.debug({ peerId, error: asP2pChatError(error) }, 'news could not be told')
      telling.state = 'waiting to retry'
      this.#later(() => { if (!over.signal.aborted) this.#retry(peerId) })
    }
  }

  #retry (peerId: string): void {
    const telling = this.#telling.get(peerId)
    if (telling?.state !== 'waiting to retry') return
    telling.state = 'idle'
    void this.#tell(peerId, telling)
  }

  #stopTelling (peerId: string): void {
    this.#telling.get(peerId)?.over.abort()
    this.#telling.delete(peerId)
  }

  #hear (asker: string, body: Uint8Array): boolean {
    const hearing = this.#hearing.get(asker)
    const tell = decodeTell(body)
    const taken = hearing?.heard.take(tell)
    if (hearing === undefined || taken?.taken !== true) {
      // It goes on under a ticket of before: it is told the one of now.
      if (this.#components.links.isLinked(asker)) this.#subscribe(asker)
      return false
    }
    hearing.lastAtMs = this.#components.clock.now()
    this.#components.whereabouts.heard(asker, taken.devices)
    for (const listener of this.#listeners) {
      if (taken.gap) listener.gap?.()
      for (const event of taken.events) {
        if (event.kind === 'account') listener.account?.(event)
        else listener.group?.(event)
      }
    }
    return true
  }

  #subscribe (peerId: string): void {
    const { clock } = this.#components
    if (!this.#isRunning) return
    const before = this.#hearing.get(peerId)
    if (before?.isSubscribing === true) return
    const hearing = before ?? { heard: new Heard(this.#heardBefore.get(peerId)), lastAtMs: clock.now(), isSubscribing: false }
    this.#hearing.set(peerId, hearing)
    hearing.isSubscribing = true
    void this.#askFor(peerId, hearing)
  }

  /** Never rejects. */
  async #askFor (peerId: string, hearing: Hearing): Promise<void> {
    const { links, clock, random, logger } = this.#components
    try {
      const ticket = random.bytes(TICKET_BYTES)
      hearing.heard.expect(ticket)
      await links.ask(peerId, 'news/subscribe', encodeSubscription({ ticket, heard: hearing.heard.events }))
      hearing.isSubscribing = false
      hearing.lastAtMs = clock.now()
    } catch (error) {
      logger.debug({ peerId, error: asP2pChatError(error) }, 'news could not be asked for')
      this.#later(() => { if (this.#hearing.get(peerId) === hearing) void this.#askFor(peerId, hearing) })
    }
  }

  /** A link is gone, and with it all that was heard over it. */
  #ended (peerId: string): void {
    this.#stopTelling(peerId)
    const hearing = this.#hearing.get(peerId)
    if (hearing === undefined) return
    this.#hearing.delete(peerId)
    if (hearing.heard.events !== undefined) this.#heardBefore.set(peerId, hearing.heard.events)
    this.#components.whereabouts.heard(peerId, [...hearing.heard.devices].map(([hex, before]) => ({ hex, before, after: undefined })))
  }

  #schedule (): Timer | undefined {
    if (!this.#isRunning) return undefined
    return this.#components.clock.schedule(beatIntervalMs, () => {
      this.#timer = undefined
      this.#beat()
      this.rosterChanged()
    }, { unref: true })
  }

  #beat (): void {
    this.#toAll((feed) => { feed.beat() })
    for (const [peerId, { lastAtMs }] of this.#hearing) {
      if (Math.abs(this.#components.clock.now() - lastAtMs) > silentAfterMs) this.#subscribe(peerId)
    }
  }

  #later (task: () => void): void {
    if (this.#isRunning) this.#components.clock.schedule(retryMs, () => { if (this.#isRunning) task() }, { unref: true })
  }
}

/** A device with the locator that was issued last: it may be attached more than once while it reconnects. */
function attachedDevice (attachments: Attachments, deviceKey: Uint8Array): AttachedDevice | undefined {
  const all = attachments.ofDevice(deviceKey)
  const [first] = all
  if (first === undefined) return undefined
  const locator = all.map((attachment) => attachment.locator)
    .reduce((best, one) => one !== undefined && one.expiresAtMs >= (best?.expiresAtMs ?? 0) ? one : best, undefined)
  return { deviceKey, username: first.username, locator, attachedAtMs: Math.min(...all.map(({ attachedAtMs }) => attachedAtMs)) }
}
