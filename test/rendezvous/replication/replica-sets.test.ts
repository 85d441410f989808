import assert from 'node:assert/strict'
import { defaultReplicationLimits as limits, type RosterView } from '../../../src/rendezvous/replication/index.js'
import { rostersToAsk } from '../../../src/rendezvous/replication/replica-sets.js'

function roster (version: number, names: string): RosterView {
  return { version, servers: [...names].map((peerId) => ({ peerId, serverKey: new Uint8Array(32), state: 'member' })) }
}

/** Which of the rosters before the newest must be asked, when these have answered: of each, what it was complete for. */
function toAsk (older: RosterView[], answered: Record<string, number>): number[] {
  return rostersToAsk(older, new Map(Object.entries(answered)), limits).map(({ version }) => version)
}

describe('Rosters whose servers must be asked before everything is known', () => {
  const older = [roster(3, 'bcd'), roster(2, 'abc'), roster(1, 'a')]

  it('are all of them while nobody is complete for a later one', () => {
    assert.deepEqual(toAsk(older, {}), [3, 2, 1])
    assert.deepEqual(toAsk(older, { b: 1, c: 1, d: 1 }), [3, 2, 1])
  })

  it('are those from the last on that a read quorum was complete for', () => {
    assert.deepEqual(toAsk(older, { b: 2, c: 2, d: 0 }), [3, 2])
    assert.deepEqual(toAsk(older, { b: 3, d: 3 }), [3])
  })

  it('are all of them when one of three alone was complete: who kept it before may have missed something', () => {
    assert.deepEqual(toAsk(older, { b: 2, c: 1, d: 2 }), [3, 2, 1])
    assert.deepEqual(toAsk(older, { b: 3 }), [3, 2, 1])
  })

  it('count for every three of more servers that may keep a mailbox', () => {
    assert.deepEqual(toAsk([roster(2, 'abcde'), roster(1, 'a')], { a: 2, b: 2, c: 2 }), [2, 1])
    assert.deepEqual(toAsk([roster(2, 'abcde'), roster(1, 'a')], { a: 2, b: 2, c: 2, e: 2 }), [2])
  })

  it('end with one of two', () => {
    assert.deepEqual(toAsk([roster(2, 'ab'), roster(1, 'c')], { a: 2 }), [2])
  })
})
