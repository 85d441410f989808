import assert from 'node:assert/strict'
import { isP2pChatError, type ErrorCode } from '../../../src/errors.js'
import { createNetwork, createPoolDiscovery, findPoolServers, openPoolChannel, peerIdFromEd25519, type P2pNetwork, type PeerAddress } from '../../../src/overlay/index.js'
import { POOL_PROTOCOL } from '../../../src/protocol/ids.js'
import { silentLogger, systemClock as clock } from '../../../src/runtime.js'
import { keyOf, makeChain, seedOf } from '../pool/roster-chain.js'
import { startTcpProxy } from './tcp-proxy.js'
import { addressOf, joinPool, makeClient, startFrozen, startServer } from './pool-server.js'

const rejects = async (promise: Promise<unknown>, code: ErrorCode): Promise<void> => {
  await assert.rejects(promise, (error) => isP2pChatError(error, code) || assert.fail(`expected ${code}, got ${String(error)}`))
}

describe('the network over libp2p on loopback', function () {
  this.timeout(120_000)
  const started: P2pNetwork[] = []
  const { chain, poolId } = makeChain([{ servers: [1, 2, 3], signers: [1, 2, 3] }])
  const running = (network: P2pNetwork): P2pNetwork => { started.push(network); return network }

  afterEach(async () => {
    await Promise.all(started.splice(0).map(async (network) => { await network.stop() }))
  })

  async function client (number = 100): Promise<P2pNetwork> {
    const network = running(makeClient(seedOf(number)))
    await network.start()
    return network
  }

  async function find (network: P2pNetwork, bootstrap: PeerAddress[], enough: number, remembered: PeerAddress[] = []): Promise<string[]> {
    const discovery = createPoolDiscovery({ routing: network.routing, poolId, remembered, bootstrap, clock, logger: silentLogger })
    const found: string[] = []
    for await (const { channel } of findPoolServers({ discovery, network, poolId, clock, enough })) found.push(channel.remotePeer)
    return found
  }

  it('finds three servers from the address of one, past a stopped and a frozen one', async () => {
    const servers = await Promise.all([1, 2, 3].map(async (number) => running(await startServer(seedOf(number), chain))))
    const [first, second, third] = servers as [P2pNetwork, P2pNetwork, P2pNetwork]
    for (const server of servers) await joinPool(server, poolId, server === first ? [] : [addressOf(first)])
    const frozen = await startFrozen()
    try {
      const stopped = { peerId: peerIdFromEd25519(keyOf(8)), addresses: ['/ip4/127.0.0.1/tcp/1'] }
      const silent = { peerId: peerIdFromEd25519(keyOf(9)), addresses: [frozen.address] }
      const network = await client()
      const found = await find(network, [addressOf(first)], 3, [stopped, silent])
      assert.deepEqual(new Set(found), new Set([first.peerId, second.peerId, third.peerId]))
      assert.equal(found[0], first.peerId)
    } finally {
      await frozen.stop()
    }
  })

  it('holds back whoever sends more than a slow reader takes, and loses nothing', async () => {
    const frames = 400
    const frameBytes = 65_000
    const got: number[] = []
    const reader = running(createNetwork({ role: 'server', seed: seedOf(1), listen: ['/ip4/127.0.0.1/tcp/0'], announce: [], clock, logger: silentLogger }))
    reader.serveBulk('/test/bulk/1', {
      maxFrameBytes: frameBytes,
      accept: async (stream) => {
        for await (const frame of stream.source) {
          got.push((frame[0] ?? 0) * 256 + (frame[1] ?? 0))
          await new Promise<void>((resolve) => { setImmediate(resolve) })
          if (got.length === frames) await stream.send(Uint8Array.of(1))
        }
      }
    })
    await reader.start()
    const sender = await client()
    const stream = await sender.openBulk(addressOf(reader), '/test/bulk/1', { maxFrameBytes: frameBytes })
    for (let number = 0; number < frames; number++) {
      const frame = new Uint8Array(frameBytes)
      frame.set([number >> 8, number & 255])
      await stream.send(frame)
    }
    const { value: answer } = await stream.source[Symbol.asyncIterator]().next()
    assert.deepEqual(answer, Uint8Array.of(1))
    assert.deepEqual(got, Array.from({ length: frames }, (_, number) => number))
  })

  it('ends when nobody is there', async () => {
    const network = await client()
    assert.deepEqual(await find(network, [{ peerId: peerIdFromEd25519(keyOf(8)), addresses: ['/ip4/127.0.0.1/tcp/1'] }], 1), [])
  })

  it('does not let one dead address take the time of the others', async () => {
    const server = running(await startServer(seedOf(1), chain))
    const frozen = await startFrozen()
    try {
      const network = await client()
      const peer = { peerId: server.peerId, addresses: [frozen.address, '/ip4/127.0.0.1/tcp/1', ...server.addresses()] }
      const { channel } = await openPoolChannel(network, peer, poolId, { clock })
      assert.equal(channel.remotePeer, server.peerId)
      assert.match(channel.remoteAddress, /^\/ip4\/127\.0\.0\.1\/tcp\/\d+/)
      assert.equal(channel.via, 'direct')
    } finally {
      await frozen.stop()
    }
  })

  it('says nothing but one question to a server of another pool', async () => {
    const asked: string[] = []
    const server = running(await startServer(seedOf(5), makeChain([{ servers: [5], signers: [5] }]).chain, asked))
    const network = await client()
    await rejects(openPoolChannel(network, addressOf(server), poolId, { clock }), 'ERR_NOT_IN_POOL')
    assert.deepEqual(asked, ['pool/roster'])
    assert.deepEqual(network.channels(POOL_PROTOCOL), [])
  })

  it('refuses a peer that has another identity than it should', async () => {
    const server = running(await startServer(seedOf(1), chain))
    const network = await client()
    for (const addresses of [server.addresses(), [...server.addresses(), '/ip4/127.0.0.1/tcp/1']]) {
      await rejects(network.connect({ peerId: peerIdFromEd25519(keyOf(2)), addresses }, POOL_PROTOCOL), 'ERR_UNREACHABLE')
    }
  })

  it('tells an unknown protocol from a peer that is not there', async () => {
    const server = running(await startServer(seedOf(1), chain))
    const network = await client()
    await rejects(network.connect(addressOf(server), '/p2pchat/unknown/1'), 'ERR_UNSUPPORTED')
    await rejects(network.connect({ peerId: peerIdFromEd25519(keyOf(3)), addresses: ['/ip4/127.0.0.1/tcp/1'] }, POOL_PROTOCOL), 'ERR_UNREACHABLE')
    const frozen = await startFrozen()
    try {
      await rejects(network.connect({ peerId: peerIdFromEd25519(keyOf(3)), addresses: [frozen.address] }, POOL_PROTOCOL, { timeoutMs: 300 }), 'ERR_TIMEOUT')
      await rejects(network.connect({ peerId: peerIdFromEd25519(keyOf(3)), addresses: [frozen.address] }, POOL_PROTOCOL, { signal: AbortSignal.abort() }), 'ERR_ABORTED')
    } finally {
      await frozen.stop()
    }
  })

  it('carries 10,000 requests, each with its own answer, and large ones both ways', async () => {
    const server = running(await startServer(seedOf(1), chain))
    const network = await client()
    const channel = await network.connect(addressOf(server), POOL_PROTOCOL)
    const answers = await Promise.all(Array.from({ length: 10_000 }, async (_, index) => {
      const body = new Uint8Array(4 + index % 300)
      new DataView(body.buffer).setUint32(0, index)
      return await channel.request('echo', body, { timeoutMs: 25_000 })
    }))
    answers.forEach((answer, index) => {
      assert.equal(answer.byteLength, 4 + index % 300)
      assert.equal(new DataView(answer.buffer, answer.byteOffset).getUint32(0), index)
    })
    const large = await Promise.all(Array.from({ length: 40 }, async (_, index) => await channel.request('echo', new Uint8Array(1_000_000).fill(index), { timeoutMs: 25_000 })))
    assert.ok(large.every((answer, index) => answer.byteLength === 1_000_000 && answer.every((byte) => byte === index)))
  })

  it('holds a sender back when the other side is slow, and loses nothing', async () => {
    const waiting: Array<() => void> = []
    let slow = true
    let handled = 0
    const server = running(createNetwork({ role: 'server', seed: seedOf(4), listen: ['/ip4/127.0.0.1/tcp/0'], announce: [], clock, logger: silentLogger }))
    server.serve('/test/slow/1', {
      requests: {},
      notifications: { n: async () => { if (slow) await new Promise<void>((resolve) => { waiting.push(resolve) }); handled++ } }
    })
    server.serve('/test/quick/1', { requests: { echo: async (body) => body } })
    await server.start()
    const network = await client()
    const channel = await network.connect(addressOf(server), '/test/slow/1')
    const quick = await network.connect(addressOf(server), '/test/quick/1')
    const count = 1000
    let accepted = 0
    const sending = (async () => {
      for (; accepted < count; accepted++) await channel.notify('n', new Uint8Array(65_536))
    })()
    // Other channels of the same connection go on meanwhile.
    while (waiting.length < 64) await quick.request('echo', new Uint8Array(1))
    for (let round = 0; round < 200; round++) await quick.request('echo', new Uint8Array(1))
    assert.ok(accepted < 300, `${accepted} of 64 KiB were accepted`)
    slow = false
    for (const resolve of waiting.splice(0)) resolve()
    await sending
    const done = (): boolean => handled === count
    while (!done()) await quick.request('echo', new Uint8Array(1))
    assert.equal(channel.closed.aborted, false)
  })

  it('uses one channel for both directions, forgets it at once when it is gone, and makes a new one', async () => {
    const server = running(await startServer(seedOf(1), chain))
    const network = await client()
    const all = await Promise.all(Array.from({ length: 10 }, async () => await network.connect(addressOf(server), POOL_PROTOCOL)))
    assert.equal(new Set(all).size, 1)
    const [channel] = all
    assert.ok(channel !== undefined)
    await channel.request('echo', new Uint8Array(1))
    assert.equal((await server.connect(addressOf(network), POOL_PROTOCOL)).remotePeer, network.peerId)
    await channel.close()
    assert.deepEqual(network.channels(POOL_PROTOCOL), [])
    const next = await network.connect(addressOf(server), POOL_PROTOCOL)
    assert.notEqual(next, channel)
    assert.deepEqual(await next.request('echo', Uint8Array.of(1)), Uint8Array.of(1))
    const closed = new Promise((resolve) => { next.closed.addEventListener('abort', resolve) })
    await server.stop()
    await closed
    assert.deepEqual(network.channels(POOL_PROTOCOL), [])
    await rejects(network.connect(addressOf(server), POOL_PROTOCOL), 'ERR_UNREACHABLE')
  })

  it('comes back after the server was started again under the same address', async () => {
    const server = running(await startServer(seedOf(1), chain))
    const network = await client()
    const peer = addressOf(server)
    const old = await network.connect(peer, POOL_PROTOCOL)
    const noticed = new Promise((resolve) => { old.closed.addEventListener('abort', resolve) })
    await server.stop()
    await noticed
    const again = running(await startServer(seedOf(1), chain))
    const { channel } = await openPoolChannel(network, { peerId: peer.peerId, addresses: [...peer.addresses, ...again.addresses()] }, poolId, { clock })
    assert.equal(channel.remotePeer, server.peerId)
  })

  it('does not trust a connection that exists but is dead', async () => {
    const server = running(await startServer(seedOf(1), chain))
    const port = Number(/tcp\/(\d+)/.exec(server.addresses()[0] ?? '')?.[1])
    const proxy = await startTcpProxy(port)
    try {
      const network = await client()
      const throughProxy = { peerId: server.peerId, addresses: [proxy.address] }
      const old = await network.connect(throughProxy, POOL_PROTOCOL)
      assert.deepEqual(await old.request('echo', Uint8Array.of(1)), Uint8Array.of(1))
      proxy.freeze()
      await rejects(old.request('echo', Uint8Array.of(2), { timeoutMs: 200 }), 'ERR_TIMEOUT')
      await old.close()
      const { channel } = await openPoolChannel(network, addressOf(server), poolId, { clock })
      assert.deepEqual(await channel.request('echo', Uint8Array.of(3)), Uint8Array.of(3))
    } finally {
      await proxy.stop()
    }
  })

  it('says what to do when it cannot listen, and what others should dial', async () => {
    const server = running(await startServer(seedOf(1), chain))
    const make = (listen: string[], announce: string[] = []): P2pNetwork =>
      running(createNetwork({ role: 'server', seed: seedOf(2), listen, announce, clock, logger: silentLogger }))
    const taken = /^(.*)\/p2p/.exec(server.addresses()[0] ?? '')?.[1] ?? ''
    for (const [listen, say] of [[taken, /in use by another program/], ['/ip4/203.0.113.7/tcp/4001', /does not have the address/], ['garbage', /is not an address/]] as const) {
      await assert.rejects(make([listen]).start(), (error) => isP2pChatError(error, 'ERR_USAGE') && say.test(error.message) && !error.message.includes('\n'))
    }
    await rejects(make([], ['nowhere']).start(), 'ERR_USAGE')
    const announcing = make(['/ip4/127.0.0.1/tcp/0'], ['/dns4/chat.example.org/tcp/443'])
    await announcing.start()
    assert.deepEqual(announcing.addresses(), [`/dns4/chat.example.org/tcp/443/p2p/${announcing.peerId}`])
  })

  it('can be stopped before start and twice, and does nothing afterwards', async () => {
    const network = makeClient(seedOf(101))
    assert.equal(network.peerId, peerIdFromEd25519(keyOf(101)))
    assert.deepEqual(network.addresses(), [])
    await rejects(network.connect({ peerId: peerIdFromEd25519(keyOf(1)), addresses: [] }, POOL_PROTOCOL), 'ERR_CLOSED')
    await network.stop()
    await network.stop()
    await rejects(network.start(), 'ERR_CLOSED')
    const other = await client(102)
    await other.start()
    await other.stop()
    await other.stop()
    await rejects(other.connect({ peerId: peerIdFromEd25519(keyOf(1)), addresses: [] }, POOL_PROTOCOL), 'ERR_CLOSED')
  })
})
