import { toString } from 'uint8arrays/to-string'
import { P2pChatError } from '../../errors.js'
import type { Operation } from '../../store/index.js'
import type { PendingView } from './pending-view.js'
import * as records from './records.js'
import { growth, stockInCommon, sumOf, type Stock } from './stored-totals.js'

/** An entry that came to point to a shared envelope, or no longer does. */
export interface Reference {
  content: Uint8Array
  by: 1 | -1
}

interface Held {
  record: records.SharedRecord
  /** Resolves once `record` is what the store has. */
  loaded: Promise<void>
  holders: number
}

/**
 * Envelopes that entries of many mailboxes point to: each is there once, with the number of these entries, and goes with
 * the last of them. Who changes a number holds it in memory first; the change itself, and giving its writes to the store,
 * is one synchronous step, so that numbers follow each other on the disk as the entries do.
 */
export class SharedEnvelopes {
  readonly #view: PendingView
  readonly #held = new Map<string, Held>()

  constructor (view: PendingView) {
    this.#view = view
  }

  /** Brings the numbers of these envelopes into memory until they are released as often. */
  async hold (contents: readonly Uint8Array[]): Promise<void> {
    await Promise.all(contents.map(async (content) => {
      const name = toString(content, 'base16')
      const held = this.#held.get(name) ?? this.#load(name, content)
      held.holders++
      await held.loaded
    }))
  }

  release (contents: readonly Uint8Array[]): void {
    for (const content of contents) {
      const name = toString(content, 'base16')
      const held = this.#held.get(name)
      if (held !== undefined && --held.holders === 0) this.#held.delete(name)
    }
  }

  /** How much more there would be with this envelope kept for one more entry. It must be held. */
  growthOfAdding (content: Uint8Array, bytes: number): Stock {
    return growth(stockInCommon(this.#record(content)), stockInCommon({ references: 1, bytes }))
  }

  /**
   * Counts, and gives the writes of that, which the caller hands to the store before it awaits anything. All must be held.
   *
   * @param envelope what references that come are to
   */
  count (references: readonly Reference[], envelope?: Uint8Array): { operations: Operation[], more: Stock } {
    const before = new Map<string, { content: Uint8Array, record: records.SharedRecord }>()
    for (const { content, by } of references) {
      const record = this.#record(content)
      const name = toString(content, 'base16')
      if (!before.has(name)) before.set(name, { content, record: { ...record } })
      record.references += by
      if (by > 0 && envelope !== undefined) record.bytes = envelope.byteLength
    }
    const more: Stock[] = []
    const operations: Operation[] = []
    for (const { content, record: old } of before.values()) {
      const now = this.#record(content)
      more.push(growth(stockInCommon(old), stockInCommon(now)))
      if (now.references === 0) {
        operations.push({ type: 'delete', key: records.sharedKey(content) }, { type: 'delete', key: records.sharedCountKey(content) })
        continue
      }
      operations.push({ type: 'put', key: records.sharedCountKey(content), value: records.encodeShared(now) })
      if (old.references === 0 && envelope !== undefined) operations.push({ type: 'put', key: records.sharedKey(content), value: envelope })
    }
    return { operations, more: sumOf(more) }
  }

  #load (name: string, content: Uint8Array): Held {
    const load = async (): Promise<void> => {
      try {
        held.record = records.decodeShared(await this.#view.get(records.sharedCountKey(content)))
      } catch (error) {
        this.#held.delete(name)
        throw error
      }
    }
    const held: Held = { record: records.decodeShared(undefined), holders: 0, loaded: Promise.resolve() }
    this.#held.set(name, held)
    held.loaded = load()
    return held
  }

  #record (content: Uint8Array): records.SharedRecord {
    const held = this.#held.get(toString(content, 'base16'))
    if (held === undefined) throw new P2pChatError('ERR_INTERNAL', 'A shared envelope is counted that nobody holds.')
    return held.record
  }
}
