import { asP2pChatError } from '../../errors.js'
import { deadline, type Clock, type Logger, type Timer } from '../../runtime.js'
import { announceDelayMs, announceIntervalMs, announceTimeoutMs } from './limits.js'
import type { ProviderRouting } from './routing.js'

export interface AnnouncerComponents {
  routing: ProviderRouting
  clock: Clock
  logger: Logger
}

type State =
  | { type: 'waiting', timer: Timer, dueMs: number }
  | { type: 'announcing', again: boolean }
  | { type: 'stopped' }

/** Keeps a server listed in the DHT: at once, soon after every new DHT server and whenever it is told to, and on a timer. */
export class Announcer {
  readonly #components: AnnouncerComponents
  readonly #key: Uint8Array
  #state: State

  /** @param key 32 bytes */
  constructor (components: AnnouncerComponents, key: Uint8Array) {
    this.#components = components
    this.#key = key
    this.#state = this.#wait(0)
    components.routing.onServer(() => { this.soon() })
    components.routing.stopped.addEventListener('abort', () => { this.#stop() }, { once: true })
  }

  /** Somebody may take an announcement now who did not before. */
  soon (): void {
    switch (this.#state.type) {
      case 'waiting':
        if (this.#state.dueMs <= this.#components.clock.monotonicMs() + announceDelayMs) return
        this.#state.timer.cancel()
        this.#state = this.#wait(announceDelayMs)
        break
      case 'announcing':
        this.#state.again = true
        break
      case 'stopped':
        break
    }
  }

  #wait (delayMs: number): State {
    const { clock } = this.#components
    const timer = clock.schedule(delayMs, () => { this.#announce().catch(() => {}) }, { unref: true })
    return { type: 'waiting', timer, dueMs: clock.monotonicMs() + delayMs }
  }

  async #announce (): Promise<void> {
    const { routing, clock, logger } = this.#components
    const announcing: State = { type: 'announcing', again: false }
    this.#state = announcing
    const limit = deadline(clock, announceTimeoutMs, routing.stopped)
    try {
      const servers = await routing.provide(this.#key, limit.signal)
      logger.debug({ servers }, 'announced in the DHT')
    } catch (error) {
      if (!routing.stopped.aborted) logger.debug({ error: asP2pChatError(error) }, 'not announced in the DHT yet')
    } finally {
      limit.clear()
    }
    if (this.#state === announcing) this.#state = this.#wait(announcing.again ? announceDelayMs : announceIntervalMs)
  }

  #stop (): void {
    if (this.#state.type === 'waiting') this.#state.timer.cancel()
    this.#state = { type: 'stopped' }
  }
}
