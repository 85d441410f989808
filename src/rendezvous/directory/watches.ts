import { asP2pChatError } from '../../errors.js'
import type { Channel } from '../../overlay/network.js'
import { encode } from '../../protocol/codec.js'
import { maxListPage } from '../../protocol/limits.js'
import { PresenceNotification, type ListedUser } from '../../protocol/pb/service.js'
import type { Clock, Logger, Timer } from '../../runtime.js'
import { maxRecheckMs, recheckMs } from '../limits.js'

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
}

/** Who wants to hear of whom. Each watcher is told one page at a time, the newest state of each name. */
export class Watches {
  readonly #components: WatchesComponents
  readonly #byChannel = new Map<Channel, Watch>()
  readonly #byName = new Map<string, Set<Watch>>()
  /** Channels whose end is listened for. */
  readonly #known = new WeakSet<Channel>()

  constructor (components: WatchesComponents) {
    this.#components = components
  }

  /** Replaces the names that a channel watches; they are forgotten when it ends. */
  set (channel: Channel, usernames: readonly string[]): void {
    this.#forget(channel)
    if (channel.closed.aborted || usernames.length === 0) return
    const watch: Watch = { channel, names: new Set(usernames), changed: new Set(), failed: new Set(), retry: undefined, retryMs: 0, sending: false }
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
      void this.#send(watch)
    }
  }

  /** Anything may be different now. */
  allChanged (): void {
    for (const username of [...this.#byName.keys()]) this.changed(username)
  }

  /** Never rejects. */
  async #send (watch: Watch): Promise<void> {
    if (watch.sending) return
    watch.sending = true
    while (watch.changed.size > 0 && this.#isCurrent(watch)) {
      const names = [...watch.changed].slice(0, maxListPage)
      for (const name of names) watch.changed.delete(name)
      await this.#tell(watch, names).catch((error: unknown) => { this.#failed(watch, names, error) })
    }
    watch.sending = false
    if (watch.failed.size > 0) this.#sendFailedLater(watch)
    else watch.retryMs = 0
  }

  async #tell (watch: Watch, names: readonly string[]): Promise<void> {
    // One account that cannot be read holds up no news of the others.
    const described = await Promise.all(names.map(async (name) => await this.#components.describe(name).catch((error: unknown) => {
      this.#failed(watch, [name], error)
      return undefined
    })))
    const users = described.filter((user) => user !== undefined)
    if (users.length > 0 && this.#isCurrent(watch)) await watch.channel.notify('directory/presence', encode(PresenceNotification, { users }))
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
      void this.#send(watch)
    }, { unref: true })
  }

  #isCurrent (watch: Watch): boolean {
    return this.#byChannel.get(watch.channel) === watch
  }

  #forget (channel: Channel): void {
    const watch = this.#byChannel.get(channel)
    if (watch === undefined) return
    watch.retry?.cancel()
    this.#byChannel.delete(channel)
    for (const name of watch.names) {
      const watchers = this.#byName.get(name)
      watchers?.delete(watch)
      if (watchers?.size === 0) this.#byName.delete(name)
    }
  }
}
