import { equals } from 'uint8arrays/equals'
import { fromString } from 'uint8arrays/from-string'
import { isP2pChatError } from '../../errors.js'
import type { BlobCopies, BlobCopy, Blobs, NewBlob, OwnedBlob } from '../blobs/index.js'
import { contentIn, type ItemSet } from '../replication/digest.js'
import type { RosterView } from '../replication/placement.js'
import type { PoolState } from '../replication/pool-state.js'
import type { RangeQuery, Stale } from '../replication/replica.js'
import type { Unknown } from '../registers/index.js'
import type { KeepingTimes } from '../steady-clock.js'
import type { Inventory } from './inventory.js'
import { retryWhenRemovedMs, type BlobReplicationLimits } from './limits.js'
import type { Removal, Removals } from './removals.js'
import type { BlobReplica, ReplicaCreate, ReplicaHave, ReplicaProgress, ReplicaRanges, ReplicaRemove } from './replica.js'

export interface LocalReplicaComponents {
  /** one's own PeerId */
  peerId: string
  blobs: Pick<Blobs, 'create' | 'remove'> & BlobCopies
  removals: Removals
  inventory: Inventory
  poolState: PoolState
  /** the newest roster */
  roster: () => RosterView
  times: KeepingTimes
  limits: Pick<BlobReplicationLimits, 'tombstoneMs' | 'maxRemovedBlobsPerAccount' | 'maxClockSkewMs'>
  /** This server's disk is an old copy: it counts for nothing. */
  isDiskOld: () => boolean
  /** What is still lacking here. */
  lacking: () => { files: number, bytes: number }
  onLook: () => void
}

const unknown: Unknown = { outcome: 'unknown' }

/** This server's own copies, for whoever goes by a roster that is not an old one. */
export class LocalReplica implements BlobReplica {
  readonly #components: LocalReplicaComponents

  constructor (components: LocalReplicaComponents) {
    this.#components = components
  }

  async create (rosterVersion: number, blob: NewBlob): Promise<ReplicaCreate> {
    return await this.#write(rosterVersion, async () => {
      const { blobs, removals, limits: { maxRemovedBlobsPerAccount: max } } = this.#components
      const before = await removals.get(blob.fileId)
      if (before !== undefined) return { outcome: 'removed', removal: before }
      if (await removals.countOf(blob.username) >= max && await blobs.describe(blob.fileId) === undefined) {
        return { outcome: 'refused', limit: 'maxRemovedBlobsPerAccount', max, retryAfterMs: retryWhenRemovedMs }
      }
      const created = await blobs.create(blob)
      switch (created.outcome) {
        case 'there': {
          const removal = await this.#removalOf(blob)
          if (removal !== undefined) return { outcome: 'removed', removal }
          const copy = await blobs.describe(blob.fileId)
          return copy === undefined ? unknown : { outcome: 'there', copy }
        }
        case 'full': return { outcome: 'full', retryAfterMs: created.reason.retryAfterMs ?? 0, message: created.reason.message }
        default: return created
      }
    })
  }

  async have (rosterVersion: number, fileId: Uint8Array): Promise<ReplicaHave> {
    return await this.#read(rosterVersion, async () => {
      const { blobs, removals } = this.#components
      const copy = await blobs.describe(fileId)
      const removal = await removals.get(fileId)
      if (copy !== undefined && removal?.username !== copy.blob.username) return { outcome: 'there', copy }
      return removal === undefined ? { outcome: 'absent' } : { outcome: 'removed', removal }
    })
  }

  async remove (rosterVersion: number, fileId: Uint8Array, username: string, expiresAtMs: number): Promise<ReplicaRemove> {
    return await this.#write(rosterVersion, async () => {
      const { blobs, removals, inventory, times, limits } = this.#components
      const owner = (await blobs.describe(fileId))?.blob.username ?? (await removals.get(fileId))?.username ?? username
      if (owner !== username) return { outcome: 'conflict' }
      const latestMs = times.fromMs() + limits.tombstoneMs + limits.maxClockSkewMs
      // First: what the file's own removal is interrupted by, the next start of this one goes on with.
      await removals.put(fileId, { username, expiresAtMs: Math.min(expiresAtMs, latestMs) })
      inventory.changed(fileId)
      const { outcome } = await blobs.remove(fileId, username)
      return outcome === 'unknown' ? unknown : { outcome: 'done' }
    })
  }

  async owned (username: string): Promise<{ outcome: 'owned', files: OwnedBlob[] }> {
    return { outcome: 'owned', files: await this.#components.blobs.owned(username) }
  }

  async compare (rosterVersion: number, asker: string, { fingerprint, prefixes, shared }: RangeQuery & { shared: boolean }): Promise<ReplicaRanges> {
    return await this.#read(rosterVersion, async () => {
      const { peerId, roster } = this.#components
      if (roster().version !== rosterVersion) return unknown
      const items = await this.held(shared ? [asker, peerId] : [asker])
      if (equals(items.sum('').fingerprint(), fingerprint)) return { outcome: 'ranges', ranges: [] }
      return { outcome: 'ranges', ranges: prefixes.map((prefix) => contentIn(items, prefix)) }
    })
  }

  async progress (rosterVersion: number): Promise<ReplicaProgress | Stale | Unknown> {
    return await this.#read(rosterVersion, async () => {
      const { poolState, lacking } = this.#components
      const { files, bytes } = lacking()
      return { outcome: 'progress', completeVersion: poolState.complete, closedVersion: poolState.closed, filesLeft: files, bytesLeft: bytes }
    })
  }

  async look (): Promise<void> {
    this.#components.onLook()
  }

  /** Files here that all of `peers` keep by the newest roster. */
  async held (peers: readonly string[]): Promise<ItemSet> {
    return await this.#components.inventory.items(this.#components.roster(), peers)
  }

  /** Files here that only others keep by this roster. */
  async notKept (roster: RosterView): Promise<Uint8Array[]> {
    return await this.#components.inventory.notKeptBy(roster, this.#components.peerId)
  }

  /** Ends what a crash interrupted. */
  async start (): Promise<void> {
    const { blobs, removals } = this.#components
    for (const id of await removals.every()) {
      const copy = await blobs.describe(fromString(id, 'base16'))
      if (copy !== undefined) await this.#removalOf(copy.blob)
    }
  }

  /** Makes room for what another server has, with the age that its copy has. */
  async adopt ({ blob, changedAtMs, expiresAtMs }: BlobCopy): Promise<'there' | 'removed' | 'conflict' | 'full' | 'unknown'> {
    const { blobs, removals, times, limits } = this.#components
    if ((await removals.get(blob.fileId))?.username === blob.username) return 'removed'
    const believedMs = times.fromMs() + limits.maxClockSkewMs
    const age = { changedAtMs: Math.min(changedAtMs, believedMs), expiresAtMs: Math.min(expiresAtMs, believedMs + limits.tombstoneMs) }
    const { outcome } = await blobs.adopt(blob, age)
    if (await this.#removalOf(blob) !== undefined) return 'removed'
    return outcome
  }

  /** Its owner may have removed it while it was made; and a crash may have left it behind. */
  async #removalOf ({ fileId, username }: Pick<NewBlob, 'fileId' | 'username'>): Promise<Removal | undefined> {
    const { blobs, removals } = this.#components
    const removal = await removals.get(fileId)
    if (removal?.username !== username) return undefined
    await blobs.remove(fileId, username)
    return removal
  }

  async #write<T> (version: number, task: () => Promise<T>): Promise<T | Stale | Unknown> {
    return this.#components.isDiskOld() ? unknown : await honest(async () => await this.#components.poolState.write(version, task))
  }

  async #read<T> (version: number, task: () => Promise<T>): Promise<T | Stale | Unknown> {
    return this.#components.isDiskOld() ? unknown : await honest(async () => await this.#components.poolState.read(version, task))
  }
}

/** A disk that refuses has neither done it nor not. */
async function honest<T> (task: () => Promise<T>): Promise<T | Unknown> {
  try {
    return await task()
  } catch (error) {
    if (isP2pChatError(error, 'ERR_STORE_IO', 'ERR_CLOSED', 'ERR_OVERLOADED')) return unknown
    throw error
  }
}
