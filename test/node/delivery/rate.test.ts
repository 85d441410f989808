import assert from 'node:assert/strict'
import { Allowances, useAll } from '../../../src/node/delivery/rate.js'
import { FakeClock } from '../../helpers/fake-clock.js'

describe('allowances', () => {
  const rate = { burst: 10, perSecond: 2 }
  let clock: FakeClock
  let allowances: Allowances

  beforeEach(() => {
    clock = new FakeClock()
    allowances = new Allowances(clock, rate, 3)
  })

  it('give the burst at once, then as much as time brings', async () => {
    allowances.use('a', 10)
    assert.equal(allowances.waitMs('a', 1), 500)
    assert.equal(allowances.waitMs('a', 4), 2_000)
    await clock.advance(250)
    assert.equal(allowances.waitMs('a', 1), 250)
    await clock.advance(250)
    assert.equal(allowances.waitMs('a', 1), 0)
    await clock.advance(1_000_000)
    allowances.use('a', 10)
    assert.notEqual(allowances.waitMs('a', 1), 0)
  })

  it('come back in the same time when the clock is set', async () => {
    for (const jumpMs of [-86_400_000, 86_400_000]) {
      allowances.use('a', 10)
      clock.jump(jumpMs)
      assert.equal(allowances.waitMs('a', 1), 500)
      await clock.advance(5_000)
      assert.equal(allowances.waitMs('a', 10), 0)
    }
  })

  it('are each one\'s own', () => {
    allowances.use('a', 10)
    assert.equal(allowances.waitMs('b', 10), 0)
  })

  it('never make more than the burst impossible', () => {
    assert.equal(allowances.waitMs('a', 1_000), 0)
    allowances.use('a', 1_000)
    assert.equal(allowances.waitMs('a', 1_000), 5_000)
  })

  it('forget who used theirs longest ago', () => {
    for (const key of ['a', 'b', 'c', 'd']) allowances.use(key, 10)
    assert.deepEqual(['a', 'b', 'c', 'd'].map((key) => allowances.waitMs(key, 10) > 0), [false, true, true, true])
  })

  it('together are used all or not at all', () => {
    const others = new Allowances(clock, rate, 3)
    allowances.use('a', 8)
    assert.equal(useAll(4, [[others, 'x'], [allowances, 'a']]), 1_000)
    assert.equal(others.waitMs('x', 10), 0)
    assert.equal(useAll(2, [[others, 'x'], [allowances, 'a']]), 0)
    assert.deepEqual([others.waitMs('x', 10), allowances.waitMs('a', 10)], [1_000, 5_000])
  })
})
