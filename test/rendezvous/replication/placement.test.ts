import assert from 'node:assert/strict'
import fc from 'fast-check'
import { sha256, u32 } from '../../../src/crypto/bytes.js'
import { replicasOf, type PlacedServer, type RosterView } from '../../../src/rendezvous/replication/placement.js'

function server (index: number, state: PlacedServer['state'] = 'member'): PlacedServer {
  return { peerId: `server ${index}`, serverKey: sha256(u32(index)), state }
}

function roster (...servers: PlacedServer[]): RosterView {
  return { version: 1, servers }
}

const range = (length: number): number[] => Array.from({ length }, (_, index) => index)
const mailboxOf = (index: number): Uint8Array => sha256(u32(index), u32(7))
const names = (servers: PlacedServer[]): string[] => servers.map(({ peerId }) => peerId)

describe('The placement of mailboxes', () => {
  it('is the same whatever the order of the servers, and names each of them once', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 12 }), fc.uint8Array({ minLength: 32, maxLength: 32 }), fc.infiniteStream(fc.nat()), (count, mailbox, chance) => {
      const servers = range(count).map((index) => server(index))
      const shuffled = servers.map((one) => ({ one, at: chance.next().value })).sort((a, b) => a.at - b.at).map(({ one }) => one)
      const placed = names(replicasOf(mailbox, roster(...servers), 3))
      assert.deepEqual(names(replicasOf(mailbox, roster(...shuffled), 3)), placed)
      assert.equal(new Set(placed).size, Math.min(3, count))
    }))
  })

  it('takes members only', () => {
    const servers = roster(server(1), server(2, 'learner'), server(3, 'draining'), server(4))
    for (const index of range(20)) assert.deepEqual(names(replicasOf(mailboxOf(index), servers, 3)).sort(), ['server 1', 'server 4'])
  })

  it('gives equal servers equal shares, as replicas and as first of them', () => {
    for (const count of [4, 7, 20]) {
      const mailboxes = 6_000
      const held = new Map<string, number>()
      const first = new Map<string, number>()
      for (const index of range(mailboxes)) {
        const placed = names(replicasOf(mailboxOf(index), roster(...range(count).map((one) => server(one))), 3))
        for (const name of placed) held.set(name, (held.get(name) ?? 0) + 1)
        first.set(placed[0] ?? '', (first.get(placed[0] ?? '') ?? 0) + 1)
      }
      assert.equal(held.size, count)
      for (const share of held.values()) assert.ok(Math.abs(share / (3 * mailboxes / count) - 1) < 0.1, `${count} servers: ${share}`)
      for (const share of first.values()) assert.ok(Math.abs(share / (mailboxes / count) - 1) < 0.2, `${count} servers: ${share} are first`)
    }
  })

  it('moves only what a server that leaves had, and gives a new one only its share', () => {
    fc.assert(fc.property(fc.integer({ min: 4, max: 12 }), fc.nat(11), fc.uint8Array({ minLength: 32, maxLength: 32 }), (count, which, mailbox) => {
      const servers = range(count).map((index) => server(index))
      const leaving = `server ${which % count}`
      const before = names(replicasOf(mailbox, roster(...servers), 3))
      const after = names(replicasOf(mailbox, roster(...servers.filter(({ peerId }) => peerId !== leaving)), 3))
      const stayed = before.filter((name) => name !== leaving)
      assert.deepEqual(after.filter((name) => before.includes(name)), stayed)
      assert.equal(after.length, 3)
      // The same change, looked at the other way round.
      assert.ok(before.includes(leaving) || before.every((name, index) => name === after[index]))
    }))
  })

  it('moves no more than a new server\'s share', () => {
    const servers = range(5).map((index) => server(index))
    let moved = 0
    for (const index of range(6_000)) {
      const before = names(replicasOf(mailboxOf(index), roster(...servers), 3))
      const after = names(replicasOf(mailboxOf(index), roster(...servers, server(99)), 3))
      const lost = before.filter((name) => !after.includes(name))
      assert.ok(lost.length <= 1)
      moved += lost.length
    }
    // Of 3 copies each on 6 servers, one sixth.
    assert.ok(Math.abs(moved / (6_000 * 3 / 6) - 1) < 0.05, `${moved} copies moved`)
  })
})
