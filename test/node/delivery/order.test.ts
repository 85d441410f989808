import assert from 'node:assert/strict'
import fc from 'fast-check'
import { arrive, type Arrival, type Release } from '../../../src/node/delivery/order.js'

/** A receiving device that keeps what `arrive` tells it to keep. */
class Receiver {
  expected = 1
  held = new Set<number>()
  shown: number[] = []
  gaps: number[] = []

  take (arrival: Arrival): Release[] {
    const order = arrive(this.expected, [...this.held], arrival)
    assert.equal(order.duplicate, arrival.sequence < this.expected || this.held.has(arrival.sequence))
    if (!order.duplicate) this.held.add(arrival.sequence)
    for (const release of order.release) {
      if (release.kind === 'message') {
        assert.ok(this.held.delete(release.sequence), `${release.sequence} was released, but not held`)
        this.shown.push(release.sequence)
      } else {
        for (let missing = release.first; missing < release.first + release.missing; missing++) this.gaps.push(missing)
      }
    }
    assert.ok(order.expected >= this.expected)
    this.expected = order.expected
    for (const sequence of this.held) assert.ok(sequence > this.expected, `${sequence} is held although ${this.expected} is expected`)
    return order.release
  }
}

describe('arrive', () => {
  it('shows what comes in order at once', () => {
    assert.deepEqual(arrive(1, [], { sequence: 1, lowestAlive: 1 }), { release: [{ kind: 'message', sequence: 1 }], expected: 2, duplicate: false })
  })

  it('holds what comes early, and shows it with what was missing', () => {
    assert.deepEqual(arrive(1, [], { sequence: 3, lowestAlive: 1 }), { release: [], expected: 1, duplicate: false })
    assert.deepEqual(arrive(1, [3], { sequence: 1, lowestAlive: 1 }), { release: [{ kind: 'message', sequence: 1 }], expected: 2, duplicate: false })
    assert.deepEqual(arrive(2, [3], { sequence: 2, lowestAlive: 1 }), {
      release: [{ kind: 'message', sequence: 2 }, { kind: 'message', sequence: 3 }], expected: 4, duplicate: false
    })
  })

  it('marks what will never arrive as a gap, before what comes after it', () => {
    assert.deepEqual(arrive(2, [], { sequence: 5, lowestAlive: 5 }), {
      release: [{ kind: 'gap', first: 2, missing: 3 }, { kind: 'message', sequence: 5 }], expected: 6, duplicate: false
    })
  })

  it('marks each gap on its own when held messages lie between them', () => {
    assert.deepEqual(arrive(1, [2, 4], { sequence: 7, lowestAlive: 6 }), {
      release: [
        { kind: 'gap', first: 1, missing: 1 }, { kind: 'message', sequence: 2 },
        { kind: 'gap', first: 3, missing: 1 }, { kind: 'message', sequence: 4 },
        { kind: 'gap', first: 5, missing: 1 }
      ],
      expected: 6,
      duplicate: false
    })
  })

  it('knows duplicates, shown or held, and does not show them again', () => {
    assert.deepEqual(arrive(4, [6], { sequence: 3, lowestAlive: 1 }), { release: [], expected: 4, duplicate: true })
    assert.deepEqual(arrive(4, [6], { sequence: 6, lowestAlive: 1 }), { release: [], expected: 4, duplicate: true })
  })

  it('learns from a duplicate of a held message that what is before it is lost', () => {
    assert.deepEqual(arrive(4, [6], { sequence: 6, lowestAlive: 6 }), {
      release: [{ kind: 'gap', first: 4, missing: 2 }, { kind: 'message', sequence: 6 }], expected: 7, duplicate: true
    })
  })

  it('takes the largest numbers that there are in one step', () => {
    const max = Number.MAX_SAFE_INTEGER
    assert.deepEqual(arrive(1, [], { sequence: max, lowestAlive: max }), {
      release: [{ kind: 'gap', first: 1, missing: max - 1 }, { kind: 'message', sequence: max }], expected: max + 1, duplicate: false
    })
    assert.deepEqual(arrive(max + 1, [], { sequence: max, lowestAlive: max }), { release: [], expected: max + 1, duplicate: true })
  })

  it('releases every surviving message exactly once and in order, and counts every lost one, whatever the order of arrival', () => {
    const scenario = fc.integer({ min: 1, max: 40 }).chain((count) => fc.record({
      count: fc.constant(count),
      lost: fc.uniqueArray(fc.integer({ min: 1, max: count }), { maxLength: count }),
      // Arrivals with repetitions; what they leave out comes behind them.
      arrivals: fc.array(fc.integer({ min: 1, max: count }), { maxLength: 3 * count })
    }))
    fc.assert(fc.property(scenario, ({ count, lost, arrivals }) => {
      const surviving = Array.from({ length: count }, (_, i) => i + 1).filter((sequence) => !lost.includes(sequence))
      const receiver = new Receiver()
      for (const sequence of [...arrivals.filter((one) => !lost.includes(one)), ...surviving]) receiver.take({ sequence, lowestAlive: 1 })
      // One more, sealed when all that was lost had been given up.
      receiver.take({ sequence: count + 1, lowestAlive: count + 1 })
      assert.deepEqual(receiver.shown, [...surviving, count + 1])
      assert.deepEqual(receiver.gaps, [...lost].sort((a, b) => a - b))
      assert.equal(receiver.expected, count + 2)
    }), { numRuns: 500 })
  })

  it('never shows out of order nor twice when messages are given up while others still travel', () => {
    // lowestAlive of a sender whose entries end in any order: each message tells what was alive when it was sealed.
    const scenario = fc.array(fc.record({ gone: fc.boolean(), late: fc.nat({ max: 30 }) }), { minLength: 1, maxLength: 30 })
    fc.assert(fc.property(scenario, (messages) => {
      const receiver = new Receiver()
      let lowestAlive = 1
      const sealed = messages.map(({ gone, late }, i) => {
        const sequence = i + 1
        if (gone && lowestAlive === sequence - 1) lowestAlive = sequence
        return { sequence, lowestAlive: Math.min(lowestAlive, sequence), late: i + late }
      })
      for (const arrival of [...sealed].sort((a, b) => a.late - b.late)) receiver.take(arrival)
      assert.deepEqual(receiver.shown, [...new Set(receiver.shown)].sort((a, b) => a - b))
      const accounted = [...receiver.shown, ...receiver.gaps].sort((a, b) => a - b)
      assert.deepEqual(accounted, Array.from({ length: receiver.expected - 1 }, (_, i) => i + 1))
      assert.equal(receiver.held.size + receiver.shown.length + receiver.gaps.filter((gap) => gap <= messages.length).length, messages.length)
    }), { numRuns: 500 })
  })
})
