/**
 * Takes envelopes from whatever way they came. Reading a message, putting it in its place in the history, moving the
 * session on and marking the receipt as due are one synced transaction; only after it is anything acknowledged.
 */
import { isP2pChatError, P2pChatError } from '../../errors.js'
import { constantTimeEqual } from '../../crypto/bytes.js'
import type { SelfEnd } from '../../crypto/x3dh.js'
import type { Envelope } from '../../protocol/pb/envelope.js'
import { EnvelopeKind } from '../../protocol/enums.js'
import { Receipt } from '../../protocol/pb/content.js'
import { decode } from '../../protocol/codec.js'
import { findDevice, type VerifiedAccountRecord } from '../../records/index.js'
import type { Clock, Logger } from '../../runtime.js'
import type { Via } from '../chat-node.js'
import type { Admission } from '../contacts/admission.js'
import { findRecord, noteHead, type TakenRecord } from '../contacts/contacts.js'
import type { GroupContentTaker } from '../groups/types.js'
import { toHex } from '../home/hex.js'
import type { Lane, Reader, Transaction } from '../home/lane.js'
import type { Sessions } from '../sessions/sessions.js'
import { stillOwed, withDropped } from './dropped.js'
import { decodeEnvelope, LaterEnvelope } from './envelope.js'
import { findInChain, findParked, hold, listParked, markReceiptDue, park, parkedOfAccount, parkedTotal, putInChain, takeHeld, unpark, type InChain, type ParkedTotal, type ParkReason } from './in-chain.js'
import { maxDroppedRanges, maxHeld, maxHeldBytes, maxParked, maxParkedBytes, maxParkedOfAccount, maxParkedOfAccountBytes, maxParkedTries } from './limits.js'
import { arrive } from './order.js'
import { listEntries } from './outbox.js'
import { parkedChains, positionOf } from './parked.js'
import { parsePayload, type ParsedPayload } from './payload.js'
import type { ParsedReceipt } from './progress.js'
import { isListed, SenderFinder, type Sender } from './sender-finder.js'
import type { Arrived, Shelf } from './shelf.js'
import { withTaken, type Step } from './taken-marks.js'

const NOTHING = new Uint8Array(0)

/** What the inbox asks of its surroundings: after the transaction that calls for it, or in it when given one. */
export interface InboxEffects extends GroupContentTaker {
  fileReport: (tx: Transaction, sender: { username: string, device: string }, report: { fileId: Uint8Array, done: boolean }) => Promise<void>
  /** Only a message that is welcome belongs into the history now. Default: every one. @throws ERR_LIMIT it is to come again */
  admit?: (tx: Transaction, arrived: Arrived) => Promise<Admission>
  /** Whether this account, or who is not known here, may be told what has arrived. Default: every one. */
  isWelcome?: (reader: Reader, username: string | undefined) => Promise<boolean>
  /** The account has a newer record than the one here. */
  recordOutdated: (username: string) => void
  receiptDue: (device: string) => void
  /** Of a device there was no room for more: now there is some. */
  roomMade: () => void
  identityChanged: (username: string) => void
  /** The device cannot be read by us any more. */
  needNewSession: (tx: Transaction, username: string, device: string) => Promise<void>
  /** What the device seals may not be readable any more: that shows if nothing of it comes for a while. */
  mayNeedNewSession: (tx: Transaction, username: string, device: string) => Promise<void>
  /** The device could not read us. */
  sealAgain: (tx: Transaction, device: string) => Promise<void>
  receiptArrived: (tx: Transaction, device: string, receipt: ParsedReceipt, via: Via) => Promise<void>
  /** A record was taken: devices may have come and gone. */
  recordTaken: (tx: Transaction, before: VerifiedAccountRecord, taken: TakenRecord) => Promise<void>
}

export interface InboxComponents {
  lane: Lane
  clock: Clock
  logger: Logger
  self: SelfEnd
  sessions: Sessions
  shelf: Shelf
  effects: InboxEffects
  /** Takes what is for groups; without it, that waits. */
  groups?: GroupMail
}

/** Envelopes of groups, whose sender's device is known to be the one they name when they came directly. Throws only what the store throws. */
export interface GroupMail {
  takeMessage: (envelope: Envelope, via: Via) => Promise<Taken>
  takeReceipt: (envelope: Envelope, via: Via) => Promise<Taken>
}

/**
 * 'taken': may be acknowledged, whether it was read, kept for later, known already, or worthless. 'unanswered': there is no
 * room for more of its sender until the user has accepted or blocked somebody, or only a later version can read it. 'full': nor for
 * more of its device, until something of that which is kept back can be shown.
 */
export type Taken = 'taken' | 'not-yet' | 'unanswered' | 'full'

export class Inbox {
  /** Devices whose parked envelopes are being tried; true: once more after that. */
  private readonly retrying = new Map<string, boolean>()
  /** The parked chain of a device that is tried first, where not all had their turn. */
  private readonly retryFrom = new Map<string, number>()
  /** Devices of which something was left where it is, as too much of them is kept back. */
  private readonly full = new Set<string>()
  /** Of whose changed identity it was told that something waits. */
  private readonly toldChanged = new Set<string>()

  private toldLater = false

  private readonly senders: SenderFinder

  constructor (private readonly components: InboxComponents) {
    const { clock, sessions, effects } = components
    this.senders = new SenderFinder({ clock, sessions, recordTaken: async (tx, before, taken) => { await effects.recordTaken(tx, before, taken) } })
  }

  /**
   * The account that the caller asks the directory about before the envelope is taken: of who is not pinned yet or shows
   * another key, as a record that comes with a message alone proves nothing, or of a device that is not listed here.
   */
  async toLookUp (envelope: Uint8Array): Promise<string | undefined> {
    const parsed = this.tryDecode(envelope)
    if (parsed === undefined || parsed instanceof LaterEnvelope) return undefined
    return await this.senders.toLookUp(this.components.lane, parsed)
  }

  /**
   * @param expectedSender the device key of the peer it came from, when it came directly
   * @param wasAsked whether the directory has just answered for an account: what it does not vouch for is refused then
   * @throws only what the store throws; nothing was taken then
   */
  async take (bytes: Uint8Array, via: Via, expectedSender?: Uint8Array, wasAsked: (username: string) => boolean = () => false): Promise<Taken> {
    const envelope = this.tryDecode(bytes)
    if (envelope === undefined) return 'taken'
    // Acknowledged it would be gone; in the mailbox it waits until this device is updated. Of others it would fill that.
    if (envelope instanceof LaterEnvelope) return await this.senders.isTalkedWith(this.components.lane, envelope.senderDevice) ? 'unanswered' : 'taken'
    if (expectedSender !== undefined && !constantTimeEqual(envelope.senderDevice, expectedSender)) return this.refuse('it claims another sender')
    if (envelope.kind === EnvelopeKind.GROUP_MESSAGE) return await this.components.groups?.takeMessage(envelope, via) ?? 'not-yet'
    if (!constantTimeEqual(envelope.recipientDevice, this.components.self.deviceKey)) return this.refuse('it is for another device')
    if (envelope.kind === EnvelopeKind.GROUP_RECEIPT) return await this.components.groups?.takeReceipt(envelope, via) ?? 'not-yet'
    return await this.unlessFull(envelope, async (tx) => {
      if (envelope.kind === EnvelopeKind.RECEIPT) return await this.takeReceipt(tx, envelope, via)
      return await this.takeMessage(tx, envelope, bytes, via, wasAsked)
    })
  }

  /** A message that there is no room for must leave no trace, not even its key as used: its transaction is given up. */
  private async unlessFull (envelope: Envelope, work: (tx: Transaction) => Promise<Taken>): Promise<Taken> {
    const { lane, logger } = this.components
    const device = toHex(envelope.senderDevice)
    let isFull = false
    try {
      return await lane.write(async (tx) => {
        const taken = await work(tx)
        isFull = taken === 'full'
        if (!isFull) return taken
        this.full.add(device)
        throw new P2pChatError('ERR_LIMIT', 'Too much of this device is kept back (limits maxHeld, maxHeldBytes, maxParked and maxParkedBytes).')
      })
    } catch (error) {
      if (!isP2pChatError(error, 'ERR_LIMIT')) throw error
      logger.warn({ why: error.message }, 'an envelope waits')
      if (isFull) return 'full'
      return await this.isWelcome(lane, await this.senders.ownerOf(lane, device)) ? 'not-yet' : 'unanswered'
    }
  }

  /** After the commit. */
  private hasRoom (device: string): void {
    if (this.full.delete(device)) this.components.effects.roomMade()
  }

  private async isWelcome (reader: Reader, username: string | undefined): Promise<boolean> {
    return await this.components.effects.isWelcome?.(reader, username) ?? true
  }

  /** Tries what was parked of a device again, after something has changed. */
  async retryParked (device: string): Promise<void> {
    const isUnderWay = this.retrying.has(device)
    this.retrying.set(device, true)
    if (isUnderWay) return
    try {
      while (this.retrying.get(device) === true) {
        this.retrying.set(device, false)
        await this.retryChains(device, parkedChains(await listParked(this.components.lane, device)))
      }
    } finally {
      this.retrying.delete(device)
    }
  }

  /** Each chain up to the first message that still waits; after many that wait the others have their turn the next time. */
  private async retryChains (device: string, chains: string[][]): Promise<void> {
    const start = (this.retryFrom.get(device) ?? 0) % Math.max(1, chains.length)
    let waiting = 0
    for (let i = 0; i < chains.length && waiting < maxParkedTries; i++) {
      this.retryFrom.set(device, start + i + 1)
      for (const id of chains[(start + i) % chains.length] ?? []) {
        if (await this.retryOne(device, id)) continue
        waiting++
        break
      }
    }
    if (waiting < maxParkedTries) this.retryFrom.delete(device)
  }

  /** Whether it is parked no longer. The server was told that this device has it: it stays, unwritten, while it cannot be taken. */
  private async retryOne (device: string, id: string): Promise<boolean> {
    try {
      await this.components.lane.write(async (tx) => {
        const parked = await findParked(tx, device, id)
        await unpark(tx, device, id)
        const envelope = parked === undefined ? undefined : this.tryDecode(parked.envelope)
        if (parked === undefined || envelope === undefined || envelope instanceof LaterEnvelope) return
        const taken = await this.takeMessage(tx, envelope, parked.envelope, parked.via, () => true)
        if (taken !== 'taken' || await findParked(tx, device, id) !== undefined) throw new P2pChatError('ERR_LIMIT', 'A parked message still waits.')
      })
      this.hasRoom(device)
      return true
    } catch (error) {
      if (!isP2pChatError(error, 'ERR_LIMIT')) throw error
      return false
    }
  }

  private async takeReceipt (tx: Transaction, envelope: Envelope, via: Via): Promise<Taken> {
    const device = toHex(envelope.senderDevice)
    const { sessions } = this.components
    if (!await sessions.knows(tx, device, envelope.sessionId)) await this.noteLostSession(tx, envelope.senderDevice)
    const plaintext = await sessions.openReceipt(tx, device, envelope)
    if (plaintext === undefined) return this.refuse('it is a receipt of no session here')
    const receipt = tryDecodeReceipt(plaintext)
    if (receipt === undefined) return this.refuse('it is a malformed receipt')
    await this.components.effects.receiptArrived(tx, device, parseReceipt(receipt), via)
    return 'taken'
  }

  /** A device that answers in a session which is not here would do so for ever: if something is owed to it, it needs another. */
  private async noteLostSession (tx: Transaction, device: Uint8Array): Promise<void> {
    const hex = toHex(device)
    const owner = await this.senders.ownerOf(tx, hex)
    const record = owner === undefined ? undefined : await findRecord(tx, owner)
    if (owner === undefined || record === undefined || findDevice(record, device) === undefined) return
    if ((await listEntries(tx, hex, { limit: 1 })).length > 0) await this.components.effects.needNewSession(tx, owner, hex)
  }

  private async takeMessage (tx: Transaction, envelope: Envelope, bytes: Uint8Array, via: Via, wasAsked: (username: string) => boolean): Promise<Taken> {
    const found = await this.senders.find(tx, envelope)
    if (found.kind === 'stranger') return wasAsked(found.username) ? this.refuse('the directory does not vouch for its account') : 'not-yet'
    if (found.kind === 'unlisted' && !wasAsked(found.username)) return 'not-yet'
    if (found.kind === 'unlisted' || found.kind === 'unknown-device') return this.refuse('its account does not list the device that sent it')
    if (found.kind === 'changed') {
      tx.afterCommit(() => { this.tellChanged(found.username) })
      return await this.parkEnvelope(tx, found.username, found.hex, envelope, bytes, via, 'identity')
    }
    const { sender } = found
    const { self, sessions, effects } = this.components
    const peer = { username: sender.username, accountKey: sender.record.accountKey, deviceKey: sender.device, identityKey: sender.identityKey }
    const opened = await sessions.open(tx, self, peer, envelope)
    switch (opened.kind) {
      case 'read':
        if (!isListed(sender)) await sessions.unlisted(tx, sender.hex)
        return await this.takePlaintext(tx, sender, opened.plaintext, via)
      case 'duplicate': {
        const chain = await findInChain(tx, sender.hex, sender.username)
        // The receipt may have been lost: give it again.
        await this.oweReceipt(tx, sender, chain)
        // A key past the ratchet's memory looks like one that was used: what is waited for may be this very message.
        if (chain.held.length > 0 && isListed(sender)) await effects.needNewSession(tx, sender.username, sender.hex)
        return 'taken'
      }
      case 'early':
        // With too many lost before it, it stays early for ever.
        if (isListed(sender)) await effects.mayNeedNewSession(tx, sender.username, sender.hex)
        return await this.parkEnvelope(tx, sender.username, sender.hex, envelope, bytes, via, 'early')
      case 'unreadable':
        if (isListed(sender)) await effects.needNewSession(tx, sender.username, sender.hex)
        return 'taken'
      case 'invalid':
        // One of the two may be an older copy of itself: then nothing can be read in this session any more.
        if (isListed(sender) && await sessions.knows(tx, sender.hex, envelope.sessionId)) await effects.needNewSession(tx, sender.username, sender.hex)
        return this.refuse(opened.error.message)
    }
  }

  private async takePlaintext (tx: Transaction, sender: Sender, plaintext: Uint8Array, via: Via): Promise<Taken> {
    let payload: ParsedPayload
    try {
      payload = parsePayload(plaintext)
    } catch (error) {
      if (!isP2pChatError(error)) throw error
      return this.refuse(error.message)
    }
    if (sender.username === this.components.self.username) {
      // What another device of one's own says of the head must not stand against the server's record: it may be the stolen one.
      const known = await findRecord(tx, sender.username)
      if (known !== undefined && payload.record.version > known.version) tx.afterCommit(() => { this.components.effects.recordOutdated(sender.username) })
    } else if (isListed(sender) && await noteHead(tx, sender.username, { ...payload.record, device: sender.device })) {
      tx.afterCommit(() => { this.components.effects.recordOutdated(sender.username) })
    }
    const chain = await findInChain(tx, sender.hex, sender.username)
    const order = arrive(chain.expected, chain.held, payload)
    const released = new Set(order.release.map((release) => (release.kind === 'message' ? release.sequence : undefined)))
    let heldBytes = chain.heldBytes ?? 0
    const isHeld = !order.duplicate && !released.has(payload.sequence)
    if (isHeld) {
      heldBytes += plaintext.byteLength
      hold(tx, sender.hex, payload.sequence, { payload: plaintext, via })
    }
    const dropped: number[] = []
    const taken: Step[] = []
    for (const release of order.release) {
      if (release.kind === 'gap') {
        taken.push(release)
        await this.components.shelf.putGap(tx, sender.username, sender.hex, release)
      } else {
        const held = chain.held.includes(release.sequence) ? await takeHeld(tx, sender.hex, release.sequence) : undefined
        heldBytes -= held?.payload.byteLength ?? 0
        const arrived = held === undefined ? { payload, via } : { payload: parsePayload(held.payload), via: held.via }
        taken.push(arrived.payload)
        const admission = await this.release(tx, sender, arrived)
        if (admission === 'blocked') dropped.push(release.sequence)
      }
    }
    const waiting = order.duplicate ? chain.held : [...chain.held, payload.sequence]
    const next = {
      ...chain,
      expected: order.expected,
      held: waiting.filter((sequence) => sequence >= order.expected),
      heldBytes: Math.max(0, heldBytes),
      dropped: withDropped(stillOwed(chain.dropped ?? [], payload.lowestAlive), dropped),
      taken: withTaken(chain.taken ?? NOTHING, taken)
    }
    // After what it let go: it may say that nothing is to be waited for.
    if (isHeld && (next.held.length > maxHeld || next.heldBytes > maxHeldBytes)) return 'full'
    putInChain(tx, sender.hex, next)
    await this.oweReceipt(tx, sender, next)
    if (next.expected > chain.expected) tx.afterCommit(() => { this.hasRoom(sender.hex) })
    if (!order.duplicate && (await parkedTotal(tx, sender.hex)).count > 0) {
      tx.afterCommit(() => { void this.retryParked(sender.hex).catch((error: unknown) => { this.components.logger.error({ error }, 'parked messages could not be tried again') }) })
    }
    return 'taken'
  }

  /** What is not for the history is welcome of everybody. */
  private async release (tx: Transaction, sender: Sender, arrived: { payload: ParsedPayload, via: Via }): Promise<Admission> {
    const { effects, shelf } = this.components
    const { content } = arrived.payload
    switch (content.kind) {
      case 'hello':
        return 'welcome'
      case 'resend':
        if (isListed(sender)) await effects.sealAgain(tx, sender.hex)
        return 'welcome'
      case 'account-record':
        tx.afterCommit(() => { effects.recordOutdated(sender.username) })
        if (!await this.senders.takeAnnounced(tx, sender, content.signed)) this.refuse('it announces another account than its own')
        return 'welcome'
      case 'group-epoch':
      case 'group-epoch-request':
        await effects.groupContent(tx, { username: sender.username, device: sender.hex }, content)
        return 'welcome'
      case 'file-report':
        await effects.fileReport(tx, { username: sender.username, device: sender.hex }, content)
        return 'welcome'
      case 'text':
      case 'file':
      case 'unknown': {
        const message: Arrived = { sender: sender.username, device: sender.hex, payload: arrived.payload, via: arrived.via, fromRemovedDevice: !isListed(sender) }
        const admission = await effects.admit?.(tx, message) ?? 'welcome'
        if (admission === 'welcome') await shelf.putArrived(tx, message)
        return admission
      }
    }
  }

  private async oweReceipt (tx: Transaction, sender: Sender, chain: InChain): Promise<void> {
    if (!await this.isWelcome(tx, sender.username)) return
    await markReceiptDue(tx, sender.hex, chain)
    tx.afterCommit(() => { this.components.effects.receiptDue(sender.hex) })
  }

  /** Once in a run: it was told when the directory said so, and whoever writes again and again is not to repeat it. */
  private tellChanged (username: string): void {
    if (this.toldChanged.has(username)) return
    this.toldChanged.add(username)
    this.components.effects.identityChanged(username)
  }

  private async parkEnvelope (tx: Transaction, username: string, device: string, envelope: Envelope, bytes: Uint8Array, via: Via, reason: ParkReason): Promise<Taken> {
    const same = await findParked(tx, device, envelope.id)
    // Nothing vouches for the id yet: another message under it must not push out the one that is here, and waits until that has gone.
    if (same !== undefined) return constantTimeEqual(same.envelope, bytes) ? 'taken' : reason === 'identity' ? 'unanswered' : 'full'
    const isTooMuch = ({ count, bytes: before }: ParkedTotal, maxCount: number, maxBytes: number): boolean => count >= maxCount || before + bytes.byteLength > maxBytes
    const isFull = isTooMuch(await parkedTotal(tx, device), maxParked, maxParkedBytes)
    // Of an identity that changed no time makes room, only the user's answer.
    if (reason === 'identity' && (isFull || isTooMuch(await parkedOfAccount(tx, username), maxParkedOfAccount, maxParkedOfAccountBytes))) return 'unanswered'
    if (isFull) return 'full'
    await park(tx, username, device, envelope.id, { envelope: bytes, via, reason }, positionOf(envelope))
    return 'taken'
  }

  /** One that only a later version can read is told of once in a run. */
  private tryDecode (bytes: Uint8Array): Envelope | LaterEnvelope | undefined {
    try {
      return decodeEnvelope(bytes)
    } catch (error) {
      if (!isP2pChatError(error)) throw error
      if (error.code === 'ERR_UNSUPPORTED') {
        if (!this.toldLater) this.components.logger.warn({ why: error.message }, 'an envelope waits for an update')
        this.toldLater = true
        return LaterEnvelope.from(bytes)
      }
      this.refuse(error.message)
      return undefined
    }
  }

  private refuse (why: string): Taken {
    this.components.logger.warn({ why }, 'an envelope was refused')
    return 'taken'
  }
}

function parseReceipt ({ deliveredThrough, readThrough, dropped, taken }: Receipt): ParsedReceipt {
  return {
    deliveredThrough: Number(deliveredThrough),
    readThrough: Number(readThrough),
    dropped: dropped.slice(0, maxDroppedRanges).map(({ first, last }) => ({ first: Number(first), last: Number(last) })),
    taken
  }
}

function tryDecodeReceipt (plaintext: Uint8Array): Receipt | undefined {
  try {
    return decode(Receipt, plaintext, plaintext.byteLength, 'A receipt')
  } catch (error) {
    if (isP2pChatError(error)) return undefined
    throw error
  }
}
