import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { MessageState } from '../../../src/node/chat-node.js'
import { advance, reached, summarise, type Advance } from '../../../src/node/delivery/status.js'
import type { DeviceState, MessageRow } from '../../../src/node/history/messages.js'

const STATES: MessageState[] = ['queued', 'sent', 'stored', 'delivered', 'read', 'expired']
const state = fc.constantFrom(...STATES)
const device = (of: MessageState): DeviceState => ({ username: 'bob', state: of, via: null, atMs: 0 })

function row (devices: Record<string, MessageState>): MessageRow {
  const states = Object.fromEntries(Object.entries(devices).map(([hex, of]) => [hex, device(of)]))
  return {
    id: '00',
    from: 'alice',
    to: 'bob',
    conversation: 'bob',
    body: { kind: 'text', text: 'hi' },
    sentAtMs: 0,
    receivedAtMs: 0,
    via: null,
    cursor: 1,
    read: true,
    sent: { state: summarise(Object.values(states)), steps: [], devices: states }
  }
}

describe('status', () => {
  it('is as far as asked, or further, but never by expiry', () => {
    assert.ok(reached('stored', 'stored') && reached('delivered', 'stored') && reached('read', 'delivered'))
    assert.ok(!reached('sent', 'stored') && !reached('queued', 'stored') && !reached('delivered', 'read'))
    for (const wanted of STATES) assert.ok(!reached('expired', wanted))
  })

  it('sums up devices: the furthest once one has it, else the slowest that is waited for', () => {
    const sum = (...states: MessageState[]): MessageState => summarise(states.map(device))
    assert.equal(sum(), 'queued')
    assert.equal(sum('queued', 'delivered'), 'delivered')
    assert.equal(sum('read', 'delivered', 'queued'), 'read')
    assert.equal(sum('stored', 'queued'), 'queued')
    assert.equal(sum('stored', 'sent'), 'sent')
    assert.equal(sum('stored', 'expired'), 'stored')
    assert.equal(sum('expired', 'expired'), 'expired')
  })

  it('does not depend on the order of the devices', () => {
    fc.assert(fc.property(fc.array(state), (states) => {
      assert.equal(summarise(states.map(device)), summarise([...states].reverse().map(device)))
    }))
  })

  it('moves a device forward only, keeps its way, and tells a step when the sum changed', () => {
    const before = row({ a: 'queued', b: 'queued' })
    const first = advance(before, 'a', { state: 'stored', via: 'mailbox', atMs: 5, replicas: 1, servers: 1, untilMs: 99 })
    assert.equal(first?.step, undefined)
    assert.deepEqual(first?.row.sent?.devices.a, { username: 'bob', state: 'stored', via: 'mailbox', atMs: 5 })
    const second = advance(first.row, 'b', { state: 'stored', via: 'mailbox', atMs: 6, replicas: 1, servers: 1, untilMs: 99 })
    assert.deepEqual(second?.step, { state: 'stored', atMs: 6, via: 'mailbox', replicas: 1, servers: 1, untilMs: 99 })
    assert.deepEqual(second.row.sent?.steps, [second.step])
    const read = advance(second.row, 'a', { state: 'read', via: null, atMs: 7 })
    assert.equal(read?.row.sent?.devices.a?.via, 'mailbox')
    assert.equal(advance(read.row, 'a', { state: 'delivered', via: 'direct', atMs: 8 }), undefined)
    assert.equal(advance(read.row, 'a', { state: 'expired', via: null, atMs: 8 }), undefined)
    assert.equal(advance(read.row, 'c', { state: 'read', via: null, atMs: 8 }), undefined, 'a device that it was not for')
    assert.equal(before.sent?.devices.a?.state, 'queued', 'rows are not changed in place')
  })

  it('says delivered when a message arrived after all that had been given up', () => {
    const advanced = advance(row({ a: 'expired' }), 'a', { state: 'delivered', via: 'direct', atMs: 1 })
    assert.equal(advanced?.step?.state, 'delivered')
  })

  it('always has the last step as its state, and never goes back once delivered', () => {
    const moves = fc.array(fc.record({ hex: fc.constantFrom('a', 'b', 'c'), to: state }), { maxLength: 30 })
    fc.assert(fc.property(moves, (list) => {
      let current = row({ a: 'queued', b: 'queued', c: 'queued' })
      let furthest: MessageState = 'queued'
      for (const { hex, to } of list) {
        const change: Advance = { state: to, via: null, atMs: 1 }
        const advanced = advance(current, hex, change)
        if (advanced === undefined) continue
        assert.equal(advanced.step !== undefined, advanced.row.sent?.state !== current.sent?.state)
        current = advanced.row
        const now = current.sent?.state ?? 'queued'
        if (current.sent !== undefined && current.sent.steps.length > 0) assert.equal(current.sent.steps.at(-1)?.state, now)
        if (furthest === 'read') assert.equal(now, 'read')
        if (furthest === 'delivered') assert.ok(now === 'delivered' || now === 'read')
        furthest = now
      }
    }))
  })
})
