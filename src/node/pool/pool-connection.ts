/**
 * The connection of a client to its pool: one verified server at a time, found again whenever it is lost. Everything
 * that needs a server asks here for the channel.
 */
import { asP2pChatError, isP2pChatError, P2pChatError } from '../../errors.js'
import type { Channel } from '../../overlay/network.js'
import { deadline, sleep, type Clock, type Logger, type Random } from '../../runtime.js'
import { firstRetryMs, maxRetryMs, searchTimeoutMs, steadyMs } from './limits.js'

export type PoolState =
  | { kind: 'stopped' }
  | { kind: 'connecting' }
  | { kind: 'connected', channel: Channel }
  | { kind: 'offline', error: P2pChatError, retryAtMs: number }

export interface PoolConnectionComponents {
  clock: Clock
  random: Random
  logger: Logger
  /** Finds a server and verifies that it belongs to the pool. */
  openServer: (signal: AbortSignal) => Promise<Channel>
  /** Called with each new channel, before others may use it; what it throws ends the channel. */
  prepare: (channel: Channel) => Promise<void>
  onState: (state: PoolState) => void
}

export class PoolConnection {
  private state: PoolState = { kind: 'stopped' }
  private readonly controller = new AbortController()
  private wake: () => void = () => {}
  private waiters: Array<() => void> = []
  private running: Promise<void> | undefined
  /** The channel is being ended on purpose. */
  private reconnecting = false

  constructor (private readonly components: PoolConnectionComponents) {}

  start (): void {
    this.running ??= this.run()
  }

  async stop (): Promise<void> {
    this.controller.abort(new P2pChatError('ERR_CLOSED', 'The node was stopped.'))
    const state = this.state
    if (state.kind === 'connected') await state.channel.close()
    await this.running
    this.setState({ kind: 'stopped' })
  }

  current (): PoolState {
    return this.state
  }

  /** The channel to the server if there is one now. */
  channel (): Channel | undefined {
    return this.state.kind === 'connected' && !this.state.channel.closed.aborted ? this.state.channel : undefined
  }

  /** Tries again at once instead of at the end of the pause. */
  retryNow (): void {
    this.wake()
  }

  /** Ends the channel, so that the next one is prepared anew. */
  async reconnect (): Promise<void> {
    if (this.state.kind === 'connected') {
      this.reconnecting = true
      await this.state.channel.close()
    } else this.retryNow()
  }

  /**
   * The channel, waiting for one if need be: until the search under way, or a new one, has failed.
   *
   * @throws ERR_NO_SERVER, after `timeoutMs` at the latest
   */
  async waitForChannel (timeoutMs: number): Promise<Channel> {
    if (this.running === undefined || this.controller.signal.aborted) throw noServer()
    if (this.state.kind === 'offline') this.retryNow()
    const limit = deadline(this.components.clock, timeoutMs, this.controller.signal)
    try {
      for (let failed: P2pChatError | undefined; ;) {
        const channel = this.channel()
        if (channel !== undefined) return channel
        if (limit.signal.aborted || failed !== undefined) throw noServer(failed)
        await new Promise<void>((resolve) => {
          this.waiters.push(resolve)
          limit.signal.addEventListener('abort', () => { resolve() }, { once: true })
        })
        // Read anew: the state has changed while this waited.
        const now = this.current()
        if (now.kind === 'offline') failed = now.error
      }
    } finally {
      limit.clear()
    }
  }

  private async run (): Promise<void> {
    const { clock, random, logger } = this.components
    const { signal } = this.controller
    let pauseMs = firstRetryMs
    let hurried = 0
    while (!signal.aborted) {
      this.setState({ kind: 'connecting' })
      try {
        const steady = await this.useServer(signal)
        if (steady) pauseMs = firstRetryMs
        hurried = steady ? 0 : hurried + 1
        if (hurried > 1 && !signal.aborted) throw new P2pChatError('ERR_NO_SERVER', 'The server ended the connection soon, twice in a row.')
      } catch (cause) {
        if (signal.aborted) break
        const error = asP2pChatError(cause, 'ERR_NO_SERVER')
        // Half of the pause is drawn, so that clients of a server that died do not come back all at once.
        const retryAfterMs = Math.round(pauseMs / 2 + pauseMs / 2 * fraction(random))
        logger.info({ code: error.code, retryAfterMs }, error.message)
        this.setState({ kind: 'offline', error, retryAtMs: clock.now() + retryAfterMs })
        await this.pause(retryAfterMs, signal)
        pauseMs = Math.min(maxRetryMs, pauseMs * 2)
      }
    }
  }

  /** Whether the channel lasted, or was ended on purpose. */
  private async useServer (signal: AbortSignal): Promise<boolean> {
    const { clock, logger } = this.components
    const channel = await this.open(signal)
    const openedAtMs = clock.now()
    this.reconnecting = false
    this.setState({ kind: 'connected', channel })
    await ended(channel)
    if (!signal.aborted) logger.info({ server: channel.remotePeer }, 'the server went away')
    return this.reconnecting || clock.now() - openedAtMs >= steadyMs
  }

  private async open (signal: AbortSignal): Promise<Channel> {
    const limit = deadline(this.components.clock, searchTimeoutMs, signal)
    try {
      const channel = await this.components.openServer(limit.signal)
      try {
        await this.prepare(channel, limit.signal)
      } catch (error) {
        await channel.close()
        throw error
      }
      return channel
    } finally {
      limit.clear()
    }
  }

  /** A channel that is still being prepared when the time is over, or at the stop, is ended; so are its requests. */
  private async prepare (channel: Channel, signal: AbortSignal): Promise<void> {
    const giveUp = (): void => { channel.close().catch((error: unknown) => { this.components.logger.debug({ error }, 'a channel could not be closed') }) }
    signal.addEventListener('abort', giveUp, { once: true })
    try {
      if (!signal.aborted) await this.components.prepare(channel)
      if (signal.aborted) throw asP2pChatError(signal.reason, 'ERR_ABORTED')
    } finally {
      signal.removeEventListener('abort', giveUp)
    }
  }

  private async pause (pauseMs: number, signal: AbortSignal): Promise<void> {
    const controller = new AbortController()
    this.wake = () => { controller.abort() }
    signal.addEventListener('abort', this.wake, { once: true })
    try {
      await sleep(this.components.clock, pauseMs, controller.signal)
    } catch (error) {
      if (!isP2pChatError(error, 'ERR_ABORTED')) throw error
    } finally {
      signal.removeEventListener('abort', this.wake)
      this.wake = () => {}
    }
  }

  private setState (state: PoolState): void {
    this.state = state
    for (const waiter of this.waiters.splice(0)) waiter()
    this.components.onState(state)
  }
}

export function noServer (cause?: unknown): P2pChatError {
  return new P2pChatError('ERR_NO_SERVER', 'Sorry, no rendezvous server is reachable. Check your network and the pool address (`p2pchat whoami`), or start a server with `p2pchat rendezvous`.', { cause })
}

function fraction (random: Random): number {
  const [a = 0, b = 0] = random.bytes(2)
  return (a * 256 + b) / 65_536
}

async function ended (channel: Channel): Promise<void> {
  if (channel.closed.aborted) return
  await new Promise<void>((resolve) => { channel.closed.addEventListener('abort', () => { resolve() }, { once: true }) })
}
