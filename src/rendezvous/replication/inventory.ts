import { fromString } from 'uint8arrays/from-string'
import { Lanes } from '../lanes.js'
import { bucketOf, BucketSet, type BucketItems } from './bucket-set.js'
import type { Copies } from './copies.js'
import { SetSum, type Item, type ItemSet } from './digest.js'
import { mailboxesAtOnce } from './limits.js'
import type { RosterView } from './placement.js'
import { Turn } from './turn.js'

/** A mailbox that is here. */
interface Entry {
  /** undefined: there is nothing left in it to compare */
  item: Item | undefined
  /** PeerIds, by the newest roster that was asked about. */
  keepers?: { version: number, peerIds: readonly string[] }
}

/** The mailboxes whose keys begin alike. */
interface Bucket {
  entries: Map<string, Entry>
  /** What some servers all keep of it, by their names and the roster; until something changes. */
  made: Map<string, BucketItems>
}

export interface InventoryComponents {
  copies: Pick<Copies, 'box' | 'everyMailbox' | 'onChanged'>
  /** PeerIds of those who keep a mailbox by a roster. */
  keepersOf: (mailbox: Uint8Array, roster: RosterView) => string[]
}

/**
 * What this server has of each mailbox, in a few bytes that are compared with those of others. It is gathered when it is
 * asked for the first time, which a server that is alone never does; from then on only what has changed is looked at again.
 */
export class Inventory {
  readonly #components: InventoryComponents
  /** By {@link bucketOf}. */
  readonly #buckets: Array<Bucket | undefined> = []
  /** Mailboxes, in hexadecimal, of which it must be looked again what is there. */
  readonly #changed = new Set<string>()
  /** The newest roster that was asked about. */
  #version = 0
  #gathering: Promise<void> | undefined
  readonly #refreshing = new Lanes()

  constructor (components: InventoryComponents) {
    this.#components = components
    components.copies.onChanged((name) => { if (this.#gathering !== undefined) this.#changed.add(name) })
  }

  /**
   * Mailboxes here that hold anything and that all of `peers` keep by this roster: key the device key, value the fingerprint of
   * what is in it. It shows all that was written before it was asked for.
   */
  async items (roster: RosterView, peers: readonly string[]): Promise<ItemSet> {
    await this.#refresh()
    if (roster.version > this.#version) for (const bucket of this.#buckets) bucket?.made.clear()
    this.#version = Math.max(roster.version, this.#version)
    const name = [roster.version, ...[...peers].sort()].join(' ')
    const turn = new Turn()
    const all: BucketItems[] = []
    for (const [index, bucket] of this.#buckets.entries()) {
      if (bucket === undefined) continue
      const before = bucket.made.get(name)
      const made = before ?? this.#make(bucket, roster, peers)
      bucket.made.set(name, made)
      all[index] = made
      if (before === undefined) await turn.took(bucket.entries.size)
    }
    return new BucketSet(all)
  }

  /** Mailboxes here, also those that hold nothing any more, that this server does not keep by this roster. */
  async notKeptBy (roster: RosterView, peerId: string): Promise<Uint8Array[]> {
    await this.#refresh()
    const turn = new Turn()
    const mailboxes: Uint8Array[] = []
    for (const bucket of this.#buckets) {
      for (const [name, entry] of bucket?.entries ?? []) {
        if (!this.#keepersOf(name, entry, roster).includes(peerId)) mailboxes.push(fromString(name, 'base16'))
      }
      if (bucket !== undefined) await turn.took(bucket.entries.size)
    }
    return mailboxes
  }

  #make ({ entries }: Bucket, roster: RosterView, peers: readonly string[]): BucketItems {
    const items: Item[] = []
    for (const [name, entry] of entries) {
      if (entry.item === undefined) continue
      const keepers = this.#keepersOf(name, entry, roster)
      if (peers.every((peer) => keepers.includes(peer))) items.push(entry.item)
    }
    return { items: items.sort((a, b) => a.key < b.key ? -1 : 1), sum: SetSum.of(items) }
  }

  #keepersOf (name: string, entry: Entry, roster: RosterView): readonly string[] {
    if (entry.keepers?.version !== roster.version) {
      entry.keepers = { version: roster.version, peerIds: this.#components.keepersOf(fromString(name, 'base16'), roster) }
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
      const turn = new Turn()
      const names = [...this.#changed]
      for (let at = 0; at < names.length; at += mailboxesAtOnce) {
        const some = names.slice(at, at + mailboxesAtOnce)
        await Promise.all(some.map(async (name) => { await this.#look(name) }))
        await turn.took(some.length)
      }
    })
  }

  async #gather (): Promise<void> {
    for (const name of await this.#components.copies.everyMailbox()) this.#changed.add(name)
  }

  async #look (name: string): Promise<void> {
    // First: what changes from now on must be looked at again.
    this.#changed.delete(name)
    try {
      const { isNoted, sum } = await this.#components.copies.box(fromString(name, 'base16'))
      this.#put(name, isNoted ? { item: sum.count === 0 ? undefined : { key: name, value: sum.fingerprint() } } : undefined)
    } catch (error) {
      this.#changed.add(name)
      throw error
    }
  }

  #put (name: string, entry: Entry | undefined): void {
    const bucket = this.#buckets[bucketOf(name)] ??= { entries: new Map(), made: new Map() }
    bucket.made.clear()
    if (entry === undefined) bucket.entries.delete(name)
    else bucket.entries.set(name, { ...bucket.entries.get(name), ...entry })
  }
}
