import { mailboxesSuite } from '../mailboxes/suite.js'
import { readUnsigned, TestPool, unsigned } from './helpers.js'

for (const count of [1, 2, 3, 5]) {
  mailboxesSuite(`replicated on ${count} of a pool`, async () => {
    const pool = new TestPool({}, readUnsigned)
    for (let index = 0; index < count; index++) await pool.add(index)
    pool.decide(...pool.servers.map(({ placed }) => placed))
    const home = pool.servers[0]
    if (home === undefined) throw new Error('There is no server.')
    return {
      mailboxes: unsigned(home.mail.mailboxes),
      clock: pool.clock,
      restart: async () => {
        for (const server of pool.servers) await pool.restart(server)
        return unsigned(home.mail.mailboxes)
      }
    }
  })
}
