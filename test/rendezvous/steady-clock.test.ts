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

  it('does not begin in 1970', async () => {
    const store = createMemoryDisk().open()
    const steady = await SteadyClock.load(store, new FakeClock(0))
    assert.ok(steady.fromMs() > 50 * year)
    await store.close()
  })
})
