/** Between what replicas say and its messages on the wire. */
import { leavesPerPiece } from '../../crypto/file/limits.js'
import { P2pChatError } from '../../errors.js'
import type { encode } from '../../protocol/codec.js'
import { ServerBlobOutcome } from '../../protocol/enums.js'
import type * as pb from '../../protocol/pb/server-blob.js'
import { blobLimits, type BlobCopy, type NewBlob } from '../blobs/index.js'
import { fileIdBytes } from '../blobs/limits.js'
import { assertShape } from '../blobs/shape.js'
import { assertBytes } from '../fields.js'
import { integer } from '../replication/codec.js'
import type { Stale } from '../replication/replica.js'
import type { Unknown } from '../registers/index.js'
import type { Removed, ReplicaCreate, ReplicaHave } from './replica.js'

/** Bytes of any buffer, as encode takes them. */
type Whole<T> = Required<Parameters<typeof encode<T>>[1]>

export interface Head { outcome: number, refusal?: pb.ServerBlobRefusal }

type Answer = ReplicaCreate | ReplicaHave | { outcome: 'done' | 'ranges' | 'progress' }

/** Outcome and refusal of an answer; anything that is none of those below is DONE. */
export function headToWire (answer: Answer): Head {
  const { UNKNOWN, DONE, STALE, CONFLICT, REFUSED, FULL, ABSENT, REMOVED } = ServerBlobOutcome
  const none: pb.ServerBlobRefusal = { limit: '', max: 0n, retryAfterMs: 0n, rosterVersion: 0n, message: '' }
  switch (answer.outcome) {
    case 'unknown': return { outcome: UNKNOWN }
    case 'stale': return { outcome: STALE, refusal: { ...none, rosterVersion: BigInt(answer.rosterVersion) } }
    case 'conflict': return { outcome: CONFLICT }
    case 'refused': return { outcome: REFUSED, refusal: { ...none, limit: answer.limit, max: BigInt(answer.max), retryAfterMs: BigInt(Math.ceil(answer.retryAfterMs)) } }
    case 'full': return { outcome: FULL, refusal: { ...none, retryAfterMs: BigInt(Math.ceil(answer.retryAfterMs)), message: answer.message } }
    case 'absent': return { outcome: ABSENT }
    case 'removed': return { outcome: REMOVED }
    default: return { outcome: DONE }
  }
}

/** What was not done, or undefined. */
export function notDoneOf ({ outcome, refusal }: Head): Stale | Unknown | undefined {
  if (outcome === ServerBlobOutcome.STALE) return { outcome: 'stale', rosterVersion: integer(refusal?.rosterVersion ?? 0n) }
  return outcome === ServerBlobOutcome.DONE ? undefined : { outcome: 'unknown' }
}

/** @throws ERR_INVALID_RECORD */
export function createOf (answer: pb.ServerBlobStateResponse): ReplicaCreate {
  const { outcome, refusal, state } = answer
  switch (outcome) {
    case ServerBlobOutcome.DONE: return { outcome: 'there', copy: copyOf(state) }
    case ServerBlobOutcome.CONFLICT: return { outcome: 'conflict' }
    case ServerBlobOutcome.REMOVED: return removedOf(answer)
    case ServerBlobOutcome.FULL: return { outcome: 'full', retryAfterMs: integer(refusal?.retryAfterMs ?? 0n), message: refusal?.message ?? '' }
    case ServerBlobOutcome.REFUSED: {
      const limit = blobLimits.find((one) => one === refusal?.limit)
      if (limit === undefined || refusal === undefined) throw malformed()
      return { outcome: 'refused', limit, max: integer(refusal.max), retryAfterMs: integer(refusal.retryAfterMs) }
    }
    default: return notDoneOf(answer) ?? { outcome: 'unknown' }
  }
}

/** @throws ERR_INVALID_RECORD */
export function haveOf (answer: pb.ServerBlobStateResponse): ReplicaHave {
  switch (answer.outcome) {
    case ServerBlobOutcome.DONE: return { outcome: 'there', copy: copyOf(answer.state) }
    case ServerBlobOutcome.ABSENT: return { outcome: 'absent' }
    case ServerBlobOutcome.REMOVED: return removedOf(answer)
    default: return notDoneOf(answer) ?? { outcome: 'unknown' }
  }
}

export function stateToWire ({ blob, changedAtMs, expiresAtMs, ...stock }: BlobCopy): Whole<pb.ServerBlobState> {
  return { ...stock, blob: blobToWire(blob), changedAtMs: BigInt(changedAtMs), expiresAtMs: BigInt(expiresAtMs) }
}

export function blobToWire ({ sealedBytes, ...blob }: NewBlob): Whole<pb.ServerBlob> {
  return { ...blob, sealedBytes: BigInt(sealedBytes) }
}

/** Its shape is checked by whoever makes room for it. @throws ERR_INVALID_RECORD */
export function blobOf (message: pb.ServerBlob | undefined): NewBlob {
  if (message === undefined) throw malformed()
  const { fileId, username, chunks, sealedBytes, root } = message
  assertBytes(fileId, fileIdBytes, 'A file id')
  return { fileId, username, chunks, sealedBytes: integer(sealedBytes), root }
}

export function malformed (): P2pChatError {
  return new P2pChatError('ERR_INVALID_RECORD', 'What another server of the pool said about files cannot be read and was refused.')
}

function removedOf ({ removal }: pb.ServerBlobStateResponse): Removed {
  if (removal === undefined) throw malformed()
  return { outcome: 'removed', removal: { username: removal.username, expiresAtMs: integer(removal.expiresAtMs) } }
}

function copyOf (state: pb.ServerBlobState | undefined): BlobCopy {
  if (state === undefined) throw malformed()
  const { kept, pieces, growing } = state
  const blob = blobOf(state.blob)
  // Its chunks are counted one by one: as many as it says must have a bit, and frames bound these.
  assertShape(blob, { maxBlobBytes: Infinity })
  if (kept.byteLength !== Math.ceil(blob.chunks / 8) || pieces.byteLength !== Math.ceil(Math.ceil(blob.chunks / leavesPerPiece) / 8)) throw malformed()
  return { blob, kept, pieces, growing, changedAtMs: integer(state.changedAtMs), expiresAtMs: integer(state.expiresAtMs) }
}
