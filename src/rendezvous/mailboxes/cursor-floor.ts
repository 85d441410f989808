import { P2pChatError } from '../../errors.js'
import { keyOf, type KeyValueStore, type Operation } from '../../store/index.js'

const KEY = keyOf('mailbox-floor')
const BYTES = 8

/**
 * Where the cursors of a new mailbox begin: behind those of all that were removed. One may have been this mailbox, given
 * to other servers and taken over again, and a reader who stayed would not see what lies before its cursor.
 */
export class CursorFloor {
  readonly #store: KeyValueStore
  #first: number | undefined

  constructor (store: KeyValueStore) {
    this.#store = store
  }

  /** The cursor of the first entry, from 1 on. @throws ERR_STORE_CORRUPT */
  async first (): Promise<number> {
    const known = this.#first ?? decode(await this.#store.get(KEY))
    // Another one may have been removed while it was read.
    this.#first = Math.max(known, this.#first ?? 1)
    return this.#first
  }

  /**
   * For the removal of a mailbox whose next cursor would have been `next`. What it gives is asked for when that is written:
   * others may be removed at the same time, and written before or behind it.
   */
  async raise (next: number): Promise<() => Operation[]> {
    this.#first = Math.max(await this.first(), this.#first ?? 1, next)
    return () => {
      const value = new Uint8Array(BYTES)
      new DataView(value.buffer).setBigUint64(0, BigInt(this.#first ?? next))
      return [{ type: 'put', key: KEY, value }]
    }
  }
}

function decode (stored: Uint8Array | undefined): number {
  if (stored === undefined) return 1
  if (stored.byteLength !== BYTES) throw new P2pChatError('ERR_STORE_CORRUPT', 'The store is damaged: where cursors begin cannot be read. Restore a backup.')
  return Number(new DataView(stored.buffer, stored.byteOffset).getBigUint64(0))
}
