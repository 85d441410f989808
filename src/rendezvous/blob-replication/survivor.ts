import { compare } from 'uint8arrays/compare'
import { toString } from 'uint8arrays/to-string'
import type { BlobCopy, NewBlob } from '../blobs/index.js'
import { ChunkBits } from '../blobs/chunk-bits.js'
import type { ReplicaSet } from '../replication/replica-sets.js'
import { describe } from './inventory.js'
import type { ReplicaHave } from './replica.js'

/** What a server said that it has under an id. */
export interface Said {
  peerId: string
  answer: ReplicaHave
}

interface Candidate {
  blob: NewBlob
  description: Uint8Array
  servers: number
  /** of the server that has most of it */
  keptChunks: number
}

/**
 * Of several files under one id the one that stays; undefined: that is not sure yet.
 *
 * Only what enough servers have can have been told as kept. Where none is at more servers than the others, nothing is on
 * its way to be: once each server of today has one of them, and of each set so many have answered that all that was told
 * as kept is among it, the one with the most chunks stays. Most often all of them are empty: none can be written to.
 *
 * @param open the sets that a file may be at, as {@link ReplicaSets.open} gives them
 */
export function survivorOf (said: readonly Said[], set: ReplicaSet, open: readonly ReplicaSet[]): NewBlob | undefined {
  const [first, second] = candidatesOf(said)
  if (first === undefined) return undefined
  if (first.servers >= set.write && first.servers > (second?.servers ?? 0)) return first.blob
  const saidAnything = (peerId: string, outcomes: ReadonlyArray<ReplicaHave['outcome']>): boolean =>
    said.some((one) => one.peerId === peerId && outcomes.includes(one.answer.outcome))
  const isSure = set.peerIds.every((peerId) => saidAnything(peerId, ['there'])) &&
    open.every(({ peerIds, read }) => peerIds.filter((peerId) => saidAnything(peerId, ['there', 'absent', 'removed'])).length >= read)
  return isSure ? candidatesOf(said).sort((a, b) => b.keptChunks - a.keptChunks || compare(a.description, b.description))[0]?.blob : undefined
}

/** Those at the most servers first. */
function candidatesOf (said: readonly Said[]): Candidate[] {
  const candidates = new Map<string, Candidate>()
  for (const { answer } of said) {
    if (answer.outcome !== 'there') continue
    const { blob } = answer.copy
    const description = describe(blob)
    const name = toString(description, 'base16')
    const { servers, keptChunks } = candidates.get(name) ?? { servers: 0, keptChunks: 0 }
    candidates.set(name, { blob, description, servers: servers + 1, keptChunks: Math.max(keptChunks, keptOf(answer.copy)) })
  }
  return [...candidates.values()].sort((a, b) => b.servers - a.servers)
}

function keptOf ({ blob, kept }: BlobCopy): number {
  return ChunkBits.of(blob.chunks, kept).count
}
