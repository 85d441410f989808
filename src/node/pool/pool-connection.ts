/**
 * The connection of a client to its pool: one verified server at a time, the best for this device that can be had, and
 * another as soon as it is lost, ends, or has too much to do. Everything that needs a server asks here for the channel.
 */
import { asP2pChatError, isP2pChatError, P2pChatError } from '../../errors.js'
import type { Channel, PeerAddress } from '../../overlay/network.js'
import { deadline, eitherSignal, sleep, type Clock, type Random, type Timer } from '../../runtime.js'
import { firstRetryMs, homeCheckMs, homeRetryMs, lingerTickMs, maxLingerMs, maxRetryMs, maxSearchAgeMs, minRefusedMoveMs, steadyMs } from './limits.js'
import { NOBODY, Opener, type OpenerComponents, type Standing } from './opener.js'
import { ServerChannel } from './server-channel.js'

export type PoolState =
  | { kind: 'stopped' }
  /** `lost`: PeerId of the server that was there until a moment ago */
  | { kind: 'connecting', lost?: string }
  /** `movedFrom`: PeerId of the server that it was before, without a break */
  | { kind: 'connected', channel: Channel, isHome: boolean, movedFrom?: string }
  /** `retryAtMs`: by the clock that cannot be set */
  | { kind: 'offline', error: P2pChatError, retryAtMs: number }

export interface PoolConnectionComponents extends OpenerComponents {
  random: Random
  onState: (state: PoolState) => void
}

interface Move { from: string, to: readonly PeerAddress[], others: boolean, delayMs: number }

export class PoolConnection {
  private state: PoolState = { kind: 'stopped' }
  private readonly controller = new AbortController()
  private wake: () => void = () => {}
  private wakeMove: () => void = () => {}
  private waiters: Array<() => void> = []
  private running: Promise<void> | undefined
  /** When the search under way began, or the last one. */
  private searchedAtMs = -Infinity
  /** The channel is being ended on purpose. */
  private reconnecting = false
  private wantedMove: Move | undefined
  private refusedMoveAtMs = -Infinity
  /** Channels of servers that were left: answers are still to come. */
  private readonly lingering = new Map<ServerChannel, Timer>()

  private readonly opener: Opener

  constructor (private readonly components: PoolConnectionComponents) {
    this.opener = new Opener(components)
  }

  start (): void {
    this.running ??= this.run()
  }

  async stop (): Promise<void> {
    this.controller.abort(new P2pChatError('ERR_CLOSED', 'The node was stopped.'))
    const state = this.state
    if (state.kind === 'connected') await state.channel.close()
    await this.running
    for (const channel of [...this.lingering.keys()]) await this.endLingering(channel)
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

  /** A server (PeerId) is about to end: goes to another one, at a moment drawn from the next `spreadMs`. */
  leaving (from: string, to: readonly PeerAddress[], spreadMs: number): void {
    if (!this.isCurrent(from) && [...this.lingering.keys()].some(({ remotePeer }) => remotePeer === from)) return
    this.wantedMove = { from, to, others: true, delayMs: Math.round(spreadMs * fraction(this.components.random)) }
    this.wakeMove()
  }

  /** A server (PeerId) cannot do what it should: goes to another of these, unless it did so a moment ago. @returns whether it tries to */
  giveUp (from: string, servers: readonly PeerAddress[]): boolean {
    const { clock } = this.components
    const to = servers.filter(({ peerId }) => peerId !== from)
    if (!this.isCurrent(from) || to.length === 0 || this.wantedMove?.from === from || clock.monotonicMs() - this.refusedMoveAtMs < minRefusedMoveMs) return false
    this.refusedMoveAtMs = clock.monotonicMs()
    this.wantedMove = { from, to, others: false, delayMs: 0 }
    this.wakeMove()
    return true
  }

  /**
   * The channel, waiting for one if need be: until a search has failed that began with the call, or hardly before it. An
   * earlier one may have been too early for a server that is there now.
   *
   * @throws ERR_NO_SERVER, after `timeoutMs` at the latest
   */
  async waitForChannel (timeoutMs: number): Promise<Channel> {
    if (this.running === undefined || this.controller.signal.aborted) throw noServer()
    if (this.state.kind === 'offline') this.retryNow()
    const { clock } = this.components
    const sinceMs = clock.monotonicMs() - maxSearchAgeMs
    const limit = deadline(clock, timeoutMs, this.controller.signal)
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
        if (now.kind !== 'offline') continue
        if (this.searchedAtMs < sinceMs) this.retryNow()
        else failed = now.error
      }
    } finally {
      limit.clear()
    }
  }

  private isCurrent (peerId: string): boolean {
    return this.channel()?.remotePeer === peerId
  }

  private async run (): Promise<void> {
    const { clock, random, logger } = this.components
    const { signal } = this.controller
    let pauseMs = firstRetryMs
    let hurried = 0
    let failures = 0
    let lost: string | undefined
    while (!signal.aborted) {
      this.searchedAtMs = clock.monotonicMs()
      this.setState({ kind: 'connecting', ...(lost === undefined ? {} : { lost }) })
      try {
        const found = await this.opener.open({ first: [], last: lost === undefined ? NOBODY : new Set([lost]), not: NOBODY, others: true, failures }, signal)
        failures = 0
        const { isSteady, server } = await this.use(found, signal)
        lost = server
        if (isSteady) pauseMs = firstRetryMs
        hurried = isSteady ? 0 : hurried + 1
        if (hurried > 1 && !signal.aborted) throw new P2pChatError('ERR_NO_SERVER', 'The server ended the connection soon, twice in a row.')
      } catch (cause) {
        if (signal.aborted) break
        failures++
        lost = undefined
        const error = asP2pChatError(cause, 'ERR_NO_SERVER')
        // Half of the pause is drawn, so that clients of a server that died do not come back all at once.
        const retryAfterMs = Math.round(pauseMs / 2 + pauseMs / 2 * fraction(random))
        logger.info({ code: error.code, retryAfterMs }, error.message)
        this.setState({ kind: 'offline', error, retryAtMs: clock.monotonicMs() + retryAfterMs })
        await this.pause(retryAfterMs, signal)
        pauseMs = Math.min(maxRetryMs, pauseMs * 2)
      }
    }
  }

  /** Until the channel has ended, on whatever server that was in the end. Steady: it lasted, or was ended on purpose. */
  private async use (found: Standing, signal: AbortSignal): Promise<{ isSteady: boolean, server: string | undefined }> {
    const { clock, logger } = this.components
    let standing = found
    let movedFrom: string | undefined
    for (;;) {
      const openedAtMs = clock.monotonicMs()
      const channel = new ServerChannel(standing.channel, (alternatives) => { this.refused(channel.remotePeer, alternatives) })
      this.stay(channel.remotePeer)
      this.reconnecting = false
      this.setState({ kind: 'connected', channel, isHome: standing.isHome, ...(movedFrom === undefined ? {} : { movedFrom }) })
      const next = await this.nextServer(channel, standing.isHome, signal)
      // It may be used again, when it wants something else.
      if (this.wantedMove?.from === channel.remotePeer) this.wantedMove = undefined
      if (next === undefined) {
        if (!signal.aborted) logger.info({ server: channel.remotePeer }, 'the server went away')
        return { isSteady: this.reconnecting || clock.monotonicMs() - openedAtMs >= steadyMs, server: this.reconnecting ? undefined : channel.remotePeer }
      }
      logger.info({ from: channel.remotePeer, to: next.channel.remotePeer }, 'another server is used from now on')
      movedFrom = channel.remotePeer
      standing = next
      this.linger(channel)
    }
  }

  /** The server to go on with, prepared; undefined once this one is gone. */
  private async nextServer (channel: ServerChannel, isHome: boolean, signal: AbortSignal): Promise<Standing | undefined> {
    const { clock, random, logger } = this.components
    for (let standsHome = isHome; ;) {
      const checkMs = standsHome ? homeCheckMs : homeRetryMs
      const move = await this.untilMove(channel, Math.round(checkMs / 2 + checkMs / 2 * fraction(random)))
      if (channel.closed.aborted || signal.aborted) return undefined
      try {
        if (move === undefined) {
          const home = await this.opener.lookForHome(channel, signal)
          if (home.channel !== channel) return home
          if (standsHome !== home.isHome) this.setState({ kind: 'connected', channel, isHome: home.isHome })
          standsHome = home.isHome
        } else {
          if (move.delayMs > 0) await pauseWhileOpen(clock, channel, move.delayMs)
          return await this.opener.open({ first: move.to, last: NOBODY, not: new Set([channel.remotePeer]), others: move.others, failures: 0 }, signal)
        }
      } catch (error) {
        logger.info({ code: asP2pChatError(error).code, server: channel.remotePeer }, 'no better server than this one')
      }
      if (channel.closed.aborted) return undefined
    }
  }

  /** Resolves when the channel has ended, after `maxMs`, or with a move that is wanted. */
  private async untilMove (channel: Channel, maxMs: number): Promise<Move | undefined> {
    const isWanted = (): boolean => this.wantedMove?.from === channel.remotePeer
    if (!isWanted()) {
      const woken = new AbortController()
      this.wakeMove = () => { if (isWanted()) woken.abort() }
      await pauseWhileOpen(this.components.clock, channel, maxMs, woken.signal)
      this.wakeMove = () => {}
    }
    if (!isWanted()) return undefined
    const move = this.wantedMove
    this.wantedMove = undefined
    return move
  }

  /** A server has too much to do, or does not keep what was asked for, and names others. */
  private refused (from: string, alternatives: string[]): void {
    this.giveUp(from, this.components.serversAt(alternatives))
  }

  private linger (channel: ServerChannel, sinceMs = this.components.clock.monotonicMs()): void {
    const { clock } = this.components
    this.lingering.set(channel, clock.schedule(lingerTickMs, () => {
      if (channel.isIdle || clock.monotonicMs() - sinceMs >= maxLingerMs) void this.endLingering(channel)
      else this.linger(channel, sinceMs)
    }, { unref: true }))
  }

  /** The server is used again: what it was left over is not ended any more, as there is one channel to each. */
  private stay (server: string): void {
    for (const [channel, timer] of this.lingering) {
      if (channel.remotePeer !== server) continue
      timer.cancel()
      this.lingering.delete(channel)
    }
  }

  private async endLingering (channel: ServerChannel): Promise<void> {
    this.lingering.get(channel)?.cancel()
    this.lingering.delete(channel)
    await channel.close()
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

/** Until the time is over, the channel has ended, or `woken` aborts. */
async function pauseWhileOpen (clock: Clock, channel: Channel, ms: number, woken?: AbortSignal): Promise<void> {
  const over = eitherSignal(channel.closed, ...woken === undefined ? [] : [woken])
  await sleep(clock, ms, over.signal).catch(() => {
    // Over sooner: the caller looks why.
  })
  over.clear()
}
