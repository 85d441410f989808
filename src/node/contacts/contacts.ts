/** The accounts this home knows: their pinned keys, their newest records and how far they were read. */
import { constantTimeEqual } from '../../crypto/bytes.js'
import { P2pChatError } from '../../errors.js'
import { findDevice, readStoredAccountRecord, verifyAccountRecord, type CertifiedDevice, type VerifiedAccountRecord } from '../../records/index.js'
import type { IdentityState } from '../chat-node.js'
import { fromHex } from '../home/hex.js'
import type { Reader, Transaction } from '../home/lane.js'
import { rememberedTable } from '../home/table.js'
import type { Decision } from './admission.js'
import { confirmationStepMs } from './limits.js'
import { observeRecord, type HeadClaim, type Pin } from './observe.js'

export interface Contact extends Pin {
  identity: IdentityState
  /** The record with another key that was offered last, and what the identity was before, with identity 'changed'. */
  offered?: Uint8Array
  identityBefore?: 'pinned' | 'verified'
  /** The account key whose safety number the user was shown last: the only one that may be accepted. */
  shownKey?: Uint8Array
  /** When the record in use was last vouched for, within confirmationStepMs. */
  confirmedAtMs: number
  unread: number
  /** all up to this cursor was read */
  readCursor?: number
  lastMessageAtMs: number | null
  /** Whether a message was ever exchanged; others are only known by name. */
  talked: boolean
  /** missing: by the contacts policy */
  decision?: Decision
}

const contactTable = rememberedTable<Contact>('contact')
const recordTable = rememberedTable<VerifiedAccountRecord>('record', { encode: ({ signed }) => signed, decode: readStoredAccountRecord })

export async function findContact (reader: Reader, username: string): Promise<Contact | undefined> {
  return await contactTable.get(reader, username)
}

export async function findRecord (reader: Reader, username: string): Promise<VerifiedAccountRecord | undefined> {
  return await recordTable.get(reader, username)
}

/** Whether the newest record here lists the device, which is in hex. */
export async function listsDevice (reader: Reader, username: string, device: string): Promise<boolean> {
  const record = await findRecord(reader, username)
  return record !== undefined && findDevice(record, fromHex(device)) !== undefined
}

export async function listContacts (reader: Reader): Promise<Array<{ username: string, contact: Contact }>> {
  const entries = await contactTable.list(reader, [])
  return entries.map(({ key, value }) => ({ username: key[0] ?? '', contact: value }))
}

export function putContact (tx: Transaction, username: string, contact: Contact): void {
  contactTable.put(tx, contact, username)
}

/**
 * Keeps a contact that is talked with from now on.
 *
 * @param welcomed told after the commit, when that was not so before: who is talked with does not have to ask
 */
export function putTalked (tx: Transaction, username: string, contact: Contact, welcomed: (username: string) => void): void {
  if (!contact.talked) tx.afterCommit(() => { welcomed(username) })
  putContact(tx, username, { ...contact, talked: true })
}

export type TakenRecord =
  /** confirmedAtMs: when the record before it was last vouched for; isBack: another key was offered before, and is forgotten */
  | { kind: 'current', record: VerifiedAccountRecord, added: CertifiedDevice[], confirmedAtMs: number, isBack?: boolean }
  | { kind: 'changed', record: VerifiedAccountRecord, firstSight: boolean }

/**
 * Holds a verified record against what is pinned, and keeps it if it is the newest.
 *
 * @throws ERR_INVALID_RECORD when it is older than, or contradicts, what was seen before
 */
export async function takeRecord (tx: Transaction, next: VerifiedAccountRecord, nowMs: number): Promise<TakenRecord> {
  const contact = await findContact(tx, next.username)
  const current = await findRecord(tx, next.username)
  const observation = observeRecord(contact, current, next)
  switch (observation.kind) {
    case 'first':
      keepRecord(tx, next, { identity: 'pinned', unread: 0, lastMessageAtMs: null, talked: false, confirmedAtMs: nowMs })
      return { kind: 'current', record: next, added: [], confirmedAtMs: nowMs }
    case 'same': {
      const known = contact as Contact
      if (known.identity === 'changed' || Math.abs(nowMs - known.confirmedAtMs) > confirmationStepMs) {
        putContact(tx, next.username, { ...asBefore(known), confirmedAtMs: nowMs })
      }
      return { kind: 'current', record: current ?? next, added: [], confirmedAtMs: known.confirmedAtMs, isBack: known.identity === 'changed' }
    }
    case 'newer': {
      const known = contact as Contact
      keepRecord(tx, next, { ...asBefore(withoutClaim(known)), confirmedAtMs: nowMs })
      return { kind: 'current', record: next, added: observation.added, confirmedAtMs: known.confirmedAtMs, isBack: known.identity === 'changed' }
    }
    case 'changed': {
      const known = contact as Contact
      const firstSight = known.identity !== 'changed'
      const before = known.identity === 'changed' ? known.identityBefore ?? 'pinned' : known.identity
      putContact(tx, next.username, { ...known, identity: 'changed', identityBefore: before, offered: next.signed })
      return { kind: 'changed', record: next, firstSight }
    }
    case 'stale':
      throw new P2pChatError('ERR_INVALID_RECORD', `An account record of ${next.username} was refused: it is older than one seen before.`)
    case 'forked':
      throw new P2pChatError('ERR_INVALID_RECORD', `An account record of ${next.username} was refused: it contradicts one seen before.`)
  }
}

/** Remembers that a device named a newer head than the one here, so that older records are refused. True when it was news. */
export async function noteHead (tx: Transaction, username: string, claim: HeadClaim): Promise<boolean> {
  const contact = await findContact(tx, username)
  if (contact === undefined || claim.version <= Math.max(contact.headVersion, contact.claim?.version ?? 0)) return false
  putContact(tx, username, { ...contact, claim })
  return true
}

/** The account key whose safety number is to be compared: the offered one after a change. */
export function keyToCompare (contact: Contact): Uint8Array {
  return contact.offered === undefined ? contact.accountKey : verifyAccountRecord(contact.offered).accountKey
}

/** Remembers which key the user was shown the number of. */
export async function noteShown (tx: Transaction, username: string, accountKey: Uint8Array): Promise<void> {
  const contact = await findContact(tx, username)
  if (contact !== undefined) putContact(tx, username, { ...contact, shownKey: accountKey })
}

/**
 * Takes the key that was compared as the account's from now on. Another one may have been offered in the meantime: that
 * one was not compared.
 *
 * @throws ERR_NOT_FOUND; ERR_IDENTITY_CHANGED when this number was not shown yet
 */
export async function acceptShown (tx: Transaction, username: string): Promise<void> {
  const contact = await findContact(tx, username)
  if (contact === undefined) throw new P2pChatError('ERR_NOT_FOUND', `Nothing is known of ${username} yet.`)
  if (contact.shownKey === undefined || !constantTimeEqual(contact.shownKey, keyToCompare(contact))) {
    throw new P2pChatError('ERR_IDENTITY_CHANGED', `You have not seen the present safety number of ${username}. Compare it first (\`p2pchat verify ${username}\`), then accept it.`)
  }
  const { offered, identityBefore, ...rest } = withoutClaim(contact)
  if (offered === undefined) putContact(tx, username, { ...contact, identity: 'verified' })
  else keepRecord(tx, verifyAccountRecord(offered), { ...rest, identity: 'verified' })
}

/** @throws ERR_IDENTITY_CHANGED */
export function assertIdentity (username: string, contact: Contact | undefined): void {
  if (contact?.identity === 'changed') {
    throw new P2pChatError('ERR_IDENTITY_CHANGED', `The identity of ${username} has changed. Compare safety numbers with \`p2pchat verify ${username}\`, then \`p2pchat verify ${username} --accept\`.`)
  }
}

function keepRecord (tx: Transaction, record: VerifiedAccountRecord, contact: Omit<Contact, keyof Pin>): void {
  recordTable.put(tx, record, record.username)
  putContact(tx, record.username, { ...contact, accountKey: record.accountKey, headVersion: record.version, headHash: record.hash })
}

/** Whatever was claimed, the record that was just taken holds against it. */
function withoutClaim (contact: Contact): Contact {
  const { claim, ...rest } = contact
  return rest
}

/** The pinned key was shown again: the other one is forgotten. */
function asBefore (contact: Contact): Contact {
  if (contact.identity !== 'changed') return contact
  const { offered, identityBefore, ...rest } = contact
  return { ...rest, identity: identityBefore ?? 'pinned' }
}
