/**
 * All servers of a pool are restarted one after the other, as for an update: SIGTERM, and the next one when this one is back.
 * People write to each other meanwhile, to some who are there and some who are not. No send fails, and nothing is lost, doubled
 * or reordered. Larger: RESTART_USERS, RESTART_MESSAGES, RESTART_ROUNDS.
 */
import assert from 'node:assert/strict'
import { Crowd } from '../helpers/crowd.js'
import { suitePool, untilWhole } from '../helpers/pool-process.js'
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
  let crowd: Crowd | undefined
  const random = new SeededRandom(`restarts ${seed}`)

  after(async () => { await crowd?.stop() })
  const suite = suitePool('restarts')

  it(`keeps every send, once and in order (SEED=${seed})`, async () => {
    crowd = await Crowd.signUp({ users, away, pool: suite.pool.pool, random })
    const state = { isOver: false }
    const restart = async (): Promise<void> => {
      for (let round = 0; round < rounds; round++) {
        for (const server of suite.pool.servers) {
          assert.equal(await server.running.end('SIGTERM'), 0)
          await server.restart()
          await untilWhole(server)
        }
      }
      state.isOver = true
    }
    await Promise.all([restart(), crowd.write({ goesOn: (begun) => begun < messages || !state.isOver, storedWithinMs: acknowledgeWithinMs, pauseMs })])
    await crowd.readAll()
    console.log(`      ${crowd.tookMs.length} messages while ${rounds * suite.pool.servers.length} servers were restarted; kept after ${crowd.tookAtMs(0.5)} ms (median), ${crowd.tookAtMs(1)} at most`)
  })
})
