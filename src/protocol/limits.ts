/**
 * Limits that both sides of the wire must agree on. Each says why it is what it is; a refusal names it.
 * Limits of one side only live in the limits.ts of their own folder.
 */

/** A frame of a channel: the largest envelope, plus room for batching a few small ones. */
export const maxFrameBytes = 1024 * 1024
/** One text. With framing and padding it must stay within 64 KiB (2^13 blocks) under one key. */
export const maxTextBytes = 60_000
/** Plaintext under one message key, padding included: 2^13 blocks of 8 bytes. SP 800-67r2 allows 2^20. */
export const maxSealBytes = 65_536
/** An envelope on the wire: a full seal, its header, and an X3DH initiation with the largest account record. */
export const maxEnvelopeBytes = maxSealBytes + 16_384
/** Devices of an account: a message is sealed once for each. */
export const maxDevices = 8
/** An account record of maxDevices devices: 2 KiB with full labels; later versions may add a key of 1.2 KiB (ML-KEM-768) to each. */
export const maxAccountRecordBytes = 12_288
/** An account register: OPAQUE record (192), vault and account record, with room for the next versions. */
export const maxRegisterBytes = 24_576
/** A roster of fifty servers with several addresses each, and its signatures. */
export const maxRosterBytes = 65_536
/** Names in one page of a listing: a page stays below a frame. */
export const maxListPage = 500
/** Usernames and group names. */
export const maxNameChars = 32
/** A device label, as it is shown in lists. */
export const maxLabelBytes = 64
/** Addresses a locator or a roster entry may carry. */
export const maxAddresses = 16
/** One-time prekeys of a device that a server keeps (X3DH: a server stores a set and hands each out once). */
export const maxOneTimePrekeys = 100
/** Mail kept for a device that does not fetch it. */
export const mailRetentionMs = 30 * 24 * 60 * 60 * 1000
export const maxMailboxEntries = 10_000
export const maxMailboxBytes = 100 * 1024 * 1024
/** How long a locator is believed after its device said nothing more. */
export const locatorTtlMs = 60 * 60 * 1000
