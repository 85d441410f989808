import { fromString } from 'uint8arrays/from-string'
import { toString } from 'uint8arrays/to-string'
import { P2pChatError } from '../../errors.js'
import { maxOneTimePrekeys } from '../../protocol/limits.js'
import { verifySignedPrekey } from '../../records/index.js'
import { keyOf, parseOrderedInteger, partsOf, rangeUnder, type KeyValueStore, type Operation } from '../../store/index.js'
import { Lanes } from '../lanes.js'

export interface OneTimePrekey {
  /** One more than any before it on the same device, from 1 on. */
  id: number
  /** X25519 */
  publicKey: Uint8Array
}

export interface Bundle {
  /** SignedRecord of a SignedPrekey */
  signedPrekey: Uint8Array
  oneTimePrekey: OneTimePrekey | undefined
}

export interface PrekeyStock {
  oneTimePrekeys: number
  /** 0: none */
  signedPrekeyId: number
}

const TABLE = 'prekey'
const signedKey = (device: Uint8Array): string => keyOf(TABLE, device, 'signed')
const highestKey = (device: Uint8Array): string => keyOf(TABLE, device, 'highest')
const oneTimeKey = (device: Uint8Array, id: number): string => keyOf(TABLE, device, 'one-time', id)

/** The public prekeys of devices. One-time prekeys are deleted, durably, before they are given away. */
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
   */
  async upload (device: Uint8Array, signedPrekey: Uint8Array, prekeys: readonly OneTimePrekey[]): Promise<PrekeyStock> {
    await this.#lane(device, async () => {
      const highest = await this.#highest(device)
      const fresh = prekeys.filter(({ id }) => id > highest)
      const kept = await this.#oneTimeIds(device)
      const surplus = [...kept, ...fresh.map(({ id }) => id)].sort((a, b) => a - b).slice(0, -maxOneTimePrekeys)
      const operations: Operation[] = [
        ...fresh.map(({ id, publicKey }): Operation => ({ type: 'put', key: oneTimeKey(device, id), value: publicKey })),
        ...surplus.map((id): Operation => ({ type: 'delete', key: oneTimeKey(device, id) })),
        { type: 'put', key: highestKey(device), value: fromString(String(Math.max(highest, ...fresh.map(({ id }) => id)))) }
      ]
      if (idOfSigned(signedPrekey, device) >= await this.#signedId(device)) operations.push({ type: 'put', key: signedKey(device), value: signedPrekey })
      await this.#store.batch(operations, { sync: true })
    })
    return await this.stock(device)
  }

  /** A bundle, undefined when the device never uploaded one. `oneTime` false: its one-time prekeys are left alone. */
  async take (device: Uint8Array, oneTime: boolean): Promise<Bundle | undefined> {
    return await this.#lane(device, async () => {
      const signedPrekey = await this.#store.get(signedKey(device))
      if (signedPrekey === undefined) return undefined
      const first = oneTime ? await this.#firstOneTime(device) : undefined
      if (first !== undefined) await this.#store.batch([{ type: 'delete', key: oneTimeKey(device, first.id) }], { sync: true })
      return { signedPrekey, oneTimePrekey: first }
    })
  }

  async stock (device: Uint8Array): Promise<PrekeyStock> {
    return { oneTimePrekeys: (await this.#oneTimeIds(device)).length, signedPrekeyId: await this.#signedId(device) }
  }

  /** Forgets a device. */
  async remove (device: Uint8Array): Promise<void> {
    await this.#lane(device, async () => {
      const operations: Operation[] = []
      for await (const [key] of this.#store.range(rangeUnder(TABLE, device))) operations.push({ type: 'delete', key })
      await this.#store.batch(operations, { sync: true })
    })
  }

  async #lane<T> (device: Uint8Array, task: () => Promise<T>): Promise<T> {
    return await this.#lanes.run(toString(device, 'base16'), task)
  }

  async #oneTimeIds (device: Uint8Array): Promise<number[]> {
    const ids: number[] = []
    for await (const [key] of this.#store.range(rangeUnder(TABLE, device, 'one-time'))) ids.push(idOf(key))
    return ids
  }

  async #firstOneTime (device: Uint8Array): Promise<OneTimePrekey | undefined> {
    let first: OneTimePrekey | undefined
    for await (const [key, publicKey] of this.#store.range({ ...rangeUnder(TABLE, device, 'one-time'), limit: 1 })) first = { id: idOf(key), publicKey }
    return first
  }

  async #highest (device: Uint8Array): Promise<number> {
    const stored = await this.#store.get(highestKey(device))
    return stored === undefined ? 0 : Number(toString(stored))
  }

  async #signedId (device: Uint8Array): Promise<number> {
    const stored = await this.#store.get(signedKey(device))
    return stored === undefined ? 0 : idOfSigned(stored, device)
  }
}

function idOf (key: string): number {
  return parseOrderedInteger(partsOf(key)[3] ?? '')
}

function idOfSigned (signedPrekey: Uint8Array, device: Uint8Array): number {
  try {
    return verifySignedPrekey(signedPrekey, device).id
  } catch (cause) {
    throw new P2pChatError('ERR_STORE_CORRUPT', 'The store is damaged: a signed prekey cannot be read. Restore a backup.', { cause })
  }
}
