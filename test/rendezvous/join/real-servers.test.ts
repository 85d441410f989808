import assert from 'node:assert/strict'
import type { PoolStatus } from '../../../src/rendezvous/index.js'
import { JoiningPool, type Machine } from '../helpers/joining-pool.js'
import { CrashingStore } from '../../simulation/crashing-store.js'

const hour = 3_600_000

describe('servers that join', () => {
  let pool: JoiningPool
  beforeEach(() => { pool = new JoiningPool() })
  afterEach(async () => { await pool.stop() })

  async function invite (ttlMs = hour): Promise<string> {
    const server = pool.machines.find((machine) => machine.server !== undefined)?.server
    assert.ok(server !== undefined)
    return (await pool.clock.until(server.admin.invite(ttlMs))).token
  }

  it('become full members by themselves, one after the other', async () => {
    const [founder] = await pool.grow(5)
    assert.ok(founder !== undefined)
    const status = await pool.clock.until(founder.admin.status())
    assert.deepEqual(status.servers.map(({ state, acceptor, figures }) => [state, acceptor, figures?.vote, figures?.version]), Array.from({ length: 5 }, () => ['member', true, 'voting', '1.2.3']))
    assert.deepEqual([status.acceptors, status.acceptorsUp, status.canDecide, status.phase], [5, 5, true, 'settled'])
  })

  it('announce themselves again when the roster changes, as do those that are there: who refused them knew them not yet', async () => {
    await pool.grow(1)
    await pool.settle()
    pool.announced.length = 0
    await pool.boot(pool.machine(), { join: await invite() })
    await pool.settle()
    const times = (name: string): number => pool.announced.filter((one) => one === name).length
    assert.ok(times('m1') >= 1 && times('m2') >= 2, pool.announced.join())
  })

  it('are told a token by the founder alone, and only until an invitation is made', async () => {
    const [founder, second] = await pool.grow(2)
    assert.ok(founder !== undefined && second !== undefined)
    assert.equal(await pool.clock.until(second.joinToken()), undefined)
    const token = await pool.clock.until(founder.joinToken())
    assert.ok(token !== undefined)
    await pool.clock.until(second.admin.invite(hour))
    assert.equal(await pool.clock.until(founder.joinToken()), undefined)
    await assert.rejects(pool.boot(pool.machine(), { join: token }), { code: 'ERR_NOT_PERMITTED', message: /no longer taken/ })
  })

  it('are told no token that is known to be closed, also when the founder starts and no majority answers', async () => {
    const [founder] = await pool.grow(2)
    const [one] = pool.machines
    assert.ok(founder !== undefined && one !== undefined)
    await pool.boot(pool.machine(), { join: await invite() })
    await pool.settle()
    for (const machine of [...pool.machines].reverse()) pool.kill(machine)
    const again = await pool.boot(one)
    assert.equal(await pool.clock.until(again.joinToken()), undefined)
  })

  it('are refused with a token that was used or has expired, and found no pool instead when they are started again', async () => {
    await pool.grow(1)
    const used = await invite()
    await pool.boot(pool.machine(), { join: used })
    const late = pool.machine()
    await assert.rejects(pool.boot(late, { join: used }), { code: 'ERR_NOT_PERMITTED', message: /another server/ })
    const expired = await invite(1_000)
    await pool.clock.advance(2_000)
    await assert.rejects(pool.boot(late, { join: expired }), { code: 'ERR_NOT_PERMITTED', message: /expired/ })
    await assert.rejects(pool.boot(late), { code: 'ERR_NOT_PERMITTED', message: /expired/ })
    await pool.boot(late, { join: await invite() })
  })

  it('go on with their pool whatever token they are started with, but never with one of another pool', async () => {
    const [, second] = await pool.grow(2)
    const machine = pool.machines[1]
    assert.ok(machine !== undefined && second !== undefined)
    const token = await invite()
    await pool.clock.until(second.stop())
    machine.server = undefined
    const other = new JoiningPool('another pool')
    const [stranger] = await other.grow(1)
    const foreign = await other.clock.until(stranger?.joinToken() ?? Promise.resolve(undefined))
    await other.stop()
    await assert.rejects(pool.boot(machine, { join: foreign ?? '' }), { code: 'ERR_STORE_FOREIGN' })
    const again = await pool.boot(machine, { join: token })
    assert.equal(again.peerId, second.peerId)
  })

  /** Starts a server whose process dies at its n-th write; whether it came so far. */
  async function dies (machine: Machine, join: string, batches: number, written: boolean): Promise<boolean> {
    let hasDied = false
    const start = pool.boot(machine, {
      join,
      wrap: (store) => {
        const crashing = new CrashingStore(store, () => { hasDied = true })
        crashing.arm({ batches, written })
        return crashing
      }
    })
    await start.catch(() => {})
    pool.kill(machine)
    return hasDied
  }

  for (const written of [false, true]) {
    it(`are killed at any of their writes (${written ? 'after' : 'before'} it reached the disk), and are in the pool once they are started again`, async function () {
      const [founder] = await pool.grow(1)
      assert.ok(founder !== undefined)
      for (let batches = 1; batches < 30; batches++) {
        const machine = pool.machine()
        const token = await invite()
        const hasDied = await dies(machine, token, batches, written)
        const server = await pool.boot(machine, { join: token })
        await assert.rejects(pool.boot(pool.machine(), { join: token }), { code: 'ERR_NOT_PERMITTED' })
        await pool.until(founder, ({ servers, phase }) => phase === 'settled' && servers.some(({ peerId, state }) => peerId === server.peerId && state === 'member'))
        const status: PoolStatus = await pool.clock.until(founder.admin.status())
        assert.equal(status.servers.length, 2, `killed at write ${batches}`)
        await pool.clock.until(founder.admin.remove(server.peerId, { force: true }))
        machine.server = undefined
        if (!hasDied) return
      }
      assert.fail('It writes for ever.')
    })
  }
})
