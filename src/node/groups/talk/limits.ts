/** Limits of the messages of groups, beside those of delivery/limits.ts that hold for them too. */

/** Receipts for a burst of messages go out as one: 49 members that answer at once are 49 uploads and signatures less. */
export const groupReceiptDelayMs = 200
/** In a large group they are spread by chance, over so much for each member beyond a few … */
export const receiptSpreadMsPerMember = 10
export const membersWithoutSpread = 25
/** … and no longer than this: two hundred receipts at once would hold up the message after the one that they are for. */
export const maxReceiptSpreadMs = 2_000
/** Receipts of many members that come together change the counts of a message once. */
export const tallyDelayMs = 50
/** Messages whose counts are made in one transaction. */
export const maxTallied = 256
/** Messages sealed, or handed over, in one go. */
export const maxGroupBatch = 64
/** Uploads of one group under way at once. */
export const maxParallelUploads = 8
/** Full mailboxes are tried again after this, by one message, if nothing tells before that there is room. */
export const roomRetryMs = 5 * 60 * 1000
/** Receipts for groups in one answer; with the one of the session no more than the asker reads. */
export const maxGroupAnswerReceipts = 3
/** Messages of one device to a group kept back because an earlier one is missing; a mailbox never holds more. */
export const maxGroupHeld = 10_000
/** … their bytes … */
export const maxGroupHeldBytes = 4 * 1024 * 1024
/** … and those of all devices of a group: more stay in the mailbox. */
export const maxGroupHeldBytesInAll = 32 * 1024 * 1024
/** Where the epochs of a sending device began, as far as that is needed to see what is missing. */
export const maxKnownStarts = 64
/** Epochs that are asked for in one gap of what is known about a sender: a year of weekly ones, and 200 joins. */
export const maxEpochsAsked = 256
/** Parked messages that are tried together. */
export const maxParkedTogether = 32

/** Devices that are remembered as members' since the start. */
export const maxHeard = 16_384

/** What may be kept although it cannot be read yet, in messages and bytes. */
export interface ParkedLimit { count: number, bytes: number }
/** Of one device that has a chain in the group's epoch as known here. */
export const parkedOfSender: ParkedLimit = { count: 1_000, bytes: 4 * 1024 * 1024 }
/** Of all such devices of a group. */
export const parkedOfGroup: ParkedLimit = { count: 10_000, bytes: 16 * 1024 * 1024 }
/** … and of all groups: whoever founds many and adds this account to them fills no disk. */
export const parkedOfMembers: ParkedLimit = { count: 100_000, bytes: 128 * 1024 * 1024 }
/** Of devices that may be members according to a newer log, or may be anybody: of one group, and of all; as much again of groups that the user has not taken. */
export const parkedOfStrangers: ParkedLimit = { count: 500, bytes: 1024 * 1024 }
export const parkedOfAllStrangers: ParkedLimit = { count: 2_000, bytes: 4 * 1024 * 1024 }
