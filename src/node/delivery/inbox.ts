/**
 * Takes envelopes from whatever way they came. Reading a message, putting it in its place in the history, moving the
 * session on and marking the receipt as due are one synced transaction; only after it is anything acknowledged.
 */
import { isP2pChatError, P2pChatError } from '../../errors.js'
import { constantTimeEqual } from '../../crypto/bytes.js'
import type { SelfEnd } from '../../crypto/x3dh.js'
import type { Envelope } from '../../protocol/pb/envelope.js'
import { EnvelopeKind } from '../../protocol/pb/envelope.js'
import { Receipt } from '../../protocol/pb/content.js'
import { decode } from '../../protocol/codec.js'
import { findDevice, verifyAccountRecord, type VerifiedAccountRecord } from '../../records/index.js'
import type { Logger } from '../../runtime.js'
import type { Via } from '../chat-node.js'
import { findContact, findRecord, noteHead, takeRecord } from '../contacts/contacts.js'
import { toHex } from '../home/hex.js'
import type { Lane, Reader, Transaction } from '../home/lane.js'
import type { Sessions } from '../sessions/sessions.js'
import { decodeEnvelope } from './envelope.js'
import { findInChain, hasParked, hold, listParked, markReceiptDue, park, putInChain, takeHeld, unpark, type InChain, type ParkReason } from './in-chain.js'
import { maxHeld, maxParked } from './limits.js'
import { arrive } from './order.js'
import { parsePayload, type ParsedPayload } from './payload.js'
import type { Arrived, Shelf } from './shelf.js'

/** What the inbox asks of its surroundings, each after the transaction that calls for it. */
export interface InboxEffects {
  /** The account has a newer record than the one here. */
  recordOutdated: (username: string) => void
  /** The device cannot be read by us any more. */
  needNewSession: (username: string, device: string) => void
  /** The device could not read us. */
  sealAgain: (device: string) => void
  receiptDue: (device: string) => void
  receiptArrived: (device: string, receipt: { deliveredThrough: number, readThrough: number }, tx: Transaction, via: Via) => Promise<void>
  identityChanged: (username: string) => void
}

export interface InboxComponents {
  lane: Lane
  logger: Logger
  self: SelfEnd
  sessions: Sessions
  shelf: Shelf
  effects: InboxEffects
}

/** 'taken': may be acknowledged, whether it was read, kept for later, known already, or worthless. */
export type Taken = 'taken' | 'not-yet'

interface Sender { username: string, record: VerifiedAccountRecord, device: Uint8Array, hex: string, identityKey: Uint8Array }

type FoundSender =
  | { kind: 'sender', sender: Sender }
  | { kind: 'stranger' }
  | { kind: 'changed', username: string, hex: string }
  | { kind: 'unknown-device' }

export class Inbox {
  constructor (private readonly components: InboxComponents) {}

  /**
   * The username behind a first message of an account that is not pinned yet: the caller asks the directory for its
   * record before the envelope is taken, as a record that comes with a message alone proves nothing.
   */
  async strangerIn (envelope: Uint8Array): Promise<string | undefined> {
    const parsed = this.tryDecode(envelope)
    const signed = parsed?.initiation?.accountRecord
    if (parsed === undefined || signed === undefined) return undefined
    try {
      const { username } = verifyAccountRecord(signed)
      return await findRecord(this.components.lane, username) === undefined ? username : undefined
    } catch {
      return undefined
    }
  }

  /**
   * @param expectedSender the device key of the peer it came from, when it came directly
   * @throws only what the store throws; nothing was taken then
   */
  async take (bytes: Uint8Array, via: Via, expectedSender?: Uint8Array): Promise<Taken> {
    const envelope = this.tryDecode(bytes)
    if (envelope === undefined) return 'taken'
    if (!constantTimeEqual(envelope.recipientDevice, this.components.self.deviceKey)) return this.refuse('it is for another device')
    if (expectedSender !== undefined && !constantTimeEqual(envelope.senderDevice, expectedSender)) return this.refuse('it claims another sender')
    return await this.components.lane.write(async (tx) => {
      if (envelope.kind === EnvelopeKind.RECEIPT) return await this.takeReceipt(tx, envelope, via)
      return await this.takeMessage(tx, envelope, bytes, via)
    })
  }

  /** Tries what was parked of a device again, after something has changed. */
  async retryParked (device: string): Promise<void> {
    for (const { id, parked } of await listParked(this.components.lane, device)) {
      await this.components.lane.write(async (tx) => {
        unpark(tx, device, id)
        const envelope = this.tryDecode(parked.envelope)
        if (envelope !== undefined) await this.takeMessage(tx, envelope, parked.envelope, parked.via)
      })
    }
  }

  private async takeReceipt (tx: Transaction, envelope: Envelope, via: Via): Promise<Taken> {
    const device = toHex(envelope.senderDevice)
    const plaintext = await this.components.sessions.openReceipt(tx, device, envelope)
    if (plaintext === undefined) return this.refuse('it is a receipt of no session here')
    const receipt = decode(Receipt, plaintext, plaintext.byteLength, 'A receipt')
    const watermarks = { deliveredThrough: Number(receipt.deliveredThrough), readThrough: Number(receipt.readThrough) }
    await this.components.effects.receiptArrived(device, watermarks, tx, via)
    return 'taken'
  }

  private async takeMessage (tx: Transaction, envelope: Envelope, bytes: Uint8Array, via: Via): Promise<Taken> {
    const found = await this.findSender(tx, envelope)
    if (found.kind === 'stranger') return 'not-yet'
    if (found.kind === 'unknown-device') return this.refuse('its account does not list the device that sent it')
    if (found.kind === 'changed') {
      tx.afterCommit(() => { this.components.effects.identityChanged(found.username) })
      return await this.parkEnvelope(tx, found.hex, envelope.id, bytes, via, 'identity')
    }
    const { sender } = found
    const { self, sessions, effects } = this.components
    const peer = { username: sender.username, accountKey: sender.record.accountKey, deviceKey: sender.device, identityKey: sender.identityKey }
    const opened = await sessions.open(tx, self, peer, envelope)
    switch (opened.kind) {
      case 'read':
        return await this.takePlaintext(tx, sender, opened.plaintext, via)
      case 'duplicate':
        // The receipt may have been lost: give it again.
        await this.oweReceipt(tx, sender, await findInChain(tx, sender.hex, sender.username))
        return 'taken'
      case 'early':
        return await this.parkEnvelope(tx, sender.hex, envelope.id, bytes, via, 'early')
      case 'unreadable':
        tx.afterCommit(() => { effects.needNewSession(sender.username, sender.hex) })
        return 'taken'
      case 'invalid':
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
    const listed = findDevice(sender.record, sender.device) !== undefined
    if (listed && await noteHead(tx, sender.username, { ...payload.record, device: sender.device })) {
      tx.afterCommit(() => { this.components.effects.recordOutdated(sender.username) })
    }
    const chain = await findInChain(tx, sender.hex, sender.username)
    if (chain.held.length >= maxHeld && payload.sequence !== chain.expected) return 'not-yet'
    const order = arrive(chain.expected, chain.held, payload)
    const released = new Set(order.release.map((release) => (release.kind === 'message' ? release.sequence : undefined)))
    if (!order.duplicate && !released.has(payload.sequence)) hold(tx, sender.hex, payload.sequence, { payload: plaintext, via })
    for (const release of order.release) {
      if (release.kind === 'gap') await this.components.shelf.putGap(tx, sender.username, sender.hex, release)
      else {
        const held = chain.held.includes(release.sequence) ? await takeHeld(tx, sender.hex, release.sequence) : undefined
        await this.release(tx, sender, held === undefined ? { payload, via } : { payload: parsePayload(held.payload), via: held.via })
      }
    }
    const waiting = order.duplicate ? chain.held : [...chain.held, payload.sequence]
    const next = { ...chain, expected: order.expected, held: waiting.filter((sequence) => sequence >= order.expected) }
    putInChain(tx, sender.hex, next)
    await this.oweReceipt(tx, sender, next)
    if (!order.duplicate && await hasParked(tx, sender.hex)) {
      tx.afterCommit(() => { void this.retryParked(sender.hex).catch((error: unknown) => { this.components.logger.error({ error }, 'parked messages could not be tried again') }) })
    }
    return 'taken'
  }

  private async release (tx: Transaction, sender: Sender, arrived: { payload: ParsedPayload, via: Via }): Promise<void> {
    const { effects, shelf } = this.components
    const { content } = arrived.payload
    switch (content.kind) {
      case 'hello':
        return
      case 'resend':
        tx.afterCommit(() => { effects.sealAgain(sender.hex) })
        return
      case 'account-record':
        tx.afterCommit(() => { effects.recordOutdated(sender.username) })
        await this.takeAnnounced(tx, content.signed)
        return
      case 'text':
      case 'unknown': {
        const removed = findDevice(sender.record, sender.device) === undefined
        const message: Arrived = { sender: sender.username, device: sender.hex, payload: arrived.payload, via: arrived.via, fromRemovedDevice: removed }
        await shelf.putArrived(tx, message)
      }
    }
  }

  /** A record that a device announces is taken only from an account that is pinned already. */
  private async takeAnnounced (tx: Transaction, signed: Uint8Array): Promise<void> {
    try {
      const record = verifyAccountRecord(signed)
      if (await findContact(tx, record.username) !== undefined) await takeRecord(tx, record)
    } catch (error) {
      if (!isP2pChatError(error)) throw error
      this.refuse(error.message)
    }
  }

  private async oweReceipt (tx: Transaction, sender: Sender, chain: InChain): Promise<void> {
    await markReceiptDue(tx, sender.hex, chain)
    tx.afterCommit(() => { this.components.effects.receiptDue(sender.hex) })
  }

  private async parkEnvelope (tx: Transaction, device: string, id: Uint8Array, envelope: Uint8Array, via: Via, reason: ParkReason): Promise<Taken> {
    if ((await listParked(tx, device)).length >= maxParked) return 'not-yet'
    park(tx, device, id, { envelope, via, reason })
    return 'taken'
  }

  /** Who sent it, by the records here; the record in a first message may be newer than ours. */
  private async findSender (tx: Transaction, envelope: Envelope): Promise<FoundSender> {
    const hex = toHex(envelope.senderDevice)
    const introduced = introducedBy(envelope)
    const username = introduced?.username ?? await this.components.sessions.usernameOf(tx, hex)
    if (username === undefined) return { kind: 'unknown-device' }
    const contact = await findContact(tx, username)
    if (contact === undefined || await findRecord(tx, username) === undefined) return { kind: 'stranger' }
    if (introduced !== undefined && await this.isOfOtherIdentity(tx, introduced)) return { kind: 'changed', username, hex }
    if (contact.identity === 'changed') return { kind: 'changed', username, hex }
    const record = await findRecord(tx, username)
    if (record === undefined) return { kind: 'stranger' }
    // A device that was removed since is named by the older record, and shown as removed.
    const device = findDevice(record, envelope.senderDevice) ?? (introduced === undefined ? undefined : findDevice(introduced, envelope.senderDevice))
    const identityKey = device?.identityKey ?? await this.knownIdentityKey(tx, hex, envelope)
    if (identityKey === undefined) return { kind: 'unknown-device' }
    return { kind: 'sender', sender: { username, record, device: envelope.senderDevice, hex, identityKey } }
  }

  private async isOfOtherIdentity (tx: Transaction, introduced: VerifiedAccountRecord): Promise<boolean> {
    try {
      return (await takeRecord(tx, introduced)).kind === 'changed'
    } catch (error) {
      // Older than what is known: no news, and no reason to refuse the message.
      if (isP2pChatError(error, 'ERR_INVALID_RECORD')) return false
      throw error
    }
  }

  /** In a session that is there already the identity key is not used again. */
  private async knownIdentityKey (reader: Reader, hex: string, envelope: Envelope): Promise<Uint8Array | undefined> {
    return await this.components.sessions.knows(reader, hex, envelope.sessionId) ? new Uint8Array(32) : undefined
  }

  private tryDecode (bytes: Uint8Array): Envelope | undefined {
    try {
      return decodeEnvelope(bytes)
    } catch (error) {
      if (!isP2pChatError(error)) throw error
      this.refuse(error.message)
      return undefined
    }
  }

  private refuse (why: string): Taken {
    this.components.logger.warn({ why }, 'an envelope was refused')
    return 'taken'
  }
}

function introducedBy (envelope: Envelope): VerifiedAccountRecord | undefined {
  const signed = envelope.initiation?.accountRecord
  if (signed === undefined) return undefined
  try {
    return verifyAccountRecord(signed)
  } catch (error) {
    if (error instanceof P2pChatError) return undefined
    throw error
  }
}
