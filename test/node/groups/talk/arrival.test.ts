import assert from 'node:assert/strict'
import fc from 'fast-check'
import { maxEpochStarts } from '../../../../src/node/delivery/limits.js'
import { awaited, firstFor, forgetStarts, learnStarts, type Arrival, type KnownStart } from '../../../../src/node/groups/talk/arrival.js'
import { maxKnownStarts } from '../../../../src/node/groups/talk/limits.js'

/** What a device sent, as numbers of messages in epochs 1, 2, 3 …; gives what each message says of its place. */
function history (counts: number[]): Arrival[] {
  const arrivals: Arrival[] = []
  const starts: Array<{ epoch: number, first: number }> = []
  for (const [i, count] of counts.entries()) {
    for (let counter = 0; counter < count; counter++) {
      const sequence = arrivals.length + 1
      if (counter === 0) starts.push({ epoch: i + 1, first: sequence })
      arrivals.push({ sequence, lowestAlive: 1, epoch: i + 1, counter, starts: starts.slice(-maxEpochStarts) })
    }
  }
  return arrivals
}

const counts = fc.array(fc.nat({ max: 3 }), { minLength: 1, maxLength: 30 })

describe('where a newcomer begins', () => {
  it('is the first message of the epochs that it has a part in, whichever message comes first', () => {
    fc.assert(fc.property(counts, fc.integer({ min: 1, max: 30 }), (sent, since) => {
      const arrivals = history(sent)
      const first = arrivals.find(({ epoch }) => epoch >= since)
      for (const arrival of arrivals.filter(({ epoch }) => epoch >= since)) {
        const began = firstFor(since, arrival)
        const isTold = arrival.starts.length < maxEpochStarts || (arrival.starts[0]?.epoch ?? 0) <= (first?.epoch ?? 0)
        if (isTold) assert.equal(began, first?.sequence)
        else assert.ok(began > (first?.sequence ?? 0) && began <= arrival.sequence)
      }
    }))
  })

  it('is what the message itself says when its list says nothing, or lies', () => {
    assert.equal(firstFor(3, { sequence: 9, lowestAlive: 1, epoch: 4, counter: 2, starts: [] }), 7)
    assert.equal(firstFor(3, { sequence: 9, lowestAlive: 1, epoch: 4, counter: 2, starts: [{ epoch: 3, first: 8 }, { epoch: 4, first: 1 }] }), 7)
    assert.equal(firstFor(1, { sequence: 2, lowestAlive: 1, epoch: 1, counter: 100, starts: [] }), 1)
  })
})

describe('what is known of where epochs began', () => {
  const epochOf = (arrivals: Arrival[], sequence: number): number | undefined => arrivals.find((arrival) => arrival.sequence === sequence)?.epoch

  it('tells in which epochs what is missing was sent, in whatever order messages come', () => {
    fc.assert(fc.property(counts, fc.array(fc.nat(), { minLength: 1, maxLength: 12 }), fc.nat(), (sent, order, waiting) => {
      const arrivals = history(sent)
      if (arrivals.length === 0) return
      const expected = waiting % arrivals.length + 1
      const epoch = epochOf(arrivals, expected) as number
      let starts: KnownStart[] = [{ epoch: arrivals[0]?.epoch as number, first: 1 }]
      for (const n of order) starts = learnStarts(starts, expected, arrivals[n % arrivals.length] as Arrival)
      const found = awaited(starts, expected)
      if (found === undefined) return
      assert.ok(found.from <= epoch && epoch < found.before, `epoch ${epoch} is not in ${JSON.stringify(found)}`)
      assert.ok(found.goOnWith > expected)
      // Nothing that lies between was sent in an epoch outside of it.
      for (let sequence = expected; sequence < found.goOnWith; sequence++) {
        const other = epochOf(arrivals, sequence) as number
        assert.ok(found.from <= other && other < found.before)
      }
    }), { numRuns: 1_000 })
  })

  it('is exact while lists reach back to what is known', () => {
    const arrivals = history([2, 0, 3, 1])
    const starts = learnStarts([{ epoch: 1, first: 1 }], 2, arrivals.at(-1) as Arrival)
    assert.deepEqual(starts, [{ epoch: 1, first: 1 }, { epoch: 3, first: 3 }, { epoch: 4, first: 6 }])
    assert.deepEqual(awaited(starts, 2), { from: 1, before: 2, goOnWith: 3 })
    assert.deepEqual(awaited(starts, 5), { from: 3, before: 4, goOnWith: 6 })
    assert.equal(awaited(starts, 6), undefined)
  })

  it('has a hole where a full list does not reach back, until another one fills it', () => {
    const arrivals = history(Array.from({ length: 12 }, () => 1))
    const late = learnStarts([{ epoch: 1, first: 1 }], 2, arrivals[11] as Arrival)
    assert.deepEqual(awaited(late, 2), { from: 1, before: 5, goOnWith: 5 })
    assert.deepEqual(awaited(learnStarts(late, 2, arrivals[7] as Arrival), 2), { from: 2, before: 3, goOnWith: 3 })
  })

  it('forgets what lies behind, and stays within its bound', () => {
    const arrivals = history(Array.from({ length: 4 * maxKnownStarts }, () => 1))
    let starts: KnownStart[] = [{ epoch: 1, first: 1 }]
    for (const arrival of arrivals) starts = learnStarts(starts, 1, arrival)
    assert.ok(starts.length <= maxKnownStarts)
    assert.deepEqual(awaited(starts, 1), { from: 1, before: starts[1]?.epoch, goOnWith: starts[1]?.first })
    assert.deepEqual(forgetStarts(starts, 4 * maxKnownStarts), starts.slice(-1))
    assert.deepEqual(forgetStarts([], 5), [])
  })
})
