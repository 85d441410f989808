/** Empties this device's mailbox at the server: first what is there, then what is pushed. */
import { isP2pChatError, P2pChatError } from '../../errors.js'
import type { Channel } from '../../overlay/network.js'
import { makeMailboxAcknowledgement, maxAcknowledgedEntries } from '../../records/index.js'
import type { Clock, Logger, Random, Timer } from '../../runtime.js'
import { acknowledgeMail, readMail, subscribeMail, type MailEntry } from '../pool/requests.js'
import { acknowledgeDelayMs, acknowledgeSpreadMs, firstMailRetryMs, mailPageBytes, mailPageEntries, maxMailRetryMs, maxUnacknowledged } from './limits.js'
import type { Taken } from './inbox.js'

export interface MailboxComponents {
  clock: Clock
  random: Random
  logger: Logger
  device: { seed: Uint8Array, publicKey: Uint8Array }
  /** Takes envelopes in this order; says of each whether it may be acknowledged. */
  take: (envelopes: Uint8Array[]) => Promise<Taken[]>
}

interface PushedEntry extends MailEntry {
  /** Of the server that pushed it, which pushes none of it again there until it has ended. */
  channel: Channel
}

export class Mailbox {
  /** One batch after the other, whether read or pushed. */
  private tail: Promise<void> = Promise.resolve()
  /** Pushed while a batch was being taken: the next batch. */
  private pushedEntries: PushedEntry[] = []
  /** Pushed and taken, to be acknowledged together with what is pushed soon after. */
  private readonly unacknowledged = new Map<Channel, Uint8Array[]>()
  private acknowledging: Timer | undefined
  /** One acknowledgement after the other. */
  private acknowledged: Promise<void> = Promise.resolve()
  /** The channel that was opened last. */
  private newest: Channel | undefined
  /** Something was left in the mailbox that may be taken later. */
  private retry: Timer | undefined
  private retryPauseMs = firstMailRetryMs
  /** Something was left there until the user has answered who asks. */
  private isUnanswered = false
  private stopped = false

  constructor (private readonly components: MailboxComponents) {}

  /**
   * Reads the mailbox to its end and asks for what comes later to be pushed.
   *
   * @throws ERR_INVALID_RECORD when the server leads in circles; whoever opened the channel closes it
   */
  async open (channel: Channel): Promise<void> {
    this.newest = channel
    this.retry?.cancel()
    this.retry = undefined
    this.retryPauseMs = firstMailRetryMs
    const cursor = await this.readFrom(channel, 0n)
    await subscribeMail(channel)
    // What came between the last page and the subscription.
    await this.readFrom(channel, cursor)
  }

  /** Takes what the server pushed. */
  async pushed (channel: Channel, entries: MailEntry[]): Promise<void> {
    this.pushedEntries.push(...entries.map((entry) => ({ ...entry, channel })))
    await this.inTurn(async () => {
      const done = await this.takeAll(this.pushedEntries.splice(0))
      if (done.length === 0) return
      for (const entry of done) this.leaveUnacknowledged(entry)
      if (this.stopped || [...this.unacknowledged.values()].flat().length >= maxUnacknowledged) this.acknowledgeNow()
      else this.acknowledgeSoon()
    })
  }

  private leaveUnacknowledged ({ channel, entryId }: PushedEntry): void {
    const entryIds = this.unacknowledged.get(channel) ?? []
    entryIds.push(entryId)
    this.unacknowledged.set(channel, entryIds)
  }

  /** Somebody was accepted or blocked: what was left until then is looked at again soon. */
  async answered (): Promise<void> {
    // What is being taken may be left because of what was so before.
    await this.inTurn(async () => {
      if (!this.isUnanswered) return
      this.retry?.cancel()
      this.retry = undefined
      this.retryPauseMs = firstMailRetryMs
      this.readAgainLater()
    })
  }

  /** There is room again for what was left as too much of its device was kept back. */
  roomMade (): void {
    this.readAgainLater()
  }

  /** Waits for what is being taken, and acknowledges it. */
  async stop (): Promise<void> {
    this.stopped = true
    this.retry?.cancel()
    this.acknowledging?.cancel()
    await this.inTurn(async () => { this.acknowledgeNow() })
    await this.acknowledged
  }

  /**
   * An acknowledgement costs a signature here, and there its verification and a sync: whoever gets many messages gives one for
   * all of a while, and not all members of a group at the same moment. Until then the server pushes none of them again on this channel.
   */
  private acknowledgeSoon (): void {
    this.acknowledging ??= this.components.clock.schedule(acknowledgeDelayMs + this.spreadMs(), () => {
      this.acknowledging = undefined
      this.acknowledgeNow()
    }, { unref: true })
  }

  /** Nothing that is pushed waits for it. */
  private acknowledgeNow (): void {
    this.acknowledged = this.acknowledged.then(async () => { await this.acknowledgePushed() })
      .catch((error: unknown) => { this.components.logger.error({ error }, 'mail could not be acknowledged') })
  }

  private spreadMs (): number {
    const [chance = 0] = this.components.random.bytes(1)
    return Math.floor(acknowledgeSpreadMs * chance / 256)
  }

  /**
   * To whom pushed it, or where that server was left meanwhile, to the one that is used now. What cannot be acknowledged now
   * comes again with the next attachment, and is known then.
   */
  private async acknowledgePushed (): Promise<void> {
    const all = [...this.unacknowledged]
    this.unacknowledged.clear()
    for (const [pusher, entryIds] of all) {
      const channel = pusher.closed.aborted ? this.newest : pusher
      if (channel === undefined || channel.closed.aborted) continue
      try {
        await this.acknowledge(channel, entryIds)
      } catch (error) {
        if (!isP2pChatError(error)) throw error
        this.components.logger.info({ code: error.code }, 'mail could not be acknowledged')
        this.readAgainLater()
      }
    }
  }

  /** On whichever channel is there then: the one that something was left on may be gone. */
  private readAgainLater (): void {
    if (this.stopped || this.retry !== undefined) return
    this.retry = this.components.clock.schedule(this.retryPauseMs, () => {
      this.retry = undefined
      const channel = this.newest
      if (channel === undefined || channel.closed.aborted) return
      this.retryPauseMs = Math.min(2 * this.retryPauseMs, maxMailRetryMs)
      this.readFrom(channel, 0n).then(() => { if (this.retry === undefined) this.retryPauseMs = firstMailRetryMs }).catch((error: unknown) => {
        this.components.logger.info({ code: isP2pChatError(error) ? error.code : undefined }, 'mail that was left could not be read again')
        this.readAgainLater()
      })
    }, { unref: true })
  }

  private async readFrom (channel: Channel, start: bigint): Promise<bigint> {
    if (start === 0n) this.isUnanswered = false
    let cursor = start
    for (;;) {
      const page = await readMail(channel, { afterCursor: cursor, maxEntries: mailPageEntries, maxBytes: mailPageBytes })
      assertRising(cursor, page.entries)
      await this.inTurn(async () => {
        const done = await this.takeAll(page.entries)
        await this.acknowledge(channel, done.map(({ entryId }) => entryId))
      })
      cursor = page.entries.at(-1)?.cursor ?? cursor
      if (!page.more || page.entries.length === 0) return cursor
    }
  }

  /** @returns those that may be acknowledged */
  private async takeAll<Entry extends MailEntry> (entries: Entry[]): Promise<Entry[]> {
    if (entries.length === 0) return []
    const taken = await this.components.take(entries.map((entry) => entry.envelope))
    const done = entries.filter((_, i) => taken[i] === 'taken')
    if (taken.includes('not-yet')) this.readAgainLater()
    // No time changes that, nor what is 'full': who is not answered could have megabytes read and opened again each minute.
    if (taken.includes('unanswered')) this.isUnanswered = true
    return done
  }

  private async acknowledge (channel: Channel, entryIds: Uint8Array[]): Promise<void> {
    for (let i = 0; i < entryIds.length; i += maxAcknowledgedEntries) {
      await acknowledgeMail(channel, makeMailboxAcknowledgement(this.components.device, entryIds.slice(i, i + maxAcknowledgedEntries)))
    }
  }

  private async inTurn (work: () => Promise<void>): Promise<void> {
    const turn = this.tail.then(work)
    this.tail = turn.catch(() => {})
    await turn
  }
}

/** Without this a server could have the same page read for ever. */
function assertRising (after: bigint, entries: MailEntry[]): void {
  let last = after
  for (const { cursor } of entries) {
    if (cursor <= last) throw new P2pChatError('ERR_INVALID_RECORD', 'The server gave mail out of order; another server is tried.')
    last = cursor
  }
}
