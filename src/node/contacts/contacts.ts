/** The accounts this home knows: their pinned keys, their newest records and how far they were read. */
import { P2pChatError } from '../../errors.js'
import { readStoredAccountRecord, verifyAccountRecord, type CertifiedDevice, type VerifiedAccountRecord } from '../../records/index.js'
import type { IdentityState } from '../chat-node.js'
import type { Reader, Transaction } from '../home/lane.js'
import { bytesTable, jsonTable } from '../home/table.js'
import { observeRecord, type HeadClaim, type Pin } from './observe.js'

export interface Contact extends Pin {
  identity: IdentityState
  /** The record with another key that was offered last, with identity 'changed'. */
  offered?: Uint8Array
  unread: number
  lastMessageAtMs: number | null
  /** Whether a message was ever exchanged; others are only known by name. */
  talked: boolean
}

const contactTable = jsonTable<Contact>('contact')
const recordTable = bytesTable('record')

export async function findContact (reader: Reader, username: string): Promise<Contact | undefined> {
  return await contactTable.get(reader, username)
}

export async function findRecord (reader: Reader, username: string): Promise<VerifiedAccountRecord | undefined> {
  const signed = await recordTable.get(reader, username)
  return signed === undefined ? undefined : readStoredAccountRecord(signed)
}

export async function listContacts (reader: Reader): Promise<Array<{ username: string, contact: Contact }>> {
  const entries = await contactTable.list(reader, [])
  return entries.map(({ key, value }) => ({ username: key[0] ?? '', contact: value }))
}

export function putContact (tx: Transaction, username: string, contact: Contact): void {
  contactTable.put(tx, contact, username)
}

export type TakenRecord =
  | { kind: 'current', record: VerifiedAccountRecord, added: CertifiedDevice[] }
  | { kind: 'changed', record: VerifiedAccountRecord, firstSight: boolean }

/**
 * Holds a verified record against what is pinned, and keeps it if it is the newest.
 *
 * @throws ERR_INVALID_RECORD when it is older than, or contradicts, what was seen before
 */
export async function takeRecord (tx: Transaction, next: VerifiedAccountRecord): Promise<TakenRecord> {
  const contact = await findContact(tx, next.username)
  const current = await findRecord(tx, next.username)
  const observation = observeRecord(contact, current, next)
  switch (observation.kind) {
    case 'first':
      keepRecord(tx, next, { identity: 'pinned', unread: 0, lastMessageAtMs: null, talked: false })
      return { kind: 'current', record: next, added: [] }
    case 'same':
      return { kind: 'current', record: current ?? next, added: [] }
    case 'newer':
      keepRecord(tx, next, withoutClaim(contact as Contact))
      return { kind: 'current', record: next, added: observation.added }
    case 'changed': {
      const known = contact as Contact
      const firstSight = known.identity !== 'changed'
      putContact(tx, next.username, { ...known, identity: 'changed', offered: next.signed })
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

/** Takes the offered record as the account's from now on. */
export async function acceptOffered (tx: Transaction, username: string): Promise<void> {
  const contact = await findContact(tx, username)
  if (contact === undefined) throw new P2pChatError('ERR_NOT_FOUND', `Nothing is known of ${username} yet.`)
  if (contact.offered === undefined) putContact(tx, username, { ...contact, identity: 'verified' })
  else {
    const { offered, ...rest } = withoutClaim(contact)
    if (offered === undefined) return
    keepRecord(tx, verifyAccountRecord(offered), { ...rest, identity: 'verified' })
  }
}

/** @throws ERR_IDENTITY_CHANGED */
export function assertIdentity (username: string, contact: Contact | undefined): void {
  if (contact?.identity === 'changed') {
    throw new P2pChatError('ERR_IDENTITY_CHANGED', `The identity of ${username} has changed. Compare safety numbers with \`p2pchat verify ${username}\`, then \`p2pchat verify ${username} --accept\`.`)
  }
}

function keepRecord (tx: Transaction, record: VerifiedAccountRecord, contact: Omit<Contact, keyof Pin>): void {
  recordTable.put(tx, record.signed, record.username)
  putContact(tx, record.username, { ...contact, accountKey: record.accountKey, headVersion: record.version, headHash: record.hash })
}

/** Whatever was claimed, the record that was just taken holds against it. */
function withoutClaim (contact: Contact): Contact {
  const { claim, ...rest } = contact
  return rest
}
