import { votersOf } from '../../overlay/index.js'
import type { Clock, Logger } from '../../runtime.js'
import type { Consensus } from '../consensus/index.js'
import { recheckMs, upkeepDelayMs } from '../limits.js'
import type { Links } from '../links/index.js'
import { Upkeep } from '../upkeep.js'
import { catchUpIntervalMs } from './limits.js'

export interface RegisterUpkeepComponents {
  consensus: Pick<Consensus, 'catchUp' | 'life' | 'roster'>
  links: Pick<Links, 'onLink'>
  clock: Clock
  logger: Logger
}

/** Has an acceptor fetch what was decided without it: when it begins to vote, when it meets another one again, and every hour. */
export class RegisterUpkeep {
  readonly #components: RegisterUpkeepComponents
  readonly #upkeep: Upkeep
  readonly #ended = new AbortController()

  constructor (components: RegisterUpkeepComponents) {
    const { consensus, links, clock, logger } = this.#components = components
    this.#upkeep = new Upkeep({
      task: async () => { await this.#catchUp() },
      delayMs: upkeepDelayMs,
      retryMs: recheckMs,
      everyMs: catchUpIntervalMs,
      failure: 'what was decided without this server could not be fetched; it is tried again',
      clock,
      logger
    })
    links.onLink((peerId, isUp) => { if (isUp && votersOf(consensus.roster.quorum).includes(peerId)) this.soon() })
    consensus.roster.onChange(() => { this.soon() })
  }

  /** This server may have missed something. */
  soon (): void {
    const { life, roster } = this.#components.consensus
    if (life.state === 'voting' && roster.votes) this.#upkeep.soon()
  }

  stop (): void {
    this.#ended.abort()
    this.#upkeep.stop()
  }

  async #catchUp (): Promise<void> {
    const { consensus, logger } = this.#components
    // Acceptors are being changed: every register is written again, and the roster changes after it.
    if (consensus.roster.roster.phase !== 'settled') return
    const { signal } = this.#ended
    const settled = await consensus.catchUp(signal).catch((error: unknown) => {
      if (signal.aborted) return 0
      throw error
    })
    if (settled > 0) logger.info({ settled }, 'registers were fetched that had changed without this server')
  }
}
