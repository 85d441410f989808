import assert from 'node:assert/strict'
import { Flight } from '../../../../src/node/files/fetch/flight.js'

const limits = { windowChunks: 16, minWindowChunks: 8, rangeChunks: 4, queueMs: 50, nearMs: 0 }

/** Windows after ranges that took this long, one after the other. */
function windows (...tookMs: number[]): number[] {
  const flight = new Flight(limits)
  return tookMs.map((ms) => {
    flight.came(ms)
    return flight.windowChunks
  })
}

describe('files: how much is asked for ahead', () => {
  it('grows up to the window while nothing queues up, near or far', () => {
    assert.equal(new Flight(limits).windowChunks, 8)
    assert.deepEqual(windows(2, 3, 4, 2), [12, 16, 16, 16])
    assert.deepEqual(windows(200, 210, 240, 200), [12, 16, 16, 16])
  })

  it('shrinks where chunks wait for each other, never below the least, and grows again', () => {
    assert.deepEqual(windows(20, 20, 100, 200, 300, 30, 40), [12, 16, 12, 8, 8, 12, 16])
  })

  it('asks for all of the least window at once on a near way, and as before when it is one no longer', () => {
    const flight = new Flight({ ...limits, nearMs: 10 })
    const asked: number[][] = []
    for (const tookMs of [10, 9, 4, 60, 8]) {
      flight.came(tookMs)
      asked.push([flight.windowChunks, flight.rangeChunks])
    }
    assert.deepEqual(asked, [[12, 4], [8, 8], [8, 8], [12, 4], [8, 8]])
  })

  it('takes a clock that was set back for a quick one', () => {
    assert.deepEqual(windows(-5_000, 10, 20), [12, 16, 16])
  })

  it('settles where what is under way takes about as long as it may', () => {
    const flight = new Flight({ ...limits, minWindowChunks: 4, windowChunks: 64 })
    // 4 ms a chunk, and 20 ms there and back.
    for (let n = 0; n < 100; n++) flight.came(20 + flight.windowChunks * 4)
    assert.ok(flight.windowChunks >= 12 && flight.windowChunks <= 24, `${flight.windowChunks}`)
  })
})
