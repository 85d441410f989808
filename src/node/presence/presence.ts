/** Who is online, of those this device talks with: asked of the server, then told by it. */
import { isP2pChatError } from '../../errors.js'
import type { Channel } from '../../overlay/index.js'
import type { Clock, Logger, Timer } from '../../runtime.js'
import type { NodeEvent } from '../chat-node.js'
import { listContacts } from '../contacts/contacts.js'
import type { Lane } from '../home/lane.js'
import { watch, type SeenUser } from '../pool/requests.js'
import { leavingGraceMs, maxWatchDelayMs, maxWatched, watchDelayMs } from './limits.js'

export interface PresenceComponents {
  lane: Lane
  clock: Clock
  logger: Logger
  /** this account, if somebody is signed in */
  username: () => string | undefined
  /** the server's channel if there is one now */
  channel: () => Channel | undefined
  emit: (event: NodeEvent) => void
  /** What a server said of these accounts. */
  onSeen: (users: SeenUser[]) => Promise<void>
}

export class Presence {
  private readonly online = new Set<string>()
  /** Who is shown as there: also who went a moment ago, and may be on the way to another server. */
  private readonly shown = new Set<string>()
  private readonly leaving = new Map<string, Timer>()
  private stopped = false
  /** Whom the server was asked to watch: it is believed about nobody else. */
  private watched: ReadonlySet<string> = new Set()
  private timer: Timer | undefined

  constructor (private readonly components: PresenceComponents) {}

  isOnline (username: string): boolean {
    return this.shown.has(username)
  }

  /** Asks a server who is there, and to be told of changes. The own account is watched too, for its devices. */
  async watch (channel: Channel): Promise<void> {
    const self = this.components.username()
    if (self === undefined) return
    const contacts = (await listContacts(this.components.lane)).filter(({ contact, username }) => (contact.talked || contact.decision === 'accepted') && contact.decision !== 'blocked' && username !== self)
    contacts.sort((a, b) => (b.contact.lastMessageAtMs ?? 0) - (a.contact.lastMessageAtMs ?? 0))
    const usernames = [self, ...contacts.slice(0, maxWatched - 1).map(({ username }) => username)]
    const watched = this.watched = new Set(usernames)
    // Nobody tells any more when they go.
    for (const username of [...this.online].filter((one) => !watched.has(one))) this.go(username)
    const users = await watch(channel, usernames)
    // Newer records are looked up meanwhile.
    void this.onSeen(users)
  }

  /** Who of these is there now, asked once; to hear of their comings and goings they must be contacts. */
  async askOnline (usernames: string[]): Promise<Set<string>> {
    const channel = this.components.channel()
    const online = new Set<string>()
    if (channel === undefined || usernames.length === 0) return online
    try {
      for (let at = 0; at < usernames.length; at += maxWatched) {
        const asked = new Set(usernames.slice(at, at + maxWatched))
        for (const user of await watch(channel, [...asked])) if (user.online && asked.has(user.username)) online.add(user.username)
      }
      // One set of names is watched: the usual one again.
      await this.watch(channel)
    } catch (error) {
      this.watchSoon()
      throw error
    }
    return online
  }

  /** Contacts came to be known: the server is told about all of a burst at once. */
  watchSoon (): void {
    this.watchIn(watchDelayMs)
  }

  /**
   * Asks the server of that moment, and again, later each time, when it could not say.
   *
   * @param again the only one to ask: at another server everything is asked for anew
   */
  private watchIn (delayMs: number, again?: Channel): void {
    const { clock, channel, logger } = this.components
    this.timer?.cancel()
    this.timer = clock.schedule(delayMs, () => {
      const server = channel()
      if (server === undefined || (again !== undefined && again !== server)) return
      const timer = this.timer
      this.watch(server).catch((error: unknown) => {
        logger.info({ code: isP2pChatError(error) ? error.code : undefined }, 'presence could not be asked for')
        if (!this.stopped && this.timer === timer) this.watchIn(Math.min(maxWatchDelayMs, 2 * delayMs), server)
      })
    }, { unref: true })
  }

  /** A server tells by itself what is so now. */
  async onTold (users: SeenUser[]): Promise<void> {
    // An answer that came just before it is taken first: who asked waits for it through some promises.
    await new Promise<void>((resolve) => { setImmediate(resolve) })
    await this.onSeen(users)
  }

  /** Resolves once what follows from it is done. */
  private async onSeen (seen: SeenUser[]): Promise<void> {
    const users = seen.filter(({ username }) => this.watched.has(username))
    for (const { username, online } of users) {
      if (online === this.online.has(username)) continue
      if (online) this.come(username)
      else this.go(username)
    }
    await this.components.onSeen(users)
  }

  /** Without a server nobody is known to be there. */
  clear (): void {
    for (const username of [...this.online]) this.go(username)
  }

  stop (): void {
    this.stopped = true
    this.timer?.cancel()
    for (const timer of this.leaving.values()) timer.cancel()
  }

  private come (username: string): void {
    this.online.add(username)
    this.leaving.get(username)?.cancel()
    this.leaving.delete(username)
    if (this.shown.has(username)) return
    this.shown.add(username)
    this.tell(username, true)
  }

  private go (username: string): void {
    this.online.delete(username)
    if (this.stopped || this.leaving.has(username)) return
    this.leaving.set(username, this.components.clock.schedule(leavingGraceMs, () => {
      this.leaving.delete(username)
      this.shown.delete(username)
      this.tell(username, false)
    }, { unref: true }))
  }

  private tell (username: string, online: boolean): void {
    if (username !== this.components.username()) this.components.emit({ event: 'presence', username, online })
  }
}
