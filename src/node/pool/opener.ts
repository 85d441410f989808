/** Opens a channel to a server and prepares it: at home where that can be reached, else at another server that will do. */
import { asP2pChatError, isP2pChatError, type P2pChatError } from '../../errors.js'
import type { Channel, PeerAddress } from '../../overlay/network.js'
import { deadline, type Clock, type Logger } from '../../runtime.js'
import { maxServerTries, prepareTimeoutMs, searchTimeoutMs } from './limits.js'

/** What a search is for. */
export interface Wanted {
  /** Servers to try before all others. */
  first: readonly PeerAddress[]
  /** PeerIds to try after all others: they have just failed. */
  last: ReadonlySet<string>
  /** PeerIds not to try. */
  not: ReadonlySet<string>
  /** Whether others than `first` will do. */
  others: boolean
  /** Searches before it that failed. */
  failures: number
}

export interface Standing {
  channel: Channel
  /** It is one of the servers that keep this device's mailbox. */
  isHome: boolean
}

export interface OpenerComponents {
  clock: Clock
  logger: Logger
  /** Finds a server and verifies that it belongs to the pool. */
  openServer: (wanted: Wanted, signal: AbortSignal) => Promise<Channel>
  /**
   * Asks a server where this device is at home, and opens a channel to it, unless it is there already or nowhere better
   * can be reached. The channel that was given stays open.
   */
  findHome: (channel: Channel, from: { sent: boolean, not: ReadonlySet<string> }, signal: AbortSignal) => Promise<Standing>
  /** Called with each new channel, before others may use it; what it throws ends the channel. */
  prepare: (channel: Channel) => Promise<void>
  /** The servers of the roster that these pool addresses name. */
  serversAt: (poolAddresses: readonly string[]) => PeerAddress[]
}

export const NOBODY: ReadonlySet<string> = new Set()

export class Opener {
  constructor (private readonly components: OpenerComponents) {}

  /** A server that is found, asked for home, and prepared. One that fails at it is followed by others, without a pause. */
  async open (wanted: Wanted, signal: AbortSignal): Promise<Standing> {
    const { clock, logger, openServer, serversAt } = this.components
    const limit = deadline(clock, searchTimeoutMs, signal)
    const failed = new Map<string, P2pChatError>()
    try {
      for (let { first } = wanted; ;) {
        const last = new Set([...wanted.last, ...failed.keys()])
        const entry = await openServer({ ...wanted, first, last }, limit.signal)
        const before = failed.get(entry.remotePeer)
        try {
          if (before !== undefined) throw before
          const sent = first.some(({ peerId }) => peerId === entry.remotePeer)
          return await this.settle(entry, { sent, not: new Set([...wanted.not, ...last]) }, wanted.failures, limit.signal)
        } catch (cause) {
          await entry.close()
          const error = asP2pChatError(cause)
          if (before !== undefined || limit.signal.aborted || error.code === 'ERR_NOT_PERMITTED' || failed.size + 1 >= maxServerTries) throw error
          logger.info({ server: entry.remotePeer, code: error.code }, 'another server is tried')
          failed.set(entry.remotePeer, error)
          first = serversAt(error.alternatives)
        }
      }
    } finally {
      limit.clear()
    }
  }

  /** At home where that can be reached, else at the server that was found. */
  private async settle (entry: Channel, from: { sent: boolean, not: ReadonlySet<string> }, failures: number, signal: AbortSignal): Promise<Standing> {
    const timeoutMs = prepareTimeoutMs * (1 + failures)
    const home = await this.components.findHome(entry, from, signal)
    if (home.channel === entry) {
      await this.prepare(entry, signal, timeoutMs)
      return home
    }
    try {
      await this.prepare(home.channel, signal, timeoutMs)
    } catch (error) {
      if (signal.aborted || entry.closed.aborted || isP2pChatError(error, 'ERR_NOT_PERMITTED')) throw error
      await this.prepare(entry, signal, timeoutMs)
      return { channel: entry, isHome: false }
    }
    await entry.close()
    return home
  }

  /** A channel that is not prepared when the time is over, or at the stop, is ended; so are its requests. */
  private async prepare (channel: Channel, signal: AbortSignal, timeoutMs: number): Promise<void> {
    const limit = deadline(this.components.clock, timeoutMs, signal)
    const giveUp = (): void => { this.closeQuietly(channel) }
    limit.signal.addEventListener('abort', giveUp, { once: true })
    try {
      if (!limit.signal.aborted) await this.components.prepare(channel)
      if (limit.signal.aborted) throw asP2pChatError(limit.signal.reason, 'ERR_ABORTED')
    } catch (error) {
      this.closeQuietly(channel)
      throw error
    } finally {
      limit.signal.removeEventListener('abort', giveUp)
      limit.clear()
    }
  }

  /** A better server than the one of this channel, prepared, or the same channel: there is none. */
  async lookForHome (channel: Channel, signal: AbortSignal): Promise<Standing> {
    const limit = deadline(this.components.clock, searchTimeoutMs, signal)
    try {
      const home = await this.components.findHome(channel, { sent: false, not: NOBODY }, limit.signal)
      if (home.channel !== channel) await this.prepare(home.channel, limit.signal, prepareTimeoutMs)
      return home
    } finally {
      limit.clear()
    }
  }

  private closeQuietly (channel: Channel): void {
    channel.close().catch((error: unknown) => { this.components.logger.debug({ error }, 'a channel could not be closed') })
  }
}
