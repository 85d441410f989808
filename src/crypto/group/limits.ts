/** Limits of the group cryptography alone. */

/** What one message may skip in a sender's chain: as many messages as a mailbox keeps. About 40 ms of hashing. */
export const maxGroupSkip = 10_000
/** Keys kept of a chain for messages that may still come, 36 KB at most; beyond, the oldest go. */
export const maxGroupSkippedKeys = 1_000
/** Sender chains of an epoch: every device of the largest group. */
export const maxGroupChains = 8_000
