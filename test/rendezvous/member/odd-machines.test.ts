import assert from 'node:assert/strict'
import { ed25519KeyPair } from '../../../src/crypto/ed25519.js'
import { P2pChatError } from '../../../src/errors.js'
import { peerIdFromEd25519 } from '../../../src/overlay/index.js'
import type { Channel } from '../../../src/overlay/network.js'
import { decode, encode } from '../../../src/protocol/codec.js'
import { HomeRequest, HomeResponse } from '../../../src/protocol/pb/service.js'
import type { AppendOutcome } from '../../../src/rendezvous/mailboxes/index.js'
import { sleep } from '../../../src/runtime.js'
import { FakeClock } from '../../helpers/fake-clock.js'
import { PoolTestnet, type PoolTestnetInit, type TestServer } from '../../helpers/pool-testnet.js'

const hourMs = 60 * 60 * 1_000
const bytes = (length: number, fill: number): Uint8Array => new Uint8Array(length).fill(fill)
const everything = { afterCursor: 0, maxEntries: 100, maxBytes: 1_000_000 }

/** One of three machines is odd; the pool is used from each of them. */
describe('three servers of which one', () => {
  let net: PoolTestnet
  const odd = (server: TestServer): boolean => server.name === 's2'

  async function start (init: PoolTestnetInit): Promise<void> {
    net = await PoolTestnet.start(3, init)
  }

  afterEach(async () => { await net.stop() })

  const append = async (at: TestServer, number: number): Promise<AppendOutcome> => await net.clock.until(at.member.mail.mailboxes.append({
    mailbox: bytes(32, 1), sender: bytes(32, 2), slot: new Uint8Array(0), entryId: bytes(16, number), envelope: bytes(200, number)
  }))

  /** The numbers of the entries that a server knows, once it says that these are all. */
  async function readAt (at: TestServer): Promise<number[]> {
    for (let look = 0; look < 60; look++) {
      const read = await net.clock.until(at.member.mail.mailboxes.read(bytes(32, 1), everything))
      if (read.outcome === 'read' && !read.more) return read.entries.map(({ entryId }) => entryId[0] ?? 0).sort((a, b) => a - b)
      await net.clock.advance(1_000)
    }
    assert.fail(`${at.name} cannot say what there is`)
  }

  /** Where a server sends a device, as PeerIds. */
  async function homesAt (at: TestServer, device: Uint8Array): Promise<string[]> {
    const channel = { remotePeer: peerIdFromEd25519(device) } as unknown as Channel
    const answer = await net.clock.until(at.member.requests['pool/home']!(encode(HomeRequest, { mailbox: device, sent: true }), { channel, signal: new AbortController().signal }))
    return decode(HomeResponse, answer, 10_000, 'An answer').homes.map(({ serverKey }) => peerIdFromEd25519(serverKey))
  }

  /** A register is written and mail is left at each server in turn; each of them has all of it. */
  async function works (before: readonly number[] = []): Promise<void> {
    for (const [index, server] of net.servers.entries()) {
      const { registers } = server.member.consensus
      assert.equal((await net.clock.until(registers.compareAndSet('test:a', index, bytes(1, index)))).outcome, 'written', server.name)
      const stored = await append(server, index + 1)
      assert.ok(stored.outcome === 'stored' && stored.replicas >= 2, `${server.name}: ${JSON.stringify(stored)}`)
    }
    for (const server of net.servers) {
      const read = await net.clock.until(server.member.consensus.registers.read('test:a'))
      assert.equal(read.outcome === 'read' && read.register?.version, 3)
      assert.deepEqual(await readAt(server), [...before, 1, 2, 3].sort((a, b) => a - b))
    }
  }

  for (const [what, offMs] of [['ahead', hourMs], ['behind', -hourMs]] as const) {
    it(`has a clock that is an hour ${what} keeps and gives out the same, and its operator is told`, async () => {
      await start({ clockOf: (server, clock) => odd(server) ? { now: () => clock.now() + offMs, monotonicMs: () => clock.monotonicMs(), schedule: (...timer) => clock.schedule(...timer) } : clock })
      await works()
      const findings = await net.clock.until(net.first.running!.admin.doctor())
      assert.ok(findings.some(({ code }) => code === 'clock-skew'), JSON.stringify(findings))
    })
  }

  it('has a disk that takes a second for a sync holds nobody up who asks the others, and keeps up', async () => {
    const clock = new FakeClock()
    await start({
      clock,
      wrapStore: (server, store) => odd(server)
        ? { ...unwrapped(store), batch: async (operations, options) => { if (options.sync) await sleep(clock, 1_000); await store.batch(operations, options) } }
        : store
    })
    const [first] = net.servers as [TestServer]
    const startMs = clock.now()
    assert.equal((await append(first, 9)).outcome, 'stored')
    assert.ok(clock.now() - startMs < 1_000, 'two of three are enough')
    await works([9])
  })

  it('has a full disk: the others take what comes, it gives out what it has, and has the rest when it has room and starts anew', async () => {
    const disk = { isFull: false, refused: 0 }
    await start({
      wrapStore: (server, store) => odd(server)
        ? {
            ...unwrapped(store),
            batch: async (operations, options) => {
              if (!disk.isFull) return await store.batch(operations, options)
              disk.refused++
              throw new P2pChatError('ERR_STORE_IO', 'The disk is full.')
            }
          }
        : store
    })
    const [first, second] = net.servers as [TestServer, TestServer]
    assert.equal((await append(first, 1)).outcome, 'stored')
    await net.clock.advance(5_000)
    disk.isFull = true
    const stored = await append(first, 2)
    assert.deepEqual(stored.outcome === 'stored' && [stored.replicas, stored.servers], [2, 3])
    assert.ok(disk.refused > 0)
    assert.equal(second.running?.failed.aborted, true)
    await net.clock.advance(5_000)
    const device = ed25519KeyPair(bytes(32, 7)).publicKey
    for (const server of net.servers) assert.notEqual((await homesAt(server, device))[0], second.peerId, `${server.name} sends nobody to the one that takes no mail`)
    const read = await net.clock.until(second.member.mail.mailboxes.read(bytes(32, 1), everything))
    assert.ok(read.outcome === 'read' && read.entries.some(({ entryId }) => entryId[0] === 1))
    assert.equal((await net.clock.until(first.member.consensus.registers.compareAndSet('test:a', 0, bytes(1, 1)))).outcome, 'written')

    disk.isFull = false
    await net.stopServer(second)
    await net.boot(second)
    await net.clock.advance(90_000)
    assert.deepEqual(await readAt(second), [1, 2])
    assert.equal((await net.clock.until(second.member.consensus.registers.compareAndSet('test:a', 1, bytes(1, 2)))).outcome, 'written')
  })
})

/** Its methods by themselves, to replace one. */
function unwrapped (store: ReturnType<TestServer['disk']['open']>): ReturnType<TestServer['disk']['open']> {
  return { get: async (key) => await store.get(key), batch: async (operations, options) => { await store.batch(operations, options) }, range: (options) => store.range(options), close: async () => { await store.close() } }
}
