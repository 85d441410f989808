/**
 * Mailboxes: envelopes kept for a device until it says that it has them, or until they expire. store-mailboxes.ts
 * keeps them on one server; replicated ones have the same interface. A cursor means something only to the server that
 * gave it; whoever changes servers starts again at 0 and knows what it has by the entries' ids.
 */
import type { Overloaded, Unknown } from '../registers/index.js'

export interface MailEntry {
  /** 16 bytes; a second append with the same id changes nothing */
  entryId: Uint8Array
  envelope: Uint8Array
}

/** An entry in its place. */
export interface PlacedEntry extends MailEntry {
  cursor: number
}

export interface Append extends MailEntry {
  /** device key of the recipient, 32 bytes */
  mailbox: Uint8Array
  /** device key of the sender, 32 bytes */
  sender: Uint8Array
  /** Replaces this sender's entry in this slot; empty: none. One small entry of each sender has room kept for it. */
  slot: Uint8Array
}

/** One envelope for many mailboxes: kept once, counted in each. */
export interface SharedAppend extends MailEntry {
  /** device keys of the recipients, 32 bytes each */
  mailboxes: readonly Uint8Array[]
  /** device key of the sender, 32 bytes */
  sender: Uint8Array
}

export type AppendOutcome =
  /** Synced on `replicas` of `servers` servers. */
  | { outcome: 'stored', replicas: number, servers: number, expiresAtMs: number }
  | { outcome: 'refused', limit: 'maxMailboxEntries' | 'maxMailboxBytes' | 'maxMailboxEntriesPerSender' | 'maxMailboxBytesPerSender', max: number, retryAfterMs: number }
  | Unknown
  | Overloaded

export interface ReadOptions {
  /** The last cursor seen; 0: from the start. */
  afterCursor: number
  maxEntries: number
  /** Of envelopes; one entry is given even if it is larger. */
  maxBytes: number
}

export type MailRead =
  | { outcome: 'read', entries: PlacedEntry[], more: boolean }
  | Unknown
  | Overloaded

export type AcknowledgeOutcome =
  /** Synced; ids that were not there are no error. */
  | { outcome: 'acknowledged' }
  | Unknown
  | Overloaded

export interface MailboxTotals {
  mailboxes: number
  envelopes: number
  bytes: number
}

/** @param entry what was stored; without it there may be something new */
export type AppendedListener = (mailbox: Uint8Array, entry?: PlacedEntry) => void

export interface Mailboxes {
  append: (entry: Append) => Promise<AppendOutcome>
  /**
   * As `append` without a slot, for each of the mailboxes, with as few syncs as can be. Asking again changes nothing where
   * the entry is, or was; where it was refused it is tried anew.
   *
   * @returns what became of it in each mailbox, in their order
   */
  appendShared: (entry: SharedAppend) => Promise<AppendOutcome[]>
  /** Stored entries, in the order of their cursors. */
  read: (mailbox: Uint8Array, options: ReadOptions) => Promise<MailRead>
  /**
   * Deletes entries for good: an append of one of them that comes again later is answered as stored.
   *
   * @param acknowledgement the SignedRecord that asked for it, verified by the caller; replicas show it to each other
   */
  acknowledge: (mailbox: Uint8Array, entryIds: readonly Uint8Array[], acknowledgement: Uint8Array) => Promise<AcknowledgeOutcome>
  /** Forgets all of a mailbox whose device is gone. */
  remove: (mailbox: Uint8Array) => Promise<void>
  /** Deletes what has expired by now. */
  sweep: () => Promise<void>
  /** Calls `listener` after something new was stored in a mailbox. Returns what ends that. */
  onAppended: (listener: AppendedListener) => () => void
  totals: () => Promise<MailboxTotals>
}
