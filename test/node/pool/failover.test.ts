import assert from 'node:assert/strict'
import type { PoolEvent } from '../../../src/node/chat-node.js'
import type { TestServer } from '../../helpers/pool-testnet.js'
import { PASSWORD, World, type SimulatedDevice } from '../../simulation/world.js'

describe('clients of three servers', () => {
  let world: World
  let alice: SimulatedDevice
  let bob: SimulatedDevice
  let events: PoolEvent[]
  let seed = 0

  beforeEach(async function () {
    this.timeout(120_000)
    world = new World(`failover ${seed++}`, { servers: 3 })
    await world.startServer()
    alice = await world.addDevice('alice-1', 'alice')
    bob = await world.addDevice('bob-1', 'bob')
    events = []
    alice.onEvent = (event) => { if (event.event === 'pool') events.push(event) }
    await say(alice, 'bob', 'first')
    await say(bob, 'alice', 'first')
    await world.clock.advance(2_000)
  })

  afterEach(async () => {
    const errors = world.devices.flatMap((device) => device.errors)
    await world.stop()
    assert.deepEqual(errors, [])
  })

  const say = async (from: SimulatedDevice, to: string, text: string): Promise<void> => { await world.clock.until(from.node.send({ to, text })) }
  const serverOf = async (device: SimulatedDevice): Promise<TestServer> => {
    const { connection } = await world.clock.until(device.node.status())
    assert.ok(connection.kind === 'connected', JSON.stringify(connection))
    const server = world.pool.servers.find(({ peerId }) => peerId === connection.server)
    assert.ok(server !== undefined)
    return server
  }
  const changes = (): string[] => events.map(({ change }) => change)

  /** Both write to each other while `happens`, and for a while after. What each has is compared with what was written. */
  async function talk (happens: () => Promise<void>, forMs = 20_000): Promise<void> {
    const state = { isOver: false }
    const happening = happens().finally(() => { state.isOver = true })
    let n = 0
    for (let ms = 0; ms < forMs || !state.isOver; ms += 250) {
      n++
      await say(alice, 'bob', `a ${n}`)
      await say(bob, 'alice', `b ${n}`)
      await world.clock.advance(250)
    }
    await happening
    await world.clock.advance(120_000)
    const expected = (prefix: string): string[] => ['first', ...Array.from({ length: n }, (_, index) => `${prefix} ${index + 1}`)]
    const heard = (device: SimulatedDevice): string[] => device.heard.map(({ text }) => text)
    assert.deepEqual(heard(bob), expected('a'), 'what bob heard of alice')
    assert.deepEqual(heard(alice), expected('b'), 'what alice heard of bob')
    for (const [device, other] of [[alice, 'bob'], [bob, 'alice']] as const) {
      const history = await device.history(other)
      const sent = history.filter(({ from }) => from === device.username)
      assert.deepEqual(history.filter(({ from }) => from === other).map(({ text }) => text), expected(other === 'bob' ? 'b' : 'a'), 'the history has each once')
      assert.deepEqual(sent.filter(({ state }) => state !== 'delivered' && state !== 'read'), [], 'what is not delivered')
    }
  }

  it('are spread over them', async function () {
    this.timeout(120_000)
    for (let n = 0; n < 4; n++) await world.addDevice(`other-${n}`, `other${n}`)
    const homes = new Set<string>()
    for (const device of world.devices) homes.add((await serverOf(device)).peerId)
    assert.equal(homes.size, 3)
  })

  it('get to them over a slow link, by satellite say, and back when it breaks', async function () {
    this.timeout(120_000)
    const aliceAt = alice.peerId ?? assert.fail()
    for (const { peerId } of world.pool.servers) world.hub.delay({ minMs: 600, maxMs: 700 }, aliceAt, peerId)
    await talk(async () => {
      world.hub.reset(aliceAt)
      await world.clock.advance(60_000)
      await serverOf(alice)
    })
    assert.deepEqual(changes().filter((change) => change === 'offline'), [])
  })

  for (const isDirect of [true, false]) {
    const how = isDirect ? 'directly' : 'by way of the pool'
    const separate = (): void => { if (!isDirect) world.hub.cut(alice.peerId ?? '', bob.peerId ?? '') }

    it(`write to each other ${how} while the home of one is killed: nothing is lost, doubled or out of order`, async function () {
      this.timeout(300_000)
      separate()
      const home = await serverOf(alice)
      let servedMs = Infinity
      await talk(async () => {
        await until(2_000)
        const atMs = world.clock.now()
        alice.onEvent = (event) => { if (event.event === 'pool') { events.push(event); if (event.change === 'connected') servedMs = Math.min(servedMs, world.clock.now() - atMs) } }
        world.pool.crash(home)
        await until(10_000)
        assert.notEqual((await serverOf(alice)).peerId, home.peerId)
      })
      assert.ok(servedMs <= 5_000, `${servedMs} ms`)
      assert.deepEqual(changes().slice(0, 2), ['lost', 'connected'])
    })

    it(`write to each other ${how} while the home of one is frozen: it is elsewhere within 15 s`, async function () {
      this.timeout(300_000)
      separate()
      const home = await serverOf(alice)
      let servedMs = Infinity
      await talk(async () => {
        await until(2_000)
        const atMs = world.clock.now()
        alice.onEvent = (event) => { if (event.event === 'pool') { events.push(event); if (event.change === 'connected') servedMs = Math.min(servedMs, world.clock.now() - atMs) } }
        world.hub.freeze(home.peerId)
        await until(30_000)
        world.hub.thaw(home.peerId)
      }, 40_000)
      assert.ok(servedMs <= 15_000, `${servedMs} ms`)
      assert.ok(!changes().includes('offline'), changes().join(' '))
    })
  }

  it('go elsewhere without a break when their home is stopped', async function () {
    this.timeout(300_000)
    world.hub.cut(alice.peerId ?? '', bob.peerId ?? '')
    const home = await serverOf(alice)
    await talk(async () => {
      await until(2_000)
      await stop(home)
    })
    assert.deepEqual(changes(), ['moved'])
    assert.equal(events[0]?.before, home.peerId)
  })

  it('go elsewhere without a break, and stay there, when their home does not reach the other servers', async function () {
    this.timeout(300_000)
    world.hub.cut(alice.peerId ?? '', bob.peerId ?? '')
    const home = await serverOf(alice)
    const others = world.pool.servers.filter((server) => server !== home).map(({ peerId }) => peerId)
    world.hub.partition([home.peerId], others)
    await world.clock.advance(30_000)
    assert.deepEqual(changes(), ['moved'], 'also while nobody says anything')
    await talk(async () => { await until(5_000) })
    await world.clock.advance(60_000)
    assert.deepEqual(changes(), ['moved'])
  })

  it('go elsewhere without a break when their home is emptied', async function () {
    this.timeout(300_000)
    world.hub.cut(alice.peerId ?? '', bob.peerId ?? '')
    const home = await serverOf(alice)
    await world.clock.until(home.member.admin.drain(home.peerId))
    await world.clock.advance(10_000)
    assert.deepEqual(changes(), ['moved'], 'also while nobody says anything')
    await talk(async () => { await until(5_000) }, 5_000)
  })

  it('stay at the last server that is left', async function () {
    this.timeout(300_000)
    const home = await serverOf(alice)
    for (const server of world.pool.servers) if (server !== home) world.pool.crash(server)
    await world.clock.advance(60_000)
    assert.deepEqual(changes(), [])
    for (const server of world.pool.servers) if (server !== home) await world.pool.boot(server)
    await world.clock.advance(30_000)
    await talk(async () => { await until(5_000) })
    assert.deepEqual(changes(), [])
  })

  it('do not notice a restart of all servers one after the other', async function () {
    this.timeout(300_000)
    world.hub.cut(alice.peerId ?? '', bob.peerId ?? '')
    await talk(async () => {
      for (const server of [...world.pool.servers]) {
        await until(1_000)
        await stop(server)
        await world.pool.boot(server)
        await until(8_000)
      }
    })
    assert.ok(changes().every((change) => change === 'moved'), changes().join(' '))
  })

  it('write to each other directly while there is no server, and are told that they can', async function () {
    this.timeout(300_000)
    await talk(async () => {
      await until(1_000)
      for (const server of world.pool.servers) world.pool.crash(server)
      await until(10_000)
      assert.deepEqual(bob.heard.at(-1)?.via, 'direct')
      const { connection } = await world.clock.until(alice.node.status())
      assert.deepEqual(connection.kind === 'offline' ? connection.direct : connection.kind, ['bob'])
      const offline = events.find(({ change }) => change === 'offline')
      assert.match(offline?.message ?? '', /^Sorry, no rendezvous server is reachable\. Messages to bob go on directly; all others are kept/)
      const heard = bob.heard.length
      await until(5_000)
      assert.ok(bob.heard.length > heard, 'messages flow on')
      await world.startServer()
      await until(20_000)
    })
    assert.equal(changes().at(-1), 'connected')
  })

  it('sign in, list people and make groups while their server dies', async function () {
    this.timeout(300_000)
    world.hub.delay({ minMs: 10, maxMs: 30 })
    let newDevices = 0
    for (const afterMs of [10, 60, 110, 160]) {
      const device = await world.bareDevice(`laptop-${afterMs}`, 'alice')
      await world.clock.until(device.node.connect(10_000))
      const server = await serverOf(device)
      const signedIn = device.node.signIn({ username: 'alice', password: PASSWORD })
      await dies(server, afterMs)
      if ((await world.clock.until(signedIn)).newDevice) newDevices++
      await back(server)
    }
    assert.ok(newDevices >= 3, 'a write whose answer was lost is found, as this device is listed by then')
    for (const [index, afterMs] of [10, 60, 110].entries()) {
      const server = await serverOf(alice)
      const listed = alice.node.users({})
      const made = alice.node.groupCreate({ name: `team${index}`, members: ['bob'] })
      await dies(server, afterMs)
      assert.deepEqual((await world.clock.until(listed)).users.map(({ username }) => username), ['alice', 'bob'])
      await world.clock.until(made)
      await back(server)
    }
    assert.deepEqual((await world.clock.until(alice.node.myGroups({}))).map(({ name }) => name).sort(), ['team0', 'team1', 'team2'])
  })

  async function dies (server: TestServer, afterMs: number): Promise<void> {
    await world.clock.advance(afterMs)
    world.pool.crash(server)
  }

  async function back (server: TestServer): Promise<void> {
    await world.pool.boot(server)
    await world.clock.advance(20_000)
  }

  /** Time passes by the loop that writes; this waits for it. */
  async function until (ms: number): Promise<void> {
    const endMs = world.clock.now() + ms
    while (world.clock.now() < endMs) await new Promise<void>((resolve) => { setImmediate(resolve) })
  }

  async function stop (server: TestServer): Promise<void> {
    const { running } = server
    server.running = undefined
    await running?.stop()
  }
})
