import assert from 'node:assert/strict'
import type { Connection } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import { Dialer } from '../../../src/overlay/host/dial.js'
import { Gate } from '../../../src/overlay/host/gate.js'
import { createHost, type Host } from '../../../src/overlay/host/options.js'
import { systemClock } from '../../../src/runtime.js'
import { seedOf } from '../pool/roster-chain.js'
import { startsHosts } from './hosts.js'

describe('a client in the DHT', function () {
  this.timeout(60_000)
  const start = startsHosts()
  let gate: Gate
  let client: Host
  let signal: AbortSignal

  beforeEach(async () => {
    signal = AbortSignal.timeout(60_000)
    gate = new Gate()
    client = await createHost({ role: 'client', seed: seedOf(100), listen: ['/ip4/127.0.0.1/tcp/0'], announce: [] }, gate)
    await client.start()
  })
  afterEach(async () => { await client.stop() })

  /** Without the PeerId, as the transport dials; resolves once both sides know of each other what libp2p asks. */
  async function connect (from: Host, to: Host): Promise<Connection> {
    const known = [from, to].map(async (host) => { await new Promise((resolve) => { host.addEventListener('peer:identify', resolve, { once: true }) }) })
    const [connection] = await Promise.all([from.dial(to.getMultiaddrs().map((address) => multiaddr(address.toString().replace(/\/p2p\/.*/, '')))), ...known])
    return connection
  }

  async function askForPeersNear (key: Uint8Array): Promise<string[]> {
    const names = []
    for await (const event of client.services.dht.getClosestPeers(key, { signal })) if (event.name === 'PEER_RESPONSE') names.push(event.from.toString())
    return names
  }

  for (const isServer of [false, true]) {
    it(isServer ? 'follows it to the servers of its pool' : 'dials nobody whom the DHT names', async () => {
      gate.isServer = () => isServer
      const [server, named] = [await start('server', 1), await start('server', 2)]
      await connect(server, named)
      await connect(client, server)
      const asked = await askForPeersNear(named.peerId.toMultihash().bytes)
      assert.deepEqual(new Set(asked), new Set(isServer ? [server.peerId.toString(), named.peerId.toString()] : [server.peerId.toString()]))
      assert.equal(named.getConnections(client.peerId).length > 0, isServer)
    })
  }

  it('is not found there, also when its server has dialled it back', async () => {
    const [server, stranger] = [await start('server', 1), await start('client', 3)]
    await connect(client, server)
    const own = client.services.own.list().map(String)
    assert.equal(own.length, 1)
    assert.deepEqual(await new Dialer(server, systemClock).probe({ peerId: client.peerId.toString(), addresses: own }, signal), own)
    await connect(stranger, server)
    const found = []
    try {
      for await (const event of stranger.services.dht.findPeer(client.peerId, { signal })) if (event.name === 'FINAL_PEER') found.push(event.peer)
    } catch (error) {
      assert.ok(error instanceof Error && error.name === 'NotFoundError', String(error))
    }
    assert.deepEqual(found, [])
  })

  it('leaves no address with a server that dials it back twice at the same time', async () => {
    const server = await start('server', 1)
    await connect(client, server)
    const dialer = new Dialer(server, systemClock)
    const addresses = client.services.own.list().map(String)
    const probe = async (): Promise<string[]> => await dialer.probe({ peerId: client.peerId.toString(), addresses }, signal)
    const get = server.peerStore.get.bind(server.peerStore)
    // The second one begins when libp2p has noted what the first has dialled.
    let second: Promise<string[]> | undefined
    const patch = server.peerStore.patch.bind(server.peerStore)
    server.peerStore.patch = async (id, data, options) => {
      const isEnd = second === undefined && data.addresses !== undefined
      if (isEnd) {
        second = probe()
        await get(id)
      }
      return await patch(id, data, options)
    }
    await probe()
    assert.deepEqual(await second, addresses)
    assert.deepEqual((await server.peerStore.get(client.peerId)).addresses, [])
  })
})
