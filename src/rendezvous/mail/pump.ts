import { asP2pChatError } from '../../errors.js'
import type { Channel } from '../../overlay/network.js'
import { encode } from '../../protocol/codec.js'
import { MailNotification, type MailboxEntry } from '../../protocol/pb/service.js'
import type { Clock, Logger, Timer } from '../../runtime.js'
import { maxReadBytes, maxReadEntries } from '../limits.js'
import type { Mailboxes, PlacedEntry } from '../mailboxes/index.js'
import { asError } from '../outcome.js'

export interface PumpComponents {
  mailboxes: Mailboxes
  clock: Clock
  logger: Logger
  channel: Channel
  /** device key */
  mailbox: Uint8Array
  /** where to go on */
  afterCursor: number
}

/** When a mailbox that could not be read is tried again; doubled each time, up to the second. */
export const pushRetryMs = 1_000
export const maxPushRetryMs = 30_000
/** When a mailbox is read after something was pushed unread: reading is what looks for what other servers have and this one lacks. */
export const readAfterPushMs = 5_000

type State = { kind: 'idle' } | { kind: 'pushing', again: boolean }

/**
 * Pushes the mail of one device as it arrives: read from the mailbox, one page after the other has been taken by the
 * channel's send queue, so that a slow reader costs one page of memory and no more. What has just been stored behind all
 * that was pushed need not be read again.
 */
export class Pump {
  readonly #components: PumpComponents
  #cursor: number
  #state: State = { kind: 'idle' }
  #retry: Timer | undefined
  #retryMs = pushRetryMs
  #look: Timer | undefined

  constructor (components: PumpComponents) {
    this.#components = components
    this.#cursor = components.afterCursor
    components.channel.closed.addEventListener('abort', () => { this.#look?.cancel() }, { once: true })
  }

  /** There may be new mail. @param entry all of it, if it comes right behind what was pushed last */
  wake (entry?: PlacedEntry): void {
    if (entry !== undefined && entry.cursor <= this.#cursor) return
    if (this.#state.kind === 'pushing') {
      this.#state.again = true
      return
    }
    this.#push(entry?.cursor === this.#cursor + 1 ? [entry] : []).catch((error: unknown) => {
      const { logger, channel } = this.#components
      logger.debug({ error: asP2pChatError(error), peer: channel.remotePeer }, 'mail could not be pushed')
      this.#wakeLater()
    })
  }

  /** What was read up to here need not be pushed. */
  skipTo (cursor: number): void {
    this.#cursor = Math.max(this.#cursor, cursor)
  }

  /** Nobody else would: its reader was told that mail is pushed. */
  #wakeLater (): void {
    this.#retry?.cancel()
    this.#retry = this.#components.clock.schedule(this.#retryMs, () => { this.wake() }, { unref: true })
    this.#retryMs = Math.min(2 * this.#retryMs, maxPushRetryMs)
  }

  /** @param stored what is the next, if that is known; then nothing is read */
  async #push (stored: PlacedEntry[]): Promise<void> {
    const { mailboxes, channel, mailbox } = this.#components
    const state: State = { kind: 'pushing', again: stored.length === 0 }
    this.#state = state
    this.#retry?.cancel()
    try {
      if (stored.length > 0 && !channel.closed.aborted) {
        await this.#give(stored)
        this.#readLater()
      }
      while (state.again && !channel.closed.aborted) {
        state.again = false
        const read = await mailboxes.read(mailbox, { afterCursor: this.#cursor, maxEntries: maxReadEntries, maxBytes: maxReadBytes })
        if (read.outcome !== 'read') throw asError(read)
        this.#retryMs = pushRetryMs
        await this.#give(read.entries)
        if (read.more) state.again = true
      }
    } finally {
      this.#state = { kind: 'idle' }
    }
  }

  #readLater (): void {
    if (this.#components.channel.closed.aborted) return
    this.#look ??= this.#components.clock.schedule(readAfterPushMs, () => {
      this.#look = undefined
      this.wake()
    }, { unref: true })
  }

  async #give (entries: PlacedEntry[]): Promise<void> {
    const last = entries.at(-1)
    if (last === undefined) return
    await this.#components.channel.notify('mailbox/mail', encode(MailNotification, { entries: entries.map(toWire) }))
    this.skipTo(last.cursor)
  }
}

export function toWire ({ cursor, entryId, envelope }: { cursor: number, entryId: Uint8Array, envelope: Uint8Array }): Omit<MailboxEntry, 'entryId' | 'envelope'> & { entryId: Uint8Array, envelope: Uint8Array } {
  return { cursor: BigInt(cursor), entryId, envelope }
}
