import assert from 'node:assert/strict'
import type { RendezvousServer } from '../../../src/rendezvous/index.js'
import type { MemoryDisk } from '../../../src/store/index.js'
import { JoiningPool } from '../helpers/joining-pool.js'

async function contentsOf (disk: MemoryDisk): Promise<Array<[string, Uint8Array]>> {
  const store = disk.open()
  const contents: Array<[string, Uint8Array]> = []
  for await (const row of store.range({})) contents.push(row)
  await store.close()
  return contents
}

async function restore (disk: MemoryDisk, contents: Array<[string, Uint8Array]>): Promise<void> {
  const now = await contentsOf(disk)
  const store = disk.open()
  await store.batch([...now.map(([key]) => ({ type: 'delete' as const, key })), ...contents.map(([key, value]) => ({ type: 'put' as const, key, value }))], { sync: true })
  await store.close()
}

describe('the operator of a pool', () => {
  let pool: JoiningPool
  beforeEach(() => { pool = new JoiningPool() })
  afterEach(async () => { await pool.stop() })

  async function grown (count: number): Promise<[RendezvousServer, ...RendezvousServer[]]> {
    const [first, ...others] = await pool.grow(count)
    if (first === undefined) throw new Error('There is no server.')
    return [first, ...others]
  }

  async function drained (by: RendezvousServer, peerId: string): Promise<void> {
    for (let n = 0; n < 240; n++) {
      if ((await pool.clock.until(by.admin.drain(peerId))).isDrained) return
      await pool.clock.advance(500)
    }
    throw new Error('It is never empty.')
  }

  it('drains a server and takes it out; it serves nobody from then on, and the pool has a new secret', async () => {
    const [first, , third] = await grown(4)
    assert.ok(third !== undefined)
    await assert.rejects(pool.clock.until(first.admin.remove(third.peerId, { force: false })), { code: 'ERR_NOT_PERMITTED', message: /drain 3/ })
    await drained(first, third.peerId)
    assert.deepEqual((await pool.clock.until(first.admin.doctor())).map(({ code, peerId }) => [code, peerId]), [['drained', third.peerId]])
    await pool.clock.until(first.admin.remove(third.peerId, { force: false }))
    const { servers, acceptors, phase } = await pool.clock.until(first.admin.status())
    assert.deepEqual([servers.length, acceptors, phase, servers.some(({ peerId }) => peerId === third.peerId)], [3, 3, 'settled', false])
    await pool.clock.advance(5_000)
    assert.equal(third.removed.aborted, true)
    assert.deepEqual(third.addresses(), [])
    assert.deepEqual(await pool.clock.until(first.admin.doctor()), [])
  })

  it('takes out one that is gone for good; should it return, it learns so and ends', async () => {
    const [first, , third] = await grown(3)
    const gone = pool.machines[2]
    assert.ok(third !== undefined && gone !== undefined)
    await pool.clock.advance(60_000)
    pool.kill(gone)
    await pool.clock.advance(5_000)
    assert.deepEqual((await pool.clock.until(first.admin.doctor())).map(({ code, severity }) => [severity, code]), [['problem', 'server-silent']])
    await pool.clock.until(first.admin.remove(third.peerId, { force: true }))
    await pool.clock.advance(60_000)
    assert.deepEqual((await pool.clock.until(first.admin.doctor())).map(({ code }) => code), ['two-servers'])
    const returned = await pool.boot(gone)
    await pool.clock.advance(10_000)
    assert.equal(returned.removed.aborted, true)
    gone.server = undefined
    await assert.rejects(pool.boot(gone), { code: 'ERR_NOT_IN_POOL', message: /removed/ })
    const token = (await pool.clock.until(first.admin.invite(60_000))).token
    await assert.rejects(pool.boot(gone, { join: token }), { code: 'ERR_NOT_IN_POOL' })
  })

  it('ends what a removal that was cut off had begun', async () => {
    const [first, second, third] = await grown(3)
    assert.ok(second !== undefined && third !== undefined)
    await drained(first, third.peerId)
    assert.equal((await pool.clock.until(first.admin.status())).acceptors, 3, 'of two voters none may die')
    await pool.clock.until(first.admin.remove(third.peerId, { force: false }))
    assert.equal((await pool.clock.until(first.admin.status())).acceptors, 2)
    const before = await pool.clock.until(second.admin.status())
    await pool.clock.until(second.admin.remove(third.peerId, { force: false }))
    assert.equal((await pool.clock.until(second.admin.status())).rosterVersion, before.rosterVersion)
  })

  it('is refused what would leave nobody to keep the mail, or to speak to', async () => {
    const [first, second] = await grown(2)
    assert.ok(second !== undefined)
    await assert.rejects(pool.clock.until(first.admin.remove(first.peerId, { force: true })), { code: 'ERR_USAGE' })
    await drained(first, second.peerId)
    await assert.rejects(pool.clock.until(first.admin.drain(first.peerId)), { code: 'ERR_NOT_PERMITTED' })
    await assert.rejects(pool.clock.until(first.admin.drain('12D3KooWNobody')), { code: 'ERR_NOT_FOUND' })
    await pool.clock.until(first.admin.remove(second.peerId, { force: false }))
    assert.equal((await pool.clock.until(first.admin.status())).servers.length, 1)
  })

  it('goes on with the recovery key after a majority was lost, and what was decided before is there', async () => {
    const [first, second, third] = await grown(3)
    assert.ok(second !== undefined && third !== undefined)
    const { token } = await pool.clock.until(first.admin.invite(24 * 3_600_000))
    const lost = [second.peerId, third.peerId]
    await assert.rejects(pool.clock.until(first.admin.recover(lost, pool.recoveryKey)), { code: 'ERR_NOT_PERMITTED', message: /answers/ })
    const [, two, three] = pool.machines
    assert.ok(two !== undefined && three !== undefined)
    pool.kill(two)
    await pool.clock.advance(10_000)
    await assert.rejects(pool.clock.until(first.admin.recover([second.peerId], pool.recoveryKey)), { code: 'ERR_NOT_PERMITTED', message: /--force/ })
    pool.kill(three)
    await pool.clock.advance(10_000)
    assert.equal((await pool.clock.until(first.admin.doctor()))[0]?.code, 'no-majority')
    await assert.rejects(pool.clock.until(first.admin.recover(lost, 'ab'.repeat(32))), { code: 'ERR_BAD_CREDENTIALS' })
    await assert.rejects(pool.clock.until(first.admin.recover([second.peerId], pool.recoveryKey)), { code: 'ERR_UNREACHABLE', message: /--lost 3/ })
    await pool.clock.until(first.admin.recover(lost, pool.recoveryKey))
    await pool.clock.until(first.admin.recover(lost, pool.recoveryKey))
    const status = await pool.clock.until(first.admin.status())
    assert.deepEqual([status.servers.map(({ peerId }) => peerId), status.phase, status.canDecide], [[first.peerId], 'settled', true])
    await pool.boot(pool.machine(), { join: token })
    await pool.until(first, ({ acceptors }) => acceptors === 2)
  })

  for (const order of ['first', 'last']) {
    it(`takes out a server that answers on an old disk with one that is gone, named ${order}`, async () => {
      const [first, second, third] = await grown(3)
      const [, two, three] = pool.machines
      assert.ok(second !== undefined && third !== undefined && two !== undefined && three !== undefined)
      pool.kill(three)
      const old = await contentsOf(three.disk)
      await pool.boot(three)
      for (let n = 0; n < 300; n++) await pool.clock.until(first.admin.invite(60_000))
      pool.kill(three)
      await restore(three.disk, old)
      await pool.boot(three)
      await pool.until(first, ({ servers }) => servers[2]?.figures?.vote === 'retired')
      pool.kill(two)
      await pool.clock.advance(10_000)
      await assert.rejects(pool.clock.until(first.admin.recover([second.peerId], pool.recoveryKey)), { code: 'ERR_NOT_PERMITTED', message: /--lost 3/ })
      const lost = order === 'first' ? [third.peerId, second.peerId] : [second.peerId, third.peerId]
      await pool.clock.until(first.admin.recover(lost, pool.recoveryKey))
      const status = await pool.clock.until(first.admin.status())
      assert.deepEqual([status.servers.map(({ peerId }) => peerId), status.phase, status.canDecide], [[first.peerId], 'settled', true])
    })
  }
})
