/**
 * What two replicas compare: sets of items, by ranges of their keys. A range is a prefix of the key in hexadecimal; its
 * fingerprint hashes the sum of the hashes of its items, so that one change of a set is one addition to its sum.
 */
import { createHash } from 'node:crypto'
import { FINGERPRINT_BYTES, maxListedItems } from './limits.js'

/** A key in lowercase hexadecimal, and what must be the same on both sides. */
export interface Item {
  key: string
  value: Uint8Array
}

/** What a set has under a prefix, all of it at one time: the items themselves, or their fingerprint and those of its sixteen parts. */
export type RangeContent =
  | { kind: 'items', prefix: string, items: Item[] }
  | { kind: 'parts', prefix: string, fingerprint: Uint8Array, parts: Uint8Array[] }

export const NIBBLES = Array.from('0123456789abcdef')
const LANES = 8

/** The sum of a set's items, which can be added and taken away. */
export class SetSum {
  readonly #lanes = new Uint32Array(LANES)
  #count = 0

  static of (items: Iterable<Item>): SetSum {
    const sum = new SetSum()
    for (const item of items) sum.add(item)
    return sum
  }

  get count (): number {
    return this.#count
  }

  add (item: Item): void {
    const hash = hashOf(item)
    for (let lane = 0; lane < LANES; lane++) this.#lanes[lane] = (this.#lanes[lane] ?? 0) + hash.readUInt32BE(lane * 4)
    this.#count++
  }

  addAll (other: SetSum): void {
    other.#lanes.forEach((lane, index) => { this.#lanes[index] = (this.#lanes[index] ?? 0) + lane })
    this.#count += other.#count
  }

  remove (item: Item): void {
    const hash = hashOf(item)
    for (let lane = 0; lane < LANES; lane++) this.#lanes[lane] = (this.#lanes[lane] ?? 0) - hash.readUInt32BE(lane * 4)
    this.#count--
  }

  /** SHA-256(count ‖ sum), u32 big-endian each, its first 16 bytes. */
  fingerprint (): Uint8Array {
    const bytes = Buffer.alloc(4 * (LANES + 1))
    bytes.writeUInt32BE(this.#count, 0)
    this.#lanes.forEach((lane, index) => { bytes.writeUInt32BE(lane, 4 * (index + 1)) })
    return new Uint8Array(createHash('sha256').update(bytes).digest().subarray(0, FINGERPRINT_BYTES))
  }
}

/** A set that says of its ranges what they hold. */
export interface ItemSet {
  /** Items whose key starts with `prefix`, in the order of their keys. */
  under: (prefix: string) => readonly Item[]
  /** Their sum. */
  sum: (prefix: string) => SetSum
}

/** @param items in the order of their keys */
export function setOf (items: readonly Item[]): ItemSet {
  return {
    under: (prefix) => itemsUnder(items, prefix),
    sum: (prefix) => SetSum.of(itemsUnder(items, prefix))
  }
}

/** What a set has under a prefix. */
export function contentIn (set: ItemSet, prefix: string): RangeContent {
  const sum = set.sum(prefix)
  if (sum.count <= maxListedItems) return { kind: 'items', prefix, items: [...set.under(prefix)] }
  return { kind: 'parts', prefix, fingerprint: sum.fingerprint(), parts: NIBBLES.map((nibble) => set.sum(prefix + nibble).fingerprint()) }
}

/** As {@link contentIn}. @param items those whose key starts with `prefix`, in the order of their keys */
export function contentOf (prefix: string, items: readonly Item[]): RangeContent {
  if (items.length <= maxListedItems) return { kind: 'items', prefix, items: [...items] }
  const sum = new SetSum()
  const parts = NIBBLES.map((nibble) => {
    const part = SetSum.of(itemsUnder(items, prefix + nibble))
    sum.addAll(part)
    return part.fingerprint()
  })
  return { kind: 'parts', prefix, fingerprint: sum.fingerprint(), parts }
}

/** Those whose key starts with `prefix`, of items in the order of their keys. */
export function itemsUnder (items: readonly Item[], prefix: string): Item[] {
  return items.slice(lowerBound(items, prefix), lowerBound(items, `${prefix}g`))
}

function lowerBound (items: readonly Item[], key: string): number {
  let low = 0
  let high = items.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((items[middle]?.key ?? '') < key) low = middle + 1
    else high = middle
  }
  return low
}

/** SHA-256(key ‖ value): keys of one set have one length. */
function hashOf ({ key, value }: Item): Buffer {
  return createHash('sha256').update(key, 'hex').update(value).digest()
}
