import assert from 'node:assert/strict'
import { isP2pChatError } from '../../src/errors.js'
import type { Channel, Network, PeerAddress } from '../../src/overlay/network.js'
import { FakeClock } from '../helpers/fake-clock.js'
import { MemoryHub } from '../helpers/memory-network.js'
import { SeededRandom } from '../helpers/seeded-random.js'

const PROTOCOL = '/test/1'
const empty = new Uint8Array(0)

/** The helper that other tests build on keeps its promises. */
describe('network in memory', () => {
  let clock: FakeClock
  let hub: MemoryHub
  let networks: Network[]

  beforeEach(() => {
    clock = new FakeClock(0)
    hub = new MemoryHub({ clock, random: new SeededRandom(7) })
    networks = []
  })
  afterEach(async () => {
    hub.heal()
    await clock.until(Promise.all(networks.map(async (network) => { await network.stop() })))
    await clock.advance(10_000)
    assert.equal(clock.pending, 0)
  })

  async function node (heard?: number[], seed?: Uint8Array): Promise<Network> {
    const network = hub.network(seed === undefined ? {} : { seed })
    network.serve(PROTOCOL, { requests: { time: async () => empty }, notifications: { n: (body) => { heard?.push(body[0] ?? -1) } } })
    await network.start()
    networks.push(network)
    return network
  }
  const at = (network: Network): PeerAddress => ({ peerId: network.peerId, addresses: network.addresses() })
  const connect = async (from: Network, to: Network): Promise<Channel> => await clock.until(from.connect(at(to), PROTOCOL))

  it('takes the time that a link takes, in order, the same for the same seed', async () => {
    const run = async (): Promise<number[]> => {
      clock = new FakeClock(0)
      hub = new MemoryHub({ clock, random: new SeededRandom(7) })
      const heard: number[] = []
      const [a, b] = [await node(), await node(heard)]
      hub.delay({ minMs: 5, maxMs: 50 }, a.peerId, b.peerId)
      const channel = await connect(a, b)
      const times = [clock.now()]
      for (let index = 0; index < 20; index++) {
        await channel.notify('n', Uint8Array.of(index))
        await clock.advance(1)
      }
      await clock.until(channel.request('time', empty))
      times.push(clock.now())
      assert.deepEqual(heard, Array.from({ length: 20 }, (_, index) => index))
      assert.ok((times[0] ?? 0) >= 20)
      await clock.until(Promise.all([a.stop(), b.stop()]))
      return times
    }
    assert.deepEqual(await run(), await run())
  })

  it('holds back what is sent between partitions, and delivers it afterwards', async () => {
    const heard: number[] = []
    const [a, b, c] = [await node(), await node(heard), await node(heard)]
    const toB = await connect(a, b)
    const toC = await connect(a, c)
    hub.partition([a.peerId, c.peerId], [b.peerId])
    await toB.notify('n', Uint8Array.of(1))
    await toC.notify('n', Uint8Array.of(2))
    await clock.advance(5000)
    assert.deepEqual(heard, [2])
    hub.heal()
    await clock.advance(1)
    assert.deepEqual(heard, [2, 1])
  })

  it('cuts, resets and crashes', async () => {
    const seed = new Uint8Array(32).fill(9)
    const [a, b] = [await node(), await node(undefined, seed)]
    const first = await connect(a, b)
    hub.reset(a.peerId, b.peerId)
    await clock.advance(0)
    assert.equal(first.closed.aborted, true)
    const second = await connect(a, b)
    hub.crash(b.peerId)
    await clock.advance(0)
    assert.equal(second.closed.aborted, true)
    const address = { peerId: b.peerId, addresses: ['/ip4/10.0.0.2/tcp/4001'] }
    await assert.rejects(clock.until(a.connect(address, PROTOCOL)), (error) => isP2pChatError(error, 'ERR_UNREACHABLE'))
    const again = await node(undefined, seed)
    assert.equal(again.peerId, b.peerId)
    assert.equal((await connect(a, again)).remotePeer, b.peerId)
    hub.cut(a.peerId, again.peerId)
    await clock.advance(0)
    assert.deepEqual(a.channels(PROTOCOL), [])
  })

  it('finds who announced itself', async () => {
    const [a, b, c] = [await node(), await node(), await node()]
    hub.discovery(b, 'pool').announce()
    hub.discovery(c, 'pool').announce()
    const found = async (): Promise<string[]> => {
      const peers: string[] = []
      for await (const { peerId } of hub.discovery(a, 'pool', [at(c)]).find(new AbortController().signal)) peers.push(peerId)
      return peers
    }
    assert.deepEqual(await found(), [c.peerId, b.peerId])
    hub.crash(b.peerId)
    assert.deepEqual(await found(), [c.peerId])
  })
})
