import type { EventLog } from './event-log.js'
import { maxDevicesATell, maxEventBytesATell, maxEventsATell, maxUntoldDevices } from './limits.js'
import type { AttachedDevice, Tell } from './types.js'

export interface FeedSource {
  /** names this run of the server */
  run: Uint8Array
  /** Device keys that are attached here, in hexadecimal. */
  devices: () => string[]
  /** A device now; undefined: it is not attached. */
  device: (hex: string) => AttachedDevice | undefined
  keyOf: (hex: string) => Uint8Array
  events: EventLog
}

/**
 * What one neighbour is still to be told. Pure. Of a device only that it changed is remembered, and what is so now is told,
 * so a slow neighbour costs at most one word a device; if those become too many, it is told the table anew.
 */
export class Feed {
  readonly ticket: Uint8Array
  readonly #source: FeedSource
  /** Device keys in hexadecimal, in the order in which they will be told. */
  #untold = new Set<string>()
  /** Of the first of these: they make up the table. */
  #tableLeft = 0
  #begins = true
  #isComplete = false
  #cursor: number
  #gap: boolean
  #beat = false
  #sequence = 0
  #underWay: Tell | undefined

  /** @param heard how far the neighbour has heard events of this run; undefined: of none, or of another run */
  constructor (ticket: Uint8Array, source: FeedSource, heard: number | undefined) {
    this.ticket = ticket
    this.#source = source
    this.#gap = heard === undefined || !source.events.reaches(heard)
    this.#cursor = this.#gap ? source.events.last : heard ?? 0
    this.#startTable()
  }

  /** Something about a device is different now. */
  changed (hex: string): void {
    this.#untold.add(hex)
    if (this.#untold.size > maxUntoldDevices && this.#untold.size > 2 * this.#source.devices().length) this.#startTable()
  }

  /** Says something even if there is nothing to say. */
  beat (): void {
    this.#beat = true
  }

  /** What to tell now: the same until it was taken. Undefined: nothing. */
  next (): Tell | undefined {
    this.#underWay ??= this.#make()
    return this.#underWay
  }

  /** The neighbour has what `next` gave. */
  taken (): void {
    this.#underWay = undefined
  }

  #startTable (): void {
    this.#untold = new Set(this.#source.devices())
    this.#tableLeft = this.#untold.size
    this.#begins = true
    this.#isComplete = false
  }

  #make (): Tell | undefined {
    const { run, events, device, keyOf } = this.#source
    if (!events.reaches(this.#cursor)) {
      this.#gap = true
      this.#cursor = events.last
    }
    const news = events.after(this.#cursor, maxEventsATell, maxEventBytesATell)
    const isNews = news.events.length > 0 || this.#gap || this.#untold.size > 0 || !this.#isComplete
    if (!isNews && !this.#beat) return undefined
    const tell: Tell = { ticket: this.ticket, sequence: this.#sequence++, begins: this.#begins, complete: false, attached: [], detached: [], run, lastEvent: news.last, gap: this.#gap, events: news.events }
    for (const hex of this.#untold) {
      if (tell.attached.length + tell.detached.length >= maxDevicesATell) break
      this.#untold.delete(hex)
      this.#tableLeft = Math.max(0, this.#tableLeft - 1)
      const found = device(hex)
      if (found === undefined) tell.detached.push(keyOf(hex))
      else tell.attached.push(found)
    }
    tell.complete = !this.#isComplete && this.#tableLeft === 0
    this.#isComplete ||= tell.complete
    this.#cursor = news.last
    this.#begins = this.#gap = this.#beat = false
    return tell
  }
}
