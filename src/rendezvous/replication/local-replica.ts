import { equals } from 'uint8arrays/equals'
import type { Unknown } from '../registers/index.js'
import { asUnknown, Copies, type CopiesComponents } from './copies.js'
import { contentIn, contentOf, type ItemSet, type RangeContent } from './digest.js'
import { Inventory, type InventoryComponents } from './inventory.js'
import type { RosterView } from './placement.js'
import type { PoolState } from './pool-state.js'
import type { Fetched, RangeQuery, Replica, ReplicaAppend, ReplicaAppends, ReplicaDone, ReplicaEntry, ReplicaRanges, ReplicaStatus, SignedAcknowledgement, Stale } from './replica.js'
import { Turn } from './turn.js'

export interface LocalReplicaComponents extends CopiesComponents, Pick<InventoryComponents, 'keepersOf'> {
  /** one's own PeerId */
  peerId: string
  poolState: PoolState
  /** the newest roster */
  roster: () => RosterView
  /** The ids of a SignedRecord of a MailboxAcknowledgement, once its signature by the mailbox's device is verified. */
  readAcknowledgement: (signed: Uint8Array, mailbox: Uint8Array) => Uint8Array[]
  /** Mailboxes that are still to be taken over, of how many. */
  handover: () => { left: number, inAll: number }
  /** This server's disk is an old copy: nobody counts on it. */
  isDiskOld: () => boolean
}

const unknown: Unknown = { outcome: 'unknown' }

/** This server's own copies, for whoever goes by a roster that is not an old one. */
export class LocalReplica implements Replica {
  readonly copies: Copies
  readonly #components: LocalReplicaComponents
  readonly #inventory: Inventory

  constructor (components: LocalReplicaComponents) {
    this.#components = components
    this.copies = new Copies(components)
    this.#inventory = new Inventory({ copies: this.copies, keepersOf: components.keepersOf })
  }

  async append (rosterVersion: number, mailbox: Uint8Array, entry: ReplicaEntry): Promise<ReplicaAppend> {
    return await this.#write(rosterVersion, async () => await this.copies.append(mailbox, entry))
  }

  async appendShared (rosterVersion: number, mailboxes: readonly Uint8Array[], entry: ReplicaEntry): Promise<ReplicaAppends | Stale | Unknown> {
    return await this.#write(rosterVersion, async () => ({ outcome: 'appends', appends: await this.copies.appendShared(mailboxes, entry) }))
  }

  async acknowledge (rosterVersion: number, mailbox: Uint8Array, acknowledgement: SignedAcknowledgement): Promise<ReplicaDone> {
    const entryIds = this.#components.readAcknowledgement(acknowledgement.signed, mailbox)
    return await this.#write(rosterVersion, async () => await this.copies.acknowledge(mailbox, entryIds, acknowledgement))
  }

  async compare (rosterVersion: number, mailbox: Uint8Array, { fingerprint, prefixes }: RangeQuery): Promise<ReplicaRanges> {
    return await this.#read(rosterVersion, async () => {
      const box = await this.copies.box(mailbox)
      if (equals(box.sum.fingerprint(), fingerprint)) return { outcome: 'ranges', ranges: [] }
      const ranges = await Promise.all(prefixes.map(async (prefix) => contentOf(prefix, await box.items(prefix))))
      return { outcome: 'ranges', ranges }
    })
  }

  async mailboxes (rosterVersion: number, asker: string, { fingerprint, prefixes, shared }: RangeQuery & { shared: boolean }): Promise<ReplicaRanges> {
    return await this.#read(rosterVersion, async () => {
      const { peerId, roster } = this.#components
      if (roster().version !== rosterVersion) return unknown
      const items = await this.held(shared ? [asker, peerId] : [asker])
      if (equals(items.sum('').fingerprint(), fingerprint)) return { outcome: 'ranges', ranges: [] }
      const ranges: RangeContent[] = []
      const turn = new Turn()
      for (const prefix of prefixes) {
        const content = contentIn(items, prefix)
        ranges.push(content)
        if (content.kind === 'parts') await turn.took(content.parts.length)
      }
      return { outcome: 'ranges', ranges }
    })
  }

  async fetch (rosterVersion: number, mailbox: Uint8Array, entryIds: readonly Uint8Array[]): Promise<Fetched | Stale | Unknown> {
    return await this.#read(rosterVersion, async () => await this.copies.fetch(mailbox, entryIds))
  }

  async remove (rosterVersion: number, mailbox: Uint8Array): Promise<ReplicaDone> {
    return await this.#write(rosterVersion, async () => {
      await this.copies.drop(mailbox)
      return { outcome: 'done' }
    })
  }

  async status (rosterVersion: number): Promise<ReplicaStatus | Stale | Unknown> {
    return await this.#read(rosterVersion, async () => {
      const { poolState, handover } = this.#components
      const { left, inAll } = handover()
      return { outcome: 'status', completeVersion: poolState.complete, closedVersion: poolState.closed, mailboxesLeft: left, mailboxesInAll: inAll }
    })
  }

  /** Mailboxes here that hold anything and that all of `peers` keep by the newest roster. */
  async held (peers: readonly string[]): Promise<ItemSet> {
    return await this.#inventory.items(this.#components.roster(), peers)
  }

  /** Mailboxes here that only others keep by this roster. */
  async notKept (roster: RosterView): Promise<Uint8Array[]> {
    return await this.#inventory.notKeptBy(roster, this.#components.peerId)
  }

  async #write<T> (version: number, task: () => Promise<T>): Promise<T | Stale | Unknown> {
    if (this.#components.isDiskOld()) return unknown
    try {
      return await this.#components.poolState.write(version, task)
    } catch (error) {
      return asUnknown(error)
    }
  }

  async #read<T> (version: number, task: () => Promise<T>): Promise<T | Stale | Unknown> {
    if (this.#components.isDiskOld()) return unknown
    try {
      return await this.#components.poolState.read(version, task)
    } catch (error) {
      return asUnknown(error)
    }
  }
}
