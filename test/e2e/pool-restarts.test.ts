/**
 * All servers of a pool are restarted one after the other, as for an update: SIGTERM, and the next one when this one is back.
 * People write to each other meanwhile, to some who are there and some who are not. No send fails, and nothing is lost, doubled
 * or reordered. Larger: RESTART_USERS, RESTART_MESSAGES, RESTART_ROUNDS.
 */
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { NodePerson } from '../helpers/node-person.js'
import { startPool, untilWhole, type PoolProcess } from '../helpers/pool-process.js'
import { SeededRandom } from '../helpers/seeded-random.js'

const users = Number(process.env.RESTART_USERS ?? 6)
/** At least so many; they write until all servers were restarted. */
const messages = Number(process.env.RESTART_MESSAGES ?? 60)
const rounds = Number(process.env.RESTART_ROUNDS ?? 1)
const seed = process.env.SEED ?? '1'
const away = Math.floor(users / 3)
/** Between two messages of one sender: the servers are to be restarted, not to be filled. */
const pauseMs = 50
/** A server that hands its clients over keeps nobody waiting; this is for a machine with much else to do. */
const acknowledgeWithinMs = 15_000

describe('end to end: a pool whose servers are restarted one after the other', function () {
  this.timeout(0)
  let folder: string
  let pool: PoolProcess
  const random = new SeededRandom(`restarts ${seed}`)

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'p2pchat-restarts-'))
    pool = await startPool(folder, 3)
    await untilWhole(pool.servers[0]!)
  })

  after(async () => {
    await pool.stop()
    await rm(folder, { recursive: true, force: true })
  })

  it(`keeps every send, once and in order (SEED=${seed})`, async () => {
    const people: NodePerson[] = []
    for (let n = 0; n < users; n++) people.push(await NodePerson.signUp(`user${n}`, pool.pool))
    await Promise.all(people.slice(0, away).map(async (person) => { await person.stop() }))

    const sent = new Map<string, string[]>()
    const tookMs: number[] = []
    const state = { isOver: false, next: 0 }
    const write = async (from: NodePerson): Promise<void> => {
      while (state.next < messages || !state.isOver) {
        const text = String(state.next++)
        const to = random.pick(people.filter((person) => person !== from))
        const startMs = performance.now()
        const { id } = await from.node.send({ to: to.username, text })
        const key = `${from.username}>${to.username}`
        sent.set(key, [...sent.get(key) ?? [], text])
        await from.node.wait({ id, state: 'stored', timeoutMs: acknowledgeWithinMs })
        tookMs.push(performance.now() - startMs)
        await new Promise((resolve) => { setTimeout(resolve, pauseMs) })
      }
    }
    const restart = async (): Promise<void> => {
      for (let round = 0; round < rounds; round++) {
        for (const server of pool.servers) {
          assert.equal(await server.running.end('SIGTERM'), 0)
          await server.restart()
          await untilWhole(server)
        }
      }
      state.isOver = true
    }
    await Promise.all([restart(), ...people.slice(away).map(write)])

    await Promise.all(people.slice(0, away).map(async (person) => { await person.start() }))
    await Promise.all(people.map(async (person) => {
      await person.heard([...sent].filter(([key]) => key.endsWith(`>${person.username}`)).flatMap(([, texts]) => texts).length)
    }))
    for (const to of people) {
      for (const from of people) assert.deepEqual(to.textsOf(from.username), sent.get(`${from.username}>${to.username}`) ?? [], `${from.username} to ${to.username}`)
    }
    tookMs.sort((a, b) => a - b)
    console.log(`      ${tookMs.length} messages while ${rounds * pool.servers.length} servers were restarted; kept after ${tookMs[tookMs.length >> 1]?.toFixed(0)} ms (median), ${tookMs.at(-1)?.toFixed(0)} at most`)
    await Promise.all(people.map(async (person) => { await person.stop() }))
  })
})
