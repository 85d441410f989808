import assert from 'node:assert/strict'
import { ed25519KeyPair } from '../../../src/crypto/ed25519.js'
import { sha256, u32 } from '../../../src/crypto/bytes.js'
import { P2pChatError } from '../../../src/errors.js'
import { peerIdFromEd25519, type Roster } from '../../../src/overlay/index.js'
import type { Channel } from '../../../src/overlay/network.js'
import { decode, encode } from '../../../src/protocol/codec.js'
import { HomeRequest, HomeResponse, LeavingNotification } from '../../../src/protocol/pb/service.js'
import { HomeService } from '../../../src/rendezvous/home/index.js'
import { cutOffMs, leaveGraceMs, loadIntervalMs, loadTimeoutMs, spreadPerClientMs, unheardMs } from '../../../src/rendezvous/home/limits.js'
import { askTimeoutMs } from '../../../src/rendezvous/links/limits.js'
import { replicasOf } from '../../../src/rendezvous/replication/placement.js'
import { silentLogger, sleep } from '../../../src/runtime.js'
import { FakeClock, settle } from '../../helpers/fake-clock.js'
import { SeededRandom } from '../../helpers/seeded-random.js'
import { rejectsCode } from '../../node/support.js'

const keys = new Map<string, Uint8Array>()
/** The same key for the same name; each is made once. */
function keyOf (name: string, index: number): Uint8Array {
  const known = keys.get(`${name} ${index}`) ?? ed25519KeyPair(sha256(new Uint8Array([...new TextEncoder().encode(name), ...u32(index)]))).publicKey
  keys.set(`${name} ${index}`, known)
  return known
}

async function refusedBy (promise: Promise<unknown>): Promise<P2pChatError> {
  const error = await promise.then(() => assert.fail('It was not refused.'), (cause: unknown) => cause)
  assert.ok(error instanceof P2pChatError && error.code === 'ERR_OVERLOADED', String(error))
  return error
}

interface Client { channel: Channel, mailbox: Uint8Array, notified: Uint8Array[] }

class Server {
  readonly attached = new Set<Channel>()
  readonly channels = new Set<Channel>()
  readonly service: HomeService
  link: (peerId: string, isUp: boolean) => void = () => {}
  isFrozen = false
  /** From other servers, not from clients. */
  isCutOff = false
  asked = 0
  readonly looked: number[] = []

  constructor (readonly pool: Pool, readonly peerId: string) {
    const { clock } = pool
    this.service = new HomeService({
      self: peerId,
      roster: () => pool.roster,
      refreshRoster: async (version) => { this.looked.push(version) },
      replicasOf: (mailbox) => replicasOf(mailbox, pool.roster, 3).map((server) => server.peerId),
      links: {
        others: () => pool.servers.filter((server) => server !== this).map((server) => server.peerId),
        onLink: (listener) => { this.link = listener },
        ask: async (to, method, body, { timeoutMs = askTimeoutMs } = {}) => {
          this.asked++
          await sleep(clock, pool.wayMs)
          const other = pool.server(to)
          const isLost = other.isFrozen || this.isCutOff || other.isCutOff
          const answer = isLost ? undefined : await other.service.handlers[method]!(peerId, body)
          if (answer === undefined || 2 * pool.wayMs > timeoutMs) {
            await sleep(clock, timeoutMs - pool.wayMs)
            throw new P2pChatError('ERR_TIMEOUT', 'Too late.')
          }
          await sleep(clock, pool.wayMs)
          return answer
        }
      },
      clients: () => this.attached.size,
      isAttached: (channel) => this.attached.has(channel),
      channels: () => [...this.channels],
      poolAddressesOf: (peerIds) => peerIds.map((one) => `pool:${one}`),
      mayAsk: () => {},
      clock,
      logger: silentLogger
    })
  }

  /** As one that is attached already. */
  settle ({ channel }: Client): void {
    this.attached.add(channel)
    this.channels.add(channel)
  }

  async attach ({ channel }: Client): Promise<void> {
    await this.service.serve({ 'directory/attach': async (body) => body })['directory/attach']!(new Uint8Array(1), { channel, signal: new AbortController().signal })
  }

  async ask (client: Client, rosterVersion = 0): Promise<{ homes: string[], here: boolean, version: bigint }> {
    const body = encode(HomeRequest, { mailbox: client.mailbox, rosterVersion: BigInt(rosterVersion) })
    const answer = await this.service.serve({})['pool/home']!(body, { channel: client.channel, signal: new AbortController().signal })
    const { homes, here, rosterVersion: version } = decode(HomeResponse, answer, 10_000, 'An answer')
    return { homes: homes.map(({ serverKey }) => peerIdFromEd25519(serverKey)), here, version }
  }
}

class Pool {
  readonly clock = new FakeClock()
  /** From one server to another. */
  wayMs = 5
  roster: Roster
  readonly servers: Server[]
  readonly random = new SeededRandom('homes')

  constructor (count: number) {
    const keys = Array.from({ length: count }, (_, index) => keyOf('server', index))
    this.roster = {
      poolId: 'pool',
      version: 4,
      createdAtMs: 0,
      phase: 'settled',
      recoveryKey: new Uint8Array(32),
      opaqueSetupVersion: 1,
      name: '',
      previousHash: new Uint8Array(32),
      servers: keys.map((serverKey) => ({ serverKey, peerId: peerIdFromEd25519(serverKey), state: 'member', acceptor: true, nextAcceptor: false, incarnation: 1n, addresses: ['/ip4/192.0.2.1/tcp/1'] }))
    }
    this.servers = this.roster.servers.map(({ peerId }) => new Server(this, peerId))
  }

  server (peerId: string): Server {
    return this.servers.find((server) => server.peerId === peerId)!
  }

  async start (): Promise<void> {
    for (const { service } of this.servers) service.start()
    await this.clock.advance(20)
  }

  async stop (): Promise<void> {
    for (const { service } of this.servers) service.stop()
    // What was asked before.
    await this.clock.advance(askTimeoutMs)
    assert.equal(this.clock.pending, 0)
  }

  client (index: number): Client {
    const mailbox = keyOf('client', index)
    const notified: Uint8Array[] = []
    const channel = { remotePeer: peerIdFromEd25519(mailbox), notify: async (_method: string, body: Uint8Array) => { notified.push(body) } } as unknown as Channel
    return { channel, mailbox, notified }
  }

  /** What a client does: asks where it is, goes there, attaches. */
  async arrive (client: Client, entry: Server): Promise<Server> {
    await sleep(this.clock, this.random.between(1, 20))
    const { homes } = await entry.ask(client)
    const home = this.server(homes[0]!)
    await sleep(this.clock, this.random.between(10, 60))
    home.settle(client)
    return home
  }

  assertEven (clients: number): void {
    const fair = clients / this.servers.length
    for (const { attached } of this.servers) assert.ok(Math.abs(attached.size / fair - 1) < 0.2, `${this.servers.map((server) => server.attached.size).join(', ')} clients`)
  }
}

describe('homes', () => {
  let pool: Pool
  const begin = async (count = 3): Promise<void> => {
    pool = new Pool(count)
    await pool.start()
  }
  afterEach(async () => { await pool.stop() })

  for (const count of [3, 5]) {
    for (const entry of ['the first server', 'any server'] as const) {
      const entryOf = (index: number): Server => entry === 'any server' ? pool.servers[index % count]! : pool.servers[0]!

      it(`of 1,000 clients that come to ${entry} of ${count} one after the other are even within 20 %`, async () => {
        await begin(count)
        for (let index = 0; index < 1_000; index++) await pool.clock.until(pool.arrive(pool.client(index), entryOf(index)))
        pool.assertEven(1_000)
      }).timeout(60_000)

      it(`of 1,000 clients that come to ${entry} of ${count} all at once are even within 20 %`, async () => {
        await begin(count)
        await pool.clock.until(Promise.all(Array.from({ length: 1_000 }, async (_, index) => await pool.arrive(pool.client(index), entryOf(index)))))
        pool.assertEven(1_000)
      }).timeout(60_000)
    }
  }

  it('are even again among those left when one has died', async () => {
    await begin()
    const clients = Array.from({ length: 300 }, (_, index) => pool.client(index))
    await pool.clock.until(Promise.all(clients.map(async (client, index) => await pool.arrive(client, pool.servers[index % 3]!))))
    const dead = pool.servers.shift()!
    for (const { link } of pool.servers) link(dead.peerId, false)
    dead.service.stop()
    const homeless = clients.filter(({ channel }) => dead.attached.has(channel))
    await pool.clock.until(Promise.all(homeless.map(async (client) => await pool.arrive(client, pool.servers[0]!))))
    pool.assertEven(300)
  })

  it('cost one question between two servers, whichever of them asks', async () => {
    await begin(5)
    const asked = (): number => pool.servers.reduce((sum, server) => sum + server.asked, 0)
    const before = asked()
    // Servers were not started at the same time.
    for (const [index, { service }] of pool.servers.entries()) {
      service.stop()
      await pool.clock.advance(index * loadIntervalMs / 7)
      service.start()
    }
    await pool.clock.advance(loadIntervalMs)
    const [intervals, pairs] = [10, 10]
    const started = asked()
    assert.ok(started > before)
    await pool.clock.advance(intervals * loadIntervalMs)
    assert.ok(asked() - started <= (intervals + 1) * pairs, `${asked() - started} questions`)
    const [first, , third] = pool.servers as [Server, Server, Server]
    for (let index = 0; index < 12; index++) third.attached.add(pool.client(index).channel)
    await pool.clock.advance(2 * loadIntervalMs + 20)
    for (let index = 20; index < 40; index++) {
      const { homes } = await first.ask(pool.client(index))
      if (homes.includes(third.peerId)) assert.equal(homes.at(-1), third.peerId, 'all know how many clients there are')
    }
  })

  it('are not at a server that does not answer, and are at it again once it does', async () => {
    await begin()
    const [first, second] = pool.servers as [Server, Server]
    second.isFrozen = true
    await pool.clock.advance(loadIntervalMs + loadTimeoutMs + 20)
    for (let index = 0; index < 30; index++) assert.equal((await first.ask(pool.client(index))).homes.at(-1), second.peerId)
    second.isFrozen = false
    await pool.clock.advance(loadIntervalMs + 20)
    assert.equal((await first.ask(pool.client(31))).homes[0], second.peerId)
  })

  it('stay where they are for small differences, and move for large ones', async () => {
    await begin()
    const [first] = pool.servers as [Server]
    const client = pool.client(0)
    first.attached.add(client.channel)
    for (let index = 1; index < 8; index++) first.attached.add(pool.client(index).channel)
    await pool.clock.advance(loadIntervalMs + 20)
    assert.equal((await first.ask(client)).here, true)
    assert.equal((await first.ask(pool.client(100))).here, false, 'a new one goes to the least loaded')
    for (let index = 8; index < 30; index++) first.attached.add(pool.client(index).channel)
    await pool.clock.advance(loadIntervalMs + 20)
    assert.equal((await first.ask(client)).here, false)
  })

  it('are told to the device itself alone, with the roster version that it knows', async () => {
    await begin()
    const [first] = pool.servers as [Server]
    const client = pool.client(0)
    assert.equal((await first.ask(client, 4)).version, 4n)
    assert.deepEqual(first.looked, [])
    const refused = await refusedBy(first.ask(client, 5))
    assert.deepEqual(refused.alternatives, pool.servers.slice(1).map(({ peerId }) => `pool:${peerId}`))
    await rejectsCode(first.ask(client, 6), 'ERR_OVERLOADED')
    assert.deepEqual(first.looked, [5], 'others are not asked for every claim')
    await rejectsCode(first.ask({ ...client, mailbox: keyOf('client', 1) }), 'ERR_NOT_PERMITTED')
    await rejectsCode(first.ask({ ...client, mailbox: new Uint8Array(3) }), 'ERR_INVALID_RECORD')
  })

  it('are told to those whose mailbox a change of the roster took from here, and to nobody else', async () => {
    await begin(4)
    const [first, second] = pool.servers as [Server, Server]
    const clients = Array.from({ length: 20 }, (_, index) => pool.client(index))
    const keeps = (client: Client): boolean => replicasOf(client.mailbox, pool.roster, 3).some(({ peerId }) => peerId === first.peerId)
    const { servers } = pool.roster
    pool.roster = { ...pool.roster, version: 5, servers: servers.filter(({ peerId }) => peerId !== second.peerId) }
    for (const client of clients) first.settle(client)
    pool.roster = { ...pool.roster, version: 6, servers }
    first.channels.add(pool.client(100).channel)
    first.service.rosterChanged()
    await settle()
    for (const client of clients) assert.equal(client.notified.length, keeps(client) ? 0 : 1)
    const moved = clients.filter((client) => !keeps(client))
    assert.ok(moved.length > 0 && moved.length < clients.length)
    const { alternatives, spreadMs } = decode(LeavingNotification, moved[0]!.notified[0]!, 10_000, 'It')
    assert.deepEqual([alternatives.length, spreadMs], [3, (moved.length - 1) * spreadPerClientMs * 4], 'all four do so at the same time')
  })

  describe('of a server that hears of no majority', () => {
    const settleAt = (server: Server): Client => {
      const client = pool.client(0)
      server.settle(client)
      return client
    }
    const passLongMs = unheardMs + cutOffMs + 3 * loadIntervalMs

    it('are the others, and here for who reaches none of them: it says so once, and not as soon as a link blinks', async () => {
      await begin()
      const [first, second] = pool.servers as [Server, Server]
      const client = settleAt(first)
      first.isCutOff = true
      await pool.clock.advance(cutOffMs)
      assert.deepEqual([client.notified.length, (await first.ask(client)).here], [0, true])
      await pool.clock.advance(passLongMs)
      const { alternatives } = decode(LeavingNotification, client.notified[0]!, 10_000, 'It')
      const others = pool.servers.slice(1).map(({ peerId }) => peerId)
      assert.deepEqual(alternatives.map(({ serverKey }) => peerIdFromEd25519(serverKey)).sort(), [...others].sort())
      const { homes, here } = await first.ask(client)
      assert.deepEqual([homes.at(-1), here], [first.peerId, false])
      assert.equal((await second.ask(client)).homes.at(-1), first.peerId)
      await pool.clock.advance(10 * loadIntervalMs)
      assert.equal(client.notified.length, 1, 'nobody is driven to and fro')
      first.isCutOff = false
      await pool.clock.advance(2 * loadIntervalMs)
      assert.equal((await first.ask(client)).here, true)
    })

    it('are the others also where the clock was set back by a day meanwhile', async () => {
      await begin()
      const [first] = pool.servers as [Server]
      const client = settleAt(first)
      first.isCutOff = true
      await pool.clock.advance(unheardMs + 2 * loadIntervalMs)
      pool.clock.jump(-24 * 60 * 60 * 1_000)
      await pool.clock.advance(passLongMs)
      assert.equal(client.notified.length, 1)
    })

    it('are where they are when the others answer late', async () => {
      await begin()
      pool.wayMs = 550
      for (const [index, { service }] of pool.servers.entries()) {
        service.stop()
        await pool.clock.advance(index * 350)
        service.start()
      }
      const clients = pool.servers.map((server) => settleAt(server))
      await pool.clock.advance(10 * passLongMs)
      assert.deepEqual(clients.map(({ notified }) => notified.length), [0, 0, 0])
    })

    it('are where they are in a pool of two, where the other one alone could do no more', async () => {
      await begin(2)
      const [first] = pool.servers as [Server]
      const client = settleAt(first)
      first.isCutOff = true
      await pool.clock.advance(passLongMs)
      assert.deepEqual([client.notified.length, (await first.ask(client)).here], [0, true])
    })

    it('are where they are when all leave, as with full disks: those are heard', async () => {
      await begin()
      const [first] = pool.servers as [Server]
      const client = settleAt(first)
      await pool.clock.until(Promise.all(pool.servers.map(async ({ service }) => { await service.standBack() })))
      const before = client.notified.length
      await pool.clock.advance(passLongMs)
      assert.deepEqual([client.notified.length, (await first.ask(client)).here], [before, true])
    })
  })

  describe('of a server whose disk is full', () => {
    it('are the others, and here for who reaches none of them', async () => {
      await begin()
      const [first] = pool.servers as [Server]
      const client = pool.client(0)
      first.settle(client)
      await pool.clock.until(first.service.standBack())
      assert.equal(client.notified.length, 1)
      const { homes, here } = await first.ask(client)
      assert.deepEqual([homes.length, homes.at(-1), here], [3, first.peerId, false])
      await first.attach(pool.client(1))
      await pool.clock.until(first.service.leave())
      await refusedBy(first.attach(pool.client(1)))
    })

    it('are the others for those, too, that came while these were away: they are told when one is back', async () => {
      await begin()
      const [first, ...others] = pool.servers as [Server, ...Server[]]
      first.attached.add(pool.client(0).channel)
      await pool.clock.until(first.service.standBack())
      for (const other of others) other.isFrozen = true
      await pool.clock.advance(2 * loadIntervalMs)
      const client = pool.client(1)
      first.channels.add(client.channel)
      await pool.clock.advance(2 * loadIntervalMs)
      assert.equal(client.notified.length, 0)
      for (const other of others) other.isFrozen = false
      await pool.clock.advance(4 * loadIntervalMs)
      assert.equal(client.notified.length, 1)
    })

    it('stay where they are when those of all three are, whoever else is there', async () => {
      await begin(4)
      const client = pool.client(0)
      const three = replicasOf(client.mailbox, pool.roster, 3).map(({ peerId }) => pool.server(peerId))
      await pool.clock.until(Promise.all(three.map(async ({ service }) => { await service.standBack() })))
      for (const server of three) {
        await server.attach(client)
        assert.equal((await server.ask(client)).here, true)
      }
    })
  })

  describe('of a server that ends', () => {
    it('are the others: it tells every client where to go, and ends when they have gone', async () => {
      await begin()
      const [first, second, third] = pool.servers as [Server, Server, Server]
      const clients = Array.from({ length: 10 }, (_, index) => pool.client(index))
      for (const client of clients) first.settle(client)
      let isOver = false
      const leaving = first.service.leave().then(() => { isOver = true })
      await pool.clock.advance(100)
      const firstChoices = clients.map(({ notified }) => {
        const { alternatives, spreadMs } = decode(LeavingNotification, notified[0]!, 10_000, 'It')
        assert.equal(alternatives.length, 2)
        assert.ok(spreadMs > 0)
        return peerIdFromEd25519(alternatives[0]!.serverKey)
      })
      assert.equal(firstChoices.filter((peerId) => peerId === second.peerId).length, 5)
      assert.equal(firstChoices.filter((peerId) => peerId === third.peerId).length, 5)
      assert.equal((await refusedBy(first.attach(pool.client(50)))).alternatives.length, 2)
      await first.attach(clients[0]!)
      assert.equal((await first.ask(clients[0]!)).here, false)
      assert.ok(!(await second.ask(clients[0]!)).homes.slice(0, 2).includes(first.peerId), 'the others know it, too')
      assert.ok(!isOver)
      first.attached.clear()
      await pool.clock.until(leaving, 1_000)
    })

    it('are kept while all others leave too, and told as soon as one is there again', async () => {
      await begin()
      const [first, second] = pool.servers as [Server, Server]
      const client = pool.client(0)
      first.settle(client)
      await pool.clock.until(Promise.all(pool.servers.slice(1).map(async ({ service }) => { await service.leave() })))
      await pool.clock.until(first.service.leave())
      await first.attach(pool.client(1))
      assert.equal((await first.ask(client)).here, true)
      assert.deepEqual(client.notified, [])
      second.service.stop()
      second.service.start()
      await pool.clock.advance(2 * loadIntervalMs)
      const { alternatives } = decode(LeavingNotification, client.notified[0]!, 10_000, 'It')
      assert.equal(peerIdFromEd25519(alternatives[0]!.serverKey), second.peerId)
      assert.equal(client.notified.length, 1)
      await refusedBy(first.attach(pool.client(1)))
    })

    it('are waited for also when it is told to end while they go', async () => {
      await begin()
      const [first] = pool.servers as [Server]
      const client = pool.client(0)
      first.settle(client)
      let isOver = false
      void first.service.leave()
      const ending = first.service.leave().then(() => { isOver = true })
      await pool.clock.advance(100)
      assert.ok(!isOver)
      first.attached.clear()
      await pool.clock.until(ending, 1_000)
      assert.equal(client.notified.length, 1)
    })

    it('are told and waited for also when it was to leave before, and had nowhere to send them', async () => {
      await begin()
      const [first, second] = pool.servers as [Server, Server]
      const client = pool.client(0)
      first.settle(client)
      await pool.clock.until(Promise.all(pool.servers.map(async ({ service }) => { await service.standBack() })))
      await pool.clock.advance(loadIntervalMs)
      second.service.stop()
      second.service.start()
      await pool.clock.advance(20)
      const told = client.notified.length
      let isOver = false
      const ending = first.service.leave().then(() => { isOver = true })
      await pool.clock.advance(100)
      assert.deepEqual([client.notified.length, isOver], [told + 1, false])
      first.attached.clear()
      await pool.clock.until(ending, 1_000)
    })

    it('do not hold it up for longer than its grace', async () => {
      await begin()
      const [first] = pool.servers as [Server]
      const client = pool.client(0)
      first.settle(client)
      const startMs = pool.clock.now()
      await pool.clock.until(first.service.leave())
      assert.ok(pool.clock.now() - startMs <= leaveGraceMs + 1_000)
    })

    it('are nowhere else when it is alone: it ends at once', async () => {
      await begin(1)
      const [only] = pool.servers as [Server]
      const client = pool.client(0)
      assert.equal((await only.ask(client)).here, true)
      only.settle(client)
      await only.service.leave()
      await settle()
      assert.deepEqual(client.notified, [])
    })
  })
})
