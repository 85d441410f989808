/** Limits of registers and roster between servers. */

/** Names in one answer of an acceptor: with the longest names well below a frame. */
export const maxListedNames = 1_000
/** Bytes of values in one answer: below a frame of 1 MiB with the largest register on top. */
export const maxListedBytes = 512 * 1024
/** A name: `account:` and a username are 40 characters; the longest, an entry of a group's log with its hash, has 156. */
export const maxRegisterNameChars = 160
/** A request between servers: a roster or a register, with room around it. */
export const maxServerRequestBytes = 128 * 1024
/** How long an operation on a register may take before its outcome is told as unknown. */
export const operationTimeoutMs = 10_000
/** Pause before another round, doubled each time up to the maximum: proposers that outbid each other must come apart. */
export const minBackoffMs = 5
export const maxBackoffMs = 500
/** Operations under way at one server: beyond it the acceptors are not keeping up, and more would only wait in memory. */
export const maxPendingOperations = 10_000
/** When an overloaded server may be asked again. */
export const retryWhenOverloadedMs = 500
/** Registers that are written again at the same time when acceptors change. */
export const transferParallel = 16
/** Registers that are settled at the same time when an acceptor was away: fewer, as nobody waits for them. */
export const catchUpParallel = 4
/** Pause between two pages of such a comparison. */
export const catchUpPauseMs = 50
/** Writes an acceptor makes before others must have witnessed how far its disk is: what a restored disk can hide at most. */
export const unwitnessedWrites = 256
/** How long a starting acceptor waits for every other acceptor to say how far its disk was. */
export const wakePatienceMs = 5_000
/** Pause between two askings of the same. */
export const wakeRetryMs = 500
