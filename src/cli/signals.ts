import { P2pChatError } from '../errors.js'

const NUMBERS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const

/** Why the command is to end, and the exit status of one that was cut off by it. */
export class Interruption {
  readonly #controller = new AbortController()
  #status: number | null = null
  #outlivesTerminal = false

  get signal (): AbortSignal {
    return this.#controller.signal
  }

  /** Null while nothing happened. */
  get status (): number | null {
    return this.#status
  }

  interrupt (status: number): void {
    this.#status ??= status
    this.#controller.abort(new P2pChatError('ERR_ABORTED', 'Cancelled.'))
  }

  /** From now on SIGHUP is no reason to end: what was started with nohup, or in the background of a session that is over. */
  outliveTerminal (): void {
    this.#outlivesTerminal = true
  }

  /** Until the function it returns is called. A second signal does not wait any longer; but a window that is closed often sends several SIGHUP. */
  watchProcess (): () => void {
    const names = Object.keys(NUMBERS) as Array<keyof typeof NUMBERS>
    const take = (name: NodeJS.Signals): void => {
      if (name === 'SIGHUP' && this.#outlivesTerminal) return
      const status = 128 + NUMBERS[name as keyof typeof NUMBERS]
      if (this.#status !== null && name !== 'SIGHUP') process.exit(status)
      this.interrupt(status)
    }
    for (const name of names) process.on(name, take)
    return () => { for (const name of names) process.off(name, take) }
  }
}
