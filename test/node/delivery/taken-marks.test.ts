import assert from 'node:assert/strict'
import { maxTakenMarks } from '../../../src/node/delivery/limits.js'
import { wasTaken, withoutLast, withTaken } from '../../../src/node/delivery/taken-marks.js'

describe('Marks of what was taken', () => {
  const none = new Uint8Array(0)
  const id = (n: number): Uint8Array => new Uint8Array(16).fill(n)
  const upTo = (last: number): Uint8Array => withTaken(none, Array.from({ length: last }, (_, i) => ({ wireId: id(i + 1) })))

  it('tell a message from another one under its sequence', () => {
    const marks = upTo(3)
    assert.deepEqual([1, 2, 3].map((sequence) => wasTaken(marks, 3, sequence, id(sequence))), ['yes', 'yes', 'yes'])
    assert.equal(wasTaken(marks, 3, 2, id(9)), 'no')
  })

  it('say nothing of what is not in them, nor of what never came', () => {
    const marks = withTaken(upTo(2), [{ missing: 2 }, { wireId: id(5) }])
    assert.deepEqual([1, 2, 3, 4, 5, 6].map((sequence) => wasTaken(marks, 5, sequence, id(sequence))), ['yes', 'yes', 'unknown', 'unknown', 'yes', 'unknown'])
    assert.equal(wasTaken(none, 5, 5, id(5)), 'unknown')
  })

  it('are of the newest, however many were missing', () => {
    const last = maxTakenMarks + 3
    assert.deepEqual([3, 4, last].map((sequence) => wasTaken(upTo(last), last, sequence, id(sequence))), ['unknown', 'yes', 'yes'])
    const gap = withTaken(upTo(3), [{ missing: Number.MAX_SAFE_INTEGER - 4 }])
    assert.equal(wasTaken(gap, Number.MAX_SAFE_INTEGER - 1, Number.MAX_SAFE_INTEGER - 1, id(1)), 'unknown')
  })

  it('can be told up to an earlier message', () => {
    assert.equal(wasTaken(withoutLast(upTo(4), 2), 2, 2, id(2)), 'yes')
    assert.deepEqual(withoutLast(upTo(2), 5), none)
    assert.deepEqual(withoutLast(upTo(2), 0), upTo(2))
  })
})
