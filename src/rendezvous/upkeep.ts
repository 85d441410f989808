import { asP2pChatError } from '../errors.js'
import type { Clock, Logger, Timer } from '../runtime.js'

export interface UpkeepComponents {
  /** Must be safe to repeat. */
  task: () => Promise<void>
  /** How long after it was asked for it is done, with all that was asked for meanwhile. */
  delayMs: number
  /** Logged when it fails, which is tried again when it is asked for next. */
  failure: string
  clock: Clock
  logger: Logger
}

/** A task that is done some time after somebody has asked for it, and never twice at the same time. */
export class Upkeep {
  readonly #components: UpkeepComponents
  #state: { kind: 'idle' } | { kind: 'due', timer: Timer } | { kind: 'running', again: boolean } | { kind: 'stopped' } = { kind: 'idle' }

  constructor (components: UpkeepComponents) {
    this.#components = components
  }

  soon (): void {
    if (this.#state.kind === 'running') this.#state.again = true
    if (this.#state.kind !== 'idle') return
    const { clock, delayMs } = this.#components
    this.#state = { kind: 'due', timer: clock.schedule(delayMs, () => { void this.#run() }, { unref: true }) }
  }

  stop (): void {
    if (this.#state.kind === 'due') this.#state.timer.cancel()
    this.#state = { kind: 'stopped' }
  }

  /** Never rejects. */
  async #run (): Promise<void> {
    const { task, failure, logger } = this.#components
    const running = { kind: 'running' as const, again: false }
    this.#state = running
    await task().catch((error: unknown) => { logger.warn({ error: asP2pChatError(error) }, failure) })
    if (this.#state !== running) return
    this.#state = { kind: 'idle' }
    if (running.again) this.soon()
  }
}
