/** Moves messages along: what a device acknowledged, what a server stored, what ran out of time. */
import { constantTimeEqual } from '../../crypto/bytes.js'
import type { NodeEvent, Via } from '../chat-node.js'
import { findMessage, putMessage, type Step } from '../history/messages.js'
import { statusEvent } from '../history/view.js'
import { steadyNow } from '../home/home-time.js'
import type { Reader, Transaction } from '../home/lane.js'
import { jsonTable } from '../home/table.js'
import type { Clock, Random } from '../../runtime.js'
import { isDropped, type Range } from './dropped.js'
import { enqueueHello, findHello, isHello } from './hello.js'
import { helloEveryMs, maxAwaitingRead, maxEntriesAtOnce, maxReadAtOnce, maxSequence, maxTakenMarks } from './limits.js'
import { enqueue, findEntry, findOutChain, findSealed, listDelivered, listEntries, putEntry, putOutChain, removeEntry, removeSealed, type NumberedEntry } from './outbox.js'
import { firstOfEach, listSequences } from './sequences.js'
import { advance, type Advance } from './status.js'
import { wasTaken } from './taken-marks.js'

/** Delivered messages that are not known for read: those up to the chain's watermark are about to be. */
const unreadTable = jsonTable<{ messageId: string }>('awaiting-read')

export interface ParsedReceipt {
  deliveredThrough: number
  readThrough: number
  /** what was taken up to there, and is never shown */
  dropped?: Range[]
  /** marks of what was taken last, up to `deliveredThrough` */
  taken?: Uint8Array
}

export interface ProgressComponents {
  clock: Clock
  random: Random
  /** this account */
  username: string
  emit: (event: NodeEvent) => void
  /** After the commit: what was owed to the device under this sequence has come somewhere, or never will. */
  settled?: (device: string, sequence: number, outcome: 'delivered' | 'stored' | 'dropped') => void
  /** After the commit: more was read than one transaction moves on. `readOn` does the rest. */
  readsLeft: (device: string) => void
  /** In the transaction that has found that this home is older than what the device had of it: their sessions are of no use. */
  foundOlder?: (tx: Transaction, username: string, device: string) => Promise<void>
}

export interface Expired {
  /** whether a hello is owed to the device since */
  owesHello: boolean
  /** Up to here was looked, and there may be more. */
  through?: number | undefined
}

export class Progress {
  private hasToldOlder = false

  constructor (private readonly components: ProgressComponents) {}

  /** @param envelope what was stored: by now the entry may have to be sealed again, and then is not stored at all */
  async stored (tx: Transaction, device: string, { sequence, entry, envelope }: NumberedEntry & { envelope: Uint8Array }, where: { replicas: number, servers: number, untilMs: number }): Promise<void> {
    const sealed = await findSealed(tx, device, sequence)
    if (sealed === undefined || !constantTimeEqual(sealed, envelope) || !await this.isOwed(tx, device, sequence)) return
    putEntry(tx, device, { sequence, entry: { ...entry, state: { kind: 'stored', untilMs: where.untilMs } } })
    this.settle(tx, device, sequence, 'stored')
    await this.advance(tx, entry.messageId, device, { state: 'stored', via: 'mailbox', atMs: this.components.clock.now(), ...where })
  }

  async sent (tx: Transaction, device: string, { sequence, entry }: NumberedEntry, via: Via): Promise<void> {
    if (entry.state.kind !== 'queued' || !await this.isOwed(tx, device, sequence)) return
    putEntry(tx, device, { sequence, entry: { ...entry, state: { kind: 'sent' } } })
    await this.advance(tx, entry.messageId, device, { state: 'sent', via, atMs: this.components.clock.now() })
  }

  /**
   * Cumulative watermarks of the other device: entries up to there are done with. Returns whether there were some, and more
   * is owed to it: where its mailbox was full, there is room now.
   */
  async receipt (tx: Transaction, device: string, receipt: ParsedReceipt, via: Via): Promise<boolean> {
    const foundOlder = await this.catchUp(tx, device, receipt)
    const chain = await findOutChain(tx, device)
    if (chain === undefined) return false
    const last = chain.next - 1
    const deliveredThrough = Math.max(chain.deliveredThrough, Math.min(receipt.deliveredThrough, last))
    const readThrough = Math.max(chain.readThrough, Math.min(receipt.readThrough, deliveredThrough))
    if (deliveredThrough === chain.deliveredThrough && readThrough === chain.readThrough) return false
    const delivered = await listEntries(tx, device, { before: deliveredThrough + 1 })
    putOutChain(tx, device, { ...chain, deliveredThrough, readThrough })
    for (const numbered of delivered) await this.delivered(tx, device, numbered, { via, dropped: receipt.dropped ?? [] })
    await this.forgetUnread(tx, device, Math.max(readThrough, chain.deliveredThrough - maxAwaitingRead), deliveredThrough - maxAwaitingRead)
    const owesHello = delivered.length > 0 && await this.isNextLeftOut(tx, device)
    if (owesHello) await enqueueHello(tx, device, this.components)
    if (readThrough > chain.readThrough) {
      if (await this.readOn(tx, device, chain.readThrough)) tx.afterCommit(() => { this.components.readsLeft(device) })
    } else if (via !== 'mailbox' && !owesHello && !foundOlder) {
      // Lost, it leaves the messages in the outbox: they are sent again, and the device says again that it has them. If only
      // it is lost, and not what came after it, the next start finishes it.
      tx.repeatable()
    }
    return delivered.length > 0 && (await listEntries(tx, device, { limit: 1 })).length > 0
  }

  /**
   * At the start: what a chain says was delivered and is still there is done with. Of a receipt and what was written after it
   * a power cut may have taken the receipt alone, and the chain's row with its watermark was written by both.
   */
  async finishDelivered (tx: Transaction, device: string): Promise<void> {
    for (const numbered of await listDelivered(tx, device)) await this.delivered(tx, device, numbered, { via: null, dropped: [] })
  }

  /** Moves on some of what the device has read, after a sequence. Returns whether there may be more. */
  async readOn (tx: Transaction, device: string, after = 0): Promise<boolean> {
    const chain = await findOutChain(tx, device)
    if (chain === undefined) return false
    const page = await listSequences(unreadTable, tx, device, { after, before: chain.readThrough + 1, limit: maxReadAtOnce })
    for (const { sequence, value } of page) {
      unreadTable.delete(tx, device, sequence)
      await this.advance(tx, value.messageId, device, { state: 'read', via: null, atMs: this.components.clock.now() })
    }
    return page.length === maxReadAtOnce
  }

  /** Devices for which an earlier run did not come to the end of what they have read. */
  async halfRead (reader: Reader): Promise<string[]> {
    const devices: string[] = []
    for (const { device, sequence } of await firstOfEach(unreadTable, reader)) {
      if (sequence <= ((await findOutChain(reader, device))?.readThrough ?? 0)) devices.push(device)
    }
    return devices
  }

  /**
   * Mail that no server keeps any longer, and a device that does not come back for it. What was sealed before names it as
   * still to come, so the device is told that it is gone.
   *
   * @param after looks through a page of what is owed after this sequence
   */
  async expire (tx: Transaction, device: string, after = 0): Promise<Expired> {
    const atMs = this.components.clock.now()
    const steadyMs = await steadyNow(tx, this.components.clock)
    const page = await listEntries(tx, device, { after, limit: maxEntriesAtOnce })
    const through = page.length === maxEntriesAtOnce ? page.at(-1)?.sequence : undefined
    const expired = page.filter(({ entry }) => entry.state.kind === 'stored' && entry.state.untilMs <= steadyMs)
    for (const { sequence, entry } of expired) {
      removeEntry(tx, device, sequence)
      await this.advance(tx, entry.messageId, device, { state: 'expired', via: null, atMs })
    }
    // Of a hello that expires nothing is told, or they would follow each other for ever.
    if (expired.every(({ entry }) => isHello(entry))) return { owesHello: false, through }
    const told = await findHello(tx, device)
    if (told !== undefined && Math.abs(atMs - told.sentAtMs) < helloEveryMs) return { owesHello: false, through }
    await enqueueHello(tx, device, this.components)
    return { owesHello: true, through }
  }

  /** The device cannot read what was sealed for it: all that is owed is sealed again. */
  async sealAgain (tx: Transaction, device: string): Promise<void> {
    for (const { sequence, entry } of await listEntries(tx, device)) {
      removeSealed(tx, device, sequence)
      if (entry.state.kind !== 'queued') putEntry(tx, device, { sequence, entry: { ...entry, state: { kind: 'queued' } } })
    }
  }

  /** The device is no longer one of its account's: nothing is owed to it. Drops a page of that; returns whether there may be more. */
  async dropDevice (tx: Transaction, device: string): Promise<boolean> {
    const atMs = this.components.clock.now()
    const page = await listEntries(tx, device, { limit: maxEntriesAtOnce })
    for (const { sequence, entry } of page) {
      removeEntry(tx, device, sequence)
      this.settle(tx, device, sequence, 'dropped')
      await this.advance(tx, entry.messageId, device, { state: 'expired', via: null, atMs })
    }
    const unread = await unreadTable.keys(tx, [device], { limit: maxEntriesAtOnce })
    for (const key of unread) unreadTable.delete(tx, device, Number.parseInt(key[1] ?? '', 16))
    return page.length === maxEntriesAtOnce || unread.length === maxEntriesAtOnce
  }

  /** The message can go to nobody. */
  async abandon (tx: Transaction, messageId: string, atMs: number): Promise<void> {
    const { username, emit } = this.components
    const row = await findMessage(tx, username, messageId)
    if (row?.sent === undefined) return
    const step: Step = { state: 'expired', atMs }
    const abandoned = { ...row, sent: { ...row.sent, state: step.state, steps: [...row.sent.steps, step] } }
    putMessage(tx, abandoned)
    tx.afterCommit(() => { emit(statusEvent(abandoned, step)) })
  }

  /**
   * A device that has had more of us than was ever sent from here, or something else under a sequence, shows that this home is
   * an older copy of itself, or one of two. What did not come is owed under sequences that were not used yet: under its own it
   * would be taken for known. What may have come is shown once, by its id. Returns whether that was so.
   */
  private async catchUp (tx: Transaction, device: string, { deliveredThrough, taken = new Uint8Array(0) }: ParsedReceipt): Promise<boolean> {
    const chain = await findOutChain(tx, device)
    if (chain === undefined || deliveredThrough <= chain.deliveredThrough || deliveredThrough > maxSequence) return false
    const came = ({ sequence, entry: { wireId } }: NumberedEntry): ReturnType<typeof wasTaken> => wasTaken(taken, deliveredThrough, sequence, wireId)
    const before = deliveredThrough + 1
    // Of those before it says nothing: a receipt for thousands need not have them all read.
    const named = await listEntries(tx, device, { after: deliveredThrough - maxTakenMarks, before })
    if (deliveredThrough < chain.next && named.every((entry) => came(entry) !== 'no')) return false
    const told = await listEntries(tx, device, { before })
    putOutChain(tx, device, { ...chain, next: Math.max(chain.next, before) })
    for (const { sequence, entry: { state, ...content } } of told.filter((entry) => came(entry) !== 'yes')) {
      removeEntry(tx, device, sequence)
      await enqueue(tx, device, chain.username, content)
    }
    await this.components.foundOlder?.(tx, chain.username, device)
    tx.afterCommit(() => { this.tellOlder(chain.username) })
    return true
  }

  /** Once is enough, whoever else finds it out. */
  private tellOlder (username: string): void {
    if (this.hasToldOlder) return
    this.hasToldOlder = true
    this.components.emit({
      event: 'error',
      code: 'ERR_STORE_CORRUPT',
      message: `This home seems to be an older copy of itself: ${username} has had messages of this device that are not here. If another copy of the folder is in use, stop using one of them. What was sent and came since this copy was made may be missing here.`
    })
  }

  private async delivered (tx: Transaction, device: string, { sequence, entry }: NumberedEntry, { via, dropped }: { via: Via | null, dropped: Range[] }): Promise<void> {
    const atMs = this.components.clock.now()
    removeEntry(tx, device, sequence)
    this.settle(tx, device, sequence, 'delivered')
    if (entry.messageId === '') return
    if (isDropped(dropped, sequence)) {
      await this.advance(tx, entry.messageId, device, { state: 'expired', via: null, atMs })
      return
    }
    unreadTable.put(tx, { messageId: entry.messageId }, device, sequence)
    await this.advance(tx, entry.messageId, device, { state: 'delivered', via: entry.state.kind === 'stored' ? 'mailbox' : via, atMs })
  }

  /** Whatever has taken the places since: a message, what nobody sees, or nothing. */
  private async forgetUnread (tx: Transaction, device: string, after: number, through: number): Promise<void> {
    if (through <= after) return
    for (const { sequence } of await listSequences(unreadTable, tx, device, { after, before: through + 1 })) unreadTable.delete(tx, device, sequence)
  }

  private settle (tx: Transaction, device: string, sequence: number, outcome: 'delivered' | 'stored' | 'dropped'): void {
    const { settled } = this.components
    if (settled !== undefined) tx.afterCommit(() => { settled(device, sequence, outcome) })
  }

  /** What was left out for want of room was not known as such to what was sealed before: nothing after it would be shown. */
  private async isNextLeftOut (tx: Transaction, device: string): Promise<boolean> {
    const chain = await findOutChain(tx, device)
    const [oldest] = await listEntries(tx, device, { limit: 1 })
    return chain !== undefined && (oldest?.sequence ?? chain.next) > chain.deliveredThrough + 1
  }

  private async isOwed (tx: Transaction, device: string, sequence: number): Promise<boolean> {
    return await findEntry(tx, device, sequence) !== undefined
  }

  private async advance (tx: Transaction, messageId: string, device: string, to: Advance): Promise<void> {
    if (messageId === '') return
    const { username, emit } = this.components
    const row = await findMessage(tx, username, messageId)
    const advanced = row === undefined ? undefined : advance(row, device, to)
    if (advanced === undefined) return
    putMessage(tx, advanced.row)
    const { step } = advanced
    if (step !== undefined) tx.afterCommit(() => { emit(statusEvent(advanced.row, step)) })
  }
}
