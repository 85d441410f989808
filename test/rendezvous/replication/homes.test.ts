import assert from 'node:assert/strict'
import { sha256, u32 } from '../../../src/crypto/bytes.js'
import { drainProgress } from '../../../src/rendezvous/replication/drain.js'
import { Homes } from '../../../src/rendezvous/replication/homes.js'
import { replicasOf, type RosterView } from '../../../src/rendezvous/replication/placement.js'
import type { ReplicaStatus } from '../../../src/rendezvous/replication/replica.js'

function roster (...states: Array<'member' | 'learner' | 'draining'>): RosterView {
  return { version: 7, servers: states.map((state, index) => ({ peerId: `server ${index}`, serverKey: sha256(u32(index)), state })) }
}

describe('Homes', () => {
  it('are the least loaded of three, also between two reports: equal servers get within 20 % of the same', () => {
    for (const count of [3, 5, 9]) {
      const servers = roster(...Array.from({ length: count }, () => 'member' as const))
      const homes = new Homes()
      const clients = new Map(servers.servers.map(({ peerId }) => [peerId, 0]))
      for (let index = 0; index < 2_000; index++) {
        if (index % 250 === 0) for (const [peerId, load] of clients) homes.report(peerId, load)
        const [home = ''] = homes.choose(String(index), { peerIds: replicasOf(sha256(u32(index)), servers, 3).map(({ peerId }) => peerId) })
        clients.set(home, (clients.get(home) ?? 0) + 1)
      }
      for (const load of clients.values()) assert.ok(Math.abs(load / (2_000 / count) - 1) < 0.2, `${count} servers: ${load} clients`)
    }
  })

  it('are not where nobody answers, unless nobody does', () => {
    const homes = new Homes()
    const peerIds = ['a', 'b', 'c']
    assert.deepEqual(homes.choose('m', { peerIds }), ['a', 'b', 'c'])
    homes.report('c', 100)
    homes.report('b', 5)
    assert.deepEqual(homes.choose('m', { peerIds }), ['b', 'c', 'a'])
    homes.forget('b')
    assert.deepEqual(homes.choose('m', { peerIds }), ['c', 'a', 'b'])
  })

  it('count a mailbox once between two reports, however often it asks', () => {
    const homes = new Homes()
    const peerIds = ['a', 'b', 'c']
    for (const peerId of peerIds) homes.report(peerId, 10)
    for (let n = 0; n < 300; n++) homes.choose('m', { peerIds })
    assert.ok(peerIds.every((peerId) => homes.load(peerId) <= 11))
    homes.report('a', 10)
    homes.choose('m', { peerIds })
    assert.equal(homes.load('a'), 11)
  })
})

describe('The progress of a drain', () => {
  const said = (completeVersion: number, fields: Partial<ReplicaStatus> = {}): ReplicaStatus => ({ outcome: 'status', completeVersion, closedVersion: 0, mailboxesLeft: 0, mailboxesInAll: 0, ...fields })

  it('waits for every server that stores', () => {
    const servers = roster('member', 'member', 'draining', 'learner')
    const reports = new Map([['server 0', said(7)], ['server 1', said(6, { mailboxesLeft: 3, mailboxesInAll: 10 })], ['server 3', said(0)]])
    assert.deepEqual(drainProgress('server 2', servers, reports), { mayBeRemoved: false, reason: 'taking over', waitingFor: ['server 1'], mailboxesInAll: 10, mailboxesLeft: 3 })
    reports.set('server 1', said(7, { mailboxesInAll: 10 }))
    assert.deepEqual(drainProgress('server 2', servers, reports), { mayBeRemoved: true, reason: undefined, waitingFor: [], mailboxesInAll: 10, mailboxesLeft: 0 })
  })

  it('never lets one go that stores still, nor the last one', () => {
    const all = new Map([0, 1, 2].map((index) => [`server ${index}`, said(7)]))
    assert.equal(drainProgress('server 0', roster('member', 'member'), all).reason, 'still stores')
    assert.equal(drainProgress('server 0', roster('draining'), all).reason, 'nobody stores')
  })

  it('need not hear of everybody once one knows that all were complete', () => {
    const servers = roster('member', 'member', 'draining')
    assert.equal(drainProgress('server 2', servers, new Map([['server 0', said(7, { closedVersion: 7 })]])).mayBeRemoved, true)
    assert.equal(drainProgress('server 2', servers, new Map([['server 0', said(7, { closedVersion: 6 })]])).mayBeRemoved, false)
  })
})
