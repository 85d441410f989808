import assert from 'node:assert/strict'
import type { Connection } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import { createNetwork } from '../../../src/overlay/index.js'
import { createHost } from '../../../src/overlay/host/options.js'
import { closeIdleConnections } from '../../../src/overlay/host/idle.js'
import { idleSweepMs } from '../../../src/overlay/host/limits.js'
import { DHT_PROTOCOL, POOL_PROTOCOL } from '../../../src/protocol/ids.js'
import { silentLogger } from '../../../src/runtime.js'
import { FakeClock, settle } from '../../helpers/fake-clock.js'
import { seedOf } from '../pool/roster-chain.js'

interface FakeConnection { direction: 'inbound' | 'outbound', remotePeer: string, streams: Array<{ protocol: string }>, close: () => Promise<void>, abort: () => void }

describe('connections that are used for nothing', () => {
  let clock: FakeClock
  let open: Map<string, FakeConnection>
  let stopped: AbortController

  beforeEach(() => {
    clock = new FakeClock()
    open = new Map()
    stopped = new AbortController()
    const host = { getConnections: () => [...open.values()] as unknown as Connection[] }
    closeIdleConnections(host, { clock, isNeeded: (peerId) => peerId === 'reserved', stopped: stopped.signal })
  })

  function connect (remotePeer: string, protocols: string[] = [], { direction = 'inbound', isStuck = false }: { direction?: 'inbound' | 'outbound', isStuck?: boolean } = {}): FakeConnection {
    const abort = (): void => { open.delete(remotePeer) }
    const connection: FakeConnection = {
      direction,
      remotePeer,
      streams: protocols.map((protocol) => ({ protocol })),
      close: async () => { if (isStuck) throw new Error('It does not answer.'); else abort() },
      abort
    }
    open.set(remotePeer, connection)
    return connection
  }

  it('are ended by the second look', async () => {
    connect('idle')
    connect('pings', ['/ipfs/ping/1.0.0', '/ipfs/id/1.0.0'])
    connect('stuck', [], { isStuck: true })
    await clock.advance(idleSweepMs)
    assert.equal(open.size, 3)
    connect('new')
    await clock.advance(idleSweepMs)
    assert.deepEqual([...open.keys()], ['new'])
    await clock.advance(idleSweepMs)
    assert.equal(open.size, 0)
  })

  it('are not those that were used at one look, those that this side made, and those over which somebody is dialled', async () => {
    connect('client', [POOL_PROTOCOL])
    connect('asks', [DHT_PROTOCOL])
    connect('begins', [''])
    connect('ours', [], { direction: 'outbound' })
    connect('reserved')
    const busy = connect('comes and goes')
    for (let look = 0; look < 10; look++) {
      busy.streams = look % 2 === 0 ? [] : [{ protocol: POOL_PROTOCOL }]
      await clock.advance(idleSweepMs)
    }
    assert.equal(open.size, 6)
    stopped.abort()
    assert.equal(clock.pending, 0)
  })

  it('are ended by a real server', async () => {
    const server = createNetwork({ role: 'server', seed: seedOf(1), listen: ['/ip4/127.0.0.1/tcp/0'], announce: [], clock, logger: silentLogger })
    const client = await createHost({ role: 'client', seed: seedOf(2), listen: [], announce: [] })
    try {
      await Promise.all([server.start(), client.start()])
      const connection = await client.dial(server.addresses().map((address) => multiaddr(address)))
      // Until what libp2p asks by itself has been answered.
      while (connection.status === 'open') {
        await clock.advance(idleSweepMs)
        await settle(100)
      }
    } finally {
      await Promise.all([server.stop(), client.stop()])
    }
  }).timeout(30_000)
})
