import { fromString } from 'uint8arrays/from-string'
import { toString } from 'uint8arrays/to-string'
import { P2pChatError } from '../../errors.js'
import { maxOneTimePrekeys } from '../../protocol/limits.js'
import { verifySignedPrekey } from '../../records/index.js'
import { keyOf, parseOrderedInteger, partsOf, rangeUnder, type KeyValueStore, type Operation } from '../../store/index.js'
import { Lanes } from '../lanes.js'
import type { Bundle, OneTimePrekey, ShelfStock } from './types.js'

const TABLE = 'prekey'
const signedKey = (device: Uint8Array): string => keyOf(TABLE, device, 'signed')
const highestKey = (device: Uint8Array): string => keyOf(TABLE, device, 'highest')
const oneTimeKey = (device: Uint8Array, id: number): string => keyOf(TABLE, device, 'one-time', id)
const spreadKey = (device: Uint8Array): string => keyOf(TABLE, device, 'spread')

/** The public prekeys of devices on one server. One-time prekeys are deleted, durably, before they are given away. */
export class PrekeyShelf {
  readonly #store: KeyValueStore
  readonly #lanes = new Lanes()

  /** @param store written by this process alone */
  constructor (store: KeyValueStore) {
    this.#store = store
  }

  /**
   * Keeps prekeys of a device and gives the stock. One whose id is not above all earlier ones was seen before and is
   * left out: it may have been given away. Past the limit the oldest go.
   *
   * @param signedPrekey verified by the caller; an older one than is here does not replace it
   * @param upTo ids up to here count as seen from now on, whoever has them
   */
  async upload (device: Uint8Array, signedPrekey: Uint8Array, prekeys: readonly OneTimePrekey[], upTo = 0): Promise<ShelfStock> {
    await this.#lane(device, async () => {
      const highest = await this.#highest(device)
      const fresh = prekeys.filter(({ id }) => id > highest)
      const kept = await this.#oneTimeIds(device)
      const surplus = [...kept, ...fresh.map(({ id }) => id)].sort((a, b) => a - b).slice(0, -maxOneTimePrekeys)
      const operations: Operation[] = [
        ...fresh.map(({ id, publicKey }): Operation => ({ type: 'put', key: oneTimeKey(device, id), value: publicKey })),
        ...surplus.map((id): Operation => ({ type: 'delete', key: oneTimeKey(device, id) })),
        { type: 'put', key: highestKey(device), value: fromString(String(Math.max(highest, upTo, ...fresh.map(({ id }) => id)))) }
      ]
      const signedId = await this.#signedId(device)
      const newId = idOfSigned(signedPrekey, device)
      if (newId >= signedId) operations.push({ type: 'put', key: signedKey(device), value: signedPrekey })
      // The other servers may not have this one yet.
      if (newId > signedId) operations.push({ type: 'delete', key: spreadKey(device) })
      await this.#store.batch(operations, { sync: true })
    })
    return await this.stock(device)
  }

  /** A bundle, undefined when the device never uploaded one. `oneTime` false: its one-time prekeys are left alone. */
  async take (device: Uint8Array, oneTime: boolean): Promise<Bundle | undefined> {
    return await this.#lane(device, async () => {
      const signedPrekey = await this.signed(device)
      if (signedPrekey === undefined) return undefined
      const [first] = oneTime ? await this.#oneTime(device, 1) : []
      if (first !== undefined) await this.#store.batch([{ type: 'delete', key: oneTimeKey(device, first.id) }], { sync: true })
      return { signedPrekey, oneTimePrekey: first }
    })
  }

  /** Takes all one-time prekeys of a device away, to hand them to another server. */
  async takeAll (device: Uint8Array): Promise<OneTimePrekey[]> {
    return await this.#lane(device, async () => {
      const all = await this.#oneTime(device, Infinity)
      await this.#store.batch(all.map(({ id }) => ({ type: 'delete', key: oneTimeKey(device, id) })), { sync: true })
      return all
    })
  }

  async stock (device: Uint8Array): Promise<ShelfStock> {
    return { oneTimePrekeys: (await this.#oneTimeIds(device)).length, signedPrekeyId: await this.#signedId(device), upTo: await this.#highest(device) }
  }

  async signed (device: Uint8Array): Promise<Uint8Array | undefined> {
    return await this.#store.get(signedKey(device))
  }

  /** Forgets a device that is gone. */
  async remove (device: Uint8Array): Promise<void> {
    await this.#remove(device, () => true)
  }

  /** Forgets a device whose prekeys are others' to keep now, but not which ids were seen: late messages bring none of them back. */
  async leave (device: Uint8Array): Promise<void> {
    const kept = highestKey(device)
    await this.#remove(device, (key) => key !== kept)
  }

  /** Devices behind `after` (undefined: from the start) that have a signed prekey here, in order; at most so many. */
  async devices (after: Uint8Array | undefined, limit: number): Promise<Uint8Array[]> {
    const all = rangeUnder(TABLE)
    const found: Uint8Array[] = []
    let gte = after === undefined ? all.gte : rangeUnder(TABLE, after).lt
    while (found.length < limit) {
      let device: Uint8Array | undefined
      for await (const [key] of this.#store.range({ gte, lt: all.lt, limit: 1, keysOnly: true })) device = fromString(partsOf(key)[1] ?? '', 'base16')
      if (device === undefined) break
      if (await this.signed(device) !== undefined) found.push(device)
      gte = rangeUnder(TABLE, device).lt
    }
    return found
  }

  /** Which servers are known to have the signed prekey that is here, as `noteSpread` was told. */
  async spread (device: Uint8Array): Promise<string> {
    const stored = await this.#store.get(spreadKey(device))
    return stored === undefined ? '' : toString(stored)
  }

  /** That these servers have this signed prekey, unless a newer one has come meanwhile. Not for good: it can be found out again. */
  async noteSpread (device: Uint8Array, signedPrekey: Uint8Array, servers: string): Promise<void> {
    await this.#lane(device, async () => {
      if (await this.#signedId(device) !== idOfSigned(signedPrekey, device)) return
      await this.#store.batch([{ type: 'put', key: spreadKey(device), value: fromString(servers) }], { sync: false })
    })
  }

  async #remove (device: Uint8Array, which: (key: string) => boolean): Promise<void> {
    await this.#lane(device, async () => {
      const operations: Operation[] = []
      for await (const [key] of this.#store.range(rangeUnder(TABLE, device))) if (which(key)) operations.push({ type: 'delete', key })
      await this.#store.batch(operations, { sync: true })
    })
  }

  async #lane<T> (device: Uint8Array, task: () => Promise<T>): Promise<T> {
    return await this.#lanes.run(toString(device, 'base16'), task)
  }

  async #oneTimeIds (device: Uint8Array): Promise<number[]> {
    return (await this.#oneTime(device, Infinity)).map(({ id }) => id)
  }

  /** In the order of their ids. */
  async #oneTime (device: Uint8Array, limit: number): Promise<OneTimePrekey[]> {
    const found: OneTimePrekey[] = []
    for await (const [key, publicKey] of this.#store.range({ ...rangeUnder(TABLE, device, 'one-time'), ...limit === Infinity ? {} : { limit } })) {
      found.push({ id: parseOrderedInteger(partsOf(key)[3] ?? ''), publicKey })
    }
    return found
  }

  async #highest (device: Uint8Array): Promise<number> {
    const stored = await this.#store.get(highestKey(device))
    return stored === undefined ? 0 : Number(toString(stored))
  }

  async #signedId (device: Uint8Array): Promise<number> {
    const stored = await this.signed(device)
    return stored === undefined ? 0 : idOfSigned(stored, device)
  }
}

function idOfSigned (signedPrekey: Uint8Array, device: Uint8Array): number {
  try {
    return verifySignedPrekey(signedPrekey, device).id
  } catch (cause) {
    throw new P2pChatError('ERR_STORE_CORRUPT', 'The store is damaged: a signed prekey cannot be read. Restore a backup.', { cause })
  }
}
