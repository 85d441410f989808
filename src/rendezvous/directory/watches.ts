import { asP2pChatError } from '../../errors.js'
import type { Channel } from '../../overlay/network.js'
import { encode } from '../../protocol/codec.js'
import { maxListPage } from '../../protocol/limits.js'
import { PresenceNotification, type ListedUser } from '../../protocol/pb/service.js'
import type { Clock, Logger, Timer } from '../../runtime.js'
import { maxRecheckMs, presenceGatherMs, recheckMs, watchersToldAtOnce } from '../limits.js'

export interface WatchesComponents {
  /** What is so now. */
  describe: (username: string) => Promise<ListedUser>
  clock: Clock
  logger: Logger
}

interface Watch {
  channel: Channel
  names: ReadonlySet<string>
  /** Names that changed since they were last told: at most all that are watched. */
  changed: Set<string>
  /** Names that could not be told when they had changed. */
  failed: Set<string>
  retry: Timer | undefined
  /** The pause before the last retry; 0: the last telling came through. */
  retryMs: number
  sending: boolean
  /** When it was last told something. */
  toldAtMs: number
  /** Until then changes are gathered. */
  gathering: Timer | undefined
}

/**
 * Who wants to hear of whom. Each watcher is told one page at a time, the newest state of each name: a change at once, what
 * comes soon after it together, so that neither a crowd nor a device that moves without end costs a frame for each change.
 */
export class Watches {
  readonly #components: WatchesComponents
  readonly #byChannel = new Map<Channel, Watch>()
  readonly #byName = new Map<string, Set<Watch>>()
  /** Channels whose end is listened for. */
  readonly #known = new WeakSet<Channel>()
  /** Watches that are to be told all their names anew. */
  readonly #due = new Set<Watch>()
  /** How many of them are being looked up. */
  #lookingUpAll = 0

  constructor (components: WatchesComponents) {
    this.#components = components
  }

  /** Replaces the names that a channel watches; they are forgotten when it ends. */
  set (channel: Channel, usernames: readonly string[]): void {
    this.#forget(channel)
    if (channel.closed.aborted || usernames.length === 0) return
    const watch: Watch = { channel, names: new Set(usernames), changed: new Set(), failed: new Set(), retry: undefined, retryMs: 0, sending: false, toldAtMs: -Infinity, gathering: undefined }
    this.#byChannel.set(channel, watch)
    for (const name of watch.names) {
      const watchers = this.#byName.get(name)
      if (watchers === undefined) this.#byName.set(name, new Set([watch]))
      else watchers.add(watch)
    }
    if (this.#known.has(channel)) return
    this.#known.add(channel)
    channel.closed.addEventListener('abort', () => { this.#forget(channel) }, { once: true })
  }

  /** Something about this name is different now. */
  changed (username: string): void {
    for (const watch of this.#byName.get(username) ?? []) {
      watch.changed.add(username)
      this.#sendSoon(watch)
    }
  }

  /** Anything may be different now: watchers are told in turns. */
  allChanged (): void {
    for (const watch of this.#byChannel.values()) this.#due.add(watch)
    this.#tellDue()
  }

  #tellDue (): void {
    while (this.#lookingUpAll < watchersToldAtOnce) {
      const [watch] = this.#due
      if (watch === undefined) return
      this.#due.delete(watch)
      for (const name of watch.names) watch.changed.add(name)
      // It goes on by itself with what has come meanwhile.
      if (watch.sending) continue
      watch.gathering?.cancel()
      watch.gathering = undefined
      this.#lookingUpAll++
      void this.#send(watch, () => {
        this.#lookingUpAll--
        this.#tellDue()
      })
    }
  }

  #sendSoon (watch: Watch): void {
    if (watch.sending || watch.gathering !== undefined) return
    const { clock } = this.#components
    const waitMs = Math.min(presenceGatherMs, watch.toldAtMs + presenceGatherMs - clock.monotonicMs())
    if (waitMs <= 0) {
      void this.#send(watch)
      return
    }
    watch.gathering = clock.schedule(waitMs, () => {
      watch.gathering = undefined
      void this.#send(watch)
    }, { unref: true })
  }

  /**
   * Never rejects.
   *
   * @param onLookedUp called once, as soon as it is known what is told first: how long a reader takes for it is up to the reader
   */
  async #send (watch: Watch, onLookedUp?: () => void): Promise<void> {
    watch.sending = true
    const changed = [...watch.changed]
    watch.changed.clear()
    for (let at = 0; at < changed.length && this.#isCurrent(watch); at += maxListPage) {
      const names = changed.slice(at, at + maxListPage)
      await this.#tell(watch, names, at === 0 ? onLookedUp : undefined).catch((error: unknown) => { this.#failed(watch, names, error) })
    }
    watch.sending = false
    if (!this.#isCurrent(watch)) return
    if (watch.changed.size > 0) this.#sendSoon(watch)
    if (watch.failed.size > 0) this.#sendFailedLater(watch)
    else watch.retryMs = 0
  }

  async #tell (watch: Watch, names: readonly string[], onLookedUp?: () => void): Promise<void> {
    // One account that cannot be read holds up no news of the others.
    const described = await Promise.all(names.map(async (name) => await this.#components.describe(name).catch((error: unknown) => {
      this.#failed(watch, [name], error)
      return undefined
    })))
    onLookedUp?.()
    const users = described.filter((user) => user !== undefined)
    if (users.length === 0 || !this.#isCurrent(watch)) return
    await watch.channel.notify('directory/presence', encode(PresenceNotification, { users }))
    watch.toldAtMs = this.#components.clock.monotonicMs()
  }

  #failed (watch: Watch, names: readonly string[], error: unknown): void {
    this.#components.logger.debug({ error: asP2pChatError(error), peer: watch.channel.remotePeer }, 'presence could not be told; it is tried again')
    for (const name of names) watch.failed.add(name)
  }

  #sendFailedLater (watch: Watch): void {
    if (watch.retry !== undefined || !this.#isCurrent(watch)) return
    watch.retryMs = Math.min(maxRecheckMs, Math.max(recheckMs, 2 * watch.retryMs))
    watch.retry = this.#components.clock.schedule(watch.retryMs, () => {
      watch.retry = undefined
      for (const name of watch.failed) watch.changed.add(name)
      watch.failed.clear()
      this.#sendSoon(watch)
    }, { unref: true })
  }

  #isCurrent (watch: Watch): boolean {
    return this.#byChannel.get(watch.channel) === watch
  }

  #forget (channel: Channel): void {
    const watch = this.#byChannel.get(channel)
    if (watch === undefined) return
    watch.retry?.cancel()
    watch.gathering?.cancel()
    this.#byChannel.delete(channel)
    this.#due.delete(watch)
    for (const name of watch.names) {
      const watchers = this.#byName.get(name)
      watchers?.delete(watch)
      if (watchers?.size === 0) this.#byName.delete(name)
    }
  }
}
