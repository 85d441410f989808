/**
 * A pool of three server processes of which one after the other is killed, with SIGKILL and at any moment, while people
 * write to each other; the next one dies once the pool is whole again. Some of those who are written to are not there.
 * What `send` came back for is read by its recipient once, in the order of its sender, and nothing else is.
 */
import assert from 'node:assert/strict'
import { Crowd } from '../helpers/crowd.js'
import { suitePool, untilWhole } from '../helpers/pool-process.js'
import { SeededRandom } from '../helpers/seeded-random.js'

const users = Number(process.env.KILL_USERS ?? 12)
const messages = Number(process.env.KILL_MESSAGES ?? 600)
const minKills = Number(process.env.KILLS ?? 2)
/** Between two messages of one person: two hundred people in this one process else measure how busy it is. */
const pauseMs = Number(process.env.KILL_PAUSE_MS ?? 0)
const seed = process.env.SEED ?? '1'
/** Of all users, these are not there while the others write. */
const away = Math.floor(users / 2)
const acknowledgeWithinMs = 10_000
const mayBeLater = 0.001

describe('end to end: servers that are killed while people write', function () {
  this.timeout(0)
  let crowd: Crowd | undefined
  const random = new SeededRandom(`kills ${seed}`)

  after(async () => { await crowd?.stop() })
  const suite = suitePool('kills')

  it(`loses, doubles and reorders nothing (SEED=${seed})`, async () => {
    crowd = await Crowd.signUp({ users, away, pool: suite.pool.pool, random })
    const state = { isOver: false, kills: 0 }
    const kill = async (): Promise<void> => {
      while (!state.isOver) {
        const server = random.pick(suite.pool.servers)
        await new Promise((resolve) => setTimeout(resolve, random.between(0, 3_000)))
        await server.running.end('SIGKILL')
        state.kills++
        await new Promise((resolve) => setTimeout(resolve, random.between(0, 5_000)))
        await server.restart()
        await untilWhole(suite.pool.servers[0]!)
      }
    }
    const killing = kill()
    try {
      await crowd.write({ goesOn: (begun) => begun < messages || state.kills < minKills, storedWithinMs: 10 * acknowledgeWithinMs, pauseMs })
    } finally {
      state.isOver = true
      await killing
    }

    await crowd.readAll()
    const { tookMs } = crowd
    const late = tookMs.filter((ms) => ms > acknowledgeWithinMs).length
    console.log(`      ${tookMs.length} messages of ${users - away} people to ${users}, ${state.kills} kills; kept after ${crowd.tookAtMs(0.5)} ms (median), ${crowd.tookAtMs(0.99)} (99 %), ${crowd.tookAtMs(0.999)} (99.9 %), ${crowd.tookAtMs(1)} at most; ${late} later than ${acknowledgeWithinMs} ms`)
    assert.ok(late <= Math.max(1, tookMs.length * mayBeLater), `${late} of ${tookMs.length} were acknowledged late`)
  })
})
