/** Whose device sent an envelope, by the records here and the one that a first message introduces its account with. */
import { isP2pChatError } from '../../errors.js'
import { constantTimeEqual } from '../../crypto/bytes.js'
import type { Envelope } from '../../protocol/pb/envelope.js'
import { findDevice, verifyAccountRecord, type VerifiedAccountRecord } from '../../records/index.js'
import type { Clock } from '../../runtime.js'
import { findContact, findRecord, takeRecord, type TakenRecord } from '../contacts/contacts.js'
import { toHex } from '../home/hex.js'
import type { Reader, Transaction } from '../home/lane.js'
import type { Sessions } from '../sessions/sessions.js'
import { usernameOfChain } from './in-chain.js'
import { findOutChain } from './outbox.js'

export interface Sender { username: string, record: VerifiedAccountRecord, device: Uint8Array, hex: string, identityKey: Uint8Array }

export type FoundSender =
  | { kind: 'sender', sender: Sender }
  /** not pinned, or with another account key than the pinned one */
  | { kind: 'stranger', username: string }
  | { kind: 'changed', username: string, hex: string }
  /** known as a device of the account, whose record here does not list it (any more) */
  | { kind: 'unlisted', username: string }
  | { kind: 'unknown-device' }

export interface SenderFinderComponents {
  clock: Clock
  sessions: Sessions
  /** A record was taken: devices may have come and gone. */
  recordTaken: (tx: Transaction, before: VerifiedAccountRecord, taken: TakenRecord) => Promise<void>
}

export class SenderFinder {
  constructor (private readonly components: SenderFinderComponents) {}

  /**
   * The account that the directory is to be asked about first: the one behind a first message whose key nobody here vouches
   * for, or the one of a device that it was known by, and is not listed for here: it may have been signed in again.
   */
  async toLookUp (reader: Reader, envelope: Envelope): Promise<string | undefined> {
    const hex = toHex(envelope.senderDevice)
    const owner = await this.ownerOf(reader, hex)
    if (envelope.initiation !== undefined) {
      const introduced = await this.introducedBy(reader, envelope, owner)
      if (introduced === undefined || findDevice(introduced, envelope.senderDevice) === undefined) return undefined
      return await standingOf(reader, introduced) === 'unknown' ? introduced.username : undefined
    }
    if (owner === undefined) return undefined
    const record = await findRecord(reader, owner)
    return record === undefined || findDevice(record, envelope.senderDevice) === undefined ? owner : undefined
  }

  /** Whether it is a device of somebody who was talked with, and is not blocked. */
  async isTalkedWith (reader: Reader, senderDevice: Uint8Array): Promise<boolean> {
    const owner = await this.ownerOf(reader, toHex(senderDevice))
    const contact = owner === undefined ? undefined : await findContact(reader, owner)
    return contact?.talked === true && contact.decision !== 'blocked'
  }

  /** Who sent it, by the records here; the record in a first message may be newer than ours. */
  async find (tx: Transaction, envelope: Envelope): Promise<FoundSender> {
    const { sessions } = this.components
    const hex = toHex(envelope.senderDevice)
    // In a session that is there, the initiation is only a repetition: the account is the one the session was made with.
    const owner = await this.ownerOf(tx, hex)
    const introduced = await this.introducedBy(tx, envelope, owner)
    const inSession = owner !== undefined && await sessions.knows(tx, hex, envelope.sessionId)
    if (inSession && introduced !== undefined && introduced.username !== owner) return { kind: 'unknown-device' }
    // Records are public: anybody can put one of an account into an envelope of their own.
    if (!inSession && introduced !== undefined && findDevice(introduced, envelope.senderDevice) === undefined) return { kind: 'unknown-device' }
    const username = inSession ? owner : introduced?.username ?? owner
    if (username === undefined) return { kind: 'unknown-device' }
    if (introduced !== undefined) {
      const standing = await standingOf(tx, introduced)
      if (standing === 'unknown') return { kind: 'stranger', username }
      if (standing === 'offered') return { kind: 'changed', username, hex }
      await this.takePinned(tx, introduced)
    }
    const record = await findRecord(tx, username)
    if (record === undefined) return { kind: 'stranger', username }
    if ((await findContact(tx, username))?.identity === 'changed') return { kind: 'changed', username, hex }
    // A device that was removed since is named by the older record, and shown as removed.
    const device = findDevice(record, envelope.senderDevice) ?? (introduced === undefined ? undefined : findDevice(introduced, envelope.senderDevice))
    // In a session the identity key is not used again.
    const identityKey = device?.identityKey ?? (inSession ? new Uint8Array(32) : undefined)
    if (identityKey === undefined) return introduced === undefined ? { kind: 'unlisted', username } : { kind: 'unknown-device' }
    return { kind: 'sender', sender: { username, record, device: envelope.senderDevice, hex, identityKey } }
  }

  /** Whose device it is, by what was exchanged with it: known also when all sessions with it are gone. */
  async ownerOf (reader: Reader, hex: string): Promise<string | undefined> {
    return await this.components.sessions.usernameOf(reader, hex) ?? await usernameOfChain(reader, hex) ?? (await findOutChain(reader, hex))?.username
  }

  /** A device may announce the record of its own account, and of no other: false then. */
  async takeAnnounced (tx: Transaction, sender: Sender, signed: Uint8Array): Promise<boolean> {
    const record = tryVerify(signed)
    if (record?.username !== sender.username || await standingOf(tx, record) !== 'pinned') return false
    await this.takePinned(tx, record)
    return true
  }

  /** The record that comes with every message until the first receipt: mostly the one that is here, which was verified when it was taken. */
  private async introducedBy (reader: Reader, { initiation }: Envelope, owner: string | undefined): Promise<VerifiedAccountRecord | undefined> {
    if (initiation === undefined) return undefined
    const known = owner === undefined ? undefined : await findRecord(reader, owner)
    return known !== undefined && constantTimeEqual(known.signed, initiation.accountRecord) ? known : tryVerify(initiation.accountRecord)
  }

  /** Takes a newer record under the pinned key; an older one is no news, and no reason to refuse a message. */
  private async takePinned (tx: Transaction, record: VerifiedAccountRecord): Promise<void> {
    const before = await findRecord(tx, record.username)
    if (before === undefined || record.version <= before.version) return
    try {
      await this.components.recordTaken(tx, before, await takeRecord(tx, record, this.components.clock.now()))
    } catch (error) {
      if (!isP2pChatError(error, 'ERR_INVALID_RECORD')) throw error
    }
  }
}

/**
 * What is known of the account key of a record that came with a message: it is the pinned one, or the one that the
 * directory offers instead of it, or nobody vouches for it.
 */
async function standingOf (reader: Reader, { username, accountKey }: VerifiedAccountRecord): Promise<'pinned' | 'offered' | 'unknown'> {
  const contact = await findContact(reader, username)
  if (contact === undefined) return 'unknown'
  if (constantTimeEqual(contact.accountKey, accountKey)) return 'pinned'
  const offered = contact.offered === undefined ? undefined : tryVerify(contact.offered)
  return offered !== undefined && constantTimeEqual(offered.accountKey, accountKey) ? 'offered' : 'unknown'
}

/** Whether the newest record here lists the device. */
export function isListed ({ record, device }: Sender): boolean {
  return findDevice(record, device) !== undefined
}

function tryVerify (signed: Uint8Array): VerifiedAccountRecord | undefined {
  try {
    return verifyAccountRecord(signed)
  } catch (error) {
    if (isP2pChatError(error)) return undefined
    throw error
  }
}
