import { asP2pChatError } from '../../errors.js'
import type { Channel } from '../../overlay/network.js'
import { encode } from '../../protocol/codec.js'
import { maxListPage } from '../../protocol/limits.js'
import { PresenceNotification, type ListedUser } from '../../protocol/pb/service.js'
import type { Logger } from '../../runtime.js'

export interface WatchesComponents {
  /** What is so now. */
  describe: (username: string) => Promise<ListedUser>
  logger: Logger
}

interface Watch {
  channel: Channel
  names: ReadonlySet<string>
  /** Names that changed since they were last told: at most all that are watched. */
  changed: Set<string>
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
    const watch: Watch = { channel, names: new Set(usernames), changed: new Set(), sending: false }
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
      if (!watch.sending) {
        this.#send(watch).catch((error: unknown) => {
          this.#components.logger.debug({ error: asP2pChatError(error), peer: watch.channel.remotePeer }, 'presence could not be told')
        })
      }
    }
  }

  /** Anything may be different now. */
  allChanged (): void {
    for (const username of [...this.#byName.keys()]) this.changed(username)
  }

  async #send (watch: Watch): Promise<void> {
    watch.sending = true
    try {
      while (watch.changed.size > 0 && this.#byChannel.get(watch.channel) === watch) {
        const names = [...watch.changed].slice(0, maxListPage)
        for (const name of names) watch.changed.delete(name)
        const users = await Promise.all(names.map(async (name) => await this.#components.describe(name)))
        if (this.#byChannel.get(watch.channel) !== watch) return
        await watch.channel.notify('directory/presence', encode(PresenceNotification, { users }))
      }
    } finally {
      watch.sending = false
    }
  }

  #forget (channel: Channel): void {
    const watch = this.#byChannel.get(channel)
    if (watch === undefined) return
    this.#byChannel.delete(channel)
    for (const name of watch.names) {
      const watchers = this.#byName.get(name)
      watchers?.delete(watch)
      if (watchers?.size === 0) this.#byName.delete(name)
    }
  }
}
