import assert from 'node:assert/strict'
import fc from 'fast-check'
import { accept, EMPTY_SLOT, prepare, type Slot } from '../../../src/rendezvous/consensus/acceptor.js'
import { compareBallots, type Ballot } from '../../../src/rendezvous/consensus/ballot.js'

const ballot = (counter: number, proposer = 'a'): Ballot => ({ counter, proposer })
const register = (version: number): { version: number, value: Uint8Array } => ({ version, value: Uint8Array.of(version) })

describe('an acceptor', () => {
  it('orders ballots by their counters, then by their proposers', () => {
    const ballots = [ballot(1, 'b'), ballot(2, 'a'), ballot(1, 'a'), ballot(10, 'a')]
    assert.deepEqual(ballots.sort(compareBallots), [ballot(1, 'a'), ballot(1, 'b'), ballot(2, 'a'), ballot(10, 'a')])
    assert.equal(compareBallots(ballot(1), ballot(1)), 0)
  })

  it('promises, tells what it accepted, and refuses what is lower', () => {
    const one = accept(EMPTY_SLOT, ballot(1), register(1))
    assert.deepEqual(one.vote, { vote: 'granted', accepted: undefined })
    const two = prepare(one.slot, ballot(2))
    assert.deepEqual(two.vote, { vote: 'granted', accepted: { ballot: ballot(1), register: register(1) } })
    assert.deepEqual(prepare(two.slot, ballot(1, 'z')), { slot: two.slot, vote: { vote: 'outbid', promised: ballot(2) } })
    assert.deepEqual(accept(two.slot, ballot(1, 'z'), register(9)), { slot: two.slot, vote: { vote: 'outbid', promised: ballot(2) } })
    assert.deepEqual(accept(two.slot, ballot(2), register(2)).slot, { promised: ballot(2), accepted: { ballot: ballot(2), register: register(2) } })
  })

  it('answers a request that comes twice as it did the first time, or goes on', () => {
    const once = prepare(EMPTY_SLOT, ballot(3))
    assert.deepEqual(prepare(once.slot, ballot(3)), once)
    const accepted = accept(once.slot, ballot(3), register(1))
    assert.deepEqual(accept(accepted.slot, ballot(3), register(1)).slot, accepted.slot)
  })

  it('never lowers its promise, nor accepts below it', () => {
    const request = fc.record({ accept: fc.boolean(), counter: fc.integer({ min: 1, max: 5 }), proposer: fc.constantFrom('a', 'b') })
    fc.assert(fc.property(fc.array(request, { maxLength: 20 }), (requests) => {
      let slot: Slot = EMPTY_SLOT
      for (const one of requests) {
        const before = slot
        slot = (one.accept ? accept(slot, one, register(one.counter)) : prepare(slot, one)).slot
        assert.ok(compareBallots(slot.promised, before.promised) >= 0)
        if (slot.accepted !== before.accepted) assert.ok(compareBallots(slot.accepted?.ballot ?? ballot(0), before.promised) >= 0)
      }
    }))
  })
})
