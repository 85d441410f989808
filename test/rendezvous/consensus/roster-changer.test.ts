import assert from 'node:assert/strict'
import { isP2pChatError, type P2pChatError } from '../../../src/errors.js'
import { maxServers } from '../../../src/overlay/index.js'
import { maxListedNames } from '../../../src/rendezvous/consensus/limits.js'
import { Roster } from '../../../src/protocol/pb/pool.js'
import { orderedInteger } from '../../../src/store/index.js'
import { recoverRoster, type Consensus } from '../../../src/rendezvous/consensus/index.js'
import { remoteServer } from '../../../src/rendezvous/consensus/wire.js'
import { RosterPhase } from '../../../src/protocol/enums.js'
import { readRosterHistory } from '../../../src/overlay/pool/roster.js'
import { keyOf, makeChain, RECOVERY, seedOf } from '../../overlay/pool/roster-chain.js'
import { firstHistory, peerIdOf, Servers } from './servers.js'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const acceptorsOf = ({ roster: { roster } }: Consensus): string[] => roster.servers.filter(({ acceptor }) => acceptor).map(({ peerId }) => peerId)

async function started (numbers: number[], acceptors: number[]): Promise<{ servers: Servers, all: Consensus[] }> {
  const servers = new Servers(firstHistory(numbers, acceptors))
  const all: Consensus[] = []
  for (const number of numbers) all.push(await servers.start(number))
  await Promise.all(all.map(async ({ life }) => { await life.wake() }))
  return { servers, all }
}

async function fill (one: Consensus | undefined, count: number): Promise<void> {
  for (let index = 0; index < count; index++) await one?.registers.compareAndSet(`name ${index}`, 0, bytes(`value ${index}`))
}

async function assertFilled (one: Consensus | undefined, count: number): Promise<void> {
  for (let index = 0; index < count; index++) {
    assert.deepEqual(await one?.registers.read(`name ${index}`), { outcome: 'read', register: { version: 1, value: bytes(`value ${index}`) } })
  }
}

describe('a change of the roster', () => {
  it('grows a pool from one server to three, with all its registers', async () => {
    const { servers, all: [one] } = await started([1], [1])
    await fill(one, 40)
    const joined: Consensus[] = []
    for (const number of [2, 3]) {
      const fresh = await servers.start(number)
      joined.push(fresh)
      await one?.changer.change({ kind: 'add', server: { peerId: peerIdOf(number), serverKey: keyOf(number), addresses: ['/ip4/127.0.0.1/tcp/1'] } })
      await fresh.roster.install(one?.roster.history.chain ?? assert.fail())
      await fresh.life.wake()
      await one?.changer.change({ kind: 'state', peerId: peerIdOf(number), state: 'member' })
    }
    const roster = await joined[1]?.changer.change({ kind: 'acceptors', peerIds: [1, 2, 3].map(peerIdOf) })
    assert.equal(roster?.phase, 'settled')
    servers.down.add(peerIdOf(1))
    await assertFilled(joined[0], 40)
    const list = await joined[1]?.registers.list('name', { limit: 100 })
    assert.equal(list?.outcome === 'listed' && list.page.registers.length, 40)
  })

  it('is left to a later version where that has written what this one does not know, before anything is done for it', async () => {
    const joint = (roster: Roster): void => {
      roster.phase = RosterPhase.JOINT
      for (const server of roster.servers) server.nextAcceptor = true
    }
    const { chain, poolId } = makeChain([
      { servers: [1, 2], acceptors: [1], signers: [1, 2] },
      { servers: [1, 2], acceptors: [1], signers: [1], change: joint, hasLaterField: true }
    ])
    const history = readRosterHistory(poolId, chain)
    const servers = new Servers(history)
    const one = await servers.start(1)
    const two = await servers.start(2)
    await Promise.all([one.life.wake(), two.life.wake()])
    await fill(one, 2)
    await assert.rejects(one.changer.finish(), { code: 'ERR_UNSUPPORTED' })
    assert.equal(one.changer.progress, '0 ', 'no register was written again')
    assert.throws(() => recoverRoster(history, [peerIdOf(1)], seedOf(RECOVERY)), { code: 'ERR_UNSUPPORTED' })
  })

  it('is not decided where the others cannot read it: nobody would sign it, and nothing could follow', async () => {
    const { all: [one, two] } = await started([1, 2, 3], [1, 2, 3])
    const { newest, newestHash, versions } = one?.roster.history ?? assert.fail()
    const message = Roster.decode(versions.at(-1)?.signed.roster ?? assert.fail())
    const [server] = message.servers
    const value = Roster.encode({ ...message, version: 2n, previousHash: new Uint8Array(newestHash), servers: message.servers.map((one) => one === server ? { ...one, state: 99 } : one) })
    const accept = { kind: 'accept' as const, rosterVersion: newest.version, place: { space: 'rosters' as const, name: orderedInteger(2) }, ballot: { counter: 1, proposer: 'ab'.repeat(16) }, register: { version: 1, value } }
    const far = remoteServer(async (method, body) => await two?.handlers[method]?.('asker', body) ?? assert.fail())
    await assert.rejects(far.vote(accept), { code: 'ERR_UNSUPPORTED' })
    await one?.changer.change({ kind: 'acceptors', peerIds: [1, 2].map(peerIdOf) })
    assert.deepEqual(acceptorsOf(one ?? assert.fail()), [1, 2].map(peerIdOf))
  })

  it('moves all registers to other servers, and the old ones no longer answer', async () => {
    const { servers, all } = await started([1, 2, 3, 4, 5, 6], [1, 2, 3])
    await fill(all[0], 10)
    await all[5]?.changer.change({ kind: 'acceptors', peerIds: [4, 5, 6].map(peerIdOf) })
    for (const number of [1, 2, 3]) servers.down.add(peerIdOf(number))
    await assertFilled(all[4], 10)
    assert.deepEqual(acceptorsOf(all[4] ?? assert.fail()), [4, 5, 6].map(peerIdOf))
  })

  it('brings up to date whoever still goes by an older roster', async () => {
    const { servers, all } = await started([1, 2, 3, 4], [1, 2])
    servers.down.add(peerIdOf(4))
    await fill(all[0], 3)
    await all[0]?.changer.change({ kind: 'acceptors', peerIds: [2, 3].map(peerIdOf) })
    servers.down.clear()
    assert.equal(all[3]?.roster.roster.version, 1)
    await assertFilled(all[3], 3)
    assert.equal(all[3]?.roster.roster.version, 3)
  })

  it('can be gone on with by anybody, wherever it was broken off', async () => {
    for (let calls = 1; ; calls += 4) {
      const servers = new Servers(firstHistory([1, 2, 3, 4], [1, 2, 3]))
      const left = { calls: Infinity }
      const all: Consensus[] = []
      for (const number of [1, 2, 3, 4]) all.push(await servers.start(number, number === 4 ? { call: servers.limited(4, left) } : {}))
      await Promise.all(all.map(async ({ life }) => { await life.wake() }))
      await fill(all[0], 2)
      left.calls = calls
      const changing = all[3]?.changer.change({ kind: 'acceptors', peerIds: [2, 3, 4].map(peerIdOf) }).then(() => true, () => false)
      const whole = await changing
      servers.down.add(peerIdOf(4))
      await all[1]?.changer.change({ kind: 'state', peerId: peerIdOf(1), state: 'draining' })
      assert.equal(all[1]?.roster.roster.phase, 'settled')
      await assertFilled(all[1], 2)
      if (whole === true) break
      assert.ok(calls < 200)
    }
  })

  it('is not begun with servers that cannot be reached', async () => {
    const { servers, all } = await started([1, 2], [1])
    servers.down.add(peerIdOf(2))
    await assert.rejects(async () => await all[0]?.changer.change({ kind: 'acceptors', peerIds: [1, 2].map(peerIdOf) }), (error) => isP2pChatError(error, 'ERR_UNREACHABLE'))
    assert.equal(all[0]?.roster.roster.version, 1)
  })

  it('can be taken back when the new acceptors are lost over it', async () => {
    const { servers, all: [one, two] } = await started([1, 2], [1])
    await fill(one, 2)
    const slots = { count: 0 }
    one?.roster.onChange(({ phase }) => { if (phase === 'joint' && slots.count++ === 0) servers.down.add(peerIdOf(2)) })
    const changing = one?.changer.change({ kind: 'acceptors', peerIds: [1, 2].map(peerIdOf) })
    await assert.rejects(async () => await changing, (error) => isP2pChatError(error, 'ERR_UNREACHABLE'))
    const roster = await one?.changer.change({ kind: 'take-back' })
    assert.equal(roster?.phase, 'settled')
    await assertFilled(one, 2)
    assert.equal(two?.roster.roster.version, 1)
  })

  it('lets a server store only once it has the roster: it may have died over its joining', async () => {
    const { servers, all: [one = assert.fail()] } = await started([1], [1])
    await one.changer.change({ kind: 'add', server: { peerId: peerIdOf(2), serverKey: keyOf(2), addresses: ['/ip4/127.0.0.1/tcp/1'] } })
    await assert.rejects(one.changer.change({ kind: 'state', peerId: peerIdOf(2), state: 'member' }), { code: 'ERR_UNREACHABLE' })
    assert.equal(one.roster.roster.servers[1]?.state, 'learner')
    const two = await servers.start(2)
    await one.changer.change({ kind: 'state', peerId: peerIdOf(2), state: 'member' })
    assert.equal(two.roster.roster.servers[1]?.state, 'member')
  })

  it('leaves a server that stores, when each of two is emptied at the same time', async () => {
    const { all: [one = assert.fail(), two = assert.fail()] } = await started([1, 2], [1, 2])
    const drains = await Promise.allSettled([one.changer.change({ kind: 'state', peerId: peerIdOf(2), state: 'draining' }), two.changer.change({ kind: 'state', peerId: peerIdOf(1), state: 'draining' })])
    assert.deepEqual(drains.map((drain) => drain.status === 'rejected' ? (drain.reason as P2pChatError).code : drain.status).sort(), ['ERR_NOT_PERMITTED', 'fulfilled'])
    assert.deepEqual(one.roster.roster.servers.map(({ state }) => state).sort(), ['draining', 'member'])
  })

  it('brings back no server that was removed while somebody else let it in', async () => {
    const { all: [one = assert.fail(), two = assert.fail()] } = await started([1, 2, 3], [1, 2])
    const server = { peerId: peerIdOf(3), serverKey: keyOf(3), addresses: ['/ip4/127.0.0.1/tcp/1'] }
    const [removed] = await Promise.allSettled([one.changer.change({ kind: 'remove', peerId: peerIdOf(3) }), two.changer.change({ kind: 'add', server })])
    assert.equal(removed.status, 'fulfilled')
    assert.equal(one.roster.roster.servers.length, 2)
    await assert.rejects(two.changer.change({ kind: 'add', server }), { code: 'ERR_NOT_IN_POOL' })
  })

  it('lets one server in when there is room for one and two come at the same time', async () => {
    const { all: [one = assert.fail(), two = assert.fail()] } = await started([1, 2], [1, 2])
    const add = async (by: Consensus, number: number): Promise<unknown> => await by.changer.change({ kind: 'add', server: { peerId: peerIdOf(number), serverKey: keyOf(number), addresses: [] } })
    for (let number = 100; one.roster.roster.servers.length < maxServers - 1; number++) await add(one, number)
    const adds = await Promise.allSettled([add(one, 200), add(two, 201)])
    assert.deepEqual(adds.map((one) => one.status === 'rejected' ? (one.reason as P2pChatError).code : one.status).sort(), ['ERR_LIMIT', 'fulfilled'])
    assert.equal(two.roster.roster.servers.length, maxServers)
  })

  it('goes on with the page of registers at which it has failed', async () => {
    const servers = new Servers(firstHistory([1, 2], [1]))
    let isCut = false
    let made = 0
    const left = {
      get calls () { return isCut && one.changer.progress.endsWith('name 00999') ? 0 : Infinity },
      set calls (_) { made++ }
    }
    const one: Consensus = await servers.start(1, { call: servers.limited(1, left) })
    const two = await servers.start(2)
    await Promise.all([one, two].map(async ({ life }) => { await life.wake() }))
    await Promise.all(Array.from({ length: maxListedNames + 20 }, async (_, index) => await one.registers.compareAndSet(`name ${String(index).padStart(5, '0')}`, 0, bytes('value'))))
    isCut = true
    await assert.rejects(one.changer.change({ kind: 'acceptors', peerIds: [1, 2].map(peerIdOf) }), { code: 'ERR_UNREACHABLE' })
    assert.equal(one.roster.roster.phase, 'joint')
    isCut = false
    made = 0
    await one.changer.finish()
    assert.equal(one.roster.roster.phase, 'settled')
    assert.ok(made > 0 && made < maxListedNames, `asked the other ${made} times`)
  })

  it('after the majority is lost: goes on with the survivors, by the recovery key', async () => {
    const { servers, all } = await started([1, 2, 3, 4], [1, 2, 3])
    const [one = assert.fail(), , , four] = all
    await fill(one, 5)
    for (const number of [2, 3]) servers.down.add(peerIdOf(number))
    const { history } = one.roster
    assert.throws(() => recoverRoster(history, [peerIdOf(1)], seedOf(1)), (error) => isP2pChatError(error, 'ERR_BAD_CREDENTIALS'))
    await one.roster.install(recoverRoster(history, [peerIdOf(1)], seedOf(RECOVERY)))
    assert.equal(one.roster.roster.phase, 'recovering')
    const roster = await one.changer.finish()
    assert.equal(roster.phase, 'settled')
    await one.changer.change({ kind: 'acceptors', peerIds: [1, 4].map(peerIdOf) })
    for (const number of [2, 3]) await one.changer.change({ kind: 'remove', peerId: peerIdOf(number) })
    await assertFilled(four, 5)
  })
})
