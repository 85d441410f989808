import assert from 'node:assert/strict'
import { P2pChatError } from '../../../src/errors.js'
import { upgradeAfterMs, upgradeRetryMs } from '../../../src/node/delivery/limits.js'
import { Upgrades } from '../../../src/node/delivery/upgrades.js'
import type { Channel, Network } from '../../../src/overlay/index.js'
import { encode } from '../../../src/protocol/codec.js'
import { maxAddresses } from '../../../src/protocol/limits.js'
import { PeerAddressesResponse } from '../../../src/protocol/pb/service.js'
import { silentLogger } from '../../../src/runtime.js'
import { FakeClock, settle } from '../../helpers/fake-clock.js'

const OWN = '/ip4/203.0.113.7/tcp/4001'
const RELAYED = '/ip4/192.0.2.1/tcp/1/p2p/s/p2p-circuit/p2p/bob'

describe('from a relay to a direct connection', () => {
  let clock: FakeClock
  let addresses: string[]
  let reachable: boolean
  let tried: Array<{ atMs: number, addresses: string[] }>
  let upgrades: Upgrades
  let startMs: number
  let open: Channel[]
  let mayCall: boolean
  let told: string[] | P2pChatError
  let asked: number

  beforeEach(() => {
    clock = new FakeClock()
    startMs = clock.now()
    addresses = [OWN, RELAYED]
    reachable = false
    tried = []
    open = []
    mayCall = true
    told = []
    asked = 0
    const network = {
      channels: () => open,
      connect: async (peer: { peerId: string, addresses: string[] }, _protocol: string, options: { direct?: boolean }) => {
        assert.deepEqual([peer.peerId, options.direct], ['bob', true])
        tried.push({ atMs: clock.now() - startMs, addresses: peer.addresses })
        if (!reachable) throw new P2pChatError('ERR_UNREACHABLE', 'No.')
        upgrades.onPeer(channel('direct').channel, 'b0b')
      }
    } as unknown as Network
    upgrades = new Upgrades({ clock, logger: silentLogger, network, addressesOf: async () => addresses, mayCall: async () => mayCall })
  })

  afterEach(() => { upgrades.stop() })

  function channel (via: 'direct' | 'relay'): { channel: Channel, end: () => void } {
    const controller = new AbortController()
    const request = async (method: string): Promise<Uint8Array> => {
      assert.equal(method, 'peer/addresses')
      asked++
      if (told instanceof P2pChatError) throw told
      return encode(PeerAddressesResponse, { addresses: told })
    }
    const channel = { remotePeer: 'bob', via, closed: controller.signal, request } as unknown as Channel
    open.push(channel)
    return { channel, end: () => { open = open.filter((other) => other !== channel); controller.abort() } }
  }

  it('is tried soon, over direct addresses alone, and not any more once it is there', async () => {
    reachable = true
    upgrades.onPeer(channel('relay').channel, 'b0b')
    await clock.advance(10 * upgradeRetryMs)
    assert.deepEqual(tried, [{ atMs: upgradeAfterMs, addresses: [OWN] }])
  })

  it('is tried now and then while there is none, and not when the channel is gone', async () => {
    const relayed = channel('relay')
    upgrades.onPeer(relayed.channel, 'b0b')
    await clock.advance(upgradeAfterMs + upgradeRetryMs)
    assert.deepEqual(tried.map(({ atMs }) => atMs), [upgradeAfterMs, upgradeAfterMs + upgradeRetryMs])
    relayed.end()
    await clock.advance(10 * upgradeRetryMs)
    assert.equal(tried.length, 2)
  })

  it('one that comes and goes is not tried at each turn', async () => {
    reachable = true
    for (let turn = 0; turn < 10; turn++) {
      const relayed = channel('relay')
      upgrades.onPeer(relayed.channel, 'b0b')
      await clock.advance(upgradeRetryMs / 10)
      relayed.end()
      await settle()
    }
    assert.equal(tried.length, 1)
    upgrades.onPeer(channel('relay').channel, 'b0b')
    await clock.advance(upgradeRetryMs)
    assert.equal(tried.length, 2)
  })

  it('is not tried to who has no address of its own, or may not learn of ours, until that changes', async () => {
    addresses = [RELAYED]
    upgrades.onPeer(channel('relay').channel, 'b0b')
    await clock.advance(upgradeRetryMs)
    assert.deepEqual(tried, [])
    addresses = [OWN]
    await clock.advance(upgradeRetryMs)
    assert.equal(tried.length, 1)
  })

  it('is tried where the other side says, when its locator names only relays', async () => {
    addresses = [RELAYED]
    told = [RELAYED, OWN]
    upgrades.onPeer(channel('relay').channel, 'b0b')
    await clock.advance(upgradeAfterMs)
    assert.deepEqual(tried, [{ atMs: upgradeAfterMs, addresses: [OWN] }])
  })

  it('is not asked for where the locator says enough, nor by who would not call', async () => {
    told = ['/ip4/203.0.113.8/tcp/4001']
    upgrades.onPeer(channel('relay').channel, 'b0b')
    await clock.advance(upgradeAfterMs)
    assert.deepEqual(tried.map((one) => one.addresses), [[OWN]])
    addresses = [RELAYED]
    mayCall = false
    await clock.advance(upgradeRetryMs)
    assert.deepEqual([tried.length, asked], [1, 0])
  })

  it('is tried again later where the other side tells nothing, or what no device has', async () => {
    addresses = []
    upgrades.onPeer(channel('relay').channel, 'b0b')
    for (const answer of [[], Array.from({ length: maxAddresses + 1 }, () => OWN), ['/dns4/'.padEnd(257, 'x')], new P2pChatError('ERR_UNSUPPORTED', 'No.'), new P2pChatError('ERR_RATE_LIMITED', 'No.')]) {
      told = answer
      await clock.advance(upgradeRetryMs)
    }
    assert.deepEqual([tried.length, asked], [0, 5])
    told = [OWN]
    await clock.advance(upgradeRetryMs)
    assert.equal(tried.length, 1)
  })

  it('is tried for a channel that outlives the one it was tried for, and not beside a direct one', async () => {
    const [first, second] = [channel('relay'), channel('relay')]
    upgrades.onPeer(first.channel, 'b0b')
    upgrades.onPeer(second.channel, 'b0b')
    await clock.advance(upgradeAfterMs)
    assert.equal(tried.length, 1)
    first.end()
    await clock.advance(upgradeRetryMs)
    assert.equal(tried.length, 2)
    reachable = true
    await clock.advance(10 * upgradeRetryMs)
    assert.equal(tried.length, 3)
    second.end()
    await clock.advance(10 * upgradeRetryMs)
    assert.equal(tried.length, 3)
  })

  it('is not tried for another channel after the stop', async () => {
    const [first, second] = [channel('relay'), channel('relay')]
    upgrades.onPeer(first.channel, 'b0b')
    upgrades.onPeer(second.channel, 'b0b')
    upgrades.stop()
    await settle()
    assert.equal(clock.pending, 0)
  })
})
