import { fromString } from 'uint8arrays/from-string'
import { toString } from 'uint8arrays/to-string'
import { lpAll, sha256, u32 } from '../../crypto/bytes.js'
import type { BlobCopies, BlobStock, NewBlob } from '../blobs/index.js'
import { SetSum, type Item, type ItemSet } from '../replication/digest.js'
import { bucketOf, BucketSet, type BucketItems } from '../replication/bucket-set.js'
import { Lanes } from '../lanes.js'
import { replicasOf, type RosterView } from '../replication/placement.js'
import { Turn } from '../replication/turn.js'
import type { KeepingTimes } from '../steady-clock.js'
import { BLOB_PLACEMENT, ITEM_BYTES, minLifeMs } from './limits.js'
import type { Removals } from './removals.js'

const REMOVED = new Uint8Array(ITEM_BYTES)

interface Entry {
  item: Item
  expiresAtMs: number
  /** By the newest roster that was asked about. */
  keepers?: { version: number, peerIds: readonly string[] }
}

/** The files whose ids begin alike. */
interface Bucket {
  entries: Map<string, Entry>
  /** What some servers all keep of it, by their names and the roster; until something changes, or expires. */
  made: Map<string, BucketItems & { untilMs: number }>
}

/**
 * What this server has of each file, in a few bytes that are compared with those of others. It is gathered when it is
 * asked for the first time: a server that is alone never does.
 */
export class Inventory {
  /** By {@link bucketOf}. */
  readonly #buckets: Array<Bucket | undefined> = []
  /** Ids, in hexadecimal, of which it must be looked again what is there. */
  readonly #changed = new Set<string>()
  /** The newest roster that was asked about. */
  #version = 0
  #gathering: Promise<void> | undefined
  readonly #refreshing = new Lanes()

  constructor (private readonly components: { blobs: BlobCopies, removals: Removals, times: KeepingTimes, replicas: number }) {
    components.blobs.onKept((fileId) => { this.changed(fileId) })
  }

  changed (fileId: Uint8Array): void {
    if (this.#gathering !== undefined) this.#changed.add(toString(fileId, 'base16'))
  }

  forgotten (id: string): void {
    if (this.#gathering !== undefined) this.#changed.add(id)
  }

  /** Files, also removed ones, that all of `peers` keep by this roster. */
  async items (roster: RosterView, peers: readonly string[]): Promise<ItemSet> {
    await this.#refresh()
    if (roster.version > this.#version) for (const bucket of this.#buckets) bucket?.made.clear()
    this.#version = Math.max(roster.version, this.#version)
    const name = [roster.version, ...[...peers].sort()].join(' ')
    const atMs = this.components.times.overMs() + minLifeMs
    const turn = new Turn()
    const all: BucketItems[] = []
    for (const [index, bucket] of this.#buckets.entries()) {
      if (bucket === undefined) continue
      const before = bucket.made.get(name)
      const made = before !== undefined && before.untilMs > atMs ? before : this.#make(bucket, roster, peers, atMs)
      bucket.made.set(name, made)
      all[index] = made
      if (made !== before) await turn.took(bucket.entries.size)
    }
    return new BucketSet(all)
  }

  /** Files that are here, and that this server does not keep by this roster. */
  async notKeptBy (roster: RosterView, peerId: string): Promise<Uint8Array[]> {
    await this.#refresh()
    const turn = new Turn()
    const fileIds: Uint8Array[] = []
    for (const bucket of this.#buckets) {
      for (const [key, entry] of bucket?.entries ?? []) {
        if (entry.item.value !== REMOVED && !this.#keepersOf(key, entry, roster).includes(peerId)) fileIds.push(fromString(key, 'base16'))
      }
      if (bucket !== undefined) await turn.took(bucket.entries.size)
    }
    return fileIds
  }

  #make ({ entries }: Bucket, roster: RosterView, peers: readonly string[], atMs: number): BucketItems & { untilMs: number } {
    const items: Item[] = []
    let untilMs = Infinity
    for (const [key, entry] of entries) {
      if (entry.expiresAtMs <= atMs) continue
      const keepers = this.#keepersOf(key, entry, roster)
      if (!peers.every((peer) => keepers.includes(peer))) continue
      items.push(entry.item)
      untilMs = Math.min(untilMs, entry.expiresAtMs)
    }
    return { items: items.sort((a, b) => a.key < b.key ? -1 : 1), sum: SetSum.of(items), untilMs }
  }

  #keepersOf (key: string, entry: Entry, roster: RosterView): readonly string[] {
    if (entry.keepers?.version !== roster.version) {
      const peerIds = replicasOf(fromString(key, 'base16'), roster, this.components.replicas, BLOB_PLACEMENT).map(({ peerId }) => peerId)
      entry.keepers = { version: roster.version, peerIds }
    }
    return entry.keepers.peerIds
  }

  /** One at a time: whoever asks next must not go by what another one is about to find. */
  async #refresh (): Promise<void> {
    await this.#refreshing.run('', async () => {
      this.#gathering ??= this.#gather().catch((error: unknown) => {
        this.#gathering = undefined
        throw error
      })
      await this.#gathering
      for (const key of [...this.#changed]) {
        this.#changed.delete(key)
        await this.#look(key)
      }
    })
  }

  async #gather (): Promise<void> {
    const { blobs, removals } = this.components
    for (const key of await removals.every()) this.#changed.add(key)
    for (const fileId of await blobs.everyBlob()) this.#changed.add(toString(fileId, 'base16'))
  }

  async #look (key: string): Promise<void> {
    const { blobs, removals } = this.components
    const fileId = fromString(key, 'base16')
    try {
      const copy = await blobs.describe(fileId)
      const removal = await removals.get(fileId)
      if (copy !== undefined && removal?.username !== copy.blob.username) {
        this.#put(key, { item: { key, value: fingerprintOf(copy) }, expiresAtMs: copy.expiresAtMs })
      } else this.#put(key, removal === undefined ? undefined : { item: { key, value: REMOVED }, expiresAtMs: removal.expiresAtMs })
    } catch (error) {
      this.#changed.add(key)
      throw error
    }
  }

  #put (key: string, entry: Entry | undefined): void {
    const bucket = this.#buckets[bucketOf(key)] ??= { entries: new Map(), made: new Map() }
    bucket.made.clear()
    if (entry === undefined) bucket.entries.delete(key)
    else bucket.entries.set(key, { ...bucket.entries.get(key), ...entry })
  }
}

/** What two copies must have in common: the description, and what is there for good. */
export function fingerprintOf ({ blob, kept, pieces }: BlobStock & { blob: NewBlob }): Uint8Array {
  return sha256(lpAll(describe(blob), kept, pieces)).slice(0, ITEM_BYTES)
}

/** Says in a few bytes how a file was described. */
export function describe ({ username, chunks, sealedBytes, root }: NewBlob): Uint8Array {
  return sha256(lpAll(fromString(username), u32(chunks), fromString(String(sealedBytes)), root))
}
