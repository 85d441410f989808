import assert from 'node:assert/strict'
import { ed25519KeyPair } from '../../../src/crypto/ed25519.js'
import { peerIdFromEd25519, type Network, type Roster } from '../../../src/overlay/index.js'
import { SERVER_PROTOCOL } from '../../../src/protocol/ids.js'
import { ServerLinks } from '../../../src/rendezvous/links/index.js'
import { askTimeoutMs, relinkIntervalMs } from '../../../src/rendezvous/links/limits.js'
import { silentLogger } from '../../../src/runtime.js'
import { FakeClock, settle } from '../../helpers/fake-clock.js'
import { MemoryHub } from '../../helpers/memory-network.js'
import { SeededRandom } from '../../helpers/seeded-random.js'
import { rejects } from '../helpers/expect.js'

const body = new Uint8Array([1, 2, 3])

interface Machine { links: ServerLinks, network: Network, told: string[], asked: string[] }

describe('links between servers', () => {
  const clock = new FakeClock()
  const hub = new MemoryHub({ clock })
  const random = new SeededRandom('links')
  let listed: Array<Roster['servers'][number]>
  let machines: Machine[]

  const machine = async ({ isListed = true } = {}): Promise<Machine> => {
    const seed = random.bytes(32)
    const serverKey = ed25519KeyPair(seed).publicKey
    const network = hub.network({ seed })
    const roster = (): Roster => ({ poolId: '', version: 1, createdAtMs: 0, previousHash: new Uint8Array(0), servers: listed, phase: 'settled', recoveryKey: new Uint8Array(32), opaqueSetupVersion: 1, name: '' })
    const links = new ServerLinks({ network, roster, clock, logger: silentLogger })
    const made: Machine = { links, network, told: [], asked: [] }
    links.onLink((peerId, isUp) => { made.told.push(`${isUp ? 'up' : 'down'} ${peerId}`) })
    links.serve({ 'test/echo': async (asker, bytes) => { made.asked.push(asker); return bytes } })
    links.serveAll({ 'test/open': async () => body })
    network.serve(SERVER_PROTOCOL, links.service)
    await network.start()
    if (isListed) listed.push({ peerId: peerIdFromEd25519(serverKey), serverKey, state: 'member', acceptor: true, nextAcceptor: false, incarnation: 1n, addresses: network.addresses() })
    machines.push(made)
    return made
  }

  beforeEach(() => {
    listed = []
    machines = []
  })

  afterEach(async () => {
    for (const { links } of machines) links.stop()
    await clock.until(Promise.all(machines.map(async ({ network }) => { await network.stop() })))
  })

  it('carry a request, and say who asks', async () => {
    const [one, two] = [await machine(), await machine()]
    assert.deepEqual(await clock.until(one.links.ask(two.network.peerId, 'test/echo', body)), body)
    assert.deepEqual(two.asked, [one.network.peerId])
    assert.deepEqual(one.links.others(), [two.network.peerId])
  })

  it('refuse who is not in the roster, but for what is open to everyone', async () => {
    const [stranger, two] = [await machine({ isListed: false }), await machine()]
    await rejects(clock.until(stranger.links.ask(two.network.peerId, 'test/echo', body)), 'ERR_NOT_PERMITTED')
    assert.deepEqual(await clock.until(stranger.links.ask(two.network.peerId, 'test/open', body)), body)
    assert.deepEqual(two.asked, [])
    assert.deepEqual(two.told, [])
    await rejects(clock.until(two.links.ask(stranger.network.peerId, 'test/open', body)), 'ERR_UNREACHABLE')
  })

  it('are made and made again by themselves, and tell of it on both sides', async () => {
    const [one, two] = [await machine(), await machine()]
    one.links.start()
    await clock.advance(100)
    assert.deepEqual([one.told, two.told], [[`up ${two.network.peerId}`], [`up ${one.network.peerId}`]])
    assert.ok(one.links.isLinked(two.network.peerId))
    hub.reset(one.network.peerId)
    await settle()
    assert.ok(!one.links.isLinked(two.network.peerId))
    await clock.advance(relinkIntervalMs)
    assert.deepEqual(two.told, ['up', 'down', 'up'].map((what) => `${what} ${one.network.peerId}`))
  })

  it('are made over a link so slow that nobody who asks waits for them', async () => {
    const [one, two] = [await machine(), await machine()]
    hub.delay({ minMs: 900, maxMs: 900 }, one.network.peerId, two.network.peerId)
    await rejects(clock.until(one.links.ask(two.network.peerId, 'test/echo', body)), 'ERR_TIMEOUT')
    one.links.start()
    await clock.advance(6_000)
    assert.ok(one.links.isLinked(two.network.peerId))
    assert.deepEqual(await clock.until(one.links.ask(two.network.peerId, 'test/echo', body)), body)
  })

  it('do not wait for a frozen server longer than for an answer', async () => {
    const [one, two] = [await machine(), await machine()]
    await clock.until(one.links.ask(two.network.peerId, 'test/echo', body))
    hub.freeze(two.network.peerId)
    const startMs = clock.now()
    await rejects(clock.until(one.links.ask(two.network.peerId, 'test/echo', body)), 'ERR_TIMEOUT')
    assert.equal(clock.now() - startMs, askTimeoutMs)
    hub.heal()
  })

  it('fail at once where the dial has just failed, and not after the pause', async () => {
    const [one, two] = [await machine(), await machine()]
    hub.cut(one.network.peerId, two.network.peerId)
    await rejects(clock.until(one.links.ask(two.network.peerId, 'test/echo', body)), 'ERR_UNREACHABLE')
    hub.heal()
    await rejects(one.links.ask(two.network.peerId, 'test/echo', body), 'ERR_UNREACHABLE')
    await clock.advance(200)
    assert.deepEqual(await clock.until(one.links.ask(two.network.peerId, 'test/echo', body)), body)
  })
})
