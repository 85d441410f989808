/** Real clients spread evenly over equal servers, also over those that are left when one is killed. */
import assert from 'node:assert/strict'
import { Crowd } from '../helpers/crowd.js'
import { poolStatus, suitePool } from '../helpers/pool-process.js'
import { SeededRandom } from '../helpers/seeded-random.js'

const users = 60
/** New clients. */
const maxUneven = 0.2
/** … and those of a server that died: they come within one moment, before the others have told each other how many they have. */
const maxUnevenAfterDeath = 1 / 3

describe('end to end: clients over servers', function () {
  this.timeout(240_000)
  let crowd: Crowd | undefined

  after(async () => { await crowd?.stop() })
  const suite = suitePool('spread')

  /** Until all clients are at these servers, as those say. */
  async function spread (count: number): Promise<number[]> {
    for (;;) {
      const lines = await poolStatus(suite.pool.servers[0]!)
      const clients = lines.flatMap(({ event, figures }) => (event === 'server' && figures !== null ? [Number((figures as { clients: unknown }).clients)] : []))
      if (clients.length === count && clients.reduce((sum, one) => sum + one, 0) === users) return clients
      await new Promise((resolve) => { setTimeout(resolve, 200) })
    }
  }

  function assertEven (clients: number[], within: number): void {
    const equal = users / clients.length
    for (const count of clients) assert.ok(Math.abs(count - equal) <= within * equal, `${clients.join(', ')} clients are not even within ${within}`)
  }

  it('are even within 20 %, and those of a killed server go to both others', async () => {
    crowd = await Crowd.signUp({ users, away: 0, pool: suite.pool.pool, random: new SeededRandom('spread') })
    const before = await spread(3)
    assertEven(before, maxUneven)
    await suite.pool.servers[1]!.running.end('SIGKILL')
    const after = await spread(2)
    assertEven(after, maxUnevenAfterDeath)
    console.log(`      ${users} clients at three servers: ${before.join(', ')}; at the two that are left: ${after.join(', ')}`)
  })
})
