import { concat } from 'uint8arrays/concat'
import { fromString } from 'uint8arrays/from-string'
import { toString } from 'uint8arrays/to-string'
import { P2pChatError } from '../../errors.js'
import { keyOf, partsOf, rangeUnder, type KeyValueStore } from '../../store/index.js'
import { Lanes } from '../lanes.js'
import { sweepBatch } from '../limits.js'

export interface Removal {
  username: string
  /** when it may be forgotten */
  expiresAtMs: number
}

const TABLE = 'blob-removed'
const DUE_TABLE = 'blob-removed-due'
const EXPIRY_BYTES = 8

/** Which files their owners removed, so that no copy brings one back. */
export class Removals {
  /** One at a time for each file: what is counted must be what is written. */
  readonly #lanes = new Lanes()
  /** How many there are of each account. */
  #counts: Promise<Map<string, number>> | undefined

  constructor (private readonly store: KeyValueStore) {}

  /** Files of this account whose removal is remembered. */
  async countOf (username: string): Promise<number> {
    return (await this.#counted()).get(username) ?? 0
  }

  async get (fileId: Uint8Array): Promise<Removal | undefined> {
    const stored = await this.store.get(keyOf(TABLE, fileId))
    return stored === undefined ? undefined : decode(stored)
  }

  /** Synced. */
  async put (fileId: Uint8Array, removal: Removal): Promise<void> {
    const counts = await this.#counted()
    await this.#lanes.run(toString(fileId, 'base16'), async () => {
      const before = await this.get(fileId)
      await this.store.batch([
        { type: 'put', key: keyOf(TABLE, fileId), value: encode(removal) },
        { type: 'put', key: keyOf(DUE_TABLE, removal.expiresAtMs, fileId), value: new Uint8Array(0) }
      ], { sync: true })
      if (before !== undefined) add(counts, before.username, -1)
      add(counts, removal.username, 1)
    })
  }

  /** Ids of all of them, in hexadecimal. */
  async every (): Promise<string[]> {
    const ids: string[] = []
    for await (const [key] of this.store.range({ ...rangeUnder(TABLE), keysOnly: true })) ids.push(partsOf(key).at(-1) ?? '')
    return ids
  }

  /** Forgets what may be forgotten by now: the ids, in hexadecimal. */
  async sweep (nowMs: number): Promise<string[]> {
    const forgotten: string[] = []
    const counts = await this.#counted()
    for (;;) {
      const due: string[] = []
      for await (const [key] of this.store.range({ gte: rangeUnder(DUE_TABLE).gte, lt: keyOf(DUE_TABLE, nowMs + 1), limit: sweepBatch })) due.push(key)
      for (const key of due) {
        const id = partsOf(key).at(-1) ?? ''
        await this.#lanes.run(id, async () => {
          const removal = await this.get(fromString(id, 'base16'))
          // It may have been removed once more, for longer.
          const isOver = (removal?.expiresAtMs ?? 0) <= nowMs
          await this.store.batch([{ type: 'delete', key }, ...isOver ? [{ type: 'delete' as const, key: keyOf(TABLE, fromString(id, 'base16')) }] : []], { sync: false })
          if (isOver && removal !== undefined) add(counts, removal.username, -1)
          if (isOver) forgotten.push(id)
        })
      }
      if (due.length < sweepBatch) return forgotten
    }
  }

  async #counted (): Promise<Map<string, number>> {
    this.#counts ??= this.#count().catch((error: unknown) => {
      this.#counts = undefined
      throw error
    })
    return await this.#counts
  }

  async #count (): Promise<Map<string, number>> {
    const counts = new Map<string, number>()
    for await (const [, stored] of this.store.range(rangeUnder(TABLE))) add(counts, decode(stored).username, 1)
    return counts
  }
}

function add (counts: Map<string, number>, username: string, more: number): void {
  const count = (counts.get(username) ?? 0) + more
  if (count > 0) counts.set(username, count)
  else counts.delete(username)
}

function encode ({ username, expiresAtMs }: Removal): Uint8Array {
  const expiry = new Uint8Array(EXPIRY_BYTES)
  new DataView(expiry.buffer).setBigUint64(0, BigInt(expiresAtMs))
  return concat([expiry, fromString(username)])
}

function decode (stored: Uint8Array): Removal {
  if (stored.byteLength < EXPIRY_BYTES) throw new P2pChatError('ERR_STORE_CORRUPT', 'The store is damaged: a row about a removed file is too short. Restore a backup.')
  const expiresAtMs = Number(new DataView(stored.buffer, stored.byteOffset).getBigUint64(0))
  return { username: toString(stored.subarray(EXPIRY_BYTES)), expiresAtMs }
}
