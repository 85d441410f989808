/**
 * What the servers of a pool ask of each other about mail. A server answers for itself with LocalReplica, and sees the
 * others through the wire; whoever asks names the roster version it goes by.
 */
import type { AppendOutcome } from '../mailboxes/index.js'
import type { Overloaded, Unknown } from '../registers/index.js'
import type { RangeContent } from './digest.js'

export interface ReplicaEntry {
  /** 16 bytes */
  entryId: Uint8Array
  /** Opaque; it may be a reference to what is kept elsewhere. */
  envelope: Uint8Array
  /** device key, 32 bytes */
  sender: Uint8Array
  /** empty: none */
  slot: Uint8Array
  expiresAtMs: number
  /** 16 bytes: the run of the server that took the entry from its sender */
  writer: Uint8Array
  /** Of this writer: the higher one of a slot is the newer one. No clock is believed for that. */
  sequence: number
}

/** A recipient's word that it has entries, and when that may be forgotten. */
export interface SignedAcknowledgement {
  /** SignedRecord of a MailboxAcknowledgement */
  signed: Uint8Array
  expiresAtMs: number
}

/** The asker's roster version is not the newest: ask again by a newer one. */
export interface Stale { outcome: 'stale', rosterVersion: number }

export type NotDone = Unknown | Overloaded | Stale

export type ReplicaAppend =
  | { outcome: 'stored', expiresAtMs: number }
  /** Its recipient has acknowledged it. */
  | { outcome: 'gone' }
  /** A newer entry of its slot is there. */
  | { outcome: 'superseded' }
  | Extract<AppendOutcome, { outcome: 'refused' }>
  | NotDone

/** What became of a shared entry in each mailbox, in the order they were asked for. */
export interface ReplicaAppends { outcome: 'appends', appends: ReplicaAppend[] }

export type ReplicaDone = { outcome: 'done' } | NotDone

export interface RangeQuery {
  /** What the asker has, all of it; for an equal set there is no range in the answer. Empty: not said. */
  fingerprint: Uint8Array
  prefixes: readonly string[]
}

export type ReplicaRanges = { outcome: 'ranges', ranges: RangeContent[] } | NotDone

export interface Fetched {
  outcome: 'fetched'
  entries: ReplicaEntry[]
  acknowledgements: SignedAcknowledgement[]
  /** Ids that were not looked at for want of room in the answer. */
  left: Uint8Array[]
}

export interface ReplicaStatus {
  outcome: 'status'
  /** This server has all that was acknowledged under earlier versions, of the mailboxes that it keeps by this one. */
  completeVersion: number
  /** Every storing server of this version was complete: what is older need not be asked any more. */
  closedVersion: number
  /** Mailboxes that this server still has to take over, of all that it looked at for the newest version. */
  mailboxesLeft: number
  mailboxesInAll: number
}

export interface Replica {
  append: (rosterVersion: number, mailbox: Uint8Array, entry: ReplicaEntry) => Promise<ReplicaAppend>
  /** One entry without a slot in many mailboxes. */
  appendShared: (rosterVersion: number, mailboxes: readonly Uint8Array[], entry: ReplicaEntry) => Promise<ReplicaAppends | NotDone>
  /** Deletes and remembers, also what never arrived here. */
  acknowledge: (rosterVersion: number, mailbox: Uint8Array, acknowledgement: SignedAcknowledgement) => Promise<ReplicaDone>
  /** Ids of a mailbox: key the id, value 1 (stored) or 2 (acknowledged). */
  compare: (rosterVersion: number, mailbox: Uint8Array, query: RangeQuery) => Promise<ReplicaRanges>
  /**
   * Mailboxes here that `asker` (a PeerId) keeps by this roster: key the device key, value the fingerprint of what
   * compare would show. With `shared`, those only that this server keeps by it, too.
   */
  mailboxes: (rosterVersion: number, asker: string, query: RangeQuery & { shared: boolean }) => Promise<ReplicaRanges>
  fetch: (rosterVersion: number, mailbox: Uint8Array, entryIds: readonly Uint8Array[]) => Promise<Fetched | NotDone>
  remove: (rosterVersion: number, mailbox: Uint8Array) => Promise<ReplicaDone>
  status: (rosterVersion: number) => Promise<ReplicaStatus | NotDone>
}

/** The servers of the pool, by PeerId; one's own included. */
export type ReplicaOf = (peerId: string) => Replica
