/** Whether a source still brings what it was asked for: it has a while for each chunk, and longer as long as some of it comes. */
import { P2pChatError } from '../../../errors.js'
import type { Clock, Timer } from '../../../runtime.js'
import { maxSlowStalls, sourceStallMs } from '../limits.js'
import type { ChunkSource } from './source.js'

export interface StallWatchInit {
  clock: Clock
  source: ChunkSource
  /** Default: sourceStallMs. */
  stallMs?: number
  /** Whether anything is awaited of it. */
  awaits: () => boolean
  /** It has given nothing for that long, as it has said; it is waited for. */
  onHeld: () => void
  /** It has sent nothing for that long, or too little. */
  onStall: (error: P2pChatError) => void
}

export class StallWatch {
  #timer: Timer | undefined
  /** When it was last asked for something, or brought something: a timer for each chunk would cost more than looking at it. */
  #atMs = 0
  /** What it had shown of itself when that was last looked at. */
  #signs = 0
  #slowStalls = 0

  constructor (private readonly init: StallWatchInit) {}

  /** It was asked for something, or has brought something: its time begins anew. */
  begin (): void {
    const { clock, source } = this.init
    this.#atMs = clock.monotonicMs()
    this.#signs = source.signs ?? 0
    this.#slowStalls = 0
    if (this.#timer === undefined) this.#look(this.#stallMs)
  }

  cancel (): void {
    this.#timer?.cancel()
  }

  get #stallMs (): number {
    return this.init.stallMs ?? sourceStallMs
  }

  #look (afterMs: number): void {
    const { clock, source, awaits, onHeld, onStall } = this.init
    this.#timer = clock.schedule(afterMs, () => {
      this.#timer = undefined
      if (!awaits()) return
      const ms = this.#stallMs
      const left = this.#atMs + ms - clock.monotonicMs()
      if (source.held === true) {
        onHeld()
        this.#look(ms)
      } else if (left > 0) this.#look(left)
      else if (this.#isSlow()) this.#look(ms)
      else onStall(new P2pChatError('ERR_TIMEOUT', `${source.name} sent nothing for ${ms} ms, or hardly anything.`))
    }, { unref: true })
  }

  /** Something of a chunk came since it was last looked. */
  #isSlow (): boolean {
    const { signs = 0 } = this.init.source
    const isAlive = signs !== this.#signs
    this.#signs = signs
    return isAlive && ++this.#slowStalls < maxSlowStalls
  }
}
