import assert from 'node:assert/strict'
import { isP2pChatError, type ErrorCode } from '../../../src/errors.js'
import { createNetwork, type P2pNetwork } from '../../../src/overlay/index.js'
import { silentLogger, systemClock as clock } from '../../../src/runtime.js'
import { seedOf } from '../pool/roster-chain.js'

const ECHO = '/test/echo/1'
const BULK = '/test/bulk/1'
const maxFrameBytes = 64 * 1024
const { signal } = new AbortController()

const rejects = async (promise: Promise<unknown>, ...codes: ErrorCode[]): Promise<void> => {
  await assert.rejects(promise, (error) => codes.some((code) => isP2pChatError(error, code)) || assert.fail(`expected ${codes.join(' or ')}, got ${String(error)}`))
}

/** Mocha's own limit is the deadline. */
async function until (holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => { setTimeout(resolve, 5) })
}

async function none (network: P2pNetwork, protocol: string, peer: P2pNetwork): Promise<void> {
  await until(() => !network.channels(protocol).some(({ remotePeer }) => remotePeer === peer.peerId))
}

describe('relay over libp2p on loopback', function () {
  this.timeout(120_000)
  const started: P2pNetwork[] = []
  const allowed = new Set<string>()

  beforeEach(() => { allowed.clear() })
  afterEach(async () => {
    await Promise.all(started.splice(0).map(async (network) => { await network.stop() }))
  })

  async function server (number = 1): Promise<P2pNetwork> {
    const network = createNetwork({
      role: 'server', seed: seedOf(number), listen: ['/ip4/127.0.0.1/tcp/0'], announce: [], clock, logger: silentLogger, relay: { mayReserve: (peerId) => allowed.has(peerId), mayDial: (peerId) => allowed.has(peerId) }
    })
    network.serve(ECHO, { requests: { echo: async (body) => body } })
    await network.start()
    started.push(network)
    return network
  }

  /** Without an address to listen on it cannot be dialled. */
  async function client (number: number, { listen = [] as string[], isAllowed = true, sink = async (): Promise<void> => {} } = {}): Promise<P2pNetwork> {
    const network = createNetwork({ role: 'client', seed: seedOf(number), listen, announce: [], clock, logger: silentLogger })
    network.relays?.knowServers(() => true)
    network.serve(ECHO, { requests: { echo: async (body) => body, address: async (_body, { channel }) => new TextEncoder().encode(channel.remoteAddress) } })
    network.serveBulk(BULK, {
      maxFrameBytes,
      accept: async (stream) => {
        let bytes = 0
        for await (const frame of stream.source) {
          bytes += frame.byteLength
          await sink()
          if (frame.byteLength === 1) await stream.send(new TextEncoder().encode(String(bytes)))
        }
      }
    })
    await network.start()
    started.push(network)
    if (isAllowed) allowed.add(network.peerId)
    return network
  }

  const addressOf = (network: P2pNetwork): { peerId: string, addresses: string[] } => ({ peerId: network.peerId, addresses: network.addresses() })

  async function reserved (network: P2pNetwork, relay: P2pNetwork): Promise<{ peerId: string, addresses: string[] }> {
    await network.connect(addressOf(relay), ECHO)
    return { peerId: network.peerId, addresses: await network.relays?.reserve(relay.peerId, signal) ?? [] }
  }

  it('two that cannot be dialled talk, and neither learns where the other is', async () => {
    const relay = await server()
    const [alice, bob] = [await client(101), await client(102)]
    const bobs = await reserved(bob, relay)
    assert.ok(bobs.addresses.length > 0 && bobs.addresses.every((address) => address.endsWith(`/p2p/${relay.peerId}/p2p-circuit/p2p/${bob.peerId}`)))
    const channel = await alice.connect(bobs, ECHO)
    assert.equal(channel.via, 'relay')
    const body = crypto.getRandomValues(new Uint8Array(60_000))
    assert.deepEqual(await channel.request('echo', body), body)
    const seen = new TextDecoder().decode(await channel.request('address', new Uint8Array(0)))
    assert.ok(seen.includes('/p2p-circuit/'), seen)
    assert.equal(bob.channels(ECHO).find(({ remotePeer }) => remotePeer === alice.peerId)?.via, 'relay')
  })

  it('serves only devices that its policy names, on both sides of a circuit', async () => {
    const relay = await server()
    const [alice, bob, mallory] = [await client(101), await client(102), await client(103, { isAllowed: false })]
    const bobs = await reserved(bob, relay)
    await mallory.connect(addressOf(relay), ECHO)
    await rejects(mallory.relays?.reserve(relay.peerId, signal) ?? Promise.resolve(), 'ERR_NOT_PERMITTED')
    await rejects(mallory.connect(bobs, ECHO), 'ERR_UNREACHABLE')
    allowed.delete(bob.peerId)
    await rejects(alice.connect(bobs, ECHO), 'ERR_UNREACHABLE')
    allowed.add(bob.peerId)
    assert.equal((await alice.connect(bobs, ECHO)).via, 'relay')
  })

  it('does not relay to who has reserved nothing, or has gone', async () => {
    const relay = await server()
    const [alice, bob] = [await client(101), await client(102)]
    await bob.connect(addressOf(relay), ECHO)
    const [address] = relay.addresses()
    const guessed = { peerId: bob.peerId, addresses: [`${address}/p2p-circuit/p2p/${bob.peerId}`] }
    await rejects(alice.connect(guessed, ECHO), 'ERR_UNREACHABLE')
    await reserved(bob, relay)
    assert.equal((await alice.connect(guessed, ECHO)).via, 'relay')
    await bob.stop()
    await none(alice, ECHO, bob)
    await rejects(alice.connect(guessed, ECHO, { timeoutMs: 3_000 }), 'ERR_UNREACHABLE', 'ERR_TIMEOUT')
  })

  it('a client takes no circuit from a peer where it has no slot', async () => {
    const [relay, stranger] = [await server(1), await server(2)]
    const [alice, bob] = [await client(101), await client(102)]
    await reserved(bob, relay)
    const strange = await reserved(bob, stranger)
    bob.relays?.release(stranger.peerId)
    await rejects(alice.connect(strange, ECHO), 'ERR_UNREACHABLE')
  })

  it('tells that a slot was lost with its connection, and makes it anew', async () => {
    const relay = await server()
    const bob = await client(102)
    await reserved(bob, relay)
    const lost = new Promise<string>((resolve) => { bob.relays?.onLost(resolve) })
    await relay.stop()
    assert.equal(await lost, relay.peerId)
    const again = await server()
    assert.ok((await reserved(bob, again)).addresses.length > 0)
  })

  it('prefers a direct way, and moves to it when there is one', async () => {
    const relay = await server()
    const [alice, bob] = [await client(101, { listen: ['/ip4/127.0.0.1/tcp/0'] }), await client(102)]
    const bobs = await reserved(bob, relay)
    const relayed = await alice.connect(bobs, ECHO)
    assert.equal(relayed.via, 'relay')
    const direct = await bob.connect(addressOf(alice), ECHO, { direct: true })
    assert.equal(direct.via, 'direct')
    assert.equal((await bob.connect(addressOf(alice), ECHO)).via, 'direct')
    await until(() => alice.channels(ECHO).some(({ via, remotePeer }) => via === 'direct' && remotePeer === bob.peerId))
    assert.equal((await alice.connect(bobs, ECHO)).via, 'direct')
    // What was begun on the old one is not cut off.
    assert.equal(relayed.closed.aborted, false)
    assert.deepEqual(await relayed.request('echo', Uint8Array.of(7)), Uint8Array.of(7))
    const carol = await client(103, { listen: ['/ip4/127.0.0.1/tcp/0'] })
    const both = await reserved(carol, relay)
    assert.equal((await alice.connect({ peerId: carol.peerId, addresses: [...both.addresses, ...carol.addresses()] }, ECHO)).via, 'direct')
  })

  it('carries bulk, and holds the sender back when the other side is slow', async () => {
    const relay = await server()
    let release = (): void => {}
    const released = new Promise<void>((resolve) => { release = resolve })
    const [alice, bob] = [await client(101), await client(102, { sink: async () => { await released } })]
    const bobs = await reserved(bob, relay)
    const stream = await alice.openBulk(bobs, BULK, { maxFrameBytes })
    assert.equal(stream.via, 'relay')
    const frames = 320
    let sent = 0
    const sending = (async () => {
      for (; sent < frames; sent++) await stream.send(new Uint8Array(maxFrameBytes).fill(sent))
      await stream.send(Uint8Array.of(1))
    })()
    // Nothing is read: it must come to a stand before all has left.
    for (let before = -1; before !== sent;) {
      before = sent
      await new Promise((resolve) => { setTimeout(resolve, 300) })
    }
    assert.ok(sent < frames, `${sent} frames of ${frames} left although nothing was read`)
    release()
    await sending
    const { value } = await stream.source[Symbol.asyncIterator]().next()
    assert.equal(new TextDecoder().decode(value ?? new Uint8Array(0)), String(frames * maxFrameBytes + 1))
    await stream.close()
  })

  it('restricted to its servers it is dialled and dials only through them', async () => {
    const relay = await server()
    const [alice, bob] = [await client(101, { listen: ['/ip4/127.0.0.1/tcp/0'] }), await client(102, { listen: ['/ip4/127.0.0.1/tcp/0'] })]
    const bobs = await reserved(bob, relay)
    await alice.connect(addressOf(bob), ECHO)
    bob.relays?.knowServers((peerId) => peerId === relay.peerId)
    bob.relays?.restrict(true)
    await none(alice, ECHO, bob)
    await rejects(alice.connect(addressOf(bob), ECHO, { timeoutMs: 3_000 }), 'ERR_UNREACHABLE')
    assert.equal((await alice.connect(bobs, ECHO)).via, 'relay')
    const stranger = await server(4)
    await rejects(bob.connect(addressOf(stranger), ECHO), 'ERR_UNREACHABLE')
    assert.deepEqual(stranger.channels(ECHO), [])
    // A relay outside of the pool would learn where it is.
    const trap = await server(3)
    await rejects(bob.connect({ peerId: alice.peerId, addresses: [`${trap.addresses()[0]}/p2p-circuit/p2p/${alice.peerId}`] }, '/test/other/1'), 'ERR_UNREACHABLE', 'ERR_UNSUPPORTED')
    assert.deepEqual(trap.channels(ECHO), [])
    bob.relays?.restrict(false)
  })
})
