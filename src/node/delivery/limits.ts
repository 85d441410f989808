import { maxFrameBytes } from '../../protocol/limits.js'

/** A peer that does not answer within this is not waited for: the mailbox takes over. */
export const directTimeoutMs = 1_000
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
/** Messages of one device kept back because an earlier one is missing; a mailbox never holds more. */
export const maxHeld = 10_000
/** Ciphertexts of one device kept although they cannot be read yet. */
export const maxParked = 1_000
/** Entries taken from a mailbox in one request. */
export const mailPageEntries = 256
export const mailPageBytes = maxFrameBytes / 2
/** A record looked up longer ago is looked up again before something is sent. */
export const recordFreshMs = 5 * 60 * 1000
/** What was sent to an account up to this long before a new device of it was certified also goes to that device. */
export const newDeviceOverlapMs = 60_000
/** Of a conversation, at most so many messages go to a device that appeared meanwhile. */
export const maxOverlapMessages = 200
/** Where a device can be dialled is asked again after this. */
export const addressFreshMs = 30_000
/** Receipts for a burst of messages go out as one. */
export const receiptDelayMs = 25
/** When a receipt that a server refused is offered again, if nothing else makes one due before. */
export const receiptRetryMs = 30_000
/** Rotation of prekeys, expiry of the outbox, renewal of the locator. */
export const upkeepIntervalMs = 20 * 60 * 1000
/** Envelopes a peer may hand over in one request. */
export const maxDeliverEnvelopes = 1_024
