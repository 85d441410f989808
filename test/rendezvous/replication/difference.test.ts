import assert from 'node:assert/strict'
import fc from 'fast-check'
import { toString } from 'uint8arrays/to-string'
import { contentOf, itemsUnder, SetSum, type Item, type RangeContent } from '../../../src/rendezvous/replication/digest.js'
import { findDifference, type AskRanges } from '../../../src/rendezvous/replication/difference.js'

const sorted = (items: Iterable<Item>): Item[] => [...items].sort((a, b) => a.key < b.key ? -1 : 1)
const answerOf = (theirs: readonly Item[]): AskRanges => async (prefixes) =>
  prefixes.map((prefix): RangeContent => contentOf(prefix, itemsUnder(theirs, prefix)))

// Keys of few different bytes, so that long prefixes are shared.
const anyKey = fc.array(fc.constantFrom(0, 1, 0x10, 0x11, 0xff), { minLength: 4, maxLength: 4 }).map((bytes) => toString(Uint8Array.from(bytes), 'base16'))
const anyItems = fc.uniqueArray(fc.record({ key: anyKey, value: fc.constantFrom(1, 2).map((value) => Uint8Array.of(value)) }), { selector: ({ key }) => key, maxLength: 200 })

describe('The difference of two sets', () => {
  it('is found, all of it and nothing else', async () => {
    await fc.assert(fc.asyncProperty(anyItems, anyItems, fc.nat(3), async (some, others, share) => {
      // Most of the two sets is the same, as it is with replicas.
      const mine = sorted(some)
      const theirs = sorted(new Map([...mine.filter((_, index) => index % 4 >= share), ...others].map((item) => [item.key, item])).values())
      const { mine: onlyMine, theirs: onlyTheirs } = await findDifference(mine, answerOf(theirs))
      const key = ({ key, value }: Item): string => `${key} ${value[0] ?? ''}`
      const inTheirs = new Set(theirs.map(key))
      const inMine = new Set(mine.map(key))
      assert.deepEqual(onlyMine.map(key).sort(), mine.map(key).filter((item) => !inTheirs.has(item)).sort())
      assert.deepEqual(onlyTheirs.map(key).sort(), theirs.map(key).filter((item) => !inMine.has(item)).sort())
    }), { numRuns: 200 })
  })

  it('is told not to be of one time when something moved between two rounds', async () => {
    const keys = Array.from({ length: 40 }, (_, index) => (0x30 + index).toString(16))
    const items = (...more: string[]): Item[] => sorted([...keys, ...more].map((key) => ({ key, value: Uint8Array.of(1) })))
    const changing = (...states: Item[][]): AskRanges => async (prefixes) => await answerOf((states.length > 1 ? states.shift() : states[0]) ?? [])(prefixes)
    const moved = await findDifference(items(), changing(items('1f'), items('f1')))
    assert.deepEqual(moved, { mine: [], theirs: [], isOfOneTime: false })
    const still = await findDifference(items(), changing(items('1f')))
    assert.deepEqual([still.theirs.map(({ key }) => key), still.isOfOneTime], [['1f'], true])
    // What is looked at no more may change.
    const elsewhere = await findDifference(items(), changing(items('1f'), items('1f', 'f1')))
    assert.deepEqual([elsewhere.theirs.map(({ key }) => key), elsewhere.isOfOneTime], [['1f'], true])
  })

  it('is told not to be of one time from any depth', async () => {
    const keys = Array.from({ length: 100 }, (_, index) => `10${(0x10 + index).toString(16)}`)
    const items = (...more: string[]): Item[] => sorted([...keys, ...more].map((key) => ({ key, value: Uint8Array.of(1) })))
    for (const changedAt of [1, 2, 3]) {
      let round = 0
      const { isOfOneTime } = await findDifference(items(), async (prefixes) => await answerOf(round++ < changedAt ? items('100f') : items('f00f'))(prefixes))
      assert.equal(isOfOneTime, false, `changed before round ${changedAt + 1}`)
    }
  })

  it('of equal sets takes one round', async () => {
    const items = sorted(Array.from({ length: 1000 }, (_, index) => ({ key: index.toString(16).padStart(8, '0'), value: Uint8Array.of(1) })))
    let rounds = 0
    const difference = await findDifference(items, async (prefixes) => {
      rounds++
      return await answerOf(items)(prefixes)
    })
    assert.deepEqual(difference, { mine: [], theirs: [], isOfOneTime: true })
    assert.equal(rounds, 1)
  })
})

describe('The sum of a set', () => {
  it('depends on what is in it, not on how it got there', () => {
    fc.assert(fc.property(anyItems, anyItems, (kept, passing) => {
      const sum = new SetSum()
      for (const item of passing) sum.add(item)
      for (const item of kept) sum.add(item)
      for (const item of passing) sum.remove(item)
      assert.deepEqual(sum.fingerprint(), SetSum.of(kept.toReversed()).fingerprint())
      assert.equal(sum.count, kept.length)
    }))
  })

  it('is another one for another value, a missing and an added item', () => {
    const items = [1, 2, 3].map((index) => ({ key: `0${index}`, value: Uint8Array.of(1) }))
    const prints = [items, items.slice(1), [...items, { key: '04', value: Uint8Array.of(1) }], [...items.slice(1), { key: '01', value: Uint8Array.of(2) }], []]
      .map((set) => toString(SetSum.of(set).fingerprint(), 'base16'))
    assert.equal(new Set(prints).size, prints.length)
  })
})
