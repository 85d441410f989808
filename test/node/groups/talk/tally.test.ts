import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { Mark } from '../../../../src/node/groups/talk/out-tables.js'
import { audit, countsOf, withCounts } from '../../../../src/node/groups/talk/tally.js'
import type { MessageRow } from '../../../../src/node/history/messages.js'

const mark = (deliveredThrough: number, readThrough = 0): Mark => ({ deliveredThrough, readThrough, via: 'mailbox', atMs: 1 })
const row = (state: 'queued' | 'sent' | 'stored' | 'delivered' | 'read' | 'expired', members = { delivered: 0, read: 0, of: 2 }): MessageRow => ({
  id: 'aa'.repeat(16),
  from: 'alice',
  group: { id: 'ff', name: 'team' },
  conversation: 'group:ff',
  body: { kind: 'text', text: 'x' },
  sentAtMs: 0,
  receivedAtMs: 0,
  via: null,
  cursor: 1,
  read: true,
  sent: { state, steps: [{ state, atMs: 0 }], devices: {}, members }
})

describe('how many members have a message', () => {
  const audience = { alice: ['a2'], bob: ['b1', 'b2'], carol: ['c1'] }

  it('counts members, not devices, and not who sent it', () => {
    const known = audit(audience, new Map([['b2', mark(5, 3)], ['b1', mark(2)], ['a2', mark(9, 9)], ['x', mark(9, 9)]]), 'alice')
    assert.deepEqual([1, 3, 5, 6].map((sequence) => countsOf(known, sequence)), [
      { delivered: 1, read: 1, of: 2 }, { delivered: 1, read: 1, of: 2 }, { delivered: 1, read: 0, of: 2 }, { delivered: 0, read: 0, of: 2 }
    ])
  })

  it('waits for every device, the sender\'s own ones too, before nobody is waited for', () => {
    const marks = new Map([['b1', mark(5)], ['b2', mark(4)], ['c1', mark(7)]])
    assert.equal(audit(audience, marks, 'alice').allThrough, 0)
    assert.equal(audit(audience, new Map([...marks, ['a2', mark(6)]]), 'alice').allThrough, 4)
    assert.equal(audit({}, new Map(), 'alice').allThrough, Number.MAX_SAFE_INTEGER)
  })

  it('never falls while marks rise', () => {
    const marks = fc.dictionary(fc.constantFrom('b1', 'b2', 'c1'), fc.tuple(fc.nat({ max: 9 }), fc.nat({ max: 9 })))
    fc.assert(fc.property(marks, marks, fc.integer({ min: 1, max: 9 }), (before, more, sequence) => {
      const first = new Map(Object.entries(before).map(([device, [delivered, read]]) => [device, mark(delivered, Math.min(delivered, read))]))
      const second = new Map(first)
      for (const [device, [delivered, read]] of Object.entries(more)) {
        const old = first.get(device) ?? mark(0)
        second.set(device, mark(old.deliveredThrough + delivered, Math.min(old.deliveredThrough + delivered, old.readThrough + read)))
      }
      const [a, b] = [first, second].map((one) => countsOf(audit(audience, one, 'alice'), sequence))
      assert.ok(a !== undefined && b !== undefined && b.delivered >= a.delivered && b.read >= a.read && b.read <= b.delivered && b.delivered <= b.of)
    }))
  })
})

describe('what a message\'s counts make of its state', () => {
  it('is delivered, or read, when all members have it, or have read it', () => {
    assert.deepEqual(withCounts(row('stored'), { delivered: 1, read: 1, of: 2 }, 5)?.step, { state: 'stored', atMs: 5 })
    assert.deepEqual(withCounts(row('stored'), { delivered: 2, read: 1, of: 2 }, 5)?.step, { state: 'delivered', atMs: 5 })
    assert.deepEqual(withCounts(row('stored'), { delivered: 2, read: 2, of: 2 }, 5)?.row.sent?.state, 'read')
    assert.deepEqual(withCounts(row('expired'), { delivered: 2, read: 0, of: 2 }, 5)?.row.sent?.state, 'delivered')
  })

  it('is no step while the state stays, no news while the counts stay, and never a step back', () => {
    assert.equal(withCounts(row('stored'), { delivered: 1, read: 0, of: 2 }, 5)?.row.sent?.steps.length, 1)
    assert.equal(withCounts(row('stored'), { delivered: 0, read: 0, of: 2 }, 5), undefined)
    assert.equal(withCounts(row('delivered'), { delivered: 1, read: 0, of: 2 }, 5)?.row.sent?.state, 'delivered')
    assert.equal(withCounts(row('read'), { delivered: 2, read: 1, of: 2 }, 5)?.row.sent?.state, 'read')
    const { sent, ...received } = row('stored')
    assert.ok(sent !== undefined)
    assert.equal(withCounts(received, { delivered: 1, read: 0, of: 2 }, 5), undefined)
  })
})
