import type { ReplicaSet, ReplicaSets, Rosters } from '../replication/replica-sets.js'
import type { Stale } from '../replication/replica.js'
import type { Unknown } from '../registers/index.js'
import { equals } from 'uint8arrays/equals'
import type { BlobCopy } from '../blobs/index.js'
import { ChunkBits } from '../blobs/chunk-bits.js'
import { describe } from './inventory.js'
import { maxRosterRetries } from './limits.js'
import type { BlobReplicaOf, ReplicaHave } from './replica.js'

/** What one server has of a file. */
export interface CopyAt {
  peerId: string
  copy: BlobCopy
}

/** A file as its servers have it, all with the same description. */
export interface Found {
  outcome: 'found'
  /** where writes go */
  set: ReplicaSet
  /** copies at the servers of the newest roster and, while files are handed over, of those before it */
  copies: CopyAt[]
  /** servers of `set` that said that they have none of it */
  without: string[]
}

interface Answered { peerId: string, answer: ReplicaHave }

export type Search = Found | { outcome: 'absent' } | { outcome: 'removed' } | Unknown

export interface ServersComponents {
  replicaOf: BlobReplicaOf
  rosters: Rosters
  sets: ReplicaSets
}

const unknown: Unknown = { outcome: 'unknown' }

/** Asks all servers that a file may be at what they have of it. */
export async function search ({ replicaOf, rosters, sets }: ServersComponents, fileId: Uint8Array): Promise<Search> {
  for (let attempt = 0; attempt <= maxRosterRetries; attempt++) {
    const set = sets.current(fileId)
    const open = sets.open(fileId)
    const answers: Answered[] = []
    // Files go from older servers to newer ones, and are deleted behind themselves: who asks in that order meets one somewhere.
    for (const peerIds of newestLast(set, open)) {
      answers.push(...await Promise.all(peerIds.map(async (peerId) => ({ peerId, answer: await replicaOf(peerId).have(set.version, fileId) }))))
    }
    const stale = answers.map(({ answer }) => answer).find((answer): answer is Stale => answer.outcome === 'stale')
    if (stale !== undefined) {
      await rosters.refresh(stale.rosterVersion)
      continue
    }
    // Whoever removed a file says nothing about one of another account that has its id.
    const removedBy = new Set(answers.flatMap(({ answer }) => answer.outcome === 'removed' ? [answer.removal.username] : []))
    const copies = sameFile(answers.flatMap(({ peerId, answer }) => answer.outcome === 'there' && !removedBy.has(answer.copy.blob.username) ? [{ peerId, copy: answer.copy }] : []))
    if (copies.length === 0 && removedBy.size > 0) return { outcome: 'removed' }
    const without = answers.filter(({ answer }) => answer.outcome === 'absent' || answer.outcome === 'removed').map(({ peerId }) => peerId)
    if (copies.length > 0) return { outcome: 'found', set, copies, without: without.filter((peerId) => set.peerIds.includes(peerId)) }
    const isSure = open.every(({ peerIds, read }) => peerIds.filter((peerId) => without.includes(peerId)).length >= read)
    return isSure ? { outcome: 'absent' } : unknown
  }
  return unknown
}

/** The servers of each set, each with the newest set that it is in. */
function newestLast (current: ReplicaSet, open: readonly ReplicaSet[]): string[][] {
  const seen = new Set<string>()
  return [current, ...open].map(({ peerIds }) => peerIds.filter((peerId) => {
    const isNew = !seen.has(peerId)
    seen.add(peerId)
    return isNew
  })).reverse()
}

/** When a file expires that has these expiries at its servers: until then as many as must have it keep it. */
export function expiryOf (expiriesMs: readonly number[], write: number): number {
  const latestFirst = [...expiriesMs].sort((a, b) => b - a)
  return latestFirst[Math.min(write, latestFirst.length) - 1] ?? 0
}

/** Of several files under one id, the one that most servers have: only that can have been told as kept. */
export function sameFile (copies: readonly CopyAt[]): CopyAt[] {
  let best: CopyAt[] = []
  for (const { copy } of copies) {
    const same = copies.filter((other) => equals(describe(other.copy.blob), describe(copy.blob)))
    if (same.length > best.length) best = same
  }
  return best
}

/** Which servers have each chunk, and each piece of leaf hashes, for good: enough to count them. */
export class Counts {
  readonly #chunks: Uint8Array
  readonly #pieces: Uint8Array
  readonly #copies = new Map<string, ChunkBits>()
  #kept = 0

  /** @param write servers that must have a chunk before it counts as kept */
  constructor (private readonly total: number, pieces: number, private readonly write: number) {
    this.#chunks = new Uint8Array(total)
    this.#pieces = new Uint8Array(pieces)
  }

  /** Chunks that enough servers have. */
  get kept (): number {
    return this.#kept
  }

  /** Servers that have as many chunks as are kept. */
  get whole (): number {
    return [...this.#copies.values()].filter(({ count }) => count >= this.#kept).length
  }

  addCopy ({ peerId, copy }: CopyAt): void {
    const chunks = ChunkBits.of(this.total, copy.kept)
    for (let index = 0; index < this.total; index++) if (chunks.has(index)) this.addChunk(peerId, index)
    const pieces = ChunkBits.of(this.#pieces.length, copy.pieces)
    for (let piece = 0; piece < this.#pieces.length; piece++) if (pieces.has(piece)) this.#pieces[piece]!++
  }

  addChunk (peerId: string, index: number): void {
    const copy = this.#copies.get(peerId) ?? new ChunkBits(this.total)
    this.#copies.set(peerId, copy)
    if (index >= this.total || copy.has(index)) return
    copy.set(index, true)
    if (++this.#chunks[index]! === this.write) this.#kept++
  }

  keptChunks (): ChunkBits {
    return enough(this.#chunks, this.write)
  }

  keptPieces (): ChunkBits {
    return enough(this.#pieces, this.write)
  }
}

function enough (counts: Uint8Array, write: number): ChunkBits {
  const bits = new ChunkBits(counts.length)
  counts.forEach((count, index) => { bits.set(index, count >= write) })
  return bits
}
