import type { Clock, Timer } from '../../runtime.js'
import { askAfterTicks, giveUpAfterTicks, keepaliveTickMs } from './limits.js'

export interface KeepaliveInit {
  clock: Clock
  /** Whether what arrives is read now. While it is not, silence says nothing of the other side. */
  isListening: () => boolean
  /** Silence for askAfterTicks. */
  ask: () => void
  /** Silence for giveUpAfterTicks: the other side is dead, or as good as. */
  giveUp: () => void
}

/**
 * Notices a peer that is silently gone (a frozen process, a pulled cable). It counts ticks instead of reading the
 * clock, so that neither a jump of the clock nor a sleep of this machine kills a channel at once.
 */
export class Keepalive {
  readonly #init: KeepaliveInit
  #silentTicks = 0
  #timer: Timer

  constructor (init: KeepaliveInit) {
    this.#init = init
    this.#timer = this.#arm()
  }

  /** Something arrived. */
  heard (): void {
    this.#silentTicks = 0
  }

  stop (): void {
    this.#timer.cancel()
  }

  #arm (): Timer {
    return this.#init.clock.schedule(keepaliveTickMs, () => { this.#tick() }, { unref: true })
  }

  #tick (): void {
    this.#silentTicks = this.#init.isListening() ? this.#silentTicks + 1 : 0
    if (this.#silentTicks >= giveUpAfterTicks) {
      this.#init.giveUp()
      return
    }
    this.#timer = this.#arm()
    if (this.#silentTicks === askAfterTicks) this.#init.ask()
  }
}
