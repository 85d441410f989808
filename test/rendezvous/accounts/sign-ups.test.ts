import assert from 'node:assert/strict'
import { SignUps } from '../../../src/rendezvous/accounts/sign-ups.js'
import type { Registers } from '../../../src/rendezvous/registers/index.js'
import { createStoreRegisters } from '../../../src/rendezvous/registers/store-registers.js'
import { createMemoryStore } from '../../../src/store/index.js'
import { rejects } from '../helpers/expect.js'
import { TestPool } from '../helpers/test-pool.js'

describe('a pool that takes no new accounts', () => {
  let pool: TestPool

  beforeEach(async () => { pool = await new TestPool().start() })
  afterEach(async () => { await pool.stop() })

  it('refuses them, at both steps, until it is opened again', async () => {
    const [early, late] = [await pool.client(), await pool.client()]
    assert.deepEqual([await pool.server.admin.signUp(), (await pool.server.admin.status()).signUp], ['open', 'open'])
    // One that had begun.
    await early.registerStart('early')
    assert.equal(await pool.server.admin.signUp('closed'), 'closed')
    assert.equal((await pool.server.admin.status()).signUp, 'closed')
    const refused = await rejects(late.registerStart('late'), 'ERR_NOT_PERMITTED')
    assert.match(refused.message, /takes no new accounts/)
    await rejects(early.signUp('early'), 'ERR_NOT_PERMITTED')
    await pool.server.admin.signUp('open')
    await late.signUp('late')
  })

  it('stays so over a restart, and only knows open and closed', async () => {
    await pool.server.admin.signUp('closed')
    await pool.crash()
    assert.equal(await pool.server.admin.signUp(), 'closed')
    await rejects(pool.server.admin.signUp('ajar'), 'ERR_USAGE')
  })

  it('serves who has one: sign-in, another password, and the repeat of a sign-up', async () => {
    const alice = await pool.client()
    const account = await alice.signUp('alice')
    await pool.server.admin.signUp('closed')
    assert.equal(await alice.write(0, account.register.signed), 1)
    await alice.attach('alice')
    await alice.registerStart('alice')
    await alice.change(account, { password: 'another' })
  })
})

describe('whether a pool takes new accounts', () => {
  it('is one answer for all servers, and is not written again for the same', async () => {
    const store = createStoreRegisters({ store: createMemoryStore(), derive: () => [] })
    let writes = 0
    const registers: Registers = { ...store, read: async (name) => await store.read(name), list: async (...args) => await store.list(...args), compareAndSet: async (...args) => { writes++; return await store.compareAndSet(...args) } }
    const [one, two] = [new SignUps(registers), new SignUps(registers)]
    await one.set('open')
    assert.equal(writes, 0)
    await Promise.all([one.set('closed'), two.set('closed')])
    await two.set('closed')
    assert.deepEqual([await one.state(), await two.state()], ['closed', 'closed'])
    await two.set('open')
    assert.equal(await one.state(), 'open')
  })

  it('is unknown while the servers cannot say', async () => {
    const registers: Registers = { read: async () => ({ outcome: 'unknown' }), compareAndSet: async () => ({ outcome: 'unknown' }), list: async () => ({ outcome: 'unknown' }) }
    await rejects(new SignUps(registers).state(), 'ERR_UNKNOWN_OUTCOME')
    await rejects(new SignUps(registers).set('closed'), 'ERR_UNKNOWN_OUTCOME')
  })
})
