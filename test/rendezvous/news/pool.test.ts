import assert from 'node:assert/strict'
import { encode } from '../../../src/protocol/codec.js'
import { PrekeyStockRequest, PrekeyStockResponse } from '../../../src/protocol/pb/server-news.js'
import { applyEntry } from '../../../src/records/group/index.js'
import { presenceGatherMs } from '../../../src/rendezvous/limits.js'
import { PoolTestnet, type TestServer } from '../../helpers/pool-testnet.js'
import { rejects } from '../helpers/expect.js'
import { GroupUser } from '../helpers/group-client.js'
import { clientAt, heard, userAt } from '../helpers/pool-client.js'
import { makeDevice, type TestAccount, type TestClient } from '../helpers/test-client.js'

const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i)

describe('clients of three servers', function () {
  this.timeout(120_000)
  let net: PoolTestnet
  let one: TestServer
  let two: TestServer
  let three: TestServer
  let alice: TestClient
  let bob: TestClient

  const settled = async <T>(promise: Promise<T>): Promise<T> => await net.clock.until(promise)

  beforeEach(async () => {
    net = await PoolTestnet.start(3)
    ;[one, two, three] = net.servers as [TestServer, TestServer, TestServer]
    alice = await userAt(net, one, 'alice')
    bob = await userAt(net, two, 'bob')
    await heard()
  })

  afterEach(async () => {
    assert.deepEqual(net.servers.flatMap(({ errors }) => errors), [])
    await net.stop()
  })

  describe('who are on different ones', () => {
    it('see who is online, and where', async () => {
      const { devices } = await settled(bob.lookup('alice'))
      assert.deepEqual(devices.map(({ online, locator }) => [online, locator !== undefined]), [[true, true]])
      assert.deepEqual((await settled(bob.list({ onlineOnly: true }))).users.map(({ username }) => username), ['alice', 'bob'])
      await alice.channel.close()
      await heard()
      assert.deepEqual((await settled(bob.lookup('alice'))).devices.map(({ online, locator }) => [online, locator]), [[false, undefined]])
      assert.deepEqual((await settled(bob.list({ onlineOnly: true }))).users.map(({ username }) => username), ['bob'])
    })

    it('are told when somebody comes, goes, or changes devices', async () => {
      assert.deepEqual((await settled(bob.watch(['alice', 'carol']))).users.map(({ username, online }) => [username, online]), [['alice', true], ['carol', false]])
      const carol = await clientAt(net, three)
      const account = await settled(carol.signUp('carol'))
      await settled(carol.attach('carol'))
      await net.clock.advance(presenceGatherMs)
      assert.deepEqual(bob.presence().at(-1), ['carol', true, 1])
      await settled(carol.change(account, { devices: [carol.device.certified, makeDevice(net.random).certified] }))
      await net.clock.advance(presenceGatherMs)
      assert.deepEqual(bob.presence().at(-1), ['carol', true, 2])
      await carol.channel.close()
      await net.clock.advance(presenceGatherMs)
      assert.deepEqual(bob.presence().at(-1), ['carol', false, 2])
    })

    it('see nobody of a server that has died, and all again when it is back', async () => {
      await settled(bob.watch(['alice']))
      net.crash(one)
      await net.clock.advance(1_000)
      assert.deepEqual(bob.presence().at(-1), ['alice', false, 1])
      await net.boot(one)
      await net.clock.advance(10_000)
      const again = await clientAt(net, one, alice.device)
      await settled(again.attach('alice'))
      await heard()
      assert.deepEqual(bob.presence().at(-1), ['alice', true, 1])
    })

    it('take somebody who moves for one and the same', async () => {
      await settled(bob.watch(['alice']))
      const moved = await clientAt(net, three, alice.device)
      await settled(moved.attach('alice'))
      await heard()
      await alice.channel.close()
      await heard()
      assert.deepEqual(bob.presence(), [])
      assert.deepEqual((await settled(bob.lookup('alice'))).devices.map(({ online }) => online), [true])
    })
  })

  describe('a removed device', () => {
    let laptop: TestClient
    let phone: TestClient
    let account: TestAccount

    beforeEach(async () => {
      laptop = await clientAt(net, one)
      account = await settled(laptop.signUp('dave'))
      phone = await clientAt(net, three)
      account = await settled(laptop.change(account, { devices: [laptop.device.certified, phone.device.certified] }))
      for (const client of [laptop, phone]) await settled(client.attach('dave'))
      await heard()
    })

    it('is cut off at another server, and what was kept for it goes', async () => {
      await settled(phone.upload(1, range(1, 9)))
      await settled(bob.take(phone.device.key.publicKey))
      await settled(laptop.change(account, { devices: [laptop.device.certified] }))
      await heard()
      assert.ok(phone.channel.closed.aborted)
      assert.ok(!laptop.channel.closed.aborted)
      await rejects(settled(bob.take(phone.device.key.publicKey)), 'ERR_NOT_FOUND')
      await rejects(settled(bob.append(phone.device.key.publicKey, 'late')), 'ERR_NOT_FOUND')
      const question = encode(PrekeyStockRequest, { deviceKey: phone.device.key.publicKey })
      for (const { member } of net.servers) {
        const answer = await member.service.handlers['prekeys/stock']!(one.peerId, question)
        assert.deepEqual({ ...PrekeyStockResponse.decode(answer) }, { oneTimePrekeys: 0, signedPrekeyId: 0, upTo: 0 })
      }
    })

    it('is cut off when the server where it was removed could not say so and died', async () => {
      // One and three do not hear each other; two has votes enough with either.
      net.hub.cut(one.peerId, three.peerId)
      await net.clock.advance(1_000)
      await settled(laptop.change(account, { devices: [laptop.device.certified] }))
      await heard()
      assert.ok(!phone.channel.closed.aborted)
      net.crash(one)
      net.hub.heal(one.peerId, three.peerId)
      await net.boot(one)
      await net.clock.advance(15_000)
      assert.ok(phone.channel.closed.aborted)
    })

    it('is cut off once a link that was down is up again', async () => {
      net.hub.cut(one.peerId, three.peerId)
      await net.clock.advance(1_000)
      await settled(laptop.change(account, { devices: [laptop.device.certified] }))
      await heard()
      assert.ok(!phone.channel.closed.aborted)
      net.hub.heal(one.peerId, three.peerId)
      await net.clock.advance(15_000)
      assert.ok(phone.channel.closed.aborted)
    })
  })

  describe('prekeys', () => {
    const takeId = async (taker: TestClient): Promise<number | undefined> => (await settled(taker.take(alice.device.key.publicKey))).oneTimePrekey?.id

    it('uploaded at one server are taken at any, each once', async () => {
      assert.equal(await settled(alice.upload(5, range(1, 6))), 6)
      const carol = await userAt(net, three, 'carol')
      const ids = [await takeId(bob), await takeId(carol), await takeId(bob), await takeId(carol), await takeId(bob), await takeId(carol), await takeId(bob)]
      assert.deepEqual(ids.filter((id) => id !== undefined).sort(), range(1, 6))
      assert.equal(ids.at(-1), undefined)
      const { oneTimePrekeys, signedPrekeyId } = await settled(alice.attach('alice'))
      assert.deepEqual([oneTimePrekeys, signedPrekeyId], [0, 5])
    })

    it('lie in parts on three servers, so that one may be down', async () => {
      await settled(alice.upload(5, range(1, 9)))
      net.crash(three)
      await net.clock.advance(1_000)
      const { oneTimePrekeys } = await settled(alice.attach('alice'))
      assert.equal(oneTimePrekeys, 6)
      const ids = new Set<number>()
      for (let i = 0; i < 6; i++) ids.add(await takeId(bob) ?? assert.fail())
      assert.equal(ids.size, 6)
      assert.equal(await takeId(bob), undefined)
      await net.boot(three)
      await net.clock.advance(10_000)
      for (let i = 0; i < 3; i++) ids.add(await takeId(bob) ?? assert.fail())
      assert.deepEqual([...ids].sort(), range(1, 9))
    })
  })

  describe('a group', () => {
    it('tells members at any server of its head, once each', async () => {
      const users: GroupUser[] = []
      for (const [i, server] of [one, two, three].entries()) {
        const client = await clientAt(net, server)
        const account = await settled(client.signUp(`user-${i}`))
        await settled(client.attach(`user-${i}`))
        users.push(new GroupUser(client, account))
      }
      await heard()
      const [founder, second, third] = users as [GroupUser, GroupUser, GroupUser]
      let state = await settled(founder.found('team'))
      for (const user of [second, third]) {
        const entry = user.entry(state.head, { kind: 'join', accountRecord: user.record })
        await settled(user.append(state.groupId, entry))
        state = applyEntry(state, entry)
      }
      await heard()
      assert.deepEqual(founder.heads(state.groupId), [1, 2, 3])
      assert.deepEqual(second.heads(state.groupId), [2, 3])
      assert.deepEqual(third.heads(state.groupId), [3])
      for (const user of users) {
        assert.deepEqual(await settled(user.mineIds()), [Buffer.from(state.groupId).toString('hex')])
        assert.equal((await settled(user.send(state, `hello of ${user.username}`))).devices, 2)
      }
      const leave = second.entry(state.head, { kind: 'leave' })
      await settled(second.append(state.groupId, leave))
      state = applyEntry(state, leave)
      await heard()
      for (const user of users) assert.equal(user.heads(state.groupId).at(-1), 4)
      assert.deepEqual(await settled(second.mineIds()), [])
      assert.equal((await settled(third.send(state, 'without you'))).devices, 1)
      await rejects(settled(second.send(state, 'still me')), 'ERR_NOT_PERMITTED')
    })

    it('tells what was missed when the server that took an entry died before it could', async () => {
      const founder = await (async (): Promise<GroupUser> => {
        const client = await clientAt(net, three)
        const account = await settled(client.signUp('erin'))
        await settled(client.attach('erin'))
        return new GroupUser(client, account)
      })()
      const state = await settled(founder.found('team'))
      const joiner = await clientAt(net, one)
      const account = await settled(joiner.signUp('frank'))
      await settled(joiner.attach('frank'))
      const user = new GroupUser(joiner, account)
      net.hub.cut(one.peerId, three.peerId)
      await net.clock.advance(1_000)
      await settled(user.join(state))
      await heard()
      assert.deepEqual(founder.heads(state.groupId), [1])
      net.crash(one)
      net.hub.heal(one.peerId, three.peerId)
      await net.boot(one)
      await net.clock.advance(20_000)
      assert.equal(founder.heads(state.groupId).at(-1), 2)
    })
  })

  it('cost no question to another server for each message to somebody who was written to before', async () => {
    let asked = 0
    const network = one.member.consensus.registers
    const [read, derived] = [network.read.bind(network), network.derived.bind(network)]
    network.read = async (...args) => { asked++; return await read(...args) }
    network.derived = async (...args) => { asked++; return await derived(...args) }
    await settled(alice.append(bob.device.key.publicKey, 'first'))
    assert.ok(asked > 0)
    asked = 0
    for (let i = 0; i < 20; i++) await settled(alice.append(bob.device.key.publicKey, `message ${i}`))
    assert.equal(asked, 0)
  })
})
