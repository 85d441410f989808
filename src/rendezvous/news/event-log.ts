import { maxKeptEventBytes, maxKeptEvents } from './limits.js'
import type { NewsEvent } from './types.js'

interface Kept {
  number: number
  event: NewsEvent
  bytes: number
}

/** The last events that happened at this server, numbered 1, 2, 3 … Every neighbour goes through it at its own pace. */
export class EventLog {
  #kept: Kept[] = []
  #bytes = 0
  #last = 0

  /** The number of the newest; 0: there was none. */
  get last (): number {
    return this.#last
  }

  add (event: NewsEvent): void {
    const kept = { number: ++this.#last, event, bytes: bytesOf(event) }
    this.#kept.push(kept)
    this.#bytes += kept.bytes
    if (this.#kept.length <= maxKeptEvents && this.#bytes <= maxKeptEventBytes) return
    // Half of them at once, so that not every further one moves all.
    const dropped = this.#kept.splice(0, Math.ceil(this.#kept.length / 2))
    for (const { bytes } of dropped) this.#bytes -= bytes
  }

  /** Whether all events behind this one are here. */
  reaches (number: number): boolean {
    return number <= this.#last && number >= this.#last - this.#kept.length
  }

  /** Events behind this one, in order; one is given even if it is larger than `maxBytes`. */
  after (number: number, maxEvents: number, maxBytes: number): { events: NewsEvent[], last: number } {
    const from = Math.max(0, this.#kept.length - (this.#last - number))
    const events: NewsEvent[] = []
    let bytes = 0
    let last = from === 0 ? this.#last - this.#kept.length : number
    for (let at = from; at < this.#kept.length && events.length < maxEvents; at++) {
      const kept = this.#kept[at]
      if (kept === undefined || (events.length > 0 && bytes + kept.bytes > maxBytes)) break
      events.push(kept.event)
      bytes += kept.bytes
      last = kept.number
    }
    return { events, last }
  }
}

/** About what it costs on the wire and in memory. */
function bytesOf (event: NewsEvent): number {
  return event.kind === 'account' ? 50 : 100 + event.usernames.reduce((sum, username) => sum + username.length + 2, 0)
}
