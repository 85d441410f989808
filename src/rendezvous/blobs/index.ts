/**
 * The pool's blob store: files left for devices that are offline, sealed by their senders.
 *
 * The interface is made by store-blobs.ts on one server; replicated ones have the same. handlers.ts: the methods
 * blobs/*; upload.ts: the stream on which a file is left; download.ts: the one on which it is fetched.
 * Described in docs/wire/files.md, "The pool's blob store".
 */
import type { P2pChatError } from '../../errors.js'
import type { Unknown } from '../registers/index.js'
import type { Range } from './chunk-bits.js'
import type { Shape } from './shape.js'

/** A file as its sender describes it. The same description again is the same file. */
export interface NewBlob extends Shape {
  /** 16 bytes; whoever knows it may read */
  fileId: Uint8Array
  /** the account that may write and remove it */
  username: string
  /** Merkle root over the chunks */
  root: Uint8Array
}

/** What of a file is on a server's disk for good: bits of its chunks and of its pieces of leaf hashes, the lowest of a byte first. */
export interface BlobStock {
  kept: Uint8Array
  pieces: Uint8Array
}

/** A file as one server has it. */
export interface BlobCopy extends BlobStock {
  blob: NewBlob
  /** when something of it was last left; of a whole file, when it became so */
  changedAtMs: number
  expiresAtMs: number
  /** Somebody is leaving it here now. */
  growing: boolean
}

/** A file of an account, and what it counts for. */
export interface OwnedBlob {
  fileId: Uint8Array
  /** as declared, with what keeping it costs */
  bytes: number
  expiresAtMs: number
}

export interface BlobStatus extends Shape {
  root: Uint8Array
  /** Of what is on disk for good: how many chunks, which (the first 1,000 runs), and which pieces of leaf hashes. */
  keptChunks: number
  kept: Range[]
  keptPieces: Range[]
  expiresAtMs: number
  replicas: number
  servers: number
}

export interface BlobQuota {
  maxBytes: number
  /** as declared, with what keeping them costs */
  usedBytes: number
  maxBlobBytes: number
  maxBlobs: number
  usedBlobs: number
}

export interface BlobsFull {
  outcome: 'full'
  /** ERR_OVERLOADED: in words, with the limit and when to try again */
  reason: P2pChatError
}

export interface Absent { outcome: 'absent' }
/** Another account's. */
export interface Foreign { outcome: 'foreign' }

/** What an account may have no more of. */
export const blobLimits = ['maxBlobBytesPerAccount', 'maxBlobsPerAccount', 'maxRemovedBlobsPerAccount'] as const
export type BlobLimit = typeof blobLimits[number]

export type CreateOutcome =
  /** Synced; it may have been there before. With it the account has left so much. */
  | { outcome: 'there', status: BlobStatus, quota: BlobQuota }
  /** Another file has this id. */
  | { outcome: 'conflict' }
  /** Of the account; `retryAfterMs`: when the next of its files expires, or it may be asked again. */
  | { outcome: 'refused', limit: BlobLimit, max: number, retryAfterMs: number }
  | BlobsFull
  | Unknown

export type RemoveOutcome = { outcome: 'removed' } | Absent | Foreign | Unknown

export type Kept =
  /** Synced on `replicas` of `servers` servers. */
  | { outcome: 'kept', keptChunks: number, expiresAtMs: number, replicas: number, servers: number }
  | Unknown

export interface BlobWriter {
  status: () => BlobStatus
  /**
   * Leaf hashes of a piece. Those that were taken before are only compared.
   *
   * @throws ERR_INVALID_RECORD they are not those of the root, or there is no such piece; ERR_OVERLOADED no room;
   * ERR_NOT_FOUND the file was removed meanwhile; ERR_UNKNOWN_OUTCOME the disk failed
   */
  addLeaves: (piece: number, leaves: Uint8Array, path: Uint8Array) => Promise<void>
  /**
   * A chunk whose piece of leaf hashes was added before. It waits while too much is not synced.
   *
   * @throws as addLeaves; ERR_INVALID_RECORD also for one that is not what its leaf hash says
   */
  addChunk: (index: number, sealed: Uint8Array) => Promise<void>
  /** Resolves when everything that was added before is on disk for good. @throws ERR_NOT_FOUND, ERR_OVERLOADED */
  kept: () => Promise<Kept>
  /** What was added is synced yet; nothing more may be added. Who waits in {@link kept} is told now, if only that it is unknown. */
  close: () => Promise<void>
}

export interface BlobReader {
  readonly chunks: number
  /** Whether this chunk can be read now. */
  has: (index: number) => boolean
  /** Likewise for a piece of leaf hashes; undefined: there is no such piece. */
  hasLeaves: (piece: number) => boolean | undefined
  /** Whether somebody is writing it. */
  growing: () => boolean
  /** Undefined when it is not there, or not what it should be any more. @throws ERR_NOT_FOUND the file was removed; ERR_STORE_IO the disk does not give it now */
  chunk: (index: number) => Promise<Uint8Array | undefined>
  /** The disk did not give this chunk, and another server has: it is to be taken from there again. */
  lost?: (index: number) => void
  leaves: (piece: number) => Promise<{ leaves: Uint8Array, path: Uint8Array } | undefined>
  /** These will be asked for soon. */
  expect?: (first: number, count: number) => void
  /** Calls `listener` when there is more to read, or nobody writes any more, or the file was removed. */
  onChange: (listener: () => void) => void
  close: () => Promise<void>
}

export interface BlobTotals {
  blobs: number
  /** of chunks */
  bytes: number
}

/** What one server does for the others, beside what it does for clients. */
export interface BlobCopies {
  /** Makes room for a copy of a file that may be so old; no limit of its account counts. As {@link Blobs.create} else. */
  adopt: (blob: NewBlob, age: Pick<BlobCopy, 'changedAtMs' | 'expiresAtMs'>) => Promise<{ outcome: Exclude<CreateOutcome['outcome'], 'refused'> }>
  /** Undefined: it is not there. @throws what the store says */
  describe: (fileId: Uint8Array) => Promise<BlobCopy | undefined>
  /** For what comes from another server, where it may have had it from anybody. */
  copy: (fileId: Uint8Array) => Promise<{ outcome: 'open', writer: BlobWriter } | Absent | Unknown>
  /** Deletes a copy that nobody is using. Resolves with false when somebody is. */
  forget: (fileId: Uint8Array) => Promise<boolean>
  everyBlob: () => Promise<Uint8Array[]>
  owned: (username: string) => Promise<OwnedBlob[]>
  /** Calls `listener` when what is on the disk of a file has become another. */
  onKept: (listener: (fileId: Uint8Array) => void) => void
}

export interface Blobs {
  create: (blob: NewBlob) => Promise<CreateOutcome>
  status: (fileId: Uint8Array) => Promise<{ outcome: 'found', status: BlobStatus } | Absent | Unknown>
  quota: (username: string) => Promise<BlobQuota>
  append: (fileId: Uint8Array, username: string) => Promise<{ outcome: 'open', writer: BlobWriter } | Absent | Foreign | Unknown>
  read: (fileId: Uint8Array) => Promise<{ outcome: 'open', reader: BlobReader } | Absent | Unknown>
  remove: (fileId: Uint8Array, username: string) => Promise<RemoveOutcome>
  /** Deletes what has expired by now. */
  sweep: () => Promise<void>
  totals: () => Promise<BlobTotals>
}
