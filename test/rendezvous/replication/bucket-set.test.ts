import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { bucketOf, BucketSet, type BucketItems } from '../../../src/rendezvous/replication/bucket-set.js'
import { contentIn, contentOf, itemsUnder, SetSum, type Item } from '../../../src/rendezvous/replication/digest.js'
import { range } from '../blobs/place.js'

function hash (text: string): Buffer {
  return createHash('sha256').update(text).digest().subarray(0, 16)
}

describe('a set in buckets', () => {
  it('holds of every range what a plain list does', () => {
    const keys = [...range(3_000).map((n) => hash(`key ${n}`).toString('hex')), ...range(40).map((n) => `abc${hash(`near ${n}`).toString('hex').slice(3)}`)]
    const items: Item[] = keys.sort().map((key) => ({ key, value: hash(key) }))
    const buckets: BucketItems[] = []
    for (const item of items) {
      const bucket = buckets[bucketOf(item.key)] ??= { items: [], sum: new SetSum() }
      buckets[bucketOf(item.key)] = { items: [...bucket.items, item], sum: bucket.sum }
      bucket.sum.add(item)
    }
    const set = new BucketSet(buckets)
    for (const prefix of ['', '0', 'f', 'ab', 'abc', 'abcd', 'ffff', keys[0] ?? '']) {
      assert.deepEqual(set.under(prefix), itemsUnder(items, prefix))
      assert.deepEqual(set.sum(prefix).fingerprint(), SetSum.of(itemsUnder(items, prefix)).fingerprint())
      assert.deepEqual(contentIn(set, prefix), contentOf(prefix, itemsUnder(items, prefix)))
    }
    assert.deepEqual(new BucketSet([]).under(''), [])
  })
})
