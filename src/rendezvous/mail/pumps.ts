import type { Channel } from '../../overlay/network.js'
import type { Clock, Logger } from '../../runtime.js'
import type { Attachment, Attachments } from '../directory/index.js'
import type { Mailboxes, PlacedEntry } from '../mailboxes/index.js'
import { Pump } from './pump.js'

export interface PumpsComponents {
  mailboxes: Mailboxes
  attachments: Attachments
  clock: Clock
  logger: Logger
}

/** Pumps that are woken together: about as many pushes as are made in the time that a device takes for one. */
const pumpsAtOnce = 8
/** Turns after which what was pushed is with the system: frames leave at the end of one, encrypted at the end of the next. */
const turnsUntilWritten = 3

/** The pumps of all connected devices, and how far each has read. */
export class Pumps {
  readonly #components: PumpsComponents
  readonly #pumps = new WeakMap<Channel, Pump>()
  readonly #cursors = new WeakMap<Channel, number>()
  /** With new mail, and not woken yet; with what it is, where it is one entry. */
  readonly #sleeping = new Map<Pump, PlacedEntry | undefined>()
  #waking = false

  constructor (components: PumpsComponents) {
    this.#components = components
    components.mailboxes.onAppended((mailbox, entry) => {
      for (const { channel } of components.attachments.ofDevice(mailbox)) {
        const pump = this.#pumps.get(channel)
        if (pump !== undefined) this.#sleeping.set(pump, this.#sleeping.has(pump) ? undefined : entry)
      }
      if (!this.#waking) void this.#wakeAll()
    })
  }

  /** A page was given up to here. */
  hasRead (channel: Channel, cursor: number): void {
    this.#cursors.set(channel, Math.max(cursor, this.#cursors.get(channel) ?? 0))
    this.#pumps.get(channel)?.skipTo(cursor)
  }

  /** A message to a group is for many at once: the first have theirs while it is read and encrypted for the others. */
  async #wakeAll (): Promise<void> {
    this.#waking = true
    // Of all mailboxes of a message is told in one go.
    await Promise.resolve()
    for (let woken = 0; this.#sleeping.size > 0; woken++) {
      if (woken > 0 && woken % pumpsAtOnce === 0) await turns(turnsUntilWritten)
      const [next] = this.#sleeping
      if (next === undefined) break
      const [pump, entry] = next
      this.#sleeping.delete(pump)
      pump.wake(entry)
    }
    this.#waking = false
  }

  /** Pushes what comes behind the last page given, until the channel ends. */
  start ({ channel, deviceKey }: Attachment): void {
    const { mailboxes, clock, logger } = this.#components
    let pump = this.#pumps.get(channel)
    if (pump === undefined) {
      pump = new Pump({ mailboxes, clock, logger, channel, mailbox: deviceKey, afterCursor: this.#cursors.get(channel) ?? 0 })
      this.#pumps.set(channel, pump)
    }
    pump.wake()
  }
}

/** Behind what is under way: microtasks, and then what was put off to the end of the turn. */
async function turns (count: number): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise<void>((resolve) => { queueMicrotask(() => { process.nextTick(resolve) }) })
}
