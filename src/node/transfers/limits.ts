/** Files fetched at a time; the others wait their turn. */
export const maxActiveFetches = 4
/** Of these, so many may be one sender's while those of others wait. */
export const maxActiveFetchesOfOne = 2
/** Files left on a server at a time. */
export const maxActiveUploads = 2
/** Files that come in up to this size are fetched unasked, until the user says otherwise. */
export const defaultAutoAcceptBytes = 25 * 1024 * 1024
/** What fetches unasked must leave free on the disk: nobody's files fill it before the user has said so. */
export const minFreeUnaskedBytes = 512 * 1024 * 1024
/** Whoever is online has this long to begin fetching directly, before the file is left on a server for them. */
export const directGraceMs = 3_000
/** A fetch or an upload that failed is tried again after this, then after twice as long, and so on … */
export const firstTransferRetryMs = 2_000
/** … up to this: a server or a sender that comes back is noticed at once anyway. */
export const maxTransferRetryMs = 5 * 60_000
/** Progress is told no more often than this for each file. */
export const progressIntervalMs = 250
/** Of the rate that is shown: how much of the newest measurement goes into it. */
export const rateSmoothing = 0.3
/** How long opening a stream for a file may take. */
export const openStreamTimeoutMs = 5_000
/** Chunks that a server has not acknowledged as kept yet. It syncs what came in 50 ms, or 2 MiB. */
export const maxUnkeptChunks = 64
/** A server that acknowledges nothing for this long is given up for now. */
export const uploadStallMs = 30_000
/** Transfers that expire at a time: what they write goes to the disk together. */
export const maxExpiredAtOnce = 64
/** Transfers that are listed. */
export const maxListedTransfers = 1_000
/** What was not fetched by then is given up: the pool has it no longer either. What became of it is listed for as long again. */
export const offerTtlMs = 30 * 24 * 60 * 60 * 1000
