/**
 * Receipts that went out in an answer. Nothing says that an answer was read: it counts as given when its channel has
 * outlived it for a while, and as lost when the channel ends before, since the other end may have died over it.
 */
import type { Channel } from '../../overlay/network.js'
import type { Clock } from '../../runtime.js'

/** What is read is on the disk well before that. */
export const answerSettledMs = 5_000

/** How far the messages of a device were delivered and read: all that a receipt says. */
export interface Watermarks { deliveredThrough: number, readThrough: number }

interface Answer { says: Watermarks, forget: () => void }

export class Answers {
  private readonly open = new Map<string, Answer>()

  constructor (private readonly clock: Clock) {}

  /** @param name whom it is for @param says what it tells; takes the place of one before, which told no more */
  gave (name: string, says: Watermarks, channel: Channel, { given, lost }: { given: () => void, lost: () => void }): void {
    this.open.get(name)?.forget()
    if (channel.closed.aborted) {
      lost()
      return
    }
    const end = (outcome: () => void): void => {
      forget()
      outcome()
    }
    const onClosed = (): void => { end(lost) }
    const timer = this.clock.schedule(answerSettledMs, () => { end(given) }, { unref: true })
    const forget = (): void => {
      timer.cancel()
      channel.closed.removeEventListener('abort', onClosed)
      this.open.delete(name)
    }
    channel.closed.addEventListener('abort', onClosed)
    this.open.set(name, { says, forget })
  }

  /** Whether an answer that is not settled yet tells just this. */
  tell (name: string, { deliveredThrough, readThrough }: Watermarks): boolean {
    const says = this.open.get(name)?.says
    return says?.deliveredThrough === deliveredThrough && says.readThrough === readThrough
  }

  /** What is not settled stays due. */
  stop (): void {
    for (const { forget } of [...this.open.values()]) forget()
  }
}
