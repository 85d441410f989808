import assert from 'node:assert/strict'
import type { Roster } from '../../../src/overlay/index.js'
import { nextStewardStep, stewardRank, type StewardView } from '../../../src/rendezvous/member/steward.js'
import { firstHistory, peerIdOf } from '../consensus/servers.js'

const plain = firstHistory([1, 2, 3, 4], [1, 2, 3]).newest
const all = plain.servers.map(({ peerId }) => peerId)

const view = (roster: Roster, changes: Partial<StewardView> & { without?: number[] } = {}): StewardView => {
  const missing = (changes.without ?? []).map(peerIdOf)
  const own = roster.servers.find(({ peerId }) => peerId === peerIdOf(1))
  return { self: peerIdOf(1), roster, addresses: own?.addresses ?? [], isLinked: (peerId) => !missing.includes(peerId), idleMs: 2_000, isHeard: false, takeBackAfterMs: 15_000, finishAfterMs: 2_000, failingMs: 0, ...changes }
}
const changed = (roster: Roster, number: number, change: Partial<Roster['servers'][number]>): Roster =>
  ({ ...roster, servers: roster.servers.map((server) => server.peerId === peerIdOf(number) ? { ...server, ...change } : server) })

describe('what the roster wants', () => {
  it('is nothing when all is as it should be', () => {
    assert.deepEqual(nextStewardStep(view(plain)), { kind: 'none' })
    assert.deepEqual(nextStewardStep(view(plain, { without: [2, 3, 4] })), { kind: 'none' })
  })

  it('is the own addresses, when they are others now', () => {
    const step = nextStewardStep(view(plain, { addresses: ['/ip4/127.0.0.1/tcp/9'] }))
    assert.ok(step.kind === 'change' && step.change.kind === 'add')
    assert.deepEqual([step.change.server.peerId, step.change.server.addresses], [peerIdOf(1), ['/ip4/127.0.0.1/tcp/9']])
    assert.deepEqual(nextStewardStep(view(plain, { addresses: [] })), { kind: 'none' })
  })

  it('is that a learner stores, as soon as it is there', () => {
    const learning = changed(plain, 4, { state: 'learner' })
    assert.deepEqual(nextStewardStep(view(learning)), { kind: 'change', change: { kind: 'state', peerId: peerIdOf(4), state: 'member' } })
    assert.deepEqual(nextStewardStep(view(learning, { without: [4] })), { kind: 'none' })
  })

  it('is another acceptor for one that is emptied, if the new one is there', () => {
    const draining = changed(plain, 2, { state: 'draining' })
    assert.deepEqual(nextStewardStep(view(draining)), { kind: 'change', change: { kind: 'acceptors', peerIds: [1, 3, 4].map(peerIdOf) } })
    assert.deepEqual(nextStewardStep(view(draining, { without: [4] })), { kind: 'none' })
  })

  it('is the end of a change of acceptors, or to take it back when the new ones stay away', () => {
    const joint: Roster = { ...changed(plain, 4, { nextAcceptor: true }), phase: 'joint' }
    assert.deepEqual(nextStewardStep(view(joint)), { kind: 'finish' })
    assert.deepEqual(nextStewardStep(view(joint, { without: [4], idleMs: 14_999 })), { kind: 'finish' })
    assert.deepEqual(nextStewardStep(view(joint, { without: [4], idleMs: 15_000 })), { kind: 'change', change: { kind: 'take-back' } })
    assert.deepEqual(nextStewardStep(view(joint, { failingMs: 14_999, idleMs: 60_000 })), { kind: 'finish' })
    assert.deepEqual(nextStewardStep(view(joint, { failingMs: 15_000, idleMs: 60_000 })), { kind: 'change', change: { kind: 'take-back' } })
    assert.deepEqual(nextStewardStep(view({ ...plain, phase: 'recovering' }, { without: [4], idleMs: 60_000 })), { kind: 'finish' })
  })

  it('is the end of a change of acceptors at one server, until that comes no further or is gone', () => {
    const joint: Roster = { ...changed(plain, 4, { nextAcceptor: true }), phase: 'joint' }
    const stepOf = (number: number, changes: Partial<StewardView> & { without?: number[] }): string => nextStewardStep(view(joint, { self: peerIdOf(number), ...changes })).kind
    // Who began it is given a moment to be heard of.
    assert.equal(stepOf(1, { idleMs: 1_999 }), 'none')
    assert.deepEqual([1, 2, 3, 4].map((number) => stepOf(number, { idleMs: 2_000 })), ['finish', 'none', 'none', 'none'])
    assert.deepEqual([1, 2, 3, 4].map((number) => stepOf(number, { idleMs: 17_000 })), ['finish', 'finish', 'none', 'none'])
    assert.deepEqual([2, 3].map((number) => stepOf(number, { idleMs: 2_000, without: [1] })), ['finish', 'none'])
    assert.deepEqual([1, 2, 3, 4].map((number) => stepOf(number, { idleMs: 14_999, isHeard: true })), ['none', 'none', 'none', 'none'])
    assert.deepEqual([1, 2, 3, 4].map((number) => stepOf(number, { idleMs: 15_000, isHeard: true })), ['finish', 'none', 'none', 'none'])
  })

  it('is not for who does not vote while acceptors change', () => {
    const joint: Roster = { ...changed(plain, 2, { nextAcceptor: true }), phase: 'joint' }
    assert.deepEqual(nextStewardStep(view(joint, { self: peerIdOf(4), idleMs: 600_000, without: [2] })), { kind: 'none' })
  })

  it('is done by one server after the other, those first that vote', () => {
    const roster = changed(plain, 1, { acceptor: false })
    assert.deepEqual(all.map((peerId) => stewardRank(roster, peerId)), [2, 0, 1, 3])
  })
})
