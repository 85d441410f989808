/** Limits of the session cryptography alone; maxSealBytes stands in protocol/limits.ts. */

/** The smallest padded plaintext: most chat lines look alike. */
export const minPaddedBytes = 128
/** MAX_SKIP: what one header may skip in a chain. More would let a sender make the receiver hash without end. */
export const maxSkippedPerHeader = 1_000
/** MKSKIPPED of a session: 72 KB of state at most; beyond, the oldest keys go. */
export const maxSkippedKeys = 2_000
/** Ended receiving chains remembered by their key, so that a late duplicate is told from a forgery. 2 KiB of state. */
export const maxEndedChains = 64
/** A try at a backup's password takes 128 MiB and a quarter of a second: bearable once, dear a million times. */
export const backupScryptCost = { N: 2 ** 17, r: 8, p: 1 } as const
