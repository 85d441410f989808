/**
 * A pool of three server processes of which one after the other is killed, with SIGKILL and at any moment, while people
 * write to each other; the next one dies once the pool is whole again. Some of those who are written to are not there.
 * What `send` came back for is read by its recipient once, in the order of its sender, and nothing else is.
 */
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { NodePerson } from '../helpers/node-person.js'
import { startPool, untilWhole, type PoolProcess } from '../helpers/pool-process.js'
import { SeededRandom } from '../helpers/seeded-random.js'

const users = Number(process.env.KILL_USERS ?? 12)
const messages = Number(process.env.KILL_MESSAGES ?? 600)
const minKills = Number(process.env.KILLS ?? 2)
const seed = process.env.SEED ?? '1'
/** Of all users, these are not there while the others write. */
const away = Math.floor(users / 2)
const acknowledgeWithinMs = 10_000
const mayBeLater = 0.001

describe('end to end: servers that are killed while people write', function () {
  this.timeout(0)
  let folder: string
  let pool: PoolProcess
  const random = new SeededRandom(`kills ${seed}`)

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'p2pchat-kills-'))
    pool = await startPool(folder, 3)
    await untilWhole(pool.servers[0]!)
  })

  after(async () => {
    await pool.stop()
    await rm(folder, { recursive: true, force: true })
  })

  it(`loses, doubles and reorders nothing (SEED=${seed})`, async () => {
    const people: NodePerson[] = []
    for (let n = 0; n < users; n++) people.push(await NodePerson.signUp(`user${n}`, pool.pool))
    const here = people.slice(away)
    await Promise.all(people.slice(0, away).map(async (person) => { await person.stop() }))

    const sent = new Map<string, string[]>()
    const tookMs: number[] = []
    const state = { isOver: false, kills: 0, next: 0 }
    const write = async (from: NodePerson): Promise<void> => {
      while (state.next < messages || state.kills < minKills) {
        const text = String(state.next++)
        const to = random.pick(people.filter((person) => person !== from))
        const startMs = performance.now()
        const { id } = await from.node.send({ to: to.username, text })
        const key = `${from.username}>${to.username}`
        sent.set(key, [...sent.get(key) ?? [], text])
        await from.node.wait({ id, state: 'stored', timeoutMs: 10 * acknowledgeWithinMs })
        tookMs.push(performance.now() - startMs)
      }
    }
    const kill = async (): Promise<void> => {
      while (!state.isOver) {
        const server = random.pick(pool.servers)
        await new Promise((resolve) => setTimeout(resolve, random.between(0, 3_000)))
        await server.running.end('SIGKILL')
        state.kills++
        await new Promise((resolve) => setTimeout(resolve, random.between(0, 5_000)))
        await server.restart()
        await untilWhole(pool.servers[0]!)
      }
    }
    const killing = kill()
    await Promise.all(here.map(write))
    state.isOver = true
    await killing

    await Promise.all(people.slice(0, away).map(async (person) => { await person.start() }))
    await Promise.all(people.map(async (person) => {
      await person.heard([...sent].filter(([key]) => key.endsWith(`>${person.username}`)).flatMap(([, texts]) => texts).length)
    }))
    for (const to of people) {
      for (const from of people) assert.deepEqual(to.textsOf(from.username), sent.get(`${from.username}>${to.username}`) ?? [], `${from.username} to ${to.username}`)
    }
    const late = tookMs.filter((ms) => ms > acknowledgeWithinMs).length
    tookMs.sort((a, b) => a - b)
    const at = (quantile: number): string => (tookMs[Math.floor((tookMs.length - 1) * quantile)] ?? 0).toFixed(0)
    console.log(`      ${tookMs.length} messages of ${here.length} people to ${users}, ${state.kills} kills; kept after ${at(0.5)} ms (median), ${at(0.99)} (99 %), ${at(0.999)} (99.9 %), ${at(1)} at most; ${late} later than ${acknowledgeWithinMs} ms`)
    assert.ok(late <= Math.max(1, tookMs.length * mayBeLater), `${late} of ${tookMs.length} were acknowledged late`)
    await Promise.all(people.map(async (person) => { await person.stop() }))
  })
})
