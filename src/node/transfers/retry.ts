/** A file that is tried until it is where it should be, or over for another reason. */
import type { P2pChatError } from '../../errors.js'
import type { Clock, Logger } from '../../runtime.js'
import { Retry as Retrying, type Outcome } from '../retry.js'
import { firstTransferRetryMs, maxTransferRetryMs } from './limits.js'

/** 'over': nothing is left to do. 'again': at once, by another way; 'progress': at once, and patience begins anew. A time: try again then. */
export type TryOutcome = 'over' | 'again' | 'progress' | { retryAfterMs: number }

export class Retry {
  private readonly retrying: Retrying
  private isOver = false

  /** @param attempt must end soon after its signal aborts */
  constructor (
    { clock, logger }: { clock: Clock, logger: Logger },
    private readonly attempt: (signal: AbortSignal) => Promise<TryOutcome>,
    private readonly onOver: () => void
  ) {
    this.retrying = new Retrying({
      clock,
      firstPauseMs: firstTransferRetryMs,
      maxPauseMs: maxTransferRetryMs,
      attempt: async (signal) => await this.tryOnce(signal),
      failed: (error, known) => { logger[known === undefined ? 'error' : 'info']({ error }, 'a file waits; it is tried again') }
    })
  }

  /** Now, or once more after the try that is under way. */
  kick (): void {
    this.isOver = false
    this.retrying.trigger()
  }

  async stop (reason: P2pChatError): Promise<void> {
    await this.retrying.stop(reason)
  }

  private async tryOnce (signal: AbortSignal): Promise<Outcome> {
    // Whoever kicked during the last try need not be served any more.
    if (this.isOver) return { kind: 'idle' }
    const outcome = await this.attempt(signal)
    if (outcome === 'again' || outcome === 'progress') return { kind: 'again', progress: outcome === 'progress' }
    if (outcome !== 'over') return { kind: 'failed', ...outcome }
    this.isOver = true
    this.onOver()
    return { kind: 'idle' }
  }
}
