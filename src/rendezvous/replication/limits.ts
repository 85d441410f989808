/** How mail is kept on several servers. Each says why; tests and simulations give others. */
export interface ReplicationLimits {
  /** Servers that keep one mailbox: with three, one may be lost while another is down for a moment. */
  replicas: number
  /** Of these, how many must have synced before anything is acknowledged (fewer where the pool has fewer servers). */
  writeQuorum: number
  /** How many must be asked before everything that was acknowledged is known: replicas - writeQuorum + 1, no fewer. */
  readQuorum: number
  /**
   * How long an acknowledgement is remembered: no copy of what it deletes may outlive it. An entry lives for the mail
   * retention after its server took it; a day more covers clocks that are wrong by hours.
   */
  tombstoneMs: number
  /** The furthest that a server's clock is believed to be ahead, for the expiry it gives to an entry. */
  maxClockSkewMs: number
  /** After it has made sure with another replica, how long a home may say "caught up" without asking again. */
  caughtUpMs: number
  /** Appends under way at one server for mailboxes wherever they are: beyond it the pool is not keeping up. */
  maxPendingAppends: number
}

const minute = 60 * 1000
const hour = 60 * minute
const day = 24 * hour

export const defaultReplicationLimits: ReplicationLimits = {
  replicas: 3,
  writeQuorum: 2,
  readQuorum: 2,
  tombstoneMs: 31 * day,
  maxClockSkewMs: 6 * hour,
  caughtUpMs: 5_000,
  maxPendingAppends: 20_000
}

/** Ranges asked for in one request: their fingerprints, 272 bytes each, fit into a quarter of a frame. */
export const maxPrefixes = 1_000
/** Items of a range that are listed instead of being split: about as many bytes as the fingerprints of its parts. */
export const maxListedItems = 16
/** Bytes of a fingerprint: nobody finds two sets of one by chance, and only a sender who is after its own mail could try. */
export const FINGERPRINT_BYTES = 16
/** Entries handed on in one answer. */
export const maxFetchedEntries = 500
/** Bytes of envelopes and acknowledgements in one answer: half a frame. One entry is given even if it is larger. */
export const maxFetchedBytes = 512 * 1024
/** Mailboxes whose rows are read at once when a server looks what it has. */
export const mailboxesAtOnce = 16
/** How often a server compares its mailboxes with those of the others. */
export const repairIntervalMs = minute
/** How often a server asks the others whether they are complete, while mail is being handed over. */
export const handoverIntervalMs = 2_000
/** Entries appended in one request, and bytes of them: a quarter of a frame, and a sync of less than 10 ms. */
export const maxAppendsAtOnce = 500
export const maxAppendBytes = 256 * 1024
/** What an append takes beside envelope and slot: keys, ids and numbers. */
export const appendOverheadBytes = 160
/** Appends that wait for a server that is slow to answer: 2 s of 5,000 a second of 1 KiB each, and more is no use to anybody. */
export const maxWaitingAppendBytes = 16 * 1024 * 1024
/** Mailboxes of which is remembered who keeps them by the newest roster: some hundred bytes each. */
export const maxRememberedSets = 10_000
/** New rosters that one request meets before it gives up. */
export const maxRosterRetries = 3
/** Entries of slots whose retries are still recognised by the server that took them: a minute of busy receipts. */
export const maxRememberedSlotEntries = 10_000
