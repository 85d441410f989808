/**
 * The main job over real libp2p on loopback: a server and twenty clients, everyone writing to everyone while clients and
 * the server come and go. Nothing may be lost, doubled or out of order.
 */
import { strict as assert } from 'node:assert'
import { setMaxListeners } from 'node:events'
import { testnet, type TestClient, type Testnet } from '../../src/testnet.js'
import { testPasswordWork } from '../helpers/password-work.js'
import { SeededRandom } from '../helpers/seeded-random.js'

const clientCount = 20
const roundCount = Number(process.env.ROUNDS ?? 6)
const seed = Number(process.env.SEED ?? 1)

describe('twenty clients and a server on loopback', () => {
  let net: Testnet
  let clients: TestClient[] = []

  before(async function () {
    this.timeout(120_000)
    net = await testnet({ passwordWork: testPasswordWork })
    for (let i = 0; i < clientCount; i++) clients.push(await net.signUp(`user${i}`))
  })

  after(async function () {
    this.timeout(120_000)
    await net.stop()
    clients = []
  })

  it(`loses, doubles and reorders nothing (SEED=${seed})`, async function () {
    this.timeout(30_000 * roundCount)
    const random = new SeededRandom(seed)
    const sent = new Map<string, string[]>()
    const away = new Set<TestClient>()
    for (let round = 0; round < roundCount; round++) {
      const sending = clients.filter((client) => !away.has(client)).map(async (client) => {
        for (const to of clients) {
          if (to === client) continue
          const text = `${client.username} to ${to.username}, ${round}`
          await client.node.send({ to: to.username, text })
          const key = `${client.username}>${to.username}`
          sent.set(key, [...sent.get(key) ?? [], text])
        }
      })
      // While they write, some leave and some come back; in the middle, the server goes away for a moment.
      const returning = [...away]
      away.clear()
      await Promise.all([...returning.map(async (client) => { await client.start() }), ...sending])
      const leaving = clients.filter(() => random.between(0, 3) < 1)
      await Promise.all(leaving.map(async (client) => { await client.stop(); away.add(client) }))
      if (round === Math.floor(roundCount / 2)) {
        await net.stopServer()
        await net.startServer()
      }
    }
    await Promise.all([...away].map(async (client) => { await client.start() }))
    const total = [...sent.values()].flat().length
    await settled(clients, total)
    for (const to of clients) {
      for (const from of clients) {
        if (from === to) continue
        const entries = await to.node.history({ user: from.username, limit: 1000 })
        const got = entries.filter((entry) => entry.from === from.username).map((entry) => entry.text)
        assert.deepEqual(got, sent.get(`${from.username}>${to.username}`), `${from.username} to ${to.username}, SEED=${seed}`)
      }
    }
  })
})

/** Waits until every client has been told of as many messages as were sent to it; the test's timeout is the limit. */
async function settled (clients: TestClient[], total: number): Promise<void> {
  const controller = new AbortController()
  setMaxListeners(clientCount, controller.signal)
  let missing = total
  await Promise.all(clients.map(async ({ node }) => {
    for await (const event of node.events({ after: '00000000000000' }, controller.signal)) {
      if (event.event !== 'message') continue
      missing--
      if (missing === 0) controller.abort()
    }
  }))
}
