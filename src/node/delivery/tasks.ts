import { isP2pChatError } from '../../errors.js'
import type { Logger } from '../../runtime.js'

/** Work that nobody waits for, until the end: its failures are logged, and stop waits for what is under way. */
export class Tasks {
  private readonly underWay = new Set<Promise<void>>()
  private stopped = false

  constructor (private readonly logger: Logger) {}

  run (work: () => Promise<void>): void {
    void this.finish(work)
  }

  /** As run, for who is to be held back until the work is done. Never rejects. */
  async finish (work: () => Promise<void>): Promise<void> {
    if (this.stopped) return
    const task = work().catch((error: unknown) => {
      const known = isP2pChatError(error)
      this.logger[known ? 'info' : 'error']({ code: known ? error.code : undefined, error: known ? undefined : error }, 'a task of the delivery failed')
    }).finally(() => { this.underWay.delete(task) })
    this.underWay.add(task)
    await task
  }

  /** Nothing is begun any more. */
  async stop (): Promise<void> {
    this.stopped = true
    await Promise.allSettled(this.underWay)
  }
}
