/** What one server takes from whom. Each says why; a refusal names it and when to try again. */
import { maxDevices, maxEnvelopeBytes } from '../protocol/limits.js'
import { maxGroupEntryBytes, maxGroupMembers } from '../records/group/index.js'
import type { Rate } from './rate/token-buckets.js'

export interface RendezvousLimits {
  /** Sign-in attempts on one account from one address. A right password gives its attempt back. */
  loginsPerAccountAndAddress: Rate
  /** Sign-in attempts on one account from everywhere, so that many addresses do not guess faster. */
  loginsPerAccount: Rate
  /** Attempts of a device that is attached to the account, in the place of all others: neither strangers nor who shares its address use up its owner's. */
  loginsPerDevice: Rate
  /** Sign-in attempts from one address, whatever the account: one password tried on many names. */
  loginsPerAddress: Rate
  /** Registrations begun for one name. Each evaluates the OPRF for a password, and so could help to guess one. */
  registrationsPerAccount: Rate
  /** Registrations begun from one address. */
  registrationsPerAddress: Rate
  /** Accounts made from one address: a school behind one address signs up in one lesson. */
  signUpsPerAddress: Rate
  /** Registers brought from one address, whatever becomes of them: each costs a signature for every device, and a majority read. */
  accountWritesPerAddress: Rate
  /** Registers brought by an attached device, and registrations begun for its own account, in the place of its address: who shares that does not use them up. */
  accountRequestsPerDevice: Rate
  /** Changes of one account, repeats of what is stored among them: each costs two signatures and a sync, or is told to all servers. */
  writesPerAccount: Rate
  /** Lookups, listings and watches of one peer, far more than a person's contacts; mail and prekeys count several times. */
  readsPerPeer: Rate
  /**
   * Lookups and attachments from one address on channels that are not attached: each is a majority read, and a PeerId costs
   * nothing. All devices of a school come back at once, and again every few seconds while no majority answers.
   */
  unattachedReadsPerAddress: Rate
  /** Bundles one device takes: a message to a group of a hundred, and then some. */
  bundlesPerTaker: Rate
  /** One-time prekeys one device takes of one other; past it bundles come without one (X3DH §3.2 allows that). */
  oneTimePrekeysPerPair: Rate
  /** Envelopes one device leaves: bursts of thousands of small ones are normal after a day without a network. */
  envelopesPerSender: Rate
  /** Bytes of envelopes one device leaves. */
  envelopeBytesPerSender: Rate
  /** Mailboxes that one device's group messages go into: 25 a second to two hundred devices. */
  groupCopiesPerSender: Rate
  /** Groups one account makes: names are for everybody. */
  groupsFoundedPerAccount: Rate
  /** Entries one device brings to logs: each is kept for good, costs two syncs, and is told to all members. */
  groupChangesPerDevice: Rate
  /** Joins of one account to one group: whoever may join may leave and come again, and each time makes its log longer and its key new. */
  joinsPerAccountAndGroup: Rate
  /** Mail kept for a device that does not fetch it (DESIGN §3 and issue 2). */
  maxMailboxEntries: number
  maxMailboxBytes: number
  /** Of these, what one sending device may fill: a stranger must leave room for everybody else. */
  maxMailboxEntriesPerSender: number
  maxMailboxBytesPerSender: number
  /**
   * Of these, what all senders may have beyond a modest share each: the eight devices of an account then fill three quarters
   * of a mailbox, and the rest is for others. Whether an entry fits must not depend on the order: replicas take over what others took.
   */
  maxMailboxExcessEntries: number
  maxMailboxExcessBytes: number
  /** Room beside them for one small slot entry of each sender, so that receipts get in when the mailbox is full. */
  maxMailboxReceipts: number
  maxReceiptBytes: number
  /**
   * Acknowledged ids of a mailbox that are still known; the oldest go past it. On one server only the sender's own late
   * retry can bring such an entry back, and its recipient knows the envelope by its id.
   */
  maxAcknowledgedIds: number
  mailRetentionMs: number
  /** Mail of all mailboxes, with what keeping it costs: the disk must never be filled by strangers. */
  maxStoredMailBytes: number
  /** Appends under way at once: beyond it the disk is not keeping up and more would only wait in memory. */
  maxPendingAppends: number
  /** The largest file that is kept, as it travels: 4 GiB of a user's are 65,536 sealed chunks. */
  maxBlobBytes: number
  /** Files of one account, by what their senders declared: two of the largest, with what keeping costs. */
  maxBlobBytesPerAccount: number
  maxBlobsPerAccount: number
  /** Files of all accounts, as far as they have come: what a small server's disk has beside the mail. */
  maxStoredBlobBytes: number
  /** What files leave free on the disk whatever the limits say: mail and accounts need it more. */
  minFreeDiskBytes: number
  /** A file that its sender began to leave and did not go on with. */
  unfinishedBlobTtlMs: number
  /** Requests about files of one device: two or three for each file, and each looks at all of its account's. */
  blobRequestsPerPeer: Rate
  /** Streams of files that one device opens: a resumed transfer is one, a bad connection many. */
  blobStreamsPerPeer: Rate
}

const second = 1000
const minute = 60 * second

export const defaultLimits: RendezvousLimits = {
  loginsPerAccountAndAddress: { burst: 10, refillMs: minute },
  loginsPerAccount: { burst: 100, refillMs: 30 * second },
  loginsPerDevice: { burst: 20, refillMs: minute },
  loginsPerAddress: { burst: 300, refillMs: 10 * second },
  registrationsPerAccount: { burst: 60, refillMs: minute },
  registrationsPerAddress: { burst: 600, refillMs: 5 * second },
  signUpsPerAddress: { burst: 300, refillMs: 10 * second },
  accountWritesPerAddress: { burst: 1_000, refillMs: 100 },
  accountRequestsPerDevice: { burst: 100, refillMs: 10 * second },
  writesPerAccount: { burst: 30, refillMs: 10 * second },
  readsPerPeer: { burst: 5_000, refillMs: 5 },
  unattachedReadsPerAddress: { burst: 10_000, refillMs: 5 },
  bundlesPerTaker: { burst: 1_000, refillMs: second },
  oneTimePrekeysPerPair: { burst: 10, refillMs: minute },
  envelopesPerSender: { burst: 20_000, refillMs: 0.5 },
  envelopeBytesPerSender: { burst: 256 * 1024 * 1024, refillMs: 1 / 4_096 },
  groupCopiesPerSender: { burst: 100_000, refillMs: 0.2 },
  groupsFoundedPerAccount: { burst: 30, refillMs: minute },
  groupChangesPerDevice: { burst: 1_000, refillMs: 0.5 * second },
  joinsPerAccountAndGroup: { burst: 50, refillMs: 10 * minute },
  maxMailboxEntries: 10_000,
  maxMailboxBytes: 100 * 1024 * 1024,
  maxMailboxEntriesPerSender: 2_500,
  maxMailboxBytesPerSender: 25 * 1024 * 1024,
  maxMailboxExcessEntries: 6_700,
  maxMailboxExcessBytes: 67 * 1024 * 1024,
  maxMailboxReceipts: 1_000,
  maxReceiptBytes: 1_024,
  maxAcknowledgedIds: 10_000,
  maxStoredMailBytes: 20 * 1024 * 1024 * 1024,
  mailRetentionMs: 30 * 24 * 60 * minute,
  maxPendingAppends: 20_000,
  maxBlobBytes: 65_536 * 65_584,
  maxBlobBytesPerAccount: 2 * (65_536 * 65_584 + 8_192),
  maxBlobsPerAccount: 1_000,
  maxStoredBlobBytes: 100 * 1024 * 1024 * 1024,
  minFreeDiskBytes: 2 * 1024 * 1024 * 1024,
  unfinishedBlobTtlMs: 7 * 24 * 60 * minute,
  blobRequestsPerPeer: { burst: 200, refillMs: 200 },
  blobStreamsPerPeer: { burst: 200, refillMs: 500 }
}

/** How long a sign-in may take between its two steps: Argon2id on a slow machine. */
export const loginStateTtlMs = minute
/** Sign-ins under way on one channel; past it the oldest goes. */
export const maxLoginsPerChannel = 4
/** Sign-ins under way in all: 10,000 states are about 4 MB. */
export const maxLogins = 10_000
/** Keys a table of token buckets remembers: about 100 bytes each. */
export const maxBuckets = 50_000
/** Accounts read at once to see which devices they still list: all that are attached here, when news were missed. */
export const checkedAtOnce = 16
/** Accounts read at once for those who watch them, which may be all there are: what servers do for one who waits must not wait behind those. */
export const versionsReadAtOnce = 64
/** Watchers that are told all their names anew at the same time, when anything may have changed: what did change meanwhile must not wait behind all of them. */
export const watchersToldAtOnce = 4
/** Changes of who is online that come so soon after one that was told are told together. */
export const presenceGatherMs = 500
/** When to try again what could not be read: accounts, and the groups of members who may have missed something. */
export const recheckMs = 2 * second
/** … and at most this much, as it doubles while that goes on failing. */
export const maxRecheckMs = 60_000
/** How long after news were missed, a roster changed or a head moved what follows from it is put right: often several come at once. */
export const upkeepDelayMs = second
/** Names one channel may watch. */
export const maxWatchedNames = 2_000
/** Names in a page of a listing when the asker does not say. */
export const defaultListPage = 100
/** Registers read at once for a listing. */
export const listScanPage = 200
/** Mail in one answer or push: far below a frame, so that a small answer never waits long behind it. */
export const maxReadEntries = 500
/**
 * Accounts that are read to see whether they still list a device: it is honestly in one or two, and its owner can put it
 * into thousands and take it out again. Past that it counts as listed: what is kept for it then harms nobody, and expires.
 */
export const maxDeviceOwnersRead = 16
/** Pause between two requests that hand receipts to one connected device: what comes meanwhile goes together. */
export const receiptGatherMs = 150
/** … at most so many at once, far more than one moment brings; past that they are kept. */
export const maxForwardedReceipts = 512
export const maxForwardedReceiptBytes = 256 * 1024
/** A device that has not taken them by then has them kept: whoever gave them waits for an answer. */
export const receiptForwardTimeoutMs = 2_000
/** … and is handed none for so long. */
export const receiptForwardPauseMs = 30_000
export const maxReadBytes = 512 * 1024
/** The share of a mailbox that a sender has however much others left there, until it is full. */
export const modestShareEntries = 100
export const modestShareBytes = 1024 * 1024
/** When to ask again for room in a full mailbox: its owner has to come and fetch. */
export const retryWhenFullMs = 60 * minute
/** When to ask again when the server's mail has reached its limit: expired mail has been looked for by then. */
export const retryWhenStoreFullMs = 10 * minute
/** What an entry costs beside its envelope: keys, the index by expiry, the store's own. */
export const entryOverheadBytes = 512
/** When to ask again when the disk does not keep up. */
export const retryWhenOverloadedMs = second
/** A receipt's slot: a session id fits. */
export const maxSlotBytes = 32
/** Ids of replaced entries of a slot that are still known, so that a late retry of one does not replace a newer one. */
export const maxReplacedIds = 8
/** How often expired mail is looked for. */
export const sweepIntervalMs = 10 * minute
/** Expired entries removed between two breaths. */
export const sweepBatch = 500
/** Bodies of requests that hold nothing but a few names and keys. */
export const maxSmallBodyBytes = 4_096
/** The longest OPAQUE message is KE2, 320 bytes. */
export const maxOpaqueMessageBytes = 512
/** An OPAQUE record, 192 bytes. The vault: 128 bytes padded, salt and tag, with room for a next version. */
export const maxVaultBytes = 1_024
/** A username and a locator of sixteen addresses. */
export const maxAttachBytes = 8_192
/** As many names as may be watched, each with its field header. */
export const maxWatchBytes = maxWatchedNames * 40
/** A signed prekey of 2 KiB and a hundred one-time prekeys of 48 bytes. */
export const maxUploadBytes = 16_384
/** A thousand ids of 16 bytes, their headers and the signature. */
export const maxAcknowledgeBytes = 20_480
/** How long a group's name is kept for who is about to found or rename: both are a few writes, and slow disks are slow. */
export const nameReservationMs = minute
/** How often a compare-and-set that lost to another server is decided anew before the client is told. */
export const maxRaces = 5
/** Names of groups that one listing looks at, of which some may be unlisted or nobody's. */
export const maxListScan = 2_000
/** Groups in one answer to groups/mine: about 80 bytes each. */
export const maxMinePage = 500
/** Groups that one answer to groups/mine folds because the index of their members is not to be believed. */
export const maxDoubtfulGroups = 100
/** Members of groups whose state is kept in memory: one or two KiB each. */
export const maxCachedMembers = 50_000
/** Entries after which the state of a group is stored again, or as many as there are members: reading on takes milliseconds. */
export const minSnapshotEntries = 64
/** A group's entry, its signature and a group id. */
export const maxGroupEntryRequestBytes = maxGroupEntryBytes + 256
/** An envelope, the keys of all devices that a group can have, and ids. */
export const maxGroupSendBytes = maxEnvelopeBytes + maxGroupMembers * maxDevices * 34 + 256
/** Mailboxes written to in one batch, with five small records each. */
export const maxSharedAtOnce = 1_000
/** Bytes of logs and checkpoints that count as one more request: half a MiB for a small one would be too cheap. */
export const readBytesPerRequest = 16 * 1024
/**
 * What reading mail (half a MiB) and acknowledging it (a signature, and a write at each of three servers) count as: all of a
 * full mailbox, in two hundred pages, is less than half of what a device may ask at once.
 */
export const mailRequestCost = 5
