import { maxBlobStreams } from '../blobs/limits.js'

const minute = 60 * 1000
const hour = 60 * minute
const day = 24 * hour

/** How files are kept on several servers. Each says why; tests and simulations give others. */
export interface BlobReplicationLimits {
  /** Servers that keep one file. */
  replicas: number
  /** Of these, how many must have synced before anything is told as kept (fewer where the pool has fewer servers). */
  writeQuorum: number
  /** How many must be asked before a file is known not to be there: replicas - writeQuorum + 1, no fewer. */
  readQuorum: number
  /** How long a removal is remembered: no copy of the file may outlive it. A file lives for the mail retention; a day more for wrong clocks. */
  tombstoneMs: number
  /** Removals of one account's files that a server remembers: who sends and takes back three hundred files a day never meets it. */
  maxRemovedBlobsPerAccount: number
  /** The furthest that another server's clock is believed to be ahead, for the age and the expiry of a copy. */
  maxClockSkewMs: number
}

export const defaultBlobReplicationLimits: BlobReplicationLimits = {
  replicas: 3,
  writeQuorum: 2,
  readQuorum: 2,
  tombstoneMs: 31 * day,
  maxRemovedBlobsPerAccount: 10_000,
  maxClockSkewMs: 6 * hour
}

/** What decides, with a file's id, which servers keep it. */
export const BLOB_PLACEMENT = 'p2pchat/1 blob-placement'
/** When who has removed too much may ask again: some of it may be forgotten by then. */
export const retryWhenRemovedMs = hour
/** How often a server compares its files with those of the others. */
export const repairIntervalMs = minute
/** How often while it lacks something, or files are being handed over. */
export const handoverIntervalMs = 2_000
/** Files that are copied from other servers at once: clients come first. */
export const concurrentCopies = 2
/** Files of which it is asked at once how much is to be copied. */
export const concurrentLooks = 16
/** What is so near to its end is not copied any more: servers do not delete it in the same moment. */
export const minLifeMs = minute
/** New rosters that one request meets before it gives up. */
export const maxRosterRetries = 3
/** How long the slower servers of a file may hold back its sender, before what they lack is left to repair. */
export const laggingAfterMs = 2_000
/** How long another server may give nothing of what it was asked for. */
export const sourceTimeoutMs = 5_000
/** Chunks asked of another server and not yet given on: a MiB, a round trip's worth on any network. */
export const readAheadChunks = 16
/** How often other servers are asked what they have of a file that is still being left. */
export const lookAgainMs = 1_000
/** Streams of files that one server may have open to another: as many as its own clients may have. */
export const maxServerBlobStreams = 2 * maxBlobStreams
/** Bytes of what is compared of a file. */
export const ITEM_BYTES = 16
