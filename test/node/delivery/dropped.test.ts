import assert from 'node:assert/strict'
import fc from 'fast-check'
import { isDropped, stillOwed, withDropped } from '../../../src/node/delivery/dropped.js'
import { maxDroppedRanges } from '../../../src/node/delivery/limits.js'

describe('messages that were dropped', () => {
  it('are kept as runs, whatever their order', () => {
    fc.assert(fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 40 }), { maxLength: 30 }), (sequences) => {
      const ranges = sequences.reduce((before, sequence) => withDropped(before, [sequence]), withDropped([], []))
      for (let n = 1; n <= 41; n++) assert.equal(isDropped(ranges, n), sequences.includes(n))
      for (const [i, { first, last }] of ranges.entries()) assert.ok(first <= last && first > (ranges[i - 1]?.last ?? -1) + 1)
    }))
  })

  it('are the newest ones, where there are too many runs', () => {
    const ranges = withDropped([], Array.from({ length: maxDroppedRanges + 1 }, (_, i) => 2 * i + 1))
    assert.deepEqual([ranges.length, isDropped(ranges, 1), isDropped(ranges, 3)], [maxDroppedRanges, false, true])
  })

  it('are of no interest once their sender has nothing left before them', () => {
    assert.deepEqual(stillOwed([{ first: 1, last: 3 }, { first: 5, last: 6 }], 3), [{ first: 1, last: 3 }, { first: 5, last: 6 }])
    assert.deepEqual(stillOwed([{ first: 1, last: 3 }, { first: 5, last: 6 }], 4), [{ first: 5, last: 6 }])
  })
})
