import assert from 'node:assert/strict'
import { encode } from '../../../src/protocol/codec.js'
import { MailboxAppendRequest, MailboxAppendResponse } from '../../../src/protocol/pb/service.js'
import { maxEnvelopeBytes } from '../../../src/protocol/limits.js'
import { makeMailboxAcknowledgement } from '../../../src/records/index.js'
import { mailRequestCost } from '../../../src/rendezvous/limits.js'
import { settle } from '../../helpers/fake-clock.js'
import { rejects } from '../helpers/expect.js'
import { makeDevice, type TestClient } from '../helpers/test-client.js'
import { TestPool } from '../helpers/test-pool.js'

const day = 24 * 60 * 60 * 1000

describe('mailbox methods', () => {
  let pool: TestPool
  let alice: TestClient
  let bob: TestClient
  let toBob: Uint8Array

  beforeEach(async () => {
    pool = await new TestPool().start()
    alice = await pool.user('alice')
    bob = await pool.user('bob')
    toBob = bob.device.key.publicKey
  })

  afterEach(async () => { await pool.stop() })

  const idOf = (name: string): Uint8Array => alice.appendRequest(toBob, name).entryId
  const waiting = async (): Promise<Uint8Array[]> => (await bob.read()).entries.map(({ entryId }) => entryId)

  it('stores, tells where and until when, and gives it to its owner', async () => {
    const stored = await alice.append(toBob, 'one')
    assert.deepEqual([stored.replicas, stored.servers, Number(stored.expiresAtMs) - pool.clock.now()], [1, 1, 30 * day])
    const { entries, more } = await bob.read()
    assert.equal(more, false)
    assert.deepEqual(entries.map(({ envelope }) => envelope), [alice.appendRequest(toBob, 'one').envelope])
    assert.deepEqual((await alice.read()).entries, [])
  })

  it('keeps what was acknowledged to the sender over a crash, in its order', async () => {
    const names = Array.from({ length: 40 }, (_, i) => `message ${i}`)
    await Promise.all(names.map(async (name) => await alice.append(toBob, name)))
    await pool.crash()
    bob = await pool.client({ device: bob.device })
    await bob.attach('bob')
    assert.deepEqual(await waiting(), names.map(idOf))
  })

  it('deletes on a signed acknowledgement, and a replay of it changes nothing', async () => {
    await alice.append(toBob, 'one')
    await alice.append(toBob, 'two')
    const acknowledgement = makeMailboxAcknowledgement(bob.device.key, [idOf('one')])
    await bob.channel.request('mailbox/acknowledge', acknowledgement)
    assert.deepEqual(await waiting(), [idOf('two')])
    await alice.append(toBob, 'three')
    await bob.channel.request('mailbox/acknowledge', acknowledgement)
    assert.deepEqual(await waiting(), [idOf('two'), idOf('three')])
  })

  it('takes acknowledgements only from the owner', async () => {
    await alice.append(toBob, 'one')
    const bobs = makeMailboxAcknowledgement(bob.device.key, [idOf('one')])
    await rejects(alice.channel.request('mailbox/acknowledge', bobs), 'ERR_INVALID_SIGNATURE')
    await rejects(bob.channel.request('mailbox/acknowledge', makeMailboxAcknowledgement(alice.device.key, [idOf('one')])), 'ERR_INVALID_SIGNATURE')
    await rejects(bob.channel.request('mailbox/acknowledge', new Uint8Array(0)), 'ERR_INVALID_SIGNATURE')
    await rejects(bob.channel.request('mailbox/acknowledge', new Uint8Array(30_000)), 'ERR_LIMIT')
    await rejects((await pool.client({ device: makeDevice(pool.random) })).channel.request('mailbox/acknowledge', bobs), 'ERR_NOT_PERMITTED')
    assert.deepEqual(await waiting(), [idOf('one')])
  })

  it('refuses envelopes that are not the sender\'s, not for this mailbox, or too large', async () => {
    const send = async (request: ReturnType<TestClient['appendRequest']>, from = alice): Promise<unknown> => await from.call('mailbox/append', MailboxAppendRequest, MailboxAppendResponse, request)
    const good = alice.appendRequest(toBob, 'one')
    await rejects(send(good, bob), 'ERR_NOT_PERMITTED')
    await rejects(send(alice.appendRequest(toBob, 'one', { senderDevice: toBob })), 'ERR_NOT_PERMITTED')
    await rejects(send({ ...good, mailbox: alice.device.key.publicKey }), 'ERR_INVALID_RECORD')
    await rejects(send({ ...good, entryId: new Uint8Array(16) }), 'ERR_INVALID_RECORD')
    await rejects(send({ ...good, entryId: new Uint8Array(15) }), 'ERR_INVALID_RECORD')
    await rejects(send({ ...good, mailbox: new Uint8Array(0) }), 'ERR_INVALID_RECORD')
    await rejects(send({ ...good, envelope: new Uint8Array(0) }), 'ERR_INVALID_RECORD')
    await rejects(send({ ...good, envelope: new Uint8Array(100).fill(0xff) }), 'ERR_INVALID_RECORD')
    await rejects(send({ ...good, slot: new Uint8Array(33) }), 'ERR_LIMIT')
    await rejects(send(alice.appendRequest(toBob, 'big', { sealedBytes: maxEnvelopeBytes })), 'ERR_LIMIT')
    await rejects(send(alice.appendRequest(makeDevice(pool.random).key.publicKey, 'one')), 'ERR_NOT_FOUND')
    await rejects(send(good, await pool.client()), 'ERR_NOT_PERMITTED')
    assert.deepEqual(await waiting(), [])
    await send(alice.appendRequest(toBob, 'large', { sealedBytes: maxEnvelopeBytes - 728 }))
  })

  it('keeps one receipt a slot', async () => {
    const slot = alice.device.key.publicKey
    for (let i = 0; i < 20; i++) await alice.append(toBob, `receipt ${i}`, { slot })
    assert.deepEqual(await waiting(), [idOf('receipt 19')])
  })

  it('names the limit of a full mailbox and when to try again', async () => {
    const small = await new TestPool({ limits: { maxMailboxEntries: 2 } }).start()
    const carol = await small.user('carol')
    for (let i = 0; i < 2; i++) await carol.append(carol.device.key.publicKey, `${i}`)
    const refused = await rejects(carol.append(carol.device.key.publicKey, 'too many'), 'ERR_LIMIT')
    assert.match(refused.message, /2 messages \(limit maxMailboxEntries\)/)
    assert.ok((refused.retryAfterMs ?? 0) > 0)
    await small.stop()
  })

  it('keeps room in a mailbox for others than the one who fills it, and for receipts of all', async () => {
    const small = await new TestPool({ limits: { maxMailboxEntries: 4, maxMailboxEntriesPerSender: 3 } }).start()
    const [carol, dave, mallory] = [await small.user('carol'), await small.user('dave'), await small.user('mallory')]
    const toCarol = carol.device.key.publicKey
    for (let i = 0; i < 3; i++) await mallory.append(toCarol, `flood ${i}`)
    const refused = await rejects(mallory.append(toCarol, 'one more'), 'ERR_LIMIT')
    assert.match(refused.message, /3 messages.*\(limit maxMailboxEntriesPerSender\)/)
    assert.ok((refused.retryAfterMs ?? 0) > 0)
    await dave.append(toCarol, 'one')
    await rejects(dave.append(toCarol, 'two'), 'ERR_LIMIT')
    for (const client of [mallory, dave]) await client.append(toCarol, `receipt of ${client.network.peerId}`, { slot: client.device.key.publicKey })
    await small.stop()
  })

  it('sends senders elsewhere when the server keeps as much mail as it may, till some was fetched', async () => {
    const small = await new TestPool({ limits: { maxStoredMailBytes: 2_500 } }).start()
    const carol = await small.user('carol')
    const own = carol.device.key.publicKey
    for (const name of ['1', '2', '3']) await carol.append(own, name)
    const refused = await rejects(carol.append(own, '4'), 'ERR_OVERLOADED')
    assert.match(refused.message, /maxStoredMailBytes/)
    assert.equal(refused.retryAfterMs, 600_000)
    await carol.acknowledge(['1', '2', '3'].map(idOf))
    await carol.append(own, '4')
    await small.stop()
  })

  it('limits what one device sends, in envelopes and in bytes', async () => {
    const small = await new TestPool({ limits: { envelopesPerSender: { burst: 2, refillMs: 100 }, envelopeBytesPerSender: { burst: 1000, refillMs: 1 } } }).start()
    const carol = await small.user('carol')
    const own = carol.device.key.publicKey
    for (let i = 0; i < 2; i++) await carol.append(own, `${i}`)
    assert.equal((await rejects(carol.append(own, 'third'), 'ERR_RATE_LIMITED')).retryAfterMs, 100)
    await small.clock.advance(1000)
    await carol.append(own, 'big', { sealedBytes: 500 })
    assert.match((await rejects(carol.append(own, 'big too', { sealedBytes: 500 }), 'ERR_RATE_LIMITED')).message, /bytes/)
    await small.stop()
  })

  it('takes a burst of thousands', async () => {
    await Promise.all(Array.from({ length: 2_500 }, async (_, i) => await alice.append(toBob, `burst ${i}`, { sealedBytes: 10 })))
    assert.equal((await pool.server.status()).envelopes, 2_500)
  })

  it('removes what has expired, on its own', async () => {
    const small = await new TestPool({ limits: { mailRetentionMs: 3_600_000 } }).start()
    const carol = await small.user('carol')
    await carol.append(carol.device.key.publicKey, 'one')
    await small.clock.advance(3_590_000)
    assert.equal((await small.server.status()).envelopes, 1)
    await small.clock.advance(610_000)
    assert.equal((await small.server.status()).envelopes, 0)
    await small.stop()
  })

  describe('read', () => {
    it('gives pages behind a cursor', async () => {
      for (let i = 0; i < 5; i++) await alice.append(toBob, `${i}`)
      const first = await bob.read(0, 2)
      assert.deepEqual([first.entries.length, first.more], [2, true])
      const second = await bob.read(Number(first.entries[1]?.cursor), 10)
      assert.deepEqual([second.entries.map(({ entryId }) => entryId), second.more], [['2', '3', '4'].map(idOf), false])
      assert.equal((await bob.read(0, 100, 1)).entries.length, 1)
      assert.deepEqual((await bob.read(Number.MAX_SAFE_INTEGER - 1)).entries, [])
    })

    it('is for attached devices, and refuses what is no cursor', async () => {
      await rejects((await pool.client()).read(), 'ERR_NOT_PERMITTED')
      await rejects(bob.read(Number.MAX_SAFE_INTEGER), 'ERR_INVALID_RECORD')
    })
  })

  describe('subscribe', () => {
    it('pushes what comes, at once and in order, and what was not read yet', async () => {
      await alice.append(toBob, 'before')
      await bob.subscribe()
      await settle()
      assert.deepEqual(bob.pushed(), [idOf('before')])
      for (let i = 0; i < 10; i++) await alice.append(toBob, `${i}`)
      await settle()
      assert.deepEqual(bob.pushed(), [idOf('before'), ...Array.from({ length: 10 }, (_, i) => idOf(`${i}`))])
    })

    it('does not push again what was read, and loses nothing in between', async () => {
      await alice.append(toBob, 'read')
      await bob.read()
      await alice.append(toBob, 'between')
      await bob.subscribe()
      await alice.append(toBob, 'after')
      await settle()
      assert.deepEqual(bob.pushed(), [idOf('between'), idOf('after')])
    })

    it('pushes nothing to whoever did not ask', async () => {
      await alice.append(toBob, 'one')
      await settle()
      assert.deepEqual(bob.pushed(), [])
      await rejects((await pool.client()).subscribe(), 'ERR_NOT_PERMITTED')
    })

    it('holds no more than a page for a reader who does not read, and goes on when he does', async () => {
      await bob.subscribe()
      pool.hub.hold(bob.network.peerId, pool.server.peerId)
      const names = Array.from({ length: 400 }, (_, i) => `${i}`)
      for (const name of names) await alice.append(toBob, name, { sealedBytes: 20_000 })
      await settle()
      assert.deepEqual(bob.pushed(), [])
      pool.hub.heal()
      await settle(200)
      assert.deepEqual(bob.pushed(), names.map(idOf))
    })
  })

  it('answers in the shape that the schema says', async () => {
    const raw = await alice.channel.request('mailbox/append', encode(MailboxAppendRequest, alice.appendRequest(toBob, 'raw')))
    assert.deepEqual(MailboxAppendResponse.decode(raw).replicas, 1)
    assert.deepEqual(await bob.channel.request('mailbox/acknowledge', makeMailboxAcknowledgement(bob.device.key, [])), new Uint8Array(0))
  })

  describe('how often', () => {
    it('one device may read, subscribe and acknowledge is limited', async () => {
      const asks: Array<(client: TestClient) => Promise<unknown>> = [
        async (client) => await client.read(),
        async (client) => { await client.subscribe() },
        async (client) => { await client.acknowledge([new Uint8Array(16)]) }
      ]
      for (const ask of asks) {
        const small = await new TestPool({ limits: { readsPerPeer: { burst: 1 + 2 * mailRequestCost, refillMs: 1000 } } }).start()
        const client = await small.user('carol')
        await ask(client)
        await ask(client)
        await rejects(ask(client), 'ERR_RATE_LIMITED')
        await small.stop()
      }
    })

    it('is enough to come back a few times while a full mailbox is fetched and acknowledged', async () => {
      const maxMailboxPages = 200
      for (let page = 0; page < maxMailboxPages; page++) {
        await bob.read()
        await bob.acknowledge([])
      }
      for (let reconnect = 0; reconnect < 5; reconnect++) {
        await bob.attach('bob')
        await bob.watch(Array.from({ length: 500 }, (_, n) => `user${n}`))
        await bob.read()
        await bob.subscribe()
      }
    })
  })
})
