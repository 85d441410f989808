import { fromString } from 'uint8arrays/from-string'
import { toString } from 'uint8arrays/to-string'
import { lpAll, sha256, u32 } from '../../crypto/bytes.js'
import type { Clock } from '../../runtime.js'
import type { BlobCopies, BlobStock, NewBlob } from '../blobs/index.js'
import type { Item } from '../replication/digest.js'
import { Lanes } from '../lanes.js'
import { replicasOf, type RosterView } from '../replication/placement.js'
import { BLOB_PLACEMENT, ITEM_BYTES, minLifeMs } from './limits.js'
import type { Removals } from './removals.js'

const REMOVED = new Uint8Array(ITEM_BYTES)

interface Entry {
  value: Uint8Array
  expiresAtMs: number
}

/**
 * What this server has of each file, in a few bytes that are compared with those of others. It is gathered when it is
 * asked for the first time: a server that is alone never does.
 */
export class Inventory {
  readonly #entries = new Map<string, Entry>()
  /** Ids, in hexadecimal, of which it must be looked again what is there. */
  readonly #changed = new Set<string>()
  /** Keepers of each file, by the newest roster that was asked about. */
  #keepers = new Map<string, string[]>()
  #keepersVersion = 0
  #gathering: Promise<void> | undefined
  readonly #refreshing = new Lanes()

  constructor (private readonly components: { blobs: BlobCopies, removals: Removals, clock: Clock, replicas: number }) {
    components.blobs.onKept((fileId) => { this.changed(fileId) })
  }

  changed (fileId: Uint8Array): void {
    if (this.#gathering !== undefined) this.#changed.add(toString(fileId, 'base16'))
  }

  forgotten (id: string): void {
    if (this.#gathering !== undefined) this.#changed.add(id)
  }

  /** Files, also removed ones, that all of `peers` keep by this roster, in the order of their ids. */
  async items (roster: RosterView, peers: readonly string[]): Promise<Item[]> {
    await this.#refresh()
    const atMs = this.components.clock.now() + minLifeMs
    const items: Item[] = []
    for (const [key, { value, expiresAtMs }] of this.#entries) {
      if (expiresAtMs <= atMs) continue
      const keepers = this.#keepersOf(key, roster)
      if (peers.every((peer) => keepers.includes(peer))) items.push({ key, value })
    }
    return items.sort((a, b) => a.key < b.key ? -1 : 1)
  }

  #keepersOf (key: string, roster: RosterView): string[] {
    if (this.#keepersVersion !== roster.version) {
      this.#keepers = new Map()
      this.#keepersVersion = roster.version
    }
    const known = this.#keepers.get(key)
    if (known !== undefined) return known
    const keepers = replicasOf(fromString(key, 'base16'), roster, this.components.replicas, BLOB_PLACEMENT).map(({ peerId }) => peerId)
    this.#keepers.set(key, keepers)
    return keepers
  }

  /** One at a time: whoever asks next must not go by what another one is about to find. */
  async #refresh (): Promise<void> {
    await this.#refreshing.run('', async () => {
      this.#gathering ??= this.#gather()
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
        this.#entries.set(key, { value: fingerprintOf(copy), expiresAtMs: copy.expiresAtMs })
      } else if (removal !== undefined) this.#entries.set(key, { value: REMOVED, expiresAtMs: removal.expiresAtMs })
      else {
        this.#entries.delete(key)
        this.#keepers.delete(key)
      }
    } catch (error) {
      this.#changed.add(key)
      throw error
    }
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
