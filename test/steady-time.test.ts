import assert from 'node:assert/strict'
import fc from 'fast-check'
import { maxSteadyStepMs, steadyTimeAfter } from '../src/steady-time.js'

const year = 365 * 24 * 60 * 60 * 1000
const moment = fc.integer({ min: 0, max: 100 * year })

describe('steadyTimeAfter', () => {
  it('believes the clock at first', () => {
    assert.equal(steadyTimeAfter(undefined, 5), 5)
  })

  it('follows the clock, and no further than a step', () => {
    fc.assert(fc.property(moment, moment, (before, now) => {
      const after = steadyTimeAfter(before, now)
      assert.ok(Math.abs(after - before) <= maxSteadyStepMs)
      assert.ok(Math.abs(now - after) <= Math.max(0, Math.abs(now - before) - maxSteadyStepMs))
    }))
  })

  it('is hardly moved by an hour under a clock of another year', () => {
    const right = 54 * year
    let steady = right
    for (let i = 0; i < 6; i++) steady = steadyTimeAfter(steady, right + year)
    assert.equal(steady, right + 6 * maxSteadyStepMs)
    for (let i = 0; i < 6; i++) steady = steadyTimeAfter(steady, 0)
    assert.equal(steady, right)
  })
})
