import assert from 'node:assert/strict'
import { SteadyClock } from '../../src/rendezvous/steady-clock.js'
import { maxSteadyStepMs } from '../../src/steady-time.js'
import { createMemoryDisk } from '../../src/store/index.js'
import { FakeClock } from '../helpers/fake-clock.js'

const year = 365 * 24 * 60 * 60 * 1000

describe('SteadyClock', () => {
  const right = Date.UTC(2030, 0, 1)
  const disk = createMemoryDisk()
  const start = async (nowMs: number): Promise<{ clock: FakeClock, steady: SteadyClock, stop: () => Promise<void> }> => {
    const [clock, store] = [new FakeClock(nowMs), disk.open()]
    return { clock, steady: await SteadyClock.load(store, clock), stop: async () => { await store.close() } }
  }

  /** Of a server of its own. */
  const fresh = async (): Promise<{ clock: FakeClock, steady: SteadyClock }> => {
    const clock = new FakeClock(right)
    return { clock, steady: await SteadyClock.load(createMemoryDisk().open(), clock) }
  }

  beforeEach(async () => {
    const { stop } = await start(right)
    await stop()
  })

  it('is the clock where that is right', async () => {
    const { clock, steady, stop } = await start(right)
    await clock.advance(1_000)
    assert.deepEqual([steady.fromMs(), steady.overMs()], [right + 1_000, right + 1_000])
    await stop()
  })

  it('keeps what comes from the time before, where the machine begins in 1970', async () => {
    const { clock, steady, stop } = await start(0)
    assert.equal(steady.fromMs(), right - maxSteadyStepMs)
    clock.jump(right)
    assert.deepEqual([steady.fromMs(), steady.overMs()], [right, right])
    await stop()
  })

  it('lets nothing be over a year too early, for as long as nobody lets the clock stand so', async () => {
    const { clock, steady, stop } = await start(right)
    clock.jump(year)
    assert.deepEqual([steady.fromMs(), steady.overMs()], [right + year, right + maxSteadyStepMs])
    await steady.step()
    assert.equal(steady.overMs(), right + 2 * maxSteadyStepMs)
    clock.jump(-year)
    assert.equal(steady.overMs(), right)
    await steady.step()
    await stop()
  })

  it('hides nothing any more once a clock that was ahead is set right, however far it was followed', async () => {
    const { clock, steady, stop } = await start(right)
    clock.jump(year)
    for (let steps = 0; steps < year / maxSteadyStepMs; steps++) await steady.step()
    clock.jump(-year)
    assert.equal(steady.overMs(), right)
    for (let steps = 0; steps < year / maxSteadyStepMs; steps++) await steady.step()
    assert.equal(steady.fromMs(), right)
    await stop()
  })

  it('knows after a start how far it was', async () => {
    const before = await start(right)
    before.clock.jump(year)
    await before.steady.step()
    await before.stop()
    const { steady, stop } = await start(right + year)
    assert.equal(steady.overMs(), right + 2 * maxSteadyStepMs)
    for (let steps = 0; steps < year / maxSteadyStepMs; steps++) await steady.step()
    assert.equal(steady.overMs(), right + year)
    await stop()
  })

  it('steps at once to what a majority says has come, its clock being one of it', async () => {
    const day = 24 * 60 * 60 * 1000
    const now = right + 40 * day
    const lie = right + year
    const cases: Array<[told: number[], servers: number, steppedTo: number]> = [
      // Alone, or where nobody answers, nobody knows better.
      [[], 1, right],
      [[], 3, right],
      [[now], 2, now],
      [[now, now], 3, now],
      // Neither who lies nor who was off as well holds it up,
      [[lie, now - day], 3, now],
      [[0, now], 3, now],
      [[right, now], 3, now],
      // and of many one is not enough.
      [[now], 4, right],
      [[lie, now - day, right], 4, now - day],
      [[lie, now - day, right, 0], 5, now - day],
      [[lie, right - day, right - day, right - day], 5, right]
    ]
    for (const [told, servers, steppedTo] of cases) {
      const { clock, steady } = await fresh()
      clock.jump(40 * day)
      assert.ok(steady.isBehind)
      assert.equal(await steady.stepTo(told, servers), steppedTo > right)
      assert.deepEqual([steady.toldMs(), steady.overMs()], [steppedTo, Math.min(now, steppedTo + maxSteadyStepMs)])
    }
  })

  it('is led nowhere by the right time of others where its clock is wrong, nor by who lies', async () => {
    const { clock, steady } = await fresh()
    assert.equal(await steady.stepTo([right + year, right + year], 3), false)
    assert.equal(steady.toldMs(), right)
    clock.jump(year)
    assert.ok(steady.isBehind)
    assert.equal(await steady.stepTo([right, right], 3), false)
    assert.equal(steady.overMs(), right + maxSteadyStepMs)
  })

  it('goes no faster where all clocks are wrong and all go by each other', async () => {
    const servers = [await fresh(), await fresh(), await fresh()]
    for (const { clock } of servers) clock.jump(year)
    for (let steps = 1; steps <= 10; steps++) {
      for (const { steady } of servers) {
        await steady.step()
        await steady.stepTo(servers.map((other) => other.steady.toldMs()), servers.length)
        assert.equal(steady.toldMs(), right + steps * maxSteadyStepMs)
      }
    }
  })

  it('does not begin in 1970', async () => {
    const store = createMemoryDisk().open()
    const steady = await SteadyClock.load(store, new FakeClock(0))
    assert.ok(steady.fromMs() > 50 * year)
    await store.close()
  })
})
