import type { EndOfTurn } from '../../runtime.js'
import { retryWhenOverloadedMs } from '../limits.js'
import { appendOverheadBytes, maxAppendBytes, maxAppendsAtOnce, maxWaitingAppendBytes } from './limits.js'
import type { NotDone, ReplicaAppend, ReplicaEntry } from './replica.js'

export interface Appending {
  /** device key of the recipient */
  mailbox: Uint8Array
  entry: ReplicaEntry
}

/** Asks one server, once for all of them: what became of each, or why that is not known. */
export type AskAppends = (rosterVersion: number, appends: readonly Appending[]) => Promise<ReplicaAppend[] | NotDone>

interface Waiting extends Appending {
  rosterVersion: number
  bytes: number
  settle: (answer: ReplicaAppend) => void
  fail: (error: unknown) => void
}

/**
 * Appends for one server. What comes in one turn, or while a request is under way, goes there in one request: the busier a
 * server is, the less each append costs it. (With a second request under way it cost a seventh more, and took longer.)
 */
export class AppendQueue {
  readonly #ask: AskAppends
  readonly #endOfTurn: EndOfTurn
  #waiting: Waiting[] = []
  #waitingBytes = 0
  /** From the end of the turn in which the first one came until the answer is here. */
  #isAsking = false

  constructor (ask: AskAppends, endOfTurn: EndOfTurn) {
    this.#ask = ask
    this.#endOfTurn = endOfTurn
  }

  async append (rosterVersion: number, mailbox: Uint8Array, entry: ReplicaEntry): Promise<ReplicaAppend> {
    const bytes = entry.envelope.byteLength + entry.slot.byteLength + appendOverheadBytes
    if (this.#waitingBytes + bytes > maxWaitingAppendBytes) return { outcome: 'overloaded', retryAfterMs: retryWhenOverloadedMs, alternatives: [] }
    return await new Promise<ReplicaAppend>((resolve, reject) => {
      this.#waitingBytes += bytes
      this.#waiting.push({ rosterVersion, mailbox, entry, bytes, settle: resolve, fail: reject })
      this.#sendNext()
    })
  }

  #sendNext (): void {
    if (this.#waiting.length === 0 || this.#isAsking) return
    this.#isAsking = true
    this.#endOfTurn(() => {
      void this.#send(this.#take()).finally(() => {
        this.#isAsking = false
        this.#sendNext()
      })
    })
  }

  async #send (appends: readonly Waiting[]): Promise<void> {
    try {
      const answers = await this.#ask(appends[0]?.rosterVersion ?? 0, appends)
      // A server that does not answer is not asked for the next ones at once: nobody waits for longer than one request.
      const unanswered = 'outcome' in answers && answers.outcome === 'unknown' ? this.#takeAll() : []
      for (const [index, { settle }] of [...appends, ...unanswered].entries()) settle('outcome' in answers ? answers : answers[index] ?? { outcome: 'unknown' })
    } catch (error) {
      for (const { fail } of appends) fail(error)
    }
  }

  /** The oldest that go by one roster, as many as fit into one request. */
  #take (): Waiting[] {
    let bytes = 0
    let count = 0
    for (const waiting of this.#waiting) {
      bytes += waiting.bytes
      if (count > 0 && (bytes > maxAppendBytes || count === maxAppendsAtOnce || waiting.rosterVersion !== this.#waiting[0]?.rosterVersion)) break
      this.#waitingBytes -= waiting.bytes
      count++
    }
    return this.#waiting.splice(0, count)
  }

  #takeAll (): Waiting[] {
    this.#waitingBytes = 0
    return this.#waiting.splice(0)
  }
}
