/**
 * When the heads that a server names are looked at: the first at once, and in a larger group those that come soon after it
 * together. Who adds two hundred members makes two hundred entries, and each is read by all who are members by then.
 */
import type { Clock, Random } from '../../../runtime.js'
import { toHex } from '../../home/hex.js'
import type { ServedHead } from '../../pool/group-requests.js'
import { headPauseLooks, headPauseMsPerMember, maxHeadPauseMs, membersWithoutHeadPause } from './limits.js'
import type { Timers } from './timers.js'

export interface HeadPaceComponents {
  clock: Clock
  random: Random
  timers: Timers
  /** of a group as it is known here */
  membersOf: (id: string) => Promise<number>
  /** Reads up to the head. */
  look: (served: ServedHead) => Promise<void>
  /** Runs what nobody waits for. */
  run: (work: () => Promise<void>) => void
}

export class HeadPace {
  /** Groups that were looked at just now, or are being looked at, with the newest head named meanwhile. */
  private readonly resting = new Map<string, ServedHead | undefined>()

  constructor (private readonly components: HeadPaceComponents) {}

  /** @throws what looking throws */
  async told (served: ServedHead): Promise<void> {
    const id = toHex(served.groupId)
    if (this.resting.has(id)) {
      const newest = this.resting.get(id)
      if (newest === undefined || newest.head.sequence < served.head.sequence) this.resting.set(id, served)
      return
    }
    this.resting.set(id, undefined)
    const { clock, look } = this.components
    const beganAtMs = clock.monotonicMs()
    try {
      await look(served)
    } finally {
      await this.rest(id, clock.monotonicMs() - beganAtMs)
    }
  }

  private async rest (id: string, lookedMs: number): Promise<void> {
    const { random, timers, membersOf } = this.components
    const members = await membersOf(id).catch(() => 0)
    if (members <= membersWithoutHeadPause) {
      this.goOn(id)
      return
    }
    const mostMs = Math.min(maxHeadPauseMs, Math.max((members - membersWithoutHeadPause) * headPauseMsPerMember, lookedMs * headPauseLooks))
    // By chance, so that not all of them ask the server at once.
    const [chance = 0] = random.bytes(1)
    timers.set(`heads ${id}`, Math.ceil(mostMs * (256 + chance) / 512), () => { this.goOn(id) })
  }

  private goOn (id: string): void {
    const newest = this.resting.get(id)
    this.resting.delete(id)
    if (newest !== undefined) this.components.run(async () => { await this.told(newest) })
  }
}
