/** Devices that cannot be dialled, or do not want to be, over real libp2p on loopback. */
import { strict as assert } from 'node:assert'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { upgradeAfterMs } from '../../src/node/delivery/limits.js'
import { createNode, type RunningNode } from '../../src/node/index.js'
import { createMemoryDisk } from '../../src/store/index.js'
import { testnet, testPassword, type Testnet } from '../../src/testnet.js'
import { testPasswordWork } from '../helpers/password-work.js'

type Way = 'direct' | 'relay' | 'mailbox'

describe('relay on loopback', function () {
  this.timeout(120_000)
  let net: Testnet
  const running: RunningNode[] = []

  let homes: string

  before(async () => {
    homes = await mkdtemp(join(tmpdir(), 'p2pchat-relay-'))
    net = await testnet({ passwordWork: testPasswordWork })
  })
  afterEach(async () => { await Promise.all(running.splice(0).map(async (node) => { await node.stop() })) })
  after(async () => {
    await net.stop()
    await rm(homes, { recursive: true, force: true })
  })

  /** @param listen without one it cannot be dialled */
  async function person (username: string, listen: string[]): Promise<RunningNode> {
    const node = await createNode({ home: join(homes, username), store: createMemoryDisk().open(), pool: [net.poolAddress], listen, passwordWork: testPasswordWork })
    running.push(node)
    await node.start()
    await node.signUp({ username, password: testPassword })
    return node
  }

  let count = 0
  /** How a message came. */
  async function wayOf (from: RunningNode, to: RunningNode): Promise<Way> {
    const { username } = await to.whoAmI()
    const { id } = await from.send({ to: username, text: `message ${++count}` })
    for await (const event of to.events({ after: '00000000000000' }, new AbortController().signal)) {
      if (event.event === 'message' && event.id === id) return event.via
    }
    throw new Error('The events ended.')
  }

  async function until (way: Way, from: RunningNode, to: RunningNode, never?: Way): Promise<void> {
    for (;;) {
      const now = await wayOf(from, to)
      assert.notEqual(now, never)
      if (now === way) return
      await new Promise((resolve) => { setTimeout(resolve, 50) })
    }
  }

  it('brings messages to who cannot be dialled, until that one has called back', async () => {
    const [alice, bob] = [await person('alice', ['/ip4/127.0.0.1/tcp/0']), await person('bob', [])]
    await until('relay', alice, bob)
    await until('direct', alice, bob)
    await until('direct', bob, alice)
  })

  it('is not the only way between people who show their address to contacts alone', async () => {
    const [erin, frank] = [await person('erin', ['/ip4/127.0.0.1/tcp/0']), await person('frank', ['/ip4/127.0.0.1/tcp/0'])]
    for (const node of [erin, frank]) await node.changeSettings({ contacts: 'request' })
    await erin.send({ to: 'frank', text: 'hello' })
    await frank.send({ to: 'erin', text: 'hello' })
    await until('direct', erin, frank)
    await until('direct', frank, erin)
  })

  it('is the only way to and from who wants it so', async () => {
    const [carol, dave] = [await person('carol', ['/ip4/127.0.0.1/tcp/0']), await person('dave', ['/ip4/127.0.0.1/tcp/0'])]
    await until('direct', carol, dave)
    assert.equal((await carol.changeSettings({ relayOnly: true })).relayOnly, true)
    await until('relay', dave, carol)
    // Who can be dialled has no slot: it is reached over the channel that it opened itself.
    await until('relay', carol, dave, 'direct')
    await new Promise((resolve) => { setTimeout(resolve, 2 * upgradeAfterMs) })
    assert.notEqual(await wayOf(carol, dave), 'direct')
    assert.notEqual(await wayOf(dave, carol), 'direct')
  })
})
