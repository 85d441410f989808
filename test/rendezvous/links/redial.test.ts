import assert from 'node:assert/strict'
import { maxRedialMs, minRedialMs } from '../../../src/rendezvous/links/limits.js'
import { Redial } from '../../../src/rendezvous/links/redial.js'

describe('dialling a server again', () => {
  it('is allowed at first, and after a failure only when the pause is over', () => {
    const redial = new Redial()
    assert.ok(redial.mayDial('a', 0))
    redial.failed('a', 1_000)
    assert.ok(!redial.mayDial('a', 1_000 + minRedialMs - 1))
    assert.ok(redial.mayDial('a', 1_000 + minRedialMs))
    assert.ok(redial.mayDial('b', 1_000))
  })

  it('waits longer after each failure, up to a bound', () => {
    const redial = new Redial()
    let nowMs = 0
    for (let pauseMs = minRedialMs; nowMs < 20 * maxRedialMs; pauseMs = Math.min(maxRedialMs, 2 * pauseMs)) {
      redial.failed('a', nowMs)
      assert.ok(!redial.mayDial('a', nowMs + pauseMs - 1), `after ${pauseMs} ms`)
      assert.ok(redial.mayDial('a', nowMs + pauseMs))
      nowMs += pauseMs
    }
  })

  it('counts one failure once, however many waited for the same dial', () => {
    const redial = new Redial()
    for (let n = 0; n < 100; n++) redial.failed('a', 0)
    assert.ok(redial.mayDial('a', minRedialMs))
  })

  it('does not wait for a clock that was set back', () => {
    const redial = new Redial()
    redial.failed('a', 10_000_000)
    assert.ok(redial.mayDial('a', 6_400_000))
    redial.failed('a', 6_400_000)
    assert.ok(!redial.mayDial('a', 6_400_000))
  })

  it('begins anew once the server was reached', () => {
    const redial = new Redial()
    redial.failed('a', 0)
    redial.failed('a', minRedialMs)
    redial.reached('a')
    assert.ok(redial.mayDial('a', minRedialMs))
    redial.failed('a', minRedialMs)
    assert.ok(redial.mayDial('a', 2 * minRedialMs))
  })
})
