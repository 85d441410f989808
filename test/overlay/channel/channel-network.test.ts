import assert from 'node:assert/strict'
import { isP2pChatError, P2pChatError, type ErrorCode } from '../../../src/errors.js'
import type { Channel, Network, PeerAddress, Service } from '../../../src/overlay/network.js'
import { ChannelNetwork } from '../../../src/overlay/channel/channel-network.js'
import { encodeFrames } from '../../../src/overlay/frames/frame-decoder.js'
import { peerIdFromEd25519 } from '../../../src/overlay/peer-id.js'
import { silentLogger } from '../../../src/runtime.js'
import { FakeClock } from '../../helpers/fake-clock.js'
import { MemoryHub } from '../../helpers/memory-network.js'
import { SeededRandom } from '../../helpers/seeded-random.js'
import { streamPair, type MemoryStream } from '../../helpers/stream-pair.js'
import { RawPeer } from './channel-pair.js'

const PROTOCOL = '/test/1'
const text = (value: string): Uint8Array => new TextEncoder().encode(value)
const read = (value: Uint8Array): string => new TextDecoder().decode(value)
const rejects = async (promise: Promise<unknown>, code: ErrorCode): Promise<void> => {
  await assert.rejects(promise, (error) => isP2pChatError(error, code) || assert.fail(`expected ${code}, got ${String(error)}`))
}

describe('bulk beside a channel', () => {
  it('is a sign of life: a question behind it may take its time', async () => {
    const clock = new FakeClock()
    const remote = { remotePeer: peerIdFromEd25519(new Uint8Array(32).fill(7)), remoteAddress: '/ip4/192.0.2.7/tcp/7', via: 'direct' as const }
    const peers: RawPeer[] = []
    const far: MemoryStream[] = []
    const network = new ChannelNetwork({
      clock,
      logger: silentLogger,
      capabilities: [],
      transport: {
        peerId: peerIdFromEd25519(new Uint8Array(32).fill(8)),
        addresses: () => [],
        listen: () => {},
        start: async () => {},
        stop: async () => {},
        open: async (_peer, protocol) => {
          const { ends: [near, other] } = streamPair()
          if (protocol === PROTOCOL) {
            const peer = new RawPeer(other)
            peer.sayHello()
            peers.push(peer)
          } else {
            other.read({ onBytes: () => {}, onEnd: () => {} })
            far.push(other)
          }
          return { ...remote, stream: near }
        }
      }
    })
    await network.start()
    const peer = { peerId: remote.remotePeer, addresses: [remote.remoteAddress] }
    const channel = await network.connect(peer, PROTOCOL)
    const bulk = await network.openBulk(peer, '/bulk/1', { maxFrameBytes: 1000 })
    for (let round = 0; round < 5; round++) {
      far[0]?.send(encodeFrames([new Uint8Array(10)]))
      await clock.advance(7_000)
    }
    assert.equal(channel.closed.aborted, false)
    await clock.advance(5_000)
    assert.equal(channel.closed.aborted, true)
    bulk.abort(new P2pChatError('ERR_ABORTED', 'Over.'))
    await clock.until(network.stop())
  })
})

describe('ChannelNetwork over memory', () => {
  let clock: FakeClock
  let hub: MemoryHub
  let alice: Network
  let bob: Network
  let opened: string[]

  const echo = (name: string): Service => ({
    requests: {
      'test/echo': async (body) => text(`${name}: ${read(body)}`),
      'test/fail': async () => { throw new P2pChatError('ERR_RATE_LIMITED', 'Later.', { retryAfterMs: 700, alternatives: ['elsewhere'] }) },
      'test/crash': async () => { throw new Error('a secret of the inside') },
      'test/never': async (body, { signal }) => await new Promise((resolve, reject) => { signal.addEventListener('abort', () => { reject(signal.reason) }) })
    },
    onOpen: () => { opened.push(`${name} open`) },
    onClose: () => { opened.push(`${name} close`) }
  })
  const at = (network: Network): PeerAddress => ({ peerId: network.peerId, addresses: network.addresses() })

  beforeEach(async () => {
    clock = new FakeClock()
    hub = new MemoryHub({ clock, random: new SeededRandom(1) })
    alice = hub.network()
    bob = hub.network()
    opened = []
    alice.serve(PROTOCOL, echo('alice'))
    bob.serve(PROTOCOL, echo('bob'))
    await alice.start()
    await bob.start()
  })

  afterEach(async () => {
    await clock.until(Promise.all([alice.stop(), bob.stop()]))
    await clock.advance(5000)
    assert.equal(clock.pending, 0, 'no timer is left behind')
    assert.equal(hub.streams(), 0)
  })

  it('answers requests in both directions on one channel', async () => {
    const channel = await alice.connect(at(bob), PROTOCOL)
    assert.equal(read(await channel.request('test/echo', text('hi'))), 'bob: hi')
    const [back] = bob.channels(PROTOCOL)
    assert.equal(read(await (back as Channel).request('test/echo', text('you'))), 'alice: you')
    assert.equal(await bob.connect(at(alice), PROTOCOL), back)
    assert.equal(hub.streams(), 1)
    assert.deepEqual(opened.sort(), ['alice open', 'bob open'])
  })

  it('shares one dial between concurrent connects', async () => {
    hub.delay({ minMs: 10, maxMs: 20 })
    const all = await clock.until(Promise.all(Array.from({ length: 20 }, async () => await alice.connect(at(bob), PROTOCOL))))
    assert.equal(new Set(all).size, 1)
    assert.equal(hub.streams(), 1)
  })

  it('carries typed errors and hides others', async () => {
    const channel = await alice.connect(at(bob), PROTOCOL)
    await assert.rejects(channel.request('test/fail', text('')), (error: P2pChatError) => {
      assert.deepEqual([error.code, error.message, error.retryAfterMs, error.alternatives], ['ERR_RATE_LIMITED', 'Later.', 700, ['elsewhere']])
      return true
    })
    await assert.rejects(channel.request('test/crash', text('')), (error: P2pChatError) => error.code === 'ERR_INTERNAL' && !error.message.includes('secret'))
    await rejects(channel.request('test/nothing', text('')), 'ERR_UNSUPPORTED')
    await rejects(channel.request('toString', text('')), 'ERR_UNSUPPORTED')
  })

  it('refuses unknown protocols, closed doors and itself', async () => {
    await rejects(alice.connect(at(bob), '/other/1'), 'ERR_UNSUPPORTED')
    await rejects(alice.connect(at(alice), PROTOCOL), 'ERR_UNREACHABLE')
    await rejects(alice.connect({ peerId: bob.peerId, addresses: ['/ip4/10.9.9.9/tcp/1'] }, PROTOCOL), 'ERR_UNREACHABLE')
    hub.cut(alice.peerId, bob.peerId)
    await rejects(alice.connect(at(bob), PROTOCOL), 'ERR_UNREACHABLE')
    hub.heal()
    hub.hold(alice.peerId, bob.peerId)
    const hanging = alice.connect(at(bob), PROTOCOL, { timeoutMs: 1500 })
    const startMs = clock.now()
    await rejects(clock.until(hanging), 'ERR_TIMEOUT')
    assert.equal(clock.now() - startMs, 1500)
    hub.heal()
  })

  it('ends every open request when the connection is lost, and connects anew', async () => {
    const channel = await alice.connect(at(bob), PROTOCOL)
    const pending = channel.request('test/never', text(''))
    await clock.advance(1)
    hub.reset(alice.peerId)
    await rejects(pending, 'ERR_CLOSED')
    assert.equal(channel.closed.aborted, true)
    await rejects(channel.request('test/echo', text('')), 'ERR_CLOSED')
    assert.deepEqual(alice.channels(PROTOCOL), [])
    const next = await alice.connect(at(bob), PROTOCOL)
    assert.equal(read(await next.request('test/echo', text('again'))), 'bob: again')
  })

  it('notices a frozen peer within half a minute and not sooner than that', async () => {
    const channel = await alice.connect(at(bob), PROTOCOL)
    await clock.advance(120_000)
    assert.equal(channel.closed.aborted, false, 'a silent but living peer is kept')
    hub.freeze(bob.peerId)
    await clock.advance(9_000)
    assert.equal(channel.closed.aborted, false)
    await clock.advance(21_000)
    assert.equal(channel.closed.aborted, true)
    hub.heal()
  })

  it('tells the handler when the asker gave up', async () => {
    const channel = await alice.connect(at(bob), PROTOCOL)
    const controller = new AbortController()
    const asked = channel.request('test/never', text(''), { signal: controller.signal })
    await clock.advance(5)
    controller.abort()
    await rejects(asked, 'ERR_ABORTED')
    await rejects(clock.until(channel.request('test/never', text(''), { timeoutMs: 40 })), 'ERR_TIMEOUT')
    assert.equal(read(await channel.request('test/echo', text('still here'))), 'bob: still here')
  })

  it('can be stopped in any state, twice, and says so afterwards', async () => {
    const fresh = hub.network()
    await rejects(fresh.connect(at(bob), PROTOCOL), 'ERR_CLOSED')
    assert.deepEqual(fresh.addresses(), [])
    await fresh.stop()
    await fresh.stop()
    await rejects(fresh.start(), 'ERR_CLOSED')
    await rejects(fresh.connect(at(bob), PROTOCOL), 'ERR_CLOSED')
    assert.throws(() => { alice.serve('/late/1', { requests: {} }) }, (error) => isP2pChatError(error, 'ERR_USAGE'))
    await alice.start()
    const channel = await alice.connect(at(bob), PROTOCOL)
    await alice.stop()
    assert.equal(channel.closed.aborted, true)
    await channel.close()
    assert.deepEqual(alice.channels(PROTOCOL), [])
  })
})
