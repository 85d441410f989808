import assert from 'node:assert/strict'
import type { Accepted } from '../../../src/rendezvous/consensus/acceptor.js'
import { acceptPhase, decideCompareAndSet, highest, isUnanimous, startRound, takeVote } from '../../../src/rendezvous/consensus/round.js'

const ballot = { counter: 5, proposer: 'p' }
const accepted = (counter: number, value = counter): Accepted => ({ ballot: { counter, proposer: 'p' }, register: { version: 1, value: Uint8Array.of(value) } })

describe('a round', () => {
  it('waits for a majority, and builds on the highest ballot among it', () => {
    const round = startRound({ sets: [['a', 'b', 'c']], rule: 'majority' }, ballot)
    const first = takeVote(round, 'a', { vote: 'granted', accepted: accepted(2) })
    if (first.kind !== 'waiting') assert.fail(first.kind)
    assert.deepEqual(takeVote(first.round, 'a', { vote: 'granted', accepted: accepted(2) }).kind, 'waiting')
    assert.deepEqual(takeVote(first.round, 'b', { vote: 'granted', accepted: accepted(3) }), { kind: 'prepared', current: accepted(3) })
    assert.deepEqual(takeVote(first.round, 'c', { vote: 'granted', accepted: undefined }), { kind: 'prepared', current: accepted(2) })
    assert.deepEqual(takeVote(first.round, 'x', { vote: 'granted', accepted: accepted(9) }).kind, 'waiting')
  })

  it('needs a majority of both sets in a joint version', () => {
    let round = acceptPhase(startRound({ sets: [['a', 'b'], ['b', 'c', 'd']], rule: 'majority' }, ballot))
    for (const [from, kind] of [['b', 'waiting'], ['c', 'waiting'], ['d', 'waiting'], ['a', 'accepted']] as const) {
      const step = takeVote(round, from, { vote: 'granted', accepted: undefined })
      assert.equal(step.kind, kind)
      if (step.kind === 'waiting') round = step.round
    }
  })

  it('needs all while a pool recovers', () => {
    const round = startRound({ sets: [['a', 'b']], rule: 'all' }, ballot)
    assert.equal(takeVote(round, 'a', { vote: 'granted', accepted: undefined }).kind, 'waiting')
  })

  it('ends when it is outbid', () => {
    const round = startRound({ sets: [['a']], rule: 'majority' }, ballot)
    assert.deepEqual(takeVote(round, 'a', { vote: 'outbid', promised: { counter: 6, proposer: 'q' } }), { kind: 'outbid', promised: { counter: 6, proposer: 'q' } })
  })

  it('tells what is unanimous', () => {
    assert.equal(isUnanimous([undefined, undefined]), true)
    assert.equal(isUnanimous([accepted(1), accepted(1)]), true)
    assert.equal(isUnanimous([accepted(1), accepted(2)]), false)
    assert.equal(isUnanimous([accepted(1), undefined]), false)
    assert.equal(isUnanimous([undefined, accepted(1)]), false)
    assert.deepEqual(highest([undefined, accepted(1), accepted(3), accepted(2)]), accepted(3))
  })

  it('decides a compare-and-set', () => {
    const value = Uint8Array.of(7)
    assert.deepEqual(decideCompareAndSet(undefined, 0, value), { kind: 'write', register: { version: 1, value } })
    assert.deepEqual(decideCompareAndSet({ version: 1, value }, 0, Uint8Array.of(7)), { kind: 'written' })
    assert.deepEqual(decideCompareAndSet({ version: 1, value: Uint8Array.of(8) }, 0, value), { kind: 'conflict' })
    assert.deepEqual(decideCompareAndSet({ version: 3, value }, 0, value), { kind: 'conflict' })
    assert.deepEqual(decideCompareAndSet(undefined, 1, value), { kind: 'conflict' })
  })
})
