import { asP2pChatError } from '../../errors.js'
import type { Clock, Logger, Timer } from '../../runtime.js'
import type { Consensus } from '../consensus/index.js'
import type { Links } from '../links/index.js'
import { finishAfterMs, stewardIntervalMs, stewardStaggerMs, takeBackAfterMs } from './limits.js'
import { nextStewardStep, stewardRank } from './steward.js'

export interface StewardshipComponents {
  self: string
  consensus: Consensus
  links: Links
  clock: Clock
  logger: Logger
  /** multiaddrs under which this server can be dialled now */
  addresses: () => string[]
}

/** The newest roster, as this server has seen it. Times are of the monotonic clock. */
interface Known {
  version: number
  sinceMs: number
  /** since a try to end a change of acceptors has failed and none has come any further, and how far that was */
  failing?: { sinceMs: number, progress: string }
}

/** Takes the steps that the roster wants (steward.ts), one after the other, whenever this server's turn has come. */
export class Stewardship {
  readonly #components: StewardshipComponents
  #timer: Timer | undefined
  #isBusy = false
  #isStopped = false
  #known: Known = { version: 0, sinceMs: 0 }
  /** A learner that could not be made a member: the next step is for the others. */
  #passedOver: string | undefined

  constructor (components: StewardshipComponents) {
    this.#components = components
  }

  start (): void {
    this.soon()
  }

  stop (): void {
    this.#isStopped = true
    this.#timer?.cancel()
  }

  /** Something has changed. */
  soon (): void {
    const { consensus, self } = this.#components
    this.#schedule(stewardRank(consensus.roster.roster, self) * stewardStaggerMs)
  }

  #schedule (delayMs: number): void {
    if (this.#isStopped) return
    this.#timer?.cancel()
    this.#timer = this.#components.clock.schedule(delayMs, () => { void this.#act() }, { unref: true })
  }

  /** Never rejects: what failed is tried again, here or by another server. */
  async #act (): Promise<void> {
    if (this.#isBusy) return
    this.#isBusy = true
    try {
      await this.#step()
    } catch (error) {
      this.#components.logger.debug({ error: asP2pChatError(error) }, 'the roster could not be changed')
    } finally {
      this.#isBusy = false
      this.#schedule(stewardIntervalMs + this.#rank() * stewardStaggerMs)
    }
  }

  async #step (): Promise<void> {
    const { self, consensus, links, clock, addresses } = this.#components
    const { roster } = consensus.roster
    if (this.#known.version !== roster.version) this.#known = { version: roster.version, sinceMs: clock.monotonicMs() }
    const known = this.#known
    const heardAtMs = consensus.heardTransfer.atMs
    // Who has no vote and may be shut out must not change anything.
    if (!roster.servers.some(({ peerId }) => peerId === self)) return
    // A change that somebody asked for here is under way.
    if (consensus.changer.isTransferring) return
    const passedOver = this.#passedOver
    this.#passedOver = undefined
    const step = nextStewardStep({
      self,
      roster,
      addresses: addresses(),
      isLinked: (peerId) => peerId !== passedOver && links.isLinked(peerId),
      idleMs: clock.monotonicMs() - Math.max(known.sinceMs, heardAtMs ?? known.sinceMs),
      isHeard: heardAtMs !== undefined,
      takeBackAfterMs,
      finishAfterMs,
      // Where another one comes further, that it failed here is over.
      failingMs: known.failing === undefined ? 0 : clock.monotonicMs() - Math.max(known.failing.sinceMs, heardAtMs ?? 0)
    })
    if (step.kind === 'change') {
      if (step.change.kind === 'state') this.#passedOver = step.change.peerId
      await consensus.changer.change(step.change)
      this.#passedOver = undefined
    }
    if (step.kind !== 'finish') return
    try {
      await consensus.changer.finish()
    } catch (error) {
      const { progress } = consensus.changer
      if (known.failing?.progress !== progress) known.failing = { sinceMs: clock.monotonicMs(), progress }
      throw error
    }
  }

  #rank (): number {
    return stewardRank(this.#components.consensus.roster.roster, this.#components.self)
  }
}
