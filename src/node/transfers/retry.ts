/** Something that is tried until it works: one try at a time, at once when asked, else after a growing pause. */
import { isP2pChatError, type P2pChatError } from '../../errors.js'
import type { Clock, Logger, Timer } from '../../runtime.js'
import { firstTransferRetryMs, maxTransferRetryMs } from './limits.js'

/** 'over': nothing is left to do. 'again': at once, by another way; 'progress': at once, and patience begins anew. A time: try again then. */
export type TryOutcome = 'over' | 'again' | 'progress' | { retryAfterMs: number }

export class Retry {
  private running: Promise<void> | undefined
  private again = false
  private timer: Timer | undefined
  private pauseMs = firstTransferRetryMs
  private readonly stopped = new AbortController()

  /** @param attempt must end soon after its signal aborts */
  constructor (
    private readonly components: { clock: Clock, logger: Logger },
    private readonly attempt: (signal: AbortSignal) => Promise<TryOutcome>,
    private readonly onOver: () => void
  ) {}

  /** Now, or once more after the try that is under way. */
  kick (): void {
    if (this.stopped.signal.aborted) return
    this.again = true
    this.timer?.cancel()
    this.running ??= this.run()
  }

  async stop (reason: P2pChatError): Promise<void> {
    this.stopped.abort(reason)
    this.timer?.cancel()
    await this.running
  }

  private async run (): Promise<void> {
    const { signal } = this.stopped
    while (this.again && !signal.aborted) {
      this.again = false
      try {
        const outcome = await this.attempt(signal)
        if (outcome === 'over') {
          this.onOver()
          break
        }
        if (outcome === 'again' || outcome === 'progress') {
          if (outcome === 'progress') this.pauseMs = firstTransferRetryMs
          this.again = true
        } else this.later(outcome.retryAfterMs)
      } catch (error) {
        if (signal.aborted) break
        this.components.logger[isP2pChatError(error) ? 'info' : 'error']({ error }, 'a file waits; it is tried again')
        this.later(isP2pChatError(error) ? error.retryAfterMs ?? 0 : 0)
      }
    }
    this.running = undefined
  }

  private later (retryAfterMs: number): void {
    const delayMs = Math.max(this.pauseMs, retryAfterMs)
    this.pauseMs = Math.min(maxTransferRetryMs, this.pauseMs * 2)
    if (this.stopped.signal.aborted || this.again) return
    this.timer = this.components.clock.schedule(delayMs, () => { this.kick() }, { unref: true })
  }
}
