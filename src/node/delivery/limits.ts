import { maxFrameBytes } from '../../protocol/limits.js'

/** A peer that does not answer within this is not waited for: the mailbox takes over. */
export const directTimeoutMs = 1_000
/** The same for a peer that is to be dialled through a relay as well: some more round trips. */
export const relayedTimeoutMs = 2_500
/** … and how long that dial goes on behind it: an overloaded host is slow, not gone. */
export const lateDialTimeoutMs = 10_000
/** When a direct connection is tried after one through a relay has opened: what waited goes first. */
export const upgradeAfterMs = 1_000
/** How long that may take. */
export const upgradeTimeoutMs = 5_000
/** How often it is tried to one device at most: networks change, and a failed try is a few packets. */
export const upgradeRetryMs = 120_000
/** What a large batch is given on top of that: a peer slower than this is better served by its mailbox. */
export const slowestBytesPerMs = 500
/** How long a peer that could not be reached is not dialled again, unless it shows up by itself. */
export const directRetryMs = 30_000
/** Envelopes sealed, or sent, in one go. */
export const maxBatchEntries = 128
/** Bytes of one direct batch; half a frame leaves room for framing. */
export const maxBatchBytes = maxFrameBytes / 2
/** Appends to one mailbox under way at once. */
export const maxParallelAppends = 32
/** Pause after a failed attempt towards a device, doubled each time. */
export const firstRetryMs = 500
export const maxRetryMs = 60_000
/** A device that cannot read us is asked for a new session at most this often. */
export const resendRequestMs = 60_000
/** How often a device may make us seal everything again. */
export const resendAnswerMs = 10_000
/** What is said of sequences beyond this is not believed: a thousand messages a second get there in 9,000 years. */
export const maxSequence = 2 ** 48
/** How often a device that stays away is told what has expired: its mailbox has better uses, and it asks when it is back. */
export const helloEveryMs = 6 * 60 * 60 * 1000
/** Messages of one device kept back because an earlier one is missing; a mailbox never holds more. */
export const maxHeld = 10_000
/** … and their bytes: more are not acknowledged, and looked at again once some of these are shown. */
export const maxHeldBytes = 16 * 1024 * 1024
/** Runs of a device's messages that were dropped, of which its sender is told: the receipt has to fit into its slot of a mailbox, of 1,024 bytes. */
export const maxDroppedRanges = 16
/** Messages of a device of which its receipts say which ones they were: more would not fit into the receipts' smallest size, of 128 bytes. */
export const maxTakenMarks = 16
/** Ciphertexts of one device kept although they cannot be read yet. */
export const maxParked = 1_000
/** … and their bytes: headers are not vouched for, so a server can fill this in a contact's name. */
export const maxParkedBytes = 4 * 1024 * 1024
/** The same for all devices of an account whose identity has changed: whoever holds the new one makes as many as they like. */
export const maxParkedOfAccount = 4_000
export const maxParkedOfAccountBytes = 16 * 1024 * 1024
/** Parked chains found still unreadable before the others wait for the next message. */
export const maxParkedTries = 8
/** Epochs of which a group message tells where they began: as the specification has it. */
export const maxEpochStarts = 8
/** Entries taken from a mailbox in one request. */
export const mailPageEntries = 256
export const mailPageBytes = maxFrameBytes / 2
/** What was pushed is acknowledged together after this: a talk that goes back and forth costs one in a few messages … */
export const acknowledgeDelayMs = 3_000
/** … and a time by chance on top, so that the members of a group do not acknowledge all at once. */
export const acknowledgeSpreadMs = 3_000
/** … or as soon as there are so many: a mailbox must not fill up with what was taken. */
export const maxUnacknowledged = 128
/** A record looked up longer ago is looked up again before something is sent. */
export const recordFreshMs = 5 * 60 * 1000
/** When a server that could not say whether a user exists is asked again. */
export const pendingRetryMs = 5_000
/** When mail is looked at again that could not be taken, as its sender could not be looked up: twice as late each time, … */
export const firstMailRetryMs = 2_000
/** … and at most so late. */
export const maxMailRetryMs = 60_000
/** What was sent to an account up to this long before a new device of it was certified also goes to that device. */
export const newDeviceOverlapMs = 60_000
/** … and at most so much before it was seen here, where a clock that was set since leaves unknown when its account's record was vouched for before. */
export const maxUnconfirmedMs = 24 * 60 * 60 * 1000
/** Of a conversation, at most so many messages go to a device that appeared meanwhile. */
export const maxOverlapMessages = 200
/** Where a device can be dialled is asked again after this. */
export const addressFreshMs = 30_000
/** Delivered messages to one device of which it is remembered that they may still be read: who never opens a conversation, or never says so, would have all of them kept. */
export const maxAwaitingRead = 10_000
/** Messages that one transaction moves on to read: each is an event, and others wait for the transaction. */
export const maxReadAtOnce = 256
/** Entries of the outbox that one transaction expires or drops, or brings on their way: others wait for it. */
export const maxEntriesAtOnce = 256
/** What may be owed to one device: five mailboxes full. It is looked through every twenty minutes. */
export const maxOutboxEntries = 50_000
/** Receipts for a burst of messages go out as one. */
export const receiptDelayMs = 25
/** When a receipt that a server refused is offered again, if nothing else makes one due before. */
export const receiptRetryMs = 30_000
/** Rotation of prekeys, expiry of the outbox, renewal of the locator. */
export const upkeepIntervalMs = 20 * 60 * 1000
/** Envelopes a peer may hand over in one request. */
export const maxDeliverEnvelopes = 1_024
/** Receipts read from one answer: a device gives one for each of its sessions that are in use. */
export const maxAnswerReceipts = 4
/** Peers of which it is remembered how much they used of what they may. */
export const maxRatedPeers = 4_096
/** Bundles with a one-time prekey, for one peer: it needs one for each session, and sessions are kept for long … */
export const bundlesPerPeer = { burst: 5, perSecond: 0.1 }
/** … and for all of them: each costs a write to the disk. */
export const bundlesForAll = { burst: 64, perSecond: 2 }
/** The bundle without a one-time prekey, which there is always one of, is made anew after this. */
export const plainBundleMs = 60_000
/** Bytes that a device of a contact may hand over directly: a mailbox full of texts at once. Past it the mailbox takes over. */
export const contactBytes = { burst: 128 * 1024 * 1024, perSecond: 256 * 1024 }
/** Bytes from one device of somebody who was never talked with: a few long first messages … */
export const strangerBytes = { burst: 1024 * 1024, perSecond: 4 * 1024 }
/** … and from all of them together: 700 MB a day at most. */
export const allStrangersBytes = { burst: 8 * 1024 * 1024, perSecond: 8 * 1024 }
/** What a delivery costs besides its bytes. */
export const deliveryCostBytes = 1024
/** Unknown accounts that one direct delivery may have looked up; a peer has only one. */
export const maxIntroduced = 8
/** What a device that is not taken directly is told to wait: its account may be accepted any time. */
export const refusedRetryMs = 60_000
