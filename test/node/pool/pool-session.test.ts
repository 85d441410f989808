import assert from 'node:assert/strict'
import { P2pChatError } from '../../../src/errors.js'
import { poolTable, SELF, type HomePool } from '../../../src/node/home/account-state.js'
import { Lane } from '../../../src/node/home/lane.js'
import { homeCheckMs } from '../../../src/node/pool/limits.js'
import { PoolSession } from '../../../src/node/pool/pool-session.js'
import { peerIdFromEd25519, ROSTER_METHOD, type Network } from '../../../src/overlay/index.js'
import { POOL_PROTOCOL } from '../../../src/protocol/ids.js'
import { HomeResponse } from '../../../src/protocol/pb/service.js'
import { silentLogger } from '../../../src/runtime.js'
import { createMemoryStore } from '../../../src/store/index.js'
import { FakeClock } from '../../helpers/fake-clock.js'
import { MemoryHub } from '../../helpers/memory-network.js'
import { SeededRandom } from '../../helpers/seeded-random.js'
import { keyOf, makeChain, seedOf } from '../../overlay/pool/roster-chain.js'

describe('PoolSession', () => {
  const { chain, poolId } = makeChain([{ servers: [1], signers: [1] }])
  let clock: FakeClock
  let networks: Network[]
  let session: PoolSession
  let roster: () => Uint8Array
  /** The server names another one, which is not in the roster that the client knows. */
  let namesAnother: boolean
  /** That the server says it knows. */
  let rosterVersion: bigint
  let askedForRoster: number

  beforeEach(async () => {
    clock = new FakeClock()
    const hub = new MemoryHub({ clock })
    const network = hub.network({ seed: seedOf(100) })
    const server = hub.network({ seed: seedOf(1) })
    networks = [network, server]
    roster = () => chain
    namesAnother = false
    rosterVersion = 1n
    askedForRoster = 0
    server.serve(POOL_PROTOCOL, {
      requests: {
        [ROSTER_METHOD]: async () => { askedForRoster++; return roster() },
        'pool/home': async () => HomeResponse.encode({ homes: namesAnother ? [{ serverKey: keyOf(2), addresses: [] }] : [], here: !namesAnother, rosterVersion }),
        echo: async (body) => body
      }
    })
    await Promise.all([network.start(), server.start()])
    const pool: HomePool = { poolId, addresses: [], rosterVersion: 0, remembered: [{ peerId: server.peerId, addresses: server.addresses() }] }
    const lane = new Lane(createMemoryStore())
    await lane.write((tx) => { poolTable.put(tx, pool, SELF) })
    session = new PoolSession(pool, {
      lane,
      clock,
      random: new SeededRandom('pool session'),
      logger: silentLogger,
      network,
      mailbox: keyOf(100),
      discovery: ({ remembered }) => ({ find: async function * () { yield * remembered }, announce: () => {} }),
      prepare: async () => {},
      onState: () => {}
    })
    session.connection.start()
    await clock.advance(10_000)
  })

  afterEach(async () => {
    await clock.until(session.connection.stop())
    await clock.until(Promise.all(networks.map(async (network) => { await network.stop() })))
  })

  it('keeps the channel in use when the question for a newer roster fails on it', async () => {
    const channel = session.connection.channel() ?? assert.fail('not connected')
    namesAnother = true
    roster = () => { throw new P2pChatError('ERR_OVERLOADED', 'Later.') }
    askedForRoster = 0
    await clock.advance(2 * homeCheckMs)
    assert.ok(askedForRoster > 0)
    assert.equal(channel.closed.aborted, false)
    assert.equal(session.connection.channel(), channel)
    assert.deepEqual(await clock.until(channel.request('echo', Uint8Array.of(1))), Uint8Array.of(1))
  })

  it('learns at the next check of a server that joined, and asks for the roster only then', async () => {
    const relay = peerIdFromEd25519(keyOf(2))
    const knows = (): boolean => session.servers.some(({ peerId }) => peerId === relay)
    askedForRoster = 0
    await clock.advance(2 * homeCheckMs)
    assert.deepEqual([askedForRoster, knows()], [0, false])
    roster = () => makeChain([{ servers: [1], signers: [1] }, { servers: [1, 2], signers: [1] }]).chain
    rosterVersion = 2n
    await clock.advance(homeCheckMs)
    assert.ok(knows())
    await clock.advance(2 * homeCheckMs)
    assert.equal(askedForRoster, 1)
  })

  it('leaves a server that proves to be none of the pool any more', async () => {
    const channel = session.connection.channel() ?? assert.fail('not connected')
    namesAnother = true
    roster = () => makeChain([{ servers: [3], signers: [3] }]).chain
    await clock.advance(2 * homeCheckMs)
    assert.equal(channel.closed.aborted, true)
    assert.equal(session.connection.channel(), undefined)
  })
})
