/**
 * Something that is tried until nothing is left of it: one try at a time, at once when triggered, else after a pause that
 * grows while it fails, and that only a new way cuts short. What is tried, and what its outcome means, is the caller's.
 */
import { isP2pChatError, type P2pChatError } from '../errors.js'
import type { Clock, Timer } from '../runtime.js'

export type Outcome =
  /** nothing is left to do until somebody triggers */
  | { kind: 'idle' }
  /** once more at once; `progress`: the pause begins anew */
  | { kind: 'again', progress: boolean }
  /** all went well, but somebody may come into reach unannounced: then */
  | { kind: 'look', afterMs: number }
  /** it could not be done now: after the growing pause, and not before this time */
  | { kind: 'failed', retryAfterMs: number }

export interface RetryOptions {
  clock: Clock
  /** The first pause, and the longest: each is twice the one before. */
  firstPauseMs: number
  maxPauseMs: number
  /** Must end soon after its signal aborts. What it throws is told to `failed`, and tried again. */
  attempt: (signal: AbortSignal) => Promise<Outcome>
  /** @param known one of ours, which may say when to try again */
  failed: (error: unknown, known: P2pChatError | undefined, delayMs: number) => void
}

export class Retry {
  private running: Promise<void> | undefined
  /** Somebody triggered … */
  private again = false
  /** … or had more to do: that is with the next try, whenever it is. */
  private isMore = false
  /** The timer is that of a try that failed. */
  private pauses = false
  private pausesSinceMs = 0
  private timer: Timer | undefined
  private pauseMs: number
  private readonly stopped = new AbortController()

  constructor (private readonly options: RetryOptions) {
    this.pauseMs = options.firstPauseMs
  }

  /** There may be a new way to do it: now, or once more after the try that is under way. */
  trigger (): void {
    this.again = true
    this.begin()
  }

  /** There is more to do: as {@link trigger}, but not before a try that failed may be repeated, as this one would fail, too. It waits for the longest pause at most: who failed it may have said to wait for hours. */
  more (): void {
    if (this.pauses && this.options.clock.monotonicMs() - this.pausesSinceMs < this.options.maxPauseMs) return
    this.isMore = true
    this.begin()
  }

  /** Something of the try that is under way went well. */
  progressed (): void {
    this.pauseMs = this.options.firstPauseMs
  }

  /** Waits for the try under way. @param reason of its signal */
  async stop (reason?: P2pChatError): Promise<void> {
    this.stopped.abort(reason)
    this.timer?.cancel()
    await this.running
  }

  private begin (): void {
    if (this.stopped.signal.aborted) return
    this.pauses = false
    this.timer?.cancel()
    this.running ??= this.run()
  }

  private async run (): Promise<void> {
    const { signal } = this.stopped
    while ((this.again || this.isMore) && !signal.aborted) {
      this.again = false
      this.isMore = false
      try {
        this.take(await this.options.attempt(signal))
      } catch (error) {
        if (signal.aborted) break
        const known = isP2pChatError(error) ? error : undefined
        this.options.failed(error, known, this.later(known?.retryAfterMs ?? 0))
      }
    }
    // In the same breath as the last look at these, or a trigger in between would be lost.
    this.running = undefined
  }

  private take (outcome: Outcome): void {
    switch (outcome.kind) {
      case 'idle':
        this.progressed()
        return
      case 'again':
        if (outcome.progress) this.progressed()
        this.again = true
        return
      case 'look':
        this.progressed()
        this.schedule(outcome.afterMs)
        return
      case 'failed':
        this.later(outcome.retryAfterMs)
    }
  }

  private later (retryAfterMs: number): number {
    const delayMs = Math.max(this.pauseMs, retryAfterMs)
    this.pauseMs = Math.min(this.options.maxPauseMs, this.pauseMs * 2)
    this.isMore = false
    this.schedule(delayMs)
    this.pauses = !this.again
    this.pausesSinceMs = this.options.clock.monotonicMs()
    return delayMs
  }

  private schedule (delayMs: number): void {
    this.timer?.cancel()
    // Whoever triggered meanwhile is served now.
    if (this.stopped.signal.aborted || this.again || this.isMore) return
    this.timer = this.options.clock.schedule(delayMs, () => { this.trigger() }, { unref: true })
  }
}
