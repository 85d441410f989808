import { itemsUnder, SetSum, type Item, type ItemSet } from './digest.js'

/** Digits of a key that part items into 4,096 buckets: with a million of them a change costs the 250 beside it. */
const BUCKET_DIGITS = 3

/** The items of one bucket, made once. */
export interface BucketItems {
  /** in the order of their keys */
  items: readonly Item[]
  sum: SetSum
}

/** The place of a key, in hexadecimal, among the buckets: they are in the order of keys. */
export function bucketOf (key: string): number {
  return Number.parseInt(key.slice(0, BUCKET_DIGITS), 16)
}

/** What was in all buckets at one time, whatever changes behind it. */
export class BucketSet implements ItemSet {
  readonly #buckets: ReadonlyArray<BucketItems | undefined>

  /** @param buckets by {@link bucketOf}; undefined: there is nothing */
  constructor (buckets: ReadonlyArray<BucketItems | undefined>) {
    this.#buckets = buckets
  }

  under (prefix: string): Item[] {
    return this.#bucketsUnder(prefix).flatMap(({ items }) => itemsUnder(items, prefix))
  }

  sum (prefix: string): SetSum {
    const buckets = this.#bucketsUnder(prefix)
    const sum = new SetSum()
    for (const bucket of buckets) sum.addAll(prefix.length <= BUCKET_DIGITS ? bucket.sum : SetSum.of(itemsUnder(bucket.items, prefix)))
    return sum
  }

  #bucketsUnder (prefix: string): BucketItems[] {
    const [first, last] = [bucketOf(prefix.padEnd(BUCKET_DIGITS, '0')), bucketOf(prefix.padEnd(BUCKET_DIGITS, 'f'))]
    return this.#buckets.slice(first, last + 1).filter((bucket) => bucket !== undefined)
  }
}
