import assert from 'node:assert/strict'
import { isP2pChatError, P2pChatError, type ErrorCode } from '../../../src/errors.js'
import type { Network, PeerAddress, PoolDiscovery, RequestHandler } from '../../../src/overlay/network.js'
import { findPoolServers, type FindPoolServersOptions } from '../../../src/overlay/pool/find-pool-servers.js'
import { openPoolChannel, ROSTER_METHOD } from '../../../src/overlay/pool/pool-channel.js'
import { readRosterHistory } from '../../../src/overlay/pool/roster.js'
import { POOL_PROTOCOL } from '../../../src/protocol/ids.js'
import { FakeClock } from '../../helpers/fake-clock.js'
import { MemoryHub } from '../../helpers/memory-network.js'
import { keyOf, makeChain, RECOVERY, seedOf } from './roster-chain.js'
import { peerIdFromEd25519 } from '../../../src/overlay/peer-id.js'

const rejects = async (promise: Promise<unknown>, code: ErrorCode): Promise<void> => {
  await assert.rejects(promise, (error) => isP2pChatError(error, code) || assert.fail(`expected ${code}, got ${String(error)}`))
}

describe('pool channels', () => {
  const versions = [{ servers: [1, 2, 3], signers: [1, 2, 3] }, { servers: [1, 2, 3], signers: [RECOVERY] }]
  const { chain, poolId } = makeChain(versions)
  let clock: FakeClock
  let hub: MemoryHub
  let client: Network
  let asked: string[]
  let networks: Network[]

  beforeEach(async () => {
    clock = new FakeClock()
    hub = new MemoryHub({ clock })
    asked = []
    networks = []
    client = hub.network({ seed: seedOf(100) })
    await client.start()
    networks.push(client)
  })

  afterEach(async () => {
    hub.heal()
    await clock.until(Promise.all(networks.map(async (network) => { await network.stop() })))
    await clock.advance(5000)
    assert.equal(clock.pending, 0)
    assert.equal(hub.streams(), 0)
  })

  async function server (number: number, roster: RequestHandler = async () => chain): Promise<PeerAddress> {
    const network = hub.network({ seed: seedOf(number) })
    const noted = (method: string, handler: RequestHandler): RequestHandler => async (body, context) => { asked.push(`${number} ${method}`); return await handler(body, context) }
    network.serve(POOL_PROTOCOL, { requests: { [ROSTER_METHOD]: noted(ROSTER_METHOD, roster), other: noted('other', async (body) => body) } })
    await network.start()
    networks.push(network)
    return { peerId: network.peerId, addresses: network.addresses() }
  }

  it('are handed out after the roster has been verified', async () => {
    const peer = await server(2)
    const { channel, history } = await openPoolChannel(client, peer, poolId, { clock })
    assert.equal(history.newest.version, 2)
    assert.equal(channel.remotePeer, peerIdFromEd25519(keyOf(2)))
    assert.deepEqual(asked, ['2 pool/roster'])
  })

  it('are closed, and nothing else is said, when the server belongs elsewhere, lies, is outdated or not in the roster', async () => {
    const other = makeChain([{ servers: [4], signers: [4] }])
    const cases: Array<[number, RequestHandler, number?]> = [
      [4, async () => other.chain],
      [5, async () => chain],
      [1, async () => chain.subarray(0, chain.byteLength - 1)],
      [2, async () => new Uint8Array(0)],
      [3, async () => chain, 3]
    ]
    for (const [number, handler, minVersion] of cases) {
      const peer = await server(number, handler)
      await rejects(openPoolChannel(client, peer, poolId, { clock, minVersion: minVersion ?? 0 }), 'ERR_NOT_IN_POOL')
      assert.deepEqual(client.channels(POOL_PROTOCOL), [])
    }
    assert.deepEqual(asked, cases.map(([number]) => `${number} pool/roster`))
  })

  it('go on from what was verified before, and are closed when the server knows less, or another history', async () => {
    const rosters = [{ servers: [1, 2], signers: [1, 2] }, { servers: [1, 2, 3], signers: [1, 2] }, { servers: [1, 2, 3, 4], signers: [1, 2] }]
    const [shorter, longer] = [makeChain(rosters.slice(0, 2)), makeChain(rosters)]
    const known = readRosterHistory(shorter.poolId, shorter.chain)
    const { history } = await openPoolChannel(client, await server(1, async () => longer.chain), shorter.poolId, { clock, known })
    assert.equal(history.newest.version, 3)
    assert.deepEqual(history, readRosterHistory(longer.poolId, longer.chain))
    const forked = makeChain([...rosters.slice(0, 1), { servers: [1, 2, 4], signers: [1, 2] }])
    const forged = makeChain([...rosters.slice(0, 2), { servers: [1, 2, 3, 4], signers: [4] }])
    const cases: Array<[number, Uint8Array]> = [[2, makeChain(rosters.slice(0, 1)).chain], [3, forked.chain], [4, forged.chain]]
    for (const [number, told] of cases) {
      await rejects(openPoolChannel(client, await server(number, async () => told), shorter.poolId, { clock, known }), 'ERR_NOT_IN_POOL')
    }
  })

  it('tell what went wrong else', async () => {
    const failing = await server(1, async () => { throw new P2pChatError('ERR_OVERLOADED', 'Later.') })
    await rejects(openPoolChannel(client, failing, poolId, { clock }), 'ERR_OVERLOADED')
    const silent = await server(2, async () => await new Promise(() => {}))
    const startMs = clock.now()
    await rejects(clock.until(openPoolChannel(client, silent, poolId, { clock })), 'ERR_TIMEOUT')
    assert.equal(clock.now() - startMs, 10_000)
    await rejects(openPoolChannel(client, silent, poolId, { clock, signal: AbortSignal.abort() }), 'ERR_ABORTED')
    await rejects(openPoolChannel(client, { peerId: peerIdFromEd25519(keyOf(9)), addresses: [] }, poolId, { clock }), 'ERR_UNREACHABLE')
    const deaf = hub.network({ seed: seedOf(7) })
    networks.push(deaf)
    await deaf.start()
    await rejects(openPoolChannel(client, { peerId: deaf.peerId, addresses: deaf.addresses() }, poolId, { clock }), 'ERR_UNSUPPORTED')
    assert.deepEqual(client.channels(POOL_PROTOCOL), [])
  })

  describe('finding servers', () => {
    function listed (...peers: PeerAddress[]): PoolDiscovery {
      return { announce: () => {}, find: async function * () { yield * peers } }
    }

    async function find (discovery: PoolDiscovery, enough: number, more: Partial<FindPoolServersOptions> = {}): Promise<string[]> {
      const found: string[] = []
      for await (const { channel } of findPoolServers({ discovery, network: client, poolId, clock, enough, ...more })) found.push(channel.remotePeer)
      return found
    }

    it('stops at enough and leaves no other channel open', async () => {
      const peers = [await server(1), await server(2), await server(3)]
      assert.equal((await clock.until(find(listed(...peers), 1))).length, 1)
      await clock.advance(10)
      assert.equal(client.channels(POOL_PROTOCOL).length, 1)
    })

    it('pays no more than a short turn for frozen servers, and less when others answer', async () => {
      const frozen = await Promise.all([4, 5, 6, 7].map(async (number) => await server(number)))
      const alive = await server(1)
      for (const { peerId } of frozen) hub.freeze(peerId)
      let startMs = clock.now()
      assert.deepEqual(await clock.until(find(listed(...frozen.slice(1), alive), 1)), [alive.peerId])
      assert.equal(clock.now() - startMs, 0)
      startMs = clock.now()
      assert.deepEqual(await clock.until(find(listed(...frozen, alive), 1)), [alive.peerId])
      assert.equal(clock.now() - startMs, 1_500)
    })

    it('waits for a slow one, past its turn, when the others say nothing', async () => {
      const [frozen, slow] = [await server(1), await server(2)]
      hub.freeze(frozen.peerId)
      hub.delay({ minMs: 1_000, maxMs: 1_000 }, client.peerId, slow.peerId)
      const startMs = clock.now()
      assert.deepEqual(await clock.until(find(listed(frozen, slow), 2)), [slow.peerId])
      assert.equal(clock.now() - startMs, 10_000)
    })

    it('gives each candidate a head start when asked to, shortened when those before have failed', async () => {
      const peers = [await server(1), await server(2), await server(3)]
      hub.freeze(peers[0]?.peerId ?? '')
      const gone = { peerId: peerIdFromEd25519(keyOf(9)), addresses: ['/ip4/10.9.9.9/tcp/1'] }
      const startMs = clock.now()
      assert.deepEqual(await clock.until(find(listed(gone, peers[0]!, peers[1]!, peers[2]!), 1, { headStartMs: 250 })), [peers[1]?.peerId])
      assert.equal(clock.now() - startMs, 250)
      assert.deepEqual(asked, ['2 pool/roster'], 'the third was not tried')
    })

    it('tells about those it refused, and simply ends when there is none', async () => {
      const other = await server(4, async () => makeChain([{ servers: [4], signers: [4] }]).chain)
      const refused: string[] = []
      const onRefused = (peer: PeerAddress, error: P2pChatError): void => { refused.push(`${peer.peerId === other.peerId} ${error.code}`) }
      const gone = { peerId: peerIdFromEd25519(keyOf(3)), addresses: ['/ip4/10.9.9.9/tcp/1'] }
      assert.deepEqual(await clock.until(find(listed(other, gone, { peerId: client.peerId, addresses: [] }), 3, { onRefused })), [])
      assert.deepEqual(refused.sort(), ['false ERR_UNREACHABLE', 'true ERR_NOT_IN_POOL'])
    })

    it('checks a peer once for each new address, and takes it once', async () => {
      const peer = await server(1)
      const wrong = { ...peer, addresses: ['/ip4/10.9.9.9/tcp/1'] }
      assert.deepEqual(await clock.until(find(listed(wrong, wrong, peer, peer), 5)), [peer.peerId])
      assert.deepEqual(asked, ['1 pool/roster'])
    })

    it('leaves the channel it handed out open while it drops another check of the same server', async () => {
      let answered = 0
      const peer = await server(1, async (_body, { signal }) => {
        if (++answered > 1) await new Promise((resolve) => { signal.addEventListener('abort', resolve, { once: true }) })
        return chain
      })
      const again = { ...peer, addresses: [...peer.addresses, '/ip4/10.9.9.9/tcp/1'] }
      // The second way to it turns up while the first is being checked.
      const discovery: PoolDiscovery = { announce: () => {}, find: async function * () { yield peer; yield again } }
      assert.deepEqual(await clock.until(find(discovery, 1)), [peer.peerId])
      await clock.advance(10)
      assert.equal(answered, 2)
      assert.equal(client.channels(POOL_PROTOCOL).length, 1)
    })

    it('ends at once when it is aborted', async () => {
      const peer = await server(1)
      hub.freeze(peer.peerId)
      const controller = new AbortController()
      const finding = find(listed(peer), 1, { signal: controller.signal })
      await clock.advance(100)
      controller.abort()
      const startMs = clock.now()
      assert.deepEqual(await clock.until(finding), [])
      assert.equal(clock.now(), startMs)
      assert.deepEqual(await find(listed(peer), 1, { signal: AbortSignal.abort() }), [])
    })

    it('closes what it found when nobody takes it any more', async () => {
      const peers = [await server(1), await server(2), await server(3)]
      const finding = findPoolServers({ discovery: listed(...peers), network: client, poolId, clock, enough: 3 })
      const first = await finding.next()
      await clock.advance(10)
      assert.equal(client.channels(POOL_PROTOCOL).length, 3)
      await finding.return(undefined)
      assert.deepEqual(client.channels(POOL_PROTOCOL), [first.value?.channel])
    })

    it('works through a discovery that fails', async () => {
      const peer = await server(1)
      const failing: PoolDiscovery = { announce: () => {}, find: async function * () { yield peer; throw new P2pChatError('ERR_TIMEOUT', 'No DHT.') } }
      assert.deepEqual(await clock.until(find(failing, 1)), [peer.peerId])
      await rejects(clock.until(find(failing, 2)), 'ERR_TIMEOUT')
    })
  })
})
