import assert from 'node:assert/strict'
import fc from 'fast-check'
import { isP2pChatError } from '../../src/errors.js'
import { keyOf, orderedInteger, parseOrderedInteger, partsOf, rangeUnder } from '../../src/store/index.js'

const anyInteger = fc.maxSafeNat()

describe('keys', () => {
  it('sort integers as numbers and give them back', () => {
    fc.assert(fc.property(anyInteger, anyInteger, (a, b) => {
      assert.equal(orderedInteger(a) < orderedInteger(b), a < b)
      assert.equal(parseOrderedInteger(orderedInteger(a)), a)
    }))
  })

  it('join and part', () => {
    assert.equal(keyOf('mail', Uint8Array.of(1, 255), 'x'), 'mail/01ff/x')
    assert.deepEqual(partsOf('mail/01ff/x'), ['mail', '01ff', 'x'])
  })

  it('of one prefix lie in its range, others do not', () => {
    const { gte, lt } = rangeUnder('mail', 'a')
    for (const inside of [keyOf('mail', 'a', 0), keyOf('mail', 'a', '~~~'), keyOf('mail', 'a', 'x', 'y')]) {
      assert.ok(inside >= gte && inside < lt)
    }
    for (const outside of [keyOf('mail', 'a'), keyOf('mail', 'a.b', 0), keyOf('mail', 'ab', 0), keyOf('mail', 'a0')]) {
      assert.ok(outside < gte || outside >= lt)
    }
  })

  it('refuse what would break the order', () => {
    for (const bad of [-1, 1.5, Number.NaN, 2 ** 53]) {
      assert.throws(() => orderedInteger(bad), (error) => isP2pChatError(error, 'ERR_INTERNAL'))
    }
    for (const bad of ['a/b', 'ü', '']) {
      assert.throws(() => keyOf(bad), (error) => isP2pChatError(error, 'ERR_INTERNAL'))
    }
    for (const bad of ['', '12', 'zzzzzzzzzzzzzz', 'ffffffffffffff']) {
      assert.throws(() => parseOrderedInteger(bad), (error) => isP2pChatError(error, 'ERR_STORE_CORRUPT'))
    }
  })
})
