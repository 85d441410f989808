/** Empties this device's mailbox at the server: first what is there, then what is pushed. */
import type { Channel } from '../../overlay/network.js'
import { makeMailboxAcknowledgement, maxAcknowledgedEntries } from '../../records/index.js'
import type { Logger } from '../../runtime.js'
import { acknowledgeMail, readMail, subscribeMail, type MailEntry } from '../pool/requests.js'
import { mailPageBytes, mailPageEntries } from './limits.js'
import type { Taken } from './inbox.js'

export interface MailboxComponents {
  logger: Logger
  device: { seed: Uint8Array, publicKey: Uint8Array }
  /** Takes envelopes in this order; says of each whether it may be acknowledged. */
  take: (envelopes: Uint8Array[]) => Promise<Taken[]>
}

export class Mailbox {
  /** One batch after the other, whether read or pushed. */
  private tail: Promise<void> = Promise.resolve()
  /** Pushed while a batch was being taken: the next batch. */
  private pushedEntries: MailEntry[] = []

  constructor (private readonly components: MailboxComponents) {}

  /** Reads the mailbox to its end and asks for what comes later to be pushed. */
  async open (channel: Channel): Promise<void> {
    const cursor = await this.readFrom(channel, 0n)
    await subscribeMail(channel)
    // What came between the last page and the subscription.
    await this.readFrom(channel, cursor)
  }

  /** Takes what the server pushed. */
  async pushed (channel: Channel, entries: MailEntry[]): Promise<void> {
    this.pushedEntries.push(...entries)
    await this.inTurn(async () => { await this.takeAll(channel, this.pushedEntries.splice(0)) })
  }

  /** Waits for what is being taken. */
  async settle (): Promise<void> {
    await this.tail
  }

  private async readFrom (channel: Channel, start: bigint): Promise<bigint> {
    let cursor = start
    for (;;) {
      const page = await readMail(channel, { afterCursor: cursor, maxEntries: mailPageEntries, maxBytes: mailPageBytes })
      await this.inTurn(async () => { await this.takeAll(channel, page.entries) })
      cursor = page.entries.at(-1)?.cursor ?? cursor
      if (!page.more || page.entries.length === 0) return cursor
    }
  }

  private async takeAll (channel: Channel, entries: MailEntry[]): Promise<void> {
    if (entries.length === 0) return
    const taken = await this.components.take(entries.map((entry) => entry.envelope))
    const done = entries.filter((_, i) => taken[i] === 'taken').map((entry) => entry.entryId)
    for (let i = 0; i < done.length; i += maxAcknowledgedEntries) {
      await acknowledgeMail(channel, makeMailboxAcknowledgement(this.components.device, done.slice(i, i + maxAcknowledgedEntries)))
    }
  }

  private async inTurn (work: () => Promise<void>): Promise<void> {
    const turn = this.tail.then(work)
    this.tail = turn.catch(() => {})
    await turn
  }
}
