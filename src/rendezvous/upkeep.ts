import { asP2pChatError } from '../errors.js'
import type { Clock, Logger, Timer } from '../runtime.js'
import { maxRecheckMs } from './limits.js'

export interface UpkeepComponents {
  /** Must be safe to repeat. */
  task: () => Promise<void>
  /** How long after it was asked for it is done, with all that was asked for meanwhile. */
  delayMs: number
  /** Logged when it fails. */
  failure: string
  /** When it is tried again after it has failed, twice as late each time, up to maxRecheckMs. Default: when it is asked for next. */
  retryMs?: number
  /** When it is done again by itself after it was done. Default: when it is asked for next. */
  everyMs?: number
  clock: Clock
  logger: Logger
}

/** A task that is done some time after somebody has asked for it, and never twice at the same time. */
export class Upkeep {
  readonly #components: UpkeepComponents
  /** The pause before the last retry; 0: it did not fail. */
  #retryMs = 0
  #state: { kind: 'idle', again?: Timer } | { kind: 'due', timer: Timer } | { kind: 'running', again: boolean } | { kind: 'stopped' } = { kind: 'idle' }

  constructor (components: UpkeepComponents) {
    this.#components = components
  }

  soon (): void {
    if (this.#state.kind === 'running') this.#state.again = true
    if (this.#state.kind !== 'idle') return
    this.#state.again?.cancel()
    this.#after(this.#components.delayMs)
  }

  stop (): void {
    if (this.#state.kind === 'due') this.#state.timer.cancel()
    if (this.#state.kind === 'idle') this.#state.again?.cancel()
    this.#state = { kind: 'stopped' }
  }

  #after (ms: number): void {
    this.#state = { kind: 'due', timer: this.#components.clock.schedule(ms, () => { void this.#run() }, { unref: true }) }
  }

  /** Never rejects. */
  async #run (): Promise<void> {
    const { task, failure, retryMs, everyMs, clock, logger } = this.#components
    const running = { kind: 'running' as const, again: false }
    this.#state = running
    const hasFailed = await task().then(() => false, (error: unknown) => {
      logger.warn({ error: asP2pChatError(error) }, failure)
      return true
    })
    if (this.#state !== running) return
    this.#state = { kind: 'idle' }
    this.#retryMs = hasFailed ? Math.min(maxRecheckMs, Math.max(retryMs ?? 0, 2 * this.#retryMs)) : 0
    if (running.again) this.soon()
    else if (hasFailed && retryMs !== undefined) this.#after(this.#retryMs)
    else if (everyMs !== undefined) this.#state = { kind: 'idle', again: clock.schedule(everyMs, () => { this.soon() }, { unref: true }) }
  }
}

/**
 * Does one task after the other. One that fails holds up none of the others.
 *
 * @param tasks by what is logged when they fail
 */
export async function eachInTurn (tasks: Record<string, () => Promise<void>>, logger: Logger): Promise<void> {
  for (const [failure, task] of Object.entries(tasks)) {
    await task().catch((error: unknown) => { logger.error({ error: asP2pChatError(error) }, failure) })
  }
}
