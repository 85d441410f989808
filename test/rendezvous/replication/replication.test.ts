import assert from 'node:assert/strict'
import { ed25519KeyPair } from '../../../src/crypto/ed25519.js'
import { makeMailboxAcknowledgement } from '../../../src/records/index.js'
import type { AppendOutcome } from '../../../src/rendezvous/mailboxes/index.js'
import { defaultReplicationLimits, type ReplicationLimits } from '../../../src/rendezvous/replication/index.js'
import { handoverIntervalMs } from '../../../src/rendezvous/replication/limits.js'
import type { PlacedServer } from '../../../src/rendezvous/replication/placement.js'
import { entry, id, key, type MailboxLimits } from '../mailboxes/suite.js'
import { TestPool, type TestServer } from './helpers.js'

const device = ed25519KeyPair(new Uint8Array(32).fill(77))
const mailbox = device.publicKey
const slot = new Uint8Array(4).fill(7)

const append = async (server: TestServer, number: number, fields: { slot?: Uint8Array } = {}): Promise<AppendOutcome> =>
  await server.mail.mailboxes.append(entry({ entryId: id(number), mailbox, ...fields }))
const acknowledge = async (server: TestServer, ...numbers: number[]): Promise<string> =>
  (await server.mail.mailboxes.acknowledge(mailbox, numbers.map(id), makeMailboxAcknowledgement(device, numbers.map(id)))).outcome

/** What a device is given at this server, or why not. */
async function read (server: TestServer): Promise<number[] | string> {
  const page = await server.mail.mailboxes.read(mailbox, { afterCursor: 0, maxEntries: 100, maxBytes: 1_000_000 })
  if (page.outcome !== 'read') return page.outcome
  return page.more ? 'not all' : page.entries.map(({ entryId }) => entryId[0] ?? -1).sort((a, b) => a - b)
}

/** What lies in a server's own mailbox. */
async function lies (server: TestServer): Promise<number[]> {
  const page = await server.local.read(mailbox, { afterCursor: 0, maxEntries: 100, maxBytes: 1_000_000 })
  return page.outcome === 'read' ? page.entries.map(({ entryId }) => entryId[0] ?? -1).sort((a, b) => a - b) : assert.fail()
}

const placedAs = ({ placed }: TestServer, state: PlacedServer['state']): PlacedServer => ({ ...placed, state })

describe('Mail on several servers', () => {
  let pool: TestPool

  async function start (count: number, limits: Partial<MailboxLimits & ReplicationLimits> = {}): Promise<TestServer[]> {
    pool = new TestPool(limits)
    for (let index = 0; index < count; index++) await pool.add(index)
    pool.decide(...pool.servers.map(({ placed }) => placed))
    await pool.settle(1)
    return pool.servers[0]?.mail.replicasOf(mailbox).map((peerId) => pool.server(peerId)) ?? []
  }

  it('has quorums that meet', () => {
    const { replicas, writeQuorum, readQuorum } = defaultReplicationLimits
    assert.ok(writeQuorum + readQuorum > replicas)
  })

  it('is looked after soon when there is something to do, also after the clock was set on', async () => {
    const [a] = await start(3)
    if (a === undefined) assert.fail()
    a.mail.start()
    await pool.clock.advance(2 * handoverIntervalMs)
    pool.clock.jump(24 * 60 * 60 * 1_000)
    const before = pool.traffic.requests
    a.mail.rosterChanged()
    await pool.clock.advance(handoverIntervalMs)
    assert.ok(pool.traffic.requests > before)
    await a.mail.stop()
  })

  describe('while a server is down', () => {
    it('stores with two of three, says so, and the third gets it when it is back', async () => {
      const [a, b, c] = await start(3)
      if (a === undefined || b === undefined || c === undefined) assert.fail()
      c.isUp = false
      const stored = await append(a, 1)
      assert.deepEqual({ ...stored, expiresAtMs: 0 }, { outcome: 'stored', replicas: 2, servers: 3, expiresAtMs: 0 })
      assert.deepEqual(await read(b), [1])
      c.isUp = true
      assert.deepEqual(await read(c), [1])
      assert.deepEqual(await lies(c), [1])
    })

    it('repairs the third without being read', async () => {
      const [a, b, c] = await start(3)
      if (a === undefined || b === undefined || c === undefined) assert.fail()
      c.isUp = false
      for (const number of [1, 2, 3]) await append(a, number)
      assert.equal(await acknowledge(b, 2), 'acknowledged')
      const report = await a.mail.round()
      assert.deepEqual(report.notCompared, [c.peerId])
      c.isUp = true
      const repaired = await a.mail.round()
      assert.deepEqual(repaired.notCompared, [])
      assert.ok(repaired.moved > 0)
      assert.deepEqual(await lies(c), [1, 3])
      assert.equal((await a.mail.round()).moved, 0)
    })

    it('does not know with one of three, and does not lie to a reader', async () => {
      const [a, b, c] = await start(3)
      if (a === undefined || b === undefined || c === undefined) assert.fail()
      await append(a, 1)
      b.isUp = c.isUp = false
      assert.deepEqual(await append(a, 2), { outcome: 'unknown' })
      assert.equal(await acknowledge(a, 1), 'unknown')
      assert.equal(await read(a), 'not all')
      b.isUp = true
      assert.equal((await append(a, 2)).outcome, 'stored')
    })

    it('needs both of two to store, and one to read', async () => {
      const [a, b] = await start(2)
      if (a === undefined || b === undefined) assert.fail()
      assert.deepEqual({ ...await append(a, 1), expiresAtMs: 0 }, { outcome: 'stored', replicas: 2, servers: 2, expiresAtMs: 0 })
      b.isUp = false
      assert.equal((await append(a, 2)).outcome, 'unknown')
      b.isUp = true
      a.isUp = false
      assert.deepEqual(await read(b), [1])
    })
  })

  describe('acknowledged', () => {
    it('does not come back from a server that missed it, nor by a late retry at one that never had it', async () => {
      const [a, b, c] = await start(3)
      if (a === undefined || b === undefined || c === undefined) assert.fail()
      await append(a, 1)
      c.isUp = false
      await append(a, 2)
      assert.equal(await acknowledge(a, 1, 2), 'acknowledged')
      c.isUp = true
      assert.deepEqual(await lies(c), [1])
      assert.equal((await append(c, 2)).outcome, 'stored')
      for (const server of [c, a, b]) assert.deepEqual(await read(server), [])
      await pool.settle()
      assert.deepEqual(await lies(c), [])
    })

    it('is known by what is kept for comparing alone, of slots too, also after a restart', async () => {
      const [a, b, c] = await start(3)
      if (a === undefined || b === undefined || c === undefined) assert.fail()
      await append(a, 1)
      await append(a, 2, { slot })
      await append(a, 3, { slot })
      await acknowledge(a, 1, 2, 3)
      for (const server of [a, b, c]) {
        const ofMail = (await pool.copy(server)).map(([name]) => name.split('/')[0] ?? '').filter((table) => table.startsWith('mail'))
        assert.deepEqual(ofMail, ['mailbox'])
      }
      for (const number of [1, 3]) assert.equal((await append(b, number, number === 3 ? { slot } : {})).outcome, 'stored')
      assert.equal((await append(a, 4, { slot })).outcome, 'stored')
      for (const server of [a, b, c]) assert.deepEqual(await lies(server), [4])
    })

    it('is what its recipient signed, and nothing else', async () => {
      const [a] = await start(3)
      if (a === undefined) assert.fail()
      await append(a, 1)
      const stranger = ed25519KeyPair(new Uint8Array(32).fill(78))
      await assert.rejects(a.mail.mailboxes.acknowledge(mailbox, [id(1)], makeMailboxAcknowledgement(stranger, [id(1)])), { code: 'ERR_INVALID_SIGNATURE' })
      assert.deepEqual(await read(a), [1])
    })

    it('is remembered until what it deletes would have expired, and then forgotten', async () => {
      const [a, b] = await start(3)
      if (a === undefined || b === undefined) assert.fail()
      await append(a, 1)
      await acknowledge(a, 1)
      await pool.clock.advance(10_500)
      for (const { mail } of pool.servers) await mail.mailboxes.sweep()
      assert.equal((await append(a, 1)).outcome, 'stored')
      assert.deepEqual(await read(b), [])
      await pool.clock.advance(1_000)
      for (const { mail } of pool.servers) await mail.mailboxes.sweep()
      // What is written next is synced with what was forgotten.
      await a.mail.mailboxes.append(entry({ entryId: id(2), mailbox: key(1) }))
      for (const server of pool.servers) {
        server.disk.crash()
        const store = server.disk.open()
        const left: string[] = []
        for await (const [name] of store.range()) if (name.includes(Buffer.from(mailbox).toString('hex'))) left.push(name.split('/')[0] ?? '')
        assert.deepEqual(left, [], 'something tells that there was such a mailbox')
        await store.close()
      }
    })
  })

  describe('with an old disk put back', () => {
    it('believes nothing of it, and it nothing of itself, until what it forgot is heard of from who has it', async () => {
      const [a, b, c] = await start(3)
      if (a === undefined || b === undefined || c === undefined) assert.fail()
      await append(a, 1)
      const copy = await pool.copy(a)
      await append(a, 2)
      await pool.settle()
      c.isUp = false
      await append(b, 3)
      c.isUp = true
      await pool.putBack(a, copy)
      b.isUp = false
      // 3 was on a and b: without b nobody can know of it.
      for (const server of [a, c]) assert.equal(await read(server), 'not all')
      assert.deepEqual(c.mail.status().distrusted, [a.peerId])
      assert.deepEqual(await append(c, 4), { outcome: 'unknown' })
      b.isUp = true
      assert.deepEqual((await read(c)).toString(), '1,2,3,4')
      assert.equal(await read(a), 'not all')
    })

    it('counts on none that the acceptors have found to be one, where mail alone could not tell', async () => {
      const [a, b, c] = await start(3)
      if (a === undefined || b === undefined || c === undefined) assert.fail()
      await append(a, 1)
      const copy = await pool.copy(a)
      c.isUp = false
      await append(b, 2)
      c.isUp = true
      await pool.putBack(a, copy)
      b.isUp = false
      pool.oldDisks.add(a.peerId)
      // 2 was on a and b, and c has heard nothing of a that is not in the copy.
      for (const server of [a, c]) assert.equal(await read(server), 'not all')
      assert.deepEqual(c.mail.status().distrusted, [a.peerId], 'by its own word')
      assert.deepEqual(await append(c, 3), { outcome: 'unknown' })
      b.isUp = true
      assert.deepEqual((await read(c)).toString(), '1,2,3')
      assert.equal(await read(a), 'not all')
    })

    it('knows a disk again that was only away', async () => {
      const [a, b] = await start(3)
      if (a === undefined || b === undefined) assert.fail()
      for (const number of [1, 2]) {
        await append(a, number)
        await pool.settle(1)
        await pool.restart(a)
      }
      assert.deepEqual(await read(a), [1, 2])
      assert.deepEqual(b.mail.status().distrusted, [])
    })

    it('reads nothing to the end at one of two before the other has talked to it', async () => {
      const [a, b] = await start(2)
      if (a === undefined || b === undefined) assert.fail()
      await append(a, 1)
      b.isUp = false
      await pool.restart(a)
      assert.equal(await read(a), 'not all')
      b.isUp = true
      assert.deepEqual(await read(a), [1])
    })
  })

  it('puts one envelope into many mailboxes with one request a server', async () => {
    const [a, b, c] = await start(3)
    if (a === undefined || b === undefined || c === undefined) assert.fail()
    const mailboxes = [mailbox, key(1), key(2), key(3)]
    pool.traffic.requests = 0
    const outcomes = await a.mail.mailboxes.appendShared({ mailboxes, entryId: id(1), envelope: new Uint8Array(10), sender: key(9) })
    assert.deepEqual(outcomes.map((outcome) => outcome.outcome === 'stored' && outcome.replicas), [2, 2, 2, 2])
    assert.equal(pool.traffic.requests, 2)
    c.isUp = false
    await acknowledge(a, 1)
    const again = await a.mail.mailboxes.appendShared({ mailboxes, entryId: id(1), envelope: new Uint8Array(10), sender: key(9) })
    assert.ok(again.every(({ outcome }) => outcome === 'stored'))
    c.isUp = true
    for (const server of [a, b, c]) assert.deepEqual(await read(server), [])
  })

  it('reads what took the place of an entry between the comparison and the fetch', async () => {
    const [a, b] = await start(3)
    if (a === undefined || b === undefined) assert.fail()
    a.isUp = false
    await append(b, 1, { slot })
    a.isUp = true
    for (const { mail: { handlers } } of pool.servers) {
      const fetch = handlers['replica/fetch'] ?? assert.fail()
      handlers['replica/fetch'] = async (asker, body) => {
        handlers['replica/fetch'] = fetch
        a.isUp = false
        await append(b, 2, { slot })
        a.isUp = true
        return await fetch(asker, body)
      }
    }
    assert.deepEqual(await read(a), [2])
  })

  it('reads what took the place of an entry between two rounds of a comparison', async () => {
    const [a, b] = await start(3, { maxMailboxEntries: 100, maxMailboxEntriesPerSender: 100, maxMailboxBytes: 100_000, maxMailboxBytesPerSender: 100_000 })
    if (a === undefined || b === undefined) assert.fail()
    // More than one answer lists, so that first their sixteen parts are compared.
    const common = Array.from({ length: 20 }, (_, index) => 0x30 + index)
    for (const number of common) await append(a, number)
    await pool.settle()
    a.isUp = false
    await append(b, 0x1f, { slot })
    a.isUp = true
    for (const { mail: { handlers } } of pool.servers) {
      const compare = handlers['replica/compare'] ?? assert.fail()
      let rounds = 0
      handlers['replica/compare'] = async (asker, body) => {
        if (++rounds === 2) {
          a.isUp = false
          await append(b, 0xf1, { slot })
          a.isUp = true
        }
        return await compare(asker, body)
      }
    }
    assert.deepEqual(await read(a), [...common, 0xf1])
  })

  it('reads on past what is just being cleared away at another server, its envelope first', async () => {
    const [a, b, c] = await start(3)
    if (a === undefined || b === undefined || c === undefined) assert.fail()
    a.isUp = false
    await append(b, 1)
    await pool.clock.advance(8_000)
    await append(b, 2)
    a.isUp = true
    await pool.clock.advance(2_500)
    for (const { local } of [b, c]) await local.sweep()
    for (const server of [a, b, c]) assert.deepEqual(await read(server), [2])
  })

  it('does not drop what another server has a newer one of before it has that one', async () => {
    const [a, b, c] = await start(3)
    if (a === undefined || b === undefined || c === undefined) assert.fail()
    b.isUp = false
    await append(c, 1, { slot })
    b.isUp = true
    const append2 = b.mail.handlers['replica/append'] ?? assert.fail()
    b.mail.handlers['replica/append'] = async (asker, body) => {
      b.mail.handlers['replica/append'] = append2
      a.isUp = false
      await append(c, 2, { slot })
      a.isUp = true
      c.isUp = false
      return await append2(asker, body)
    }
    await a.mail.round()
    assert.deepEqual([await lies(a), await lies(b)], [[2], [2]])
  })

  it('does not take the word of a reading that ended while this one was under way', async () => {
    const [a, b] = await start(3, { caughtUpMs: 5_000 })
    if (a === undefined || b === undefined) assert.fail()
    a.isUp = false
    await append(b, 1)
    a.isUp = true
    const { local } = a
    const readHere = local.read.bind(local)
    let goOn = (): void => {}
    local.read = async (...asked) => {
      local.read = readHere
      const page = await readHere(...asked)
      await new Promise<void>((resolve) => { goOn = resolve })
      return page
    }
    const slow = read(a)
    assert.deepEqual(await read(a), [1])
    goOn()
    assert.deepEqual(await slow, [1])
  })

  it('keeps the newest of a slot, whichever server took it and whoever missed one', async () => {
    const [a, b, c] = await start(3)
    if (a === undefined || b === undefined || c === undefined) assert.fail()
    await append(a, 1, { slot })
    c.isUp = false
    await append(a, 2, { slot })
    c.isUp = true
    assert.equal((await append(a, 1, { slot })).outcome, 'stored')
    await pool.settle()
    for (const server of [a, b, c]) assert.deepEqual(await read(server), [2])
    // Another server cannot know that it is newer than what the first one took: both are kept.
    await append(b, 3, { slot })
    for (const server of [a, b, c]) assert.deepEqual(await read(server), [2, 3])
  })

  describe('of a new roster', () => {
    it('sends a reader elsewhere when the mailbox has gone to others while it was read', async () => {
      const [a, b, c] = await start(3)
      if (a === undefined || b === undefined || c === undefined) assert.fail()
      a.isUp = false
      await append(b, 1)
      a.isUp = true
      const joined = [await pool.add(3), await pool.add(4), await pool.add(5)]
      const { handlers } = b.mail
      const compare = handlers['replica/compare'] ?? assert.fail()
      handlers['replica/compare'] = async (asker, body) => {
        handlers['replica/compare'] = compare
        pool.decide(...[a, b, c].map((server) => placedAs(server, 'draining')), ...joined.map(({ placed }) => placed))
        await pool.settle()
        return await compare(asker, body)
      }
      assert.equal(await read(a), 'overloaded')
      for (const server of joined) assert.deepEqual(await read(server), [1])
    })

    it('is read where it was before where it is now: it goes the one way, and is deleted behind itself', async () => {
      const [a, b, c] = await start(3)
      if (a === undefined || b === undefined || c === undefined) assert.fail()
      b.isUp = false
      await append(a, 1)
      b.isUp = true
      const d = await pool.add(3)
      pool.decide(a.placed, b.placed, placedAs(c, 'draining'), d.placed)
      const compare = d.mail.handlers['replica/compare'] ?? assert.fail()
      d.mail.handlers['replica/compare'] = async (asker, body) => {
        d.mail.handlers['replica/compare'] = compare
        const answer = await compare(asker, body)
        // Before the answer is there all is handed over, and forgotten where it was; but nothing was repaired.
        a.isUp = true
        const compares = pool.servers.map(({ mail: { handlers } }) => handlers['replica/compare'] ?? assert.fail())
        for (const [n, server] of pool.servers.entries()) {
          server.mail.handlers['replica/compare'] = async (from, question) => server === b || from === b.peerId ? assert.fail() : await compares[n]!(from, question)
        }
        for (let round = 0; round < 4; round++) for (const { mail } of pool.servers) await mail.round().catch(() => {})
        for (const [n, { mail: { handlers } }] of pool.servers.entries()) handlers['replica/compare'] = compares[n]!
        assert.deepEqual([await lies(c), await lies(d)], [[], [1]])
        a.isUp = false
        return answer
      }
      a.isUp = false
      assert.deepEqual(await read(b), [1])
    })

    it('is handed over, and until then the servers before are asked, too', async () => {
      const [a, b, c] = await start(3)
      if (a === undefined || b === undefined || c === undefined) assert.fail()
      c.isUp = false
      await append(a, 1)
      c.isUp = true
      const d = await pool.add(3)
      const e = await pool.add(4)
      const f = await pool.add(5)
      // Everything moves.
      pool.decide(placedAs(a, 'draining'), placedAs(b, 'draining'), placedAs(c, 'draining'), d.placed, e.placed, f.placed)
      a.isUp = false
      assert.deepEqual(await read(d), [1])
      b.isUp = false
      assert.equal(await read(e), 'unknown')
      assert.equal(e.mail.drain(b.peerId).mayBeRemoved, false)
      await pool.settle(1)
      assert.equal(e.mail.status().completeVersion, 0)
      a.isUp = b.isUp = true
      await pool.settle(2)
      for (const server of [d, e, f]) {
        assert.deepEqual(await lies(server), [1])
        assert.equal(server.mail.status().closedVersion, 2)
      }
      await pool.settle(2)
      for (const server of [a, b, c]) assert.deepEqual(await server.local.totals(), { mailboxes: 0, envelopes: 0, bytes: 0 })
      a.isUp = b.isUp = c.isUp = false
      for (const server of [d, e, f]) assert.deepEqual(await read(server), [1])
      const { mayBeRemoved, waitingFor, mailboxesLeft } = d.mail.drain(a.peerId)
      assert.deepEqual({ mayBeRemoved, waitingFor, mailboxesLeft }, { mayBeRemoved: true, waitingFor: [], mailboxesLeft: 0 })
    })

    it('is not written by an old one once a server knows it, and the asker learns it', async () => {
      const [a, b, c] = await start(3)
      if (a === undefined || b === undefined || c === undefined) assert.fail()
      const d = await pool.add(3)
      pool.decide(a.placed, b.placed, d.placed)
      for (const server of [a, b]) await server.mail.round()
      // c has not heard of it, nor that it is none of them any more.
      pool.seen.set(c.peerId, 1)
      const stored = await append(c, 1)
      assert.equal(stored.outcome, 'stored')
      assert.equal(pool.seen.has(c.peerId), false)
      assert.deepEqual(await lies(c), [])
      assert.deepEqual(await lies(d), [1])
    })

    it('is remembered over a crash by whoever answered for it', async () => {
      const [a, b, c] = await start(3)
      if (a === undefined || b === undefined || c === undefined) assert.fail()
      const d = await pool.add(3)
      pool.decide(a.placed, b.placed, d.placed)
      await a.mail.round()
      for (const server of [a, b]) {
        pool.seen.set(server.peerId, 1)
        await pool.restart(server)
      }
      pool.seen.set(c.peerId, 1)
      await append(c, 1)
      assert.equal(pool.seen.has(c.peerId), false, 'an old roster was gone by')
    })

    it('is taken over without who was alone before, once the others had all of it', async () => {
      const [a] = await start(1)
      if (a === undefined) assert.fail()
      await append(a, 1)
      const [b, c] = [await pool.add(1), await pool.add(2)]
      pool.decide(a.placed, b.placed, c.placed)
      const isComplete = ({ mail }: TestServer): boolean => mail.status().completeVersion === 2
      for (const { mail } of [b, c]) await mail.round()
      assert.ok(isComplete(b) && isComplete(c))
      // Nobody else has heard that the second roster may be closed, and the first server is lost.
      a.isUp = false
      for (const server of [b, c]) await pool.restart(server)
      const d = await pool.add(3)
      pool.decide(b.placed, c.placed, d.placed)
      await pool.settle()
      for (const server of [b, c, d]) {
        assert.equal(server.mail.status().closedVersion, 3)
        assert.deepEqual(await read(server), [1])
      }
    })

    it('is taken over by the word of who is being emptied, too', async () => {
      const [a] = await start(1)
      if (a === undefined) assert.fail()
      await append(a, 1)
      const [b, c] = [await pool.add(1), await pool.add(2)]
      pool.decide(a.placed, b.placed, c.placed)
      for (const { mail } of [b, c]) await mail.round()
      a.isUp = false
      for (const server of [b, c]) await pool.restart(server)
      const d = await pool.add(3)
      pool.decide(placedAs(b, 'draining'), c.placed, d.placed)
      await pool.settle()
      for (const server of [c, d]) {
        assert.equal(server.mail.status().closedVersion, 3)
        assert.deepEqual(await read(server), [1])
      }
    })

    it('takes what a third server missed along when the pool shrinks to two', async () => {
      const [a, b, c] = await start(3)
      if (a === undefined || b === undefined || c === undefined) assert.fail()
      a.isUp = false
      await append(b, 1)
      a.isUp = true
      pool.decide(a.placed, b.placed, placedAs(c, 'draining'))
      assert.deepEqual(await read(a), [1])
      await pool.settle()
      assert.equal(a.mail.drain(c.peerId).mayBeRemoved, true)
      c.isUp = b.isUp = false
      assert.deepEqual(await lies(a), [1])
    })
  })

  describe('written by a new roster', () => {
    it('is told only once nobody can say by the old one that there is nothing', async () => {
      const [a, b, c] = await start(3)
      if (a === undefined || b === undefined || c === undefined) assert.fail()
      const [d, e, f] = [await pool.add(3), await pool.add(4), await pool.add(5)]
      for (const { peerId } of [a, b]) {
        pool.island.add(peerId)
        pool.seen.set(peerId, 1)
      }
      pool.decide(placedAs(a, 'draining'), placedAs(b, 'draining'), placedAs(c, 'draining'), d.placed, e.placed, f.placed)
      assert.equal((await append(d, 1)).outcome, 'unknown')
      assert.deepEqual(await read(a), [], 'two of the old three speak for all by the old roster')
      pool.island.delete(b.peerId)
      assert.equal((await append(d, 1)).outcome, 'stored')
      pool.island.add(b.peerId)
      assert.notDeepEqual(await read(a), [])
    })

    it('waits for nobody who was taken out', async () => {
      const [a, b, c] = await start(3)
      if (a === undefined || b === undefined || c === undefined) assert.fail()
      const [d, e] = [await pool.add(3), await pool.add(4)]
      a.isUp = b.isUp = false
      pool.decide(a.placed, b.placed, c.placed, d.placed, e.placed)
      pool.decide(c.placed, d.placed, e.placed)
      assert.equal((await append(d, 1)).outcome, 'stored')
    })

    it('waits for nobody whose disk is not believed', async () => {
      const [a, b] = await start(2)
      if (a === undefined || b === undefined) assert.fail()
      const copy = await pool.copy(b)
      await append(a, 1)
      await pool.settle()
      await pool.putBack(b, copy)
      const c = await pool.add(2)
      pool.decide(a.placed, b.placed, c.placed)
      await append(a, 2)
      assert.deepEqual(a.mail.status().distrusted, [b.peerId])
      assert.equal((await append(a, 2)).outcome, 'stored')
      await a.mail.round()
      await c.mail.round()
      assert.equal(c.mail.status().completeVersion, 2)
    })

    it('is asked for in one question of a server, however many mailboxes there are', async () => {
      const [a, b, c] = await start(3)
      if (a === undefined || b === undefined || c === undefined) assert.fail()
      const d = await pool.add(3)
      pool.decide(a.placed, b.placed, c.placed, d.placed)
      const appendAll = async (): Promise<number> => {
        const before = pool.traffic.requests
        await Promise.all(Array.from({ length: 40 }, async (_, number) => await a.mail.mailboxes.append(entry({ entryId: id(number), mailbox: key(number) }))))
        return pool.traffic.requests - before
      }
      const first = await appendAll()
      assert.ok(first - await appendAll() <= 3)
    })

    it('is not complete at one of two while the other may speak for both', async () => {
      const [a, b] = await start(2)
      if (a === undefined || b === undefined) assert.fail()
      await append(a, 1)
      b.isUp = false
      pool.decide(a.placed, placedAs(b, 'draining'))
      await pool.settle()
      assert.equal(a.mail.status().completeVersion, 1)
      pool.decide(a.placed)
      await pool.settle()
      assert.equal(a.mail.status().closedVersion, 3)
    })
  })

  it('sends a reader that comes to the wrong server to the right ones', async () => {
    const replicas = await start(5)
    const other = pool.servers.find((server) => !replicas.includes(server)) ?? assert.fail()
    assert.deepEqual(await other.mail.mailboxes.read(mailbox, { afterCursor: 0, maxEntries: 1, maxBytes: 1 }), { outcome: 'overloaded', retryAfterMs: 0, alternatives: replicas.map(({ peerId }) => peerId) })
    assert.equal((await append(other, 1)).outcome, 'stored')
    for (const server of replicas) assert.deepEqual(await read(server), [1])
  })

  it('forgets a removed mailbox everywhere', async () => {
    const [a, b, c] = await start(3)
    if (a === undefined || b === undefined || c === undefined) assert.fail()
    await append(a, 1)
    await a.mail.mailboxes.append(entry({ entryId: id(1), mailbox: key(1) }))
    await b.mail.mailboxes.remove(mailbox)
    await pool.settle()
    for (const server of [a, b, c]) {
      assert.deepEqual(await lies(server), [])
      assert.equal((await server.local.totals()).envelopes, 1)
    }
  })
})
