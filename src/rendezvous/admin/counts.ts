import { asP2pChatError } from '../../errors.js'
import { deadline, raceSignal, type Clock, type Logger } from '../../runtime.js'
import { countPatienceMs } from './limits.js'

export interface CountsComponents<Counted> {
  /** Looks at everything, which may take many seconds. */
  count: () => Promise<Counted>
  /** What is told before it was counted once. */
  unknown: Counted
  clock: Clock
  logger: Logger
}

/** What is counted whenever somebody asks, and told as it was the last time when that takes long. */
export class Counts<Counted> {
  readonly #components: CountsComponents<Counted>
  #last: Counted
  #counting: Promise<void> | undefined

  constructor (components: CountsComponents<Counted>) {
    this.#components = components
    this.#last = components.unknown
  }

  /** Never rejects. */
  async now (): Promise<Counted> {
    this.#counting ??= this.#count().finally(() => { this.#counting = undefined })
    const time = deadline(this.#components.clock, countPatienceMs)
    await raceSignal(this.#counting, time.signal).catch(() => {})
    time.clear()
    return this.#last
  }

  async #count (): Promise<void> {
    const { count, logger } = this.#components
    try {
      this.#last = await count()
    } catch (error) {
      logger.debug({ error: asP2pChatError(error) }, 'what this server keeps could not be counted')
    }
  }
}
