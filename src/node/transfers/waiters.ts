/** Who waits for something to change. */
export class Waiters {
  private readonly waiting = new Set<() => void>()

  /** How many wait. */
  get size (): number {
    return this.waiting.size
  }

  /** Resolves at the next change, or when the signal aborts: neither is anything kept of it then, here or at the signal. */
  async next (signal: AbortSignal): Promise<void> {
    if (signal.aborted) return
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        this.waiting.delete(wake)
        signal.removeEventListener('abort', wake)
        resolve()
      }
      this.waiting.add(wake)
      signal.addEventListener('abort', wake)
    })
  }

  wake (): void {
    for (const wake of [...this.waiting]) wake()
  }
}
