import { P2pChatError } from '../../../src/errors.js'
import { Attachments } from '../../../src/rendezvous/directory/attachments.js'
import type { AskOptions, Links, ServerHandler } from '../../../src/rendezvous/links/index.js'
import { News, Whereabouts, type NewsEvent } from '../../../src/rendezvous/news/index.js'
import { deadline, raceSignal, silentLogger } from '../../../src/runtime.js'
import { FakeClock } from '../../helpers/fake-clock.js'
import { SeededRandom } from '../../helpers/seeded-random.js'
import { stubChannel, type StubChannel } from '../helpers/stub-channel.js'

/** How a message fares: chances of each, and how long it may be under way. */
export interface Weather {
  lost: number
  doubled: number
  maxDelayMs: number
}

export const FAIR: Weather = { lost: 0, doubled: 0, maxDelayMs: 0 }

/** One server of a test: attachments, news, and what it was told. */
export class NewsNode {
  readonly attachments = new Attachments()
  readonly whereabouts = new Whereabouts(this.attachments)
  readonly news: News
  readonly told: NewsEvent[] = []
  readonly presence: Array<[string, boolean]> = []
  gaps = 0
  /** by the name of the device */
  readonly channels = new Map<string, StubChannel>()

  constructor (readonly name: string, readonly net: NewsNet) {
    this.news = new News({ links: net.linksOf(name), attachments: this.attachments, whereabouts: this.whereabouts, clock: net.clock, random: net.random.fork(`${name} ${net.runs++}`), logger: silentLogger })
    const note = (event: NewsEvent): void => { this.told.push(event) }
    this.news.listen({ account: note, group: note, gap: () => { this.gaps++ } })
    this.whereabouts.onPresence((username) => { this.presence.push([username, this.whereabouts.isOnline(username)]) })
  }

  attach (device: string, username: string, locator?: { signed: Uint8Array, expiresAtMs: number }): void {
    const channel = this.channels.get(device) ?? stubChannel(device)
    this.channels.set(device, channel)
    this.attachments.attach({ channel, username, deviceKey: keyOf(device), locator, attachedAtMs: this.net.clock.now() })
  }

  detach (device: string): void {
    this.channels.get(device)?.end()
    this.channels.delete(device)
  }
}

export function keyOf (device: string): Uint8Array {
  const key = new Uint8Array(32)
  key.set(new TextEncoder().encode(device))
  return key
}

/** Servers that only exchange news, over links that may do anything. */
export class NewsNet {
  readonly clock = new FakeClock()
  readonly random: SeededRandom
  readonly nodes = new Map<string, NewsNode>()
  weather: Weather = FAIR
  runs = 0
  /** requests that arrived, by method */
  readonly arrived = new Map<string, number>()
  readonly #names: string[]
  readonly #up = new Set<string>()
  readonly #listeners = new Map<string, Array<(peerId: string, isUp: boolean) => void>>()

  constructor (names: string[], seed: number | string) {
    this.#names = names
    this.random = new SeededRandom(seed)
  }

  /** A server, from nothing: also in the place of one that has died. */
  start (name: string): NewsNode {
    this.#listeners.delete(name)
    const node = new NewsNode(name, this)
    this.nodes.set(name, node)
    node.news.start()
    return node
  }

  /** Links of all pairs, seen by both ends. */
  connectAll (): void {
    for (const [i, a] of this.#names.entries()) for (const b of this.#names.slice(i + 1)) this.link(a, b, true)
  }

  /** Each end notices by itself, some time later. */
  link (a: string, b: string, isUp: boolean): void {
    for (const [from, to] of [[a, b], [b, a]] as const) {
      this.#soon(() => {
        const name = `${from} ${to}`
        if (this.#up.has(name) === isUp) return
        if (isUp) this.#up.add(name)
        else this.#up.delete(name)
        // The other end may be a microtask behind.
        void Promise.resolve().then(() => { this.#notify(from, to, isUp) })
      })
    }
  }

  /** One end believes that the link was gone for a moment; the other one notices nothing. */
  flap (a: string, b: string): void {
    if (!this.#up.has(`${a} ${b}`)) return
    this.#notify(a, b, false)
    this.#notify(a, b, true)
  }

  linksOf (self: string): Pick<Links, 'ask' | 'others' | 'isLinked' | 'onLink'> {
    return {
      others: () => this.#names.filter((name) => name !== self),
      isLinked: (peerId) => this.#up.has(`${self} ${peerId}`),
      onLink: (listener) => { this.#listeners.set(self, [...this.#listeners.get(self) ?? [], listener]) },
      ask: async (peerId, method, body, options) => await this.#ask(self, peerId, method, body, options)
    }
  }

  async #ask (from: string, to: string, method: string, body: Uint8Array, { timeoutMs = 2_000, signal }: AskOptions = {}): Promise<Uint8Array> {
    if (!this.#up.has(`${from} ${to}`)) throw new P2pChatError('ERR_UNREACHABLE', `${to} cannot be reached.`)
    const target = this.nodes.get(to)
    const answered = new Promise<Uint8Array>((resolve, reject) => {
      const deliver = (): void => {
        // A process that has died takes nothing.
        if (target === undefined || this.nodes.get(to) !== target) return
        this.arrived.set(method, (this.arrived.get(method) ?? 0) + 1)
        const handler: ServerHandler | undefined = target.news.handlers[method]
        handler?.(from, body).then((answer) => {
          if (!this.random.chance(this.weather.lost)) this.#soon(() => { resolve(answer) })
        }, reject)
      }
      if (!this.random.chance(this.weather.lost)) this.#soon(deliver)
      if (this.random.chance(this.weather.doubled)) this.#soon(deliver, 10)
    })
    const time = deadline(this.clock, timeoutMs, signal)
    try {
      return await raceSignal(answered, time.signal)
    } finally {
      time.clear()
    }
  }

  #notify (at: string, peerId: string, isUp: boolean): void {
    for (const listener of this.#listeners.get(at) ?? []) listener(peerId, isUp)
  }

  #soon (task: () => void, factor = 1): void {
    const delayMs = this.random.between(0, this.weather.maxDelayMs * factor)
    if (delayMs === 0) task()
    else this.clock.schedule(delayMs, task)
  }
}
