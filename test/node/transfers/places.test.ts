import assert from 'node:assert/strict'
import { Places } from '../../../src/node/transfers/places.js'

describe('transfers: places of files that come in', () => {
  let turns: string[]
  let places: Places
  /** Gives back, by key. */
  let given: Map<string, () => void>

  beforeEach(() => {
    turns = []
    given = new Map()
    places = new Places((key) => {
      turns.push(key)
      take(key)
    })
  })

  /** The first letter of a key is who sends it. */
  function take (key: string): boolean {
    const give = places.take(key, key.slice(0, 1))
    if (give !== undefined) given.set(key, give)
    return give !== undefined
  }

  const takeAll = (...keys: string[]): boolean[] => keys.map(take)
  const give = (key: string): void => { given.get(key)?.() }

  it('are four, and go to who waits longest, however often it asks', () => {
    assert.deepEqual(takeAll('a1', 'a2', 'a3', 'a4', 'a5', 'a6', 'a7'), [true, true, true, true, false, false, false])
    assert.deepEqual(takeAll('a7', 'a6', 'a5'), [false, false, false])
    give('a2')
    give('a2')
    assert.deepEqual(turns, ['a5'])
    places.forget('a6')
    assert.deepEqual([places.waits('a5'), places.waits('a6'), places.waits('a7')], [false, false, true])
    give('a1')
    assert.deepEqual(turns, ['a5', 'a7'])
  })

  it('that one sender has beyond two are not held against others', () => {
    assert.deepEqual(takeAll('a1', 'a2', 'a3', 'a4', 'a5'), [true, true, true, true, false])
    assert.deepEqual(takeAll('b1', 'b2', 'b3', 'c1'), [true, true, false, false])
    give('b1')
    assert.deepEqual(turns, ['b3'])
    for (const key of ['a1', 'a2']) give(key)
    assert.deepEqual(turns, ['b3'], 'each of them has two')
    give('b2')
    assert.deepEqual(turns, ['b3', 'a5', 'c1'], 'a has more than its share, and c has its own all the same')
  })

  it('are taken by others first once one sender has two', () => {
    assert.deepEqual(takeAll('a1', 'a2', 'b1', 'b2', 'a3', 'b3', 'c1'), [true, true, true, true, false, false, false])
    give('a1')
    assert.deepEqual(turns, ['a3'], 'it waited longest and has one')
    give('b1')
    give('b2')
    assert.deepEqual(turns, ['a3', 'b3', 'c1'])
    assert.equal(take('d1'), false)
  })
})
