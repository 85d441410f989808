/** Moves messages to groups along: sealed, stored, delivered to so many members, read, or out of time. */
import { constantTimeEqual } from '../../../crypto/bytes.js'
import { openGroupReceipt, verifyGroupReceipt, type SealedGroupReceipt } from '../../../crypto/group/index.js'
import { isP2pChatError, P2pChatError } from '../../../errors.js'
import { decode } from '../../../protocol/codec.js'
import { mailRetentionMs, maxEnvelopeBytes } from '../../../protocol/limits.js'
import { isUsername } from '../../../protocol/names.js'
import { Receipt } from '../../../protocol/pb/content.js'
import type { Envelope } from '../../../protocol/pb/envelope.js'
import { GroupReceipt } from '../../../protocol/pb/group.js'
import type { Clock, Logger, Timer } from '../../../runtime.js'
import type { NodeEvent, Via } from '../../chat-node.js'
import type { Taken } from '../../delivery/inbox.js'
import { reached } from '../../delivery/status.js'
import { findMessage, putMessage, type MessageRow, type SentDetails, type Step } from '../../history/messages.js'
import { statusEvent } from '../../history/view.js'
import { toHex } from '../../home/hex.js'
import { steadyNow } from '../../home/home-time.js'
import type { Lane, Transaction } from '../../home/lane.js'
import type { GroupBook } from '../types.js'
import { maxTallied, tallyDelayMs } from './limits.js'
import {
  findAudience, findEntry, findMark, findOutState, findUntallied, firstFor, groupsSpokenIn, groupsWithEntries, groupsWithUntallied, listEntries, listMarks, listSent, listWaiting, lowestEntry, oldestSpoken, putEntry, putMark, putOutState, putUntallied, removeEntry,
  removeSealed, removeSent, removeSpoken, removeWaiting, sequencesIn, spokenEpochs, unsentSequences, type Audience, type GroupOutState, type OutEntry
} from './out-tables.js'
import type { StoredInGroup } from './requests.js'
import { audit, countsOf, withCounts, type Audit } from './tally.js'

export interface ProgressComponents {
  lane: Lane
  clock: Clock
  logger: Logger
  self: { username: string, deviceKey: Uint8Array }
  book: GroupBook
  emit: (event: NodeEvent) => void
  /** After the commit: a member's device gave a receipt. */
  heard: (device: string) => void
  /** After the commit: a device has taken some mail, for which it may have had no room. */
  roomAgain: (id: string, device: string) => void
}

const maxWaitingAtOnce = 10_000

export class GroupProgress {
  private readonly timers = new Map<string, Timer>()
  /** Counts are made for one group after the other. */
  private tallying: Promise<void> = Promise.resolve()
  private givingUp: Promise<void> = Promise.resolve()
  private stopped = false

  constructor (private readonly components: ProgressComponents) {}

  /** Goes on with what an earlier run left. */
  async start (): Promise<void> {
    this.components.book.onChange((id) => { this.giveUpSoon(id) })
    for (const id of await groupsWithUntallied(this.components.lane)) this.tallySoon(id)
  }

  /** Makes the counts that are due, and no more. */
  async stop (): Promise<void> {
    this.stopped = true
    const due = [...this.timers.keys()]
    for (const timer of this.timers.values()) timer.cancel()
    this.timers.clear()
    for (const id of due) this.tallyNow(id)
    await this.tallying
    await this.givingUp
  }

  /** A message has got its place, or there is nobody it is for. */
  async begin (tx: Transaction, row: MessageRow, audience: Audience, place: SentDetails['place']): Promise<void> {
    const { clock, self } = this.components
    const { sent } = row
    if (sent === undefined) return
    const of = Object.keys(audience).filter((username) => username !== self.username).length
    const begun: MessageRow = { ...row, sent: { ...sent, ...(place === undefined ? {} : { place }) } }
    const counted = withCounts(begun, { delivered: 0, read: 0, of }, clock.now())
    // With nobody else in the group it has arrived; else the counts are no news yet.
    if (of === 0 && counted !== undefined) this.put(tx, counted.row, counted.step)
    else putMessage(tx, counted?.row ?? begun)
  }

  /** What a member's device says; see docs/wire/groups.md, "Receipts". Throws only what the store throws. */
  async takeReceipt (envelope: Envelope, via: Via): Promise<Taken> {
    const { lane, logger } = this.components
    try {
      const receipt = this.verify(envelope)
      await lane.write(async (tx) => { await this.mark(tx, receipt, via) })
    } catch (error) {
      if (!isP2pChatError(error, 'ERR_INVALID_RECORD', 'ERR_INVALID_SIGNATURE', 'ERR_LIMIT', 'ERR_DECRYPT', 'ERR_NOT_PERMITTED')) throw error
      logger.warn({ why: error.message }, 'a receipt of a group was refused')
    }
    return 'taken'
  }

  /** A server has it for all, or for all but those whose mailboxes are full. */
  async stored (tx: Transaction, id: string, sequence: number, { full, devices, ...where }: StoredInGroup): Promise<void> {
    const entry = await findEntry(tx, id, sequence)
    if (entry === undefined) return
    // Who does not have it from a server gets it later, or in another way.
    const untilMs = full.length > 0 || devices === 0 ? Math.max(where.untilMs, entry.sealedAtMs + mailRetentionMs) : where.untilMs
    if (full.length > 0) return await this.setState(tx, id, sequence, entry, { kind: 'partial', untilMs, full })
    await this.setState(tx, id, sequence, entry, { kind: 'stored', untilMs })
    removeSealed(tx, id, sequence)
    if (devices > 0) await this.advance(tx, entry.messageId, { state: 'stored', atMs: this.components.clock.now(), via: 'mailbox', ...where })
  }

  /** Handed to some of its devices; there is no server for the others. */
  async sent (tx: Transaction, id: string, sequence: number): Promise<void> {
    const entry = await findEntry(tx, id, sequence)
    if (entry?.state.kind !== 'sealed') return
    await this.setState(tx, id, sequence, entry, { kind: 'sent' })
    await this.advance(tx, entry.messageId, { state: 'sent', atMs: this.components.clock.now(), via: 'direct' })
  }

  /** This account is no member any more: what was not handed over never will be. */
  async abandon (tx: Transaction, id: string): Promise<void> {
    const atMs = this.components.clock.now()
    for (const { cursor, messageId } of await listWaiting(tx, id, maxWaitingAtOnce)) {
      removeWaiting(tx, id, cursor)
      await this.advance(tx, messageId, { state: 'expired', atMs })
    }
    for (const sequence of await unsentSequences(tx, id)) {
      const entry = await findEntry(tx, id, sequence)
      if (entry?.state.kind === 'sealed' || entry?.state.kind === 'sent') await this.end(tx, id, sequence, entry, atMs)
    }
  }

  /** Mail that no server keeps any longer, and messages under keys that nobody keeps any longer. */
  async expire (): Promise<void> {
    const { lane, clock } = this.components
    const steadyMs = await steadyNow(lane, clock)
    for (const id of await groupsWithEntries(lane)) {
      for (let after = 0; ;) {
        const page = await listEntries(lane, id, { after, limit: maxTallied })
        // No server keeps it for longer, whatever one has said.
        const over = page.filter(({ entry }) => steadyMs >= Math.min(entry.sealedAtMs + 2 * mailRetentionMs, 'untilMs' in entry.state ? entry.state.untilMs : entry.sealedAtMs + mailRetentionMs))
        for (const { sequence } of over) await this.giveUp(id, sequence)
        // What was sealed later is kept for longer, as good as always.
        if (over.length === 0) break
        after = page.at(-1)?.sequence ?? after
      }
    }
  }

  /** Who messages were for that are older than mail, and which those were: later receipts for them change no count. */
  async forget (): Promise<void> {
    const { lane, clock } = this.components
    const steadyMs = await steadyNow(lane, clock)
    for (const id of await groupsSpokenIn(lane)) {
      for (let oldest = await oldestSpoken(lane, id); oldest !== undefined; oldest = await oldestSpoken(lane, id)) {
        const { epoch, next: { first, sinceMs } } = oldest
        const lowest = await lowestEntry(lane, id)
        if (steadyMs < sinceMs + mailRetentionMs || (lowest !== undefined && lowest < first)) break
        while (await lane.write(async (tx) => await this.forgetSent(tx, id, epoch, first))) {
          // One page after the other.
        }
      }
    }
  }

  /** Whether there is more. */
  private async forgetSent (tx: Transaction, id: string, epoch: number, before: number): Promise<boolean> {
    const page = await listSent(tx, id, { from: 1, to: before - 1 }, maxTallied)
    for (const { sequence } of page) removeSent(tx, id, sequence)
    const isMore = page.length === maxTallied
    if (!isMore) removeSpoken(tx, id, epoch)
    return isMore
  }

  /** What was sealed under keys that were wrong, nobody can read: it is not waited for, here or there. */
  private giveUpSoon (id: string): void {
    const { lane, book } = this.components
    if (this.stopped) return
    this.givingUp = this.givingUp.then(async () => {
      if (await lowestEntry(lane, id) === undefined) return
      for (const epoch of await spokenEpochs(lane, id)) {
        if (!await book.isLost(lane, id, epoch)) continue
        const { from, before } = await sequencesIn(lane, id, epoch)
        for (let page = [{ sequence: from - 1 }]; page.length > 0;) {
          page = await listEntries(lane, id, { after: page.at(-1)?.sequence ?? before, before, limit: maxTallied })
          for (const { sequence } of page) await this.giveUp(id, sequence)
        }
      }
    }).catch((error: unknown) => { this.components.logger.info({ group: id, error }, 'messages under a wrong key are still waited for') })
  }

  private async giveUp (id: string, sequence: number): Promise<void> {
    const { lane, clock } = this.components
    await lane.write(async (tx) => {
      const entry = await findEntry(tx, id, sequence)
      if (entry !== undefined) await this.end(tx, id, sequence, entry, clock.now())
    })
  }

  private verify (envelope: Envelope): SealedGroupReceipt {
    const { epoch, ...fields } = decode(GroupReceipt, envelope.sealed, maxEnvelopeBytes, 'A receipt of a group')
    const receipt: SealedGroupReceipt = { ...fields, epoch: Number(epoch) }
    verifyGroupReceipt(receipt)
    if (!isUsername(receipt.username) || !constantTimeEqual(receipt.deviceKey, envelope.senderDevice) || !constantTimeEqual(receipt.recipientDevice, this.components.self.deviceKey)) {
      throw new P2pChatError('ERR_INVALID_RECORD', 'A receipt of a group that is between other devices was refused.')
    }
    return receipt
  }

  private async mark (tx: Transaction, receipt: SealedGroupReceipt, via: Via): Promise<void> {
    const { book, clock } = this.components
    const id = toHex(receipt.groupId)
    const device = toHex(receipt.deviceKey)
    const key = await book.receiptKey(tx, id, receipt.epoch)
    const isMember = await book.chain(tx, id, receipt.epoch, { username: receipt.username, deviceKey: receipt.deviceKey }) !== undefined
    if (key === undefined || !isMember) throw new P2pChatError('ERR_NOT_PERMITTED', 'A receipt of who is not known as a member was refused.')
    const plaintext = openGroupReceipt(key, receipt)
    const said = decode(Receipt, plaintext, plaintext.byteLength, 'A receipt of a group')
    const { next } = await findOutState(tx, id)
    const known = await findMark(tx, id, device)
    const before = known ?? { deliveredThrough: 0, readThrough: 0 }
    const deliveredThrough = Math.max(before.deliveredThrough, Math.min(Number(said.deliveredThrough), next - 1))
    const readThrough = Math.max(before.readThrough, Math.min(Number(said.readThrough), deliveredThrough))
    if (deliveredThrough === before.deliveredThrough && readThrough === before.readThrough) return
    putMark(tx, id, device, { deliveredThrough, readThrough, via, atMs: clock.now() })
    // Of one that is heard for the first time: what was sent before it came does not count it.
    const from = known === undefined
      ? await firstFor(tx, id, device) ?? next
      : Math.min(deliveredThrough === before.deliveredThrough ? next : before.deliveredThrough + 1, readThrough === before.readThrough ? next : before.readThrough + 1)
    const untallied = await findUntallied(tx, id)
    if (from <= deliveredThrough) putUntallied(tx, id, { from: Math.min(from, untallied?.from ?? from), to: Math.max(deliveredThrough, untallied?.to ?? 0) })
    tx.afterCommit(() => {
      this.components.heard(device)
      this.tallySoon(id)
      if (deliveredThrough > before.deliveredThrough) this.components.roomAgain(id, device)
    })
  }

  private tallySoon (id: string): void {
    if (this.stopped || this.timers.has(id)) return
    this.timers.set(id, this.components.clock.schedule(tallyDelayMs, () => {
      this.timers.delete(id)
      this.tallyNow(id)
    }, { unref: true }))
  }

  private tallyNow (id: string): void {
    const { lane, logger } = this.components
    this.tallying = this.tallying.then(async () => {
      while (await lane.write(async (tx) => await this.tally(tx, id))) {
        // One page after the other.
      }
    }).catch((error: unknown) => {
      logger[isP2pChatError(error) ? 'info' : 'error']({ error }, 'the receipts of a group could not be counted')
    })
  }

  /** Whether there is more. */
  private async tally (tx: Transaction, id: string): Promise<boolean> {
    const untallied = await findUntallied(tx, id)
    if (untallied === undefined) return false
    const { clock, self } = this.components
    const marks = await listMarks(tx, id)
    const audits = new Map<number, Audit>()
    const page = await listSent(tx, id, untallied, maxTallied)
    for (const { sequence, messageId, epoch } of page) {
      const known = audits.get(epoch) ?? audit(await findAudience(tx, id, epoch) ?? {}, marks, self.username)
      audits.set(epoch, known)
      const counts = countsOf(known, sequence)
      const row = await findMessage(tx, self.username, messageId)
      const counted = row === undefined ? undefined : withCounts(row, counts, clock.now())
      if (counted !== undefined) this.put(tx, counted.row, counted.step)
      const isEverywhere = known.allThrough >= sequence
      if (isEverywhere) removeEntry(tx, id, sequence)
      if (isEverywhere && counts.read === counts.of) removeSent(tx, id, sequence)
    }
    const isMore = page.length === maxTallied
    putUntallied(tx, id, isMore ? { from: (page.at(-1)?.sequence ?? untallied.to) + 1, to: untallied.to } : undefined)
    return isMore
  }

  /** Nobody waits for its receipts any more, though late ones still count. Who has it, has it: without anyone it has expired. */
  private async end (tx: Transaction, id: string, sequence: number, entry: OutEntry, atMs: number): Promise<void> {
    removeEntry(tx, id, sequence)
    // Also where one before it may still come: others must not wait for this one until then.
    const out = await findOutState(tx, id)
    putOutState(tx, id, { ...out, floor: Math.max(out.floor ?? 1, sequence + 1) })
    const row = await findMessage(tx, this.components.self.username, entry.messageId)
    await this.advance(tx, entry.messageId, { state: (row?.sent?.members?.delivered ?? 0) > 0 ? 'delivered' : 'expired', atMs })
  }

  private async setState (tx: Transaction, id: string, sequence: number, entry: OutEntry, state: GroupOutState): Promise<void> {
    putEntry(tx, id, sequence, { ...entry, state })
  }

  private async advance (tx: Transaction, messageId: string, step: Step): Promise<void> {
    const row = await findMessage(tx, this.components.self.username, messageId)
    if (row?.sent === undefined || row.sent.state === 'expired' || (step.state !== 'expired' && reached(row.sent.state, step.state))) return
    this.put(tx, { ...row, sent: { ...row.sent, state: step.state, steps: [...row.sent.steps, step] } }, step)
  }

  private put (tx: Transaction, row: MessageRow, step: Step): void {
    putMessage(tx, row)
    tx.afterCommit(() => { this.components.emit(statusEvent(row, step)) })
  }
}
