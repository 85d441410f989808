import { P2pChatError } from '../../errors.js'
import { parseOrderedInteger, partsOf, type KeyValueStore } from '../../store/index.js'
import type { MailEntry, MailRead, ReadOptions } from './index.js'
import * as records from './records.js'

/** So few entries are looked up one by one: opening a range costs as much as some of that. */
const maxSingleReads = 4

/** Reads pages of mailboxes from the store, with shared envelopes in their places. */
export class PageReader {
  readonly #store: KeyValueStore

  constructor (store: KeyValueStore) {
    this.#store = store
  }

  /** @throws ERR_STORE_CORRUPT */
  async read (mailbox: Uint8Array, { afterCursor, maxEntries, maxBytes }: ReadOptions): Promise<Extract<MailRead, { outcome: 'read' }>> {
    const entries: Array<MailEntry & { cursor: number }> = []
    let bytes = 0
    let rows = 0
    for await (const [key, stored] of this.#rowsAfter(mailbox, afterCursor, maxEntries + 1)) {
      if (rows++ === maxEntries) return { outcome: 'read', entries, more: true }
      const [, , , cursor = '', shared] = partsOf(key)
      const entry = shared === undefined ? records.decodeEntry(stored) : await this.#follow(mailbox, stored)
      // Acknowledged since this reading began.
      if (entry === undefined) continue
      bytes += entry.envelope.byteLength
      if (entries.length > 0 && bytes > maxBytes) return { outcome: 'read', entries, more: true }
      entries.push({ cursor: parseOrderedInteger(cursor), ...entry })
    }
    return { outcome: 'read', entries, more: false }
  }

  /** The envelope of one entry; undefined when it is not, or no longer, there. @throws ERR_STORE_CORRUPT */
  async find (mailbox: Uint8Array, entryId: Uint8Array): Promise<Uint8Array | undefined> {
    const record = await this.#store.get(records.idKey(mailbox, entryId))
    if (record === undefined) return undefined
    const { status, cursor } = records.decodeId(record)
    if (status === 'acknowledged') return undefined
    const stored = await this.#store.get((status === 'shared' ? records.pointerKey : records.entryKey)(mailbox, cursor))
    if (stored === undefined) return undefined
    const entry = status === 'shared' ? await this.#follow(mailbox, stored) : records.decodeEntry(stored)
    return entry?.envelope
  }

  /** Entries and pointers, in order. Just behind the newest, as a reader who is pushed to always is, no range is walked for them. */
  async * #rowsAfter (mailbox: Uint8Array, afterCursor: number, limit: number): AsyncGenerator<[string, Uint8Array]> {
    const readNext = async (): Promise<number> => records.decodeState(await this.#store.get(records.stateKey(mailbox))).next
    let next = await readNext()
    if (next - afterCursor - 1 > maxSingleReads) {
      yield * this.#store.range({ ...records.entryRangeAfter(mailbox, afterCursor), limit })
      return
    }
    for (let cursor = afterCursor + 1; cursor < next; cursor++) {
      for (const key of [records.entryKey(mailbox, cursor), records.pointerKey(mailbox, cursor)]) {
        const stored = await this.#store.get(key)
        if (stored !== undefined) yield [key, stored]
      }
      // What was in a slot may have given way to a newer one meanwhile, under the next cursor.
      if (cursor === next - 1) next = await readNext()
    }
  }

  /** The entry with the envelope that it points to; undefined when it is no longer there. */
  async #follow (mailbox: Uint8Array, stored: Uint8Array): Promise<MailEntry | undefined> {
    const { entryId, envelope: content } = records.decodeEntry(stored)
    const envelope = await this.#store.get(records.sharedKey(content))
    if (envelope !== undefined) return { entryId, envelope }
    const id = await this.#store.get(records.idKey(mailbox, entryId))
    if (id === undefined || records.decodeId(id).status !== 'shared') return undefined
    throw new P2pChatError('ERR_STORE_CORRUPT', 'The store is damaged: a message that many were sent is missing. Restore a backup.')
  }
}
