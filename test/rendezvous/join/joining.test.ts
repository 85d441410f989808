import assert from 'node:assert/strict'
import { ed25519KeyPair } from '../../../src/crypto/ed25519.js'
import type { Channel, Network, RequestHandler } from '../../../src/overlay/network.js'
import { peerIdFromEd25519, ROSTER_METHOD } from '../../../src/overlay/index.js'
import { POOL_PROTOCOL, SERVER_PROTOCOL } from '../../../src/protocol/ids.js'
import { formerServers, type Consensus } from '../../../src/rendezvous/consensus/index.js'
import { admissionHandlers, enterPool, formatJoinToken, FOUNDING_INVITE_ID, Invites, joinPool, keepSetup, type Joined, type JoinToken } from '../../../src/rendezvous/join/index.js'
import { PoolSetups, type ServerIdentity } from '../../../src/rendezvous/pool/index.js'
import { goByTimeOfOthers, timeHandlers } from '../../../src/rendezvous/member/pool-time.js'
import { SteadyClock } from '../../../src/rendezvous/steady-clock.js'
import { silentLogger } from '../../../src/runtime.js'
import { createMemoryDisk } from '../../../src/store/index.js'
import { FakeClock } from '../../helpers/fake-clock.js'
import { MemoryHub } from '../../helpers/memory-network.js'
import { SeededRandom } from '../../helpers/seeded-random.js'
import { seedOf } from '../../overlay/pool/roster-chain.js'
import { firstHistory, peerIdOf, Servers } from '../consensus/servers.js'

const secret = new Uint8Array(32).fill(5)
const setup = new Uint8Array(128).fill(6)

describe('joining a pool', () => {
  let clock: FakeClock
  let hub: MemoryHub
  let servers: Servers
  let founder: Consensus
  let network: Network
  let invites: Invites
  let shown: string[]

  beforeEach(async () => {
    clock = new FakeClock()
    hub = new MemoryHub({ clock })
    servers = new Servers(firstHistory([1]))
    founder = await servers.start(1)
    await founder.life.wake()
    invites = new Invites({ registers: founder.registers, clock, random: new SeededRandom(1) })
    await invites.found(secret)
    await keepSetup(founder.registers, 1, setup)
    shown = []
    network = await serve(1, founder)
  })

  async function serve (number: number, consensus: Consensus, change: (handler: RequestHandler) => RequestHandler = (handler) => handler): Promise<Network> {
    const served = hub.network({ seed: seedOf(number) })
    const { 'join/request': handler } = admissionHandlers({
      registers: consensus.registers,
      invites: new Invites({ registers: consensus.registers, clock, random: new SeededRandom(number) }),
      history: () => consensus.roster.history,
      change: async (change) => await consensus.changer.change(change),
      clock,
      logger: silentLogger
    })
    assert.ok(handler !== undefined)
    const changed = change(handler)
    served.serve(POOL_PROTOCOL, { requests: { [ROSTER_METHOD]: async () => consensus.roster.history.chain } })
    served.serve(SERVER_PROTOCOL, {
      requests: {
        'join/request': async (body, context) => {
          shown.push(context.channel.remotePeer)
          return await changed(body, context)
        }
      }
    })
    await served.start()
    return served
  }

  async function node (number: number): Promise<Network> {
    const made = hub.network({ seed: seedOf(number) })
    await made.start()
    return made
  }

  const token = (change: Partial<JoinToken> = {}): JoinToken => ({ poolId: founder.roster.history.poolId, addresses: network.addresses(), inviteId: FOUNDING_INVITE_ID, secret, ...change })

  async function join (joiner: Network, given: JoinToken, onProven: () => Promise<void> = async () => {}): Promise<Joined> {
    return await clock.until(joinPool({ network: joiner, clock, logger: silentLogger, onProven, signal: new AbortController().signal }, given, joiner.addresses()))
  }

  it('leaves the time to be learnt from the others, whatever the clock of the new server says', async () => {
    await clock.advance(40 * 24 * 60 * 60 * 1_000)
    const joiner = await node(2)
    const store = createMemoryDisk().open()
    const identity: ServerIdentity = { seed: seedOf(2), recoveryPublicKey: undefined, setups: await PoolSetups.load(store) }
    await clock.until(enterPool({ store, identity, network: joiner, addresses: joiner.addresses(), joinToken: formatJoinToken(token()), dropRecoveryKey: async () => {}, name: '', clock, logger: silentLogger, signal: new AbortController().signal }))
    const times = await SteadyClock.load(store, clock)
    assert.ok(times.isBehind)
    await goByTimeOfOthers(times, { others: () => [peerIdOf(1)], ask: async () => await timeHandlers({ toldMs: () => clock.now() - 1_000 })['time/steady']!(peerIdOf(2), new Uint8Array(0)) })
    assert.equal(times.toldMs(), clock.now() - 1_000)
  })

  it('gives the roster with the new server in it, and the pool\'s secret', async () => {
    const joiner = await node(2)
    const { history, opaqueSetups } = await join(joiner, token())
    const entry = history.newest.servers.find(({ peerId }) => peerId === peerIdOf(2))
    assert.deepEqual({ state: entry?.state, acceptor: entry?.acceptor, addresses: entry?.addresses }, { state: 'learner', acceptor: false, addresses: joiner.addresses() })
    assert.deepEqual([...opaqueSetups], [[1, setup]])
    assert.equal(founder.roster.roster.version, 2)
  })

  it('is the same when it is done again, as after a crash', async () => {
    const { inviteId, secret: own } = await invites.make(60_000)
    const joiner = await node(2)
    await join(joiner, token({ inviteId, secret: own }))
    const { history } = await join(joiner, token({ inviteId, secret: own }))
    assert.equal(history.newest.version, 2)
    await assert.rejects(join(await node(3), token({ inviteId, secret: own })), { code: 'ERR_NOT_PERMITTED' })
    assert.equal(founder.roster.roster.servers.length, 2)
  })

  it('is the same when it is done again though the token was closed or has expired since: it was let in already', async () => {
    const joiner = await node(2)
    await join(joiner, token())
    const { inviteId, secret: own } = await invites.make(60_000)
    assert.equal((await join(joiner, token())).history.newest.version, 2)
    await clock.advance(60_000)
    assert.equal((await join(joiner, token({ inviteId, secret: own }))).history.newest.version, 2)
    await assert.rejects(join(joiner, token({ inviteId, secret: new Uint8Array(32) })), { code: 'ERR_NOT_PERMITTED' })
    await assert.rejects(join(await node(3), token()), { code: 'ERR_NOT_PERMITTED', message: /no longer taken/ })
  })

  it('keeps what it needs before the token is shown', async () => {
    let shownBefore = -1
    await join(await node(2), token(), async () => { shownBefore = shown.length })
    assert.equal(shownBefore, 0)
    await assert.rejects(join(await node(3), token(), async () => { throw new Error('The disk is full.') }), { message: 'The disk is full.' })
    assert.deepEqual(shown, [peerIdOf(2)])
  })

  it('shows nothing to a server of another pool', async () => {
    const other = new Servers(firstHistory([7]))
    const stranger = await other.start(7)
    await stranger.life.wake()
    const address = (await serve(7, stranger)).addresses()
    await assert.rejects(join(await node(2), token({ addresses: address })), { code: 'ERR_NO_SERVER', message: /another pool/ })
    assert.deepEqual(shown, [])
  })

  it('is refused with a secret that is none, at once and without a trace', async () => {
    await assert.rejects(join(await node(2), token({ secret: new Uint8Array(32) })), { code: 'ERR_NOT_PERMITTED' })
    assert.deepEqual(shown, [peerIdOf(2)])
    assert.equal(founder.roster.roster.version, 1)
  })

  it('goes on asking while the server is busy or away, and gives up in the end', async () => {
    let refusals = 3
    const busy = await serve(8, await grown(8), (handler) => async (body, context) => {
      if (refusals-- > 0) throw Object.assign(new Error('crash'))
      return await handler(body, context)
    })
    const { history } = await join(await node(2), token({ addresses: busy.addresses() }))
    assert.ok(history.newest.servers.some(({ peerId }) => peerId === peerIdOf(2)))
    hub.freeze(peerIdOf(8))
    hub.freeze(peerIdOf(1))
    await assert.rejects(join(await node(3), token()), { code: 'ERR_NO_SERVER' })
  })

  /** A second server of the pool, which knows its roster. */
  async function grown (number: number): Promise<Consensus> {
    const consensus = await servers.start(number)
    await founder.changer.change({ kind: 'add', server: { peerId: peerIdOf(number), serverKey: ed25519KeyPair(seedOf(number)).publicKey, addresses: [] } })
    await consensus.roster.install(founder.roster.history.chain)
    return consensus
  }

  it('finds the other servers of the pool when the one of the token is of no use', async () => {
    const second = await grown(8)
    const served = await serve(8, second)
    await founder.changer.change({ kind: 'add', server: { peerId: peerIdOf(8), serverKey: ed25519KeyPair(seedOf(8)).publicKey, addresses: served.addresses() } })
    const asked: Channel[] = []
    await network.stop()
    network = await serve(1, founder, () => async (_body, { channel }) => {
      asked.push(channel)
      throw new Error('It is of no use.')
    })
    await join(await node(2), token())
    assert.deepEqual([asked.length, shown], [1, [peerIdOf(2), peerIdOf(2)]])
  })

  it('is not for a server that was removed', async () => {
    const joiner = await node(2)
    await join(joiner, token())
    await founder.changer.change({ kind: 'remove', peerId: peerIdOf(2) })
    await assert.rejects(join(joiner, token()), { code: 'ERR_NOT_IN_POOL', message: /removed/ })
    assert.deepEqual(formerServers(founder.roster.history).map(({ server, removedInVersion }) => [server.peerId, removedInVersion]), [[peerIdOf(2), 3]])
    await join(await node(3), token())
  })

  it('uses no token up when the pool is full', async () => {
    const { inviteId, secret: own } = await invites.make(60_000)
    for (let number = 100; number < 149; number++) {
      const serverKey = ed25519KeyPair(seedOf(number)).publicKey
      await founder.changer.change({ kind: 'add', server: { peerId: peerIdFromEd25519(serverKey), serverKey, addresses: [] } })
    }
    await assert.rejects(join(await node(2), token({ inviteId, secret: own })), { code: 'ERR_LIMIT', message: /maxServers/ })
    await founder.changer.change({ kind: 'remove', peerId: peerIdOf(100) })
    await join(await node(2), token({ inviteId, secret: own }))
  })

  it('is counted: who tries often waits', async () => {
    const joiner = await node(2)
    const channel = await clock.until(joiner.connect({ peerId: peerIdOf(1), addresses: network.addresses() }, SERVER_PROTOCOL))
    const outcomes: string[] = []
    for (let at = 0; at < 25; at++) {
      await clock.until(channel.request('join/request', new Uint8Array(0))).catch((error: { code: string }) => { outcomes.push(error.code) })
    }
    assert.deepEqual([...new Set(outcomes)], ['ERR_INVALID_RECORD', 'ERR_RATE_LIMITED'])
    await assert.rejects(clock.until(channel.request('join/request', new Uint8Array(10_000))), { code: 'ERR_LIMIT' })
  })
})
