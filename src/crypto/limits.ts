/** Limits of the session cryptography. Those that servers know too stand in protocol/limits.ts; a test compares them. */

/** Plaintext under one message key, padding included: 2^13 blocks of 8 bytes. SP 800-67r2 allows 2^20 under one key. */
export const maxSealBytes = 65_536
/** The smallest padded plaintext: most chat lines look alike. */
export const minPaddedBytes = 128
/** MAX_SKIP: what one header may skip in a chain. More would let a sender make the receiver hash without end. */
export const maxSkippedPerHeader = 1_000
/** MKSKIPPED of a session: 72 KB of state at most; beyond, the oldest keys go. */
export const maxSkippedKeys = 2_000
/** Ended receiving chains remembered by their key, so that a late duplicate is told from a forgery. 2 KiB of state. */
export const maxEndedChains = 64
