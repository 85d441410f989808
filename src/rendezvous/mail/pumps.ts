import type { Channel } from '../../overlay/network.js'
import type { Clock, Logger } from '../../runtime.js'
import type { Attachment, Attachments } from '../directory/index.js'
import type { Mailboxes } from '../mailboxes/index.js'
import { Pump } from './pump.js'

export interface PumpsComponents {
  mailboxes: Mailboxes
  attachments: Attachments
  clock: Clock
  logger: Logger
}

/** The pumps of all connected devices, and how far each has read. */
export class Pumps {
  readonly #components: PumpsComponents
  readonly #pumps = new WeakMap<Channel, Pump>()
  readonly #cursors = new WeakMap<Channel, number>()

  constructor (components: PumpsComponents) {
    this.#components = components
    components.mailboxes.onAppended((mailbox) => {
      for (const { channel } of components.attachments.ofDevice(mailbox)) this.#pumps.get(channel)?.wake()
    })
  }

  /** A page was given up to here. */
  hasRead (channel: Channel, cursor: number): void {
    this.#cursors.set(channel, Math.max(cursor, this.#cursors.get(channel) ?? 0))
    this.#pumps.get(channel)?.skipTo(cursor)
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
