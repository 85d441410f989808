/**
 * What a home knows of its groups is as old as its last run. Until a server has told what is new, calls about groups
 * wait a moment: else a message would go to who was a member then, and who was added since would be told of no group.
 */
import type { Clock } from '../../runtime.js'

/** A server that is silent for longer is not waited for: what is known must do. */
export const firstLookMs = 4_000

export class FirstLook {
  private isOver = false
  private readonly waiting = new Set<() => void>()

  constructor (private readonly clock: Clock) {}

  /** A server has told, or none can be reached. */
  end (): void {
    this.isOver = true
    for (const goOn of this.waiting) goOn()
  }

  /** Resolves once it is over, {@link firstLookMs} after the call at the latest. */
  async wait (): Promise<void> {
    if (this.isOver) return
    await new Promise<void>((resolve) => {
      const goOn = (): void => {
        this.waiting.delete(goOn)
        timer.cancel()
        resolve()
      }
      // One who has waited for that long has waited for all others.
      const timer = this.clock.schedule(firstLookMs, () => { this.end() })
      this.waiting.add(goOn)
    })
  }
}
