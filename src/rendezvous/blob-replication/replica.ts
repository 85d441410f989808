/**
 * What the servers of a pool ask of each other about files. A server answers for itself with LocalReplica, and sees the
 * others through the wire; whoever asks names the roster version it goes by.
 */
import type { BlobCopy, BlobLimit, NewBlob, OwnedBlob } from '../blobs/index.js'
import type { RangeContent } from '../replication/digest.js'
import type { RangeQuery, Stale } from '../replication/replica.js'
import type { Unknown } from '../registers/index.js'
import type { Removal } from './removals.js'

/** The owner removed it. */
export interface Removed { outcome: 'removed', removal: Removal }
/** No room at that server. */
export interface Full { outcome: 'full', retryAfterMs: number, message: string }

export type ReplicaCreate =
  | { outcome: 'there', copy: BlobCopy }
  | { outcome: 'conflict' }
  | { outcome: 'refused', limit: BlobLimit, max: number, retryAfterMs: number }
  | Full
  | Removed
  | Stale
  | Unknown

export type ReplicaHave = { outcome: 'there', copy: BlobCopy } | { outcome: 'absent' } | Removed | Stale | Unknown

/** `conflict`: what is there, or was removed there, is another account's; nothing was written. */
export type ReplicaRemove = { outcome: 'done' } | { outcome: 'conflict' } | Stale | Unknown

export type ReplicaRanges = { outcome: 'ranges', ranges: RangeContent[] } | Stale | Unknown

export interface ReplicaProgress {
  outcome: 'progress'
  /** This server has all that was told as kept under earlier versions, of the files that it keeps by this one. */
  completeVersion: number
  /** Every storing server of this version was complete: what is older need not be asked any more. */
  closedVersion: number
  /** Files that this server lacks, or has only a part of, as far as it has found, and the bytes that it lacks. */
  filesLeft: number
  bytesLeft: number
}

export interface BlobReplica {
  create: (rosterVersion: number, blob: NewBlob) => Promise<ReplicaCreate>
  have: (rosterVersion: number, fileId: Uint8Array) => Promise<ReplicaHave>
  /** Deletes the file of this account and remembers that, also where it never arrived. */
  remove: (rosterVersion: number, fileId: Uint8Array, username: string, expiresAtMs: number) => Promise<ReplicaRemove>
  owned: (username: string) => Promise<{ outcome: 'owned', files: OwnedBlob[] } | Unknown>
  /** Files here that `asker` (a PeerId) keeps by this roster; with `shared` those only that this server keeps by it, too. */
  compare: (rosterVersion: number, asker: string, query: RangeQuery & { shared: boolean }) => Promise<ReplicaRanges>
  progress: (rosterVersion: number) => Promise<ReplicaProgress | Stale | Unknown>
  /** It lacks something: it may compare at once. */
  look: () => Promise<void>
}

/** The servers of the pool, by PeerId; one's own included. */
export type BlobReplicaOf = (peerId: string) => BlobReplica
