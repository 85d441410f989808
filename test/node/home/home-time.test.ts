import assert from 'node:assert/strict'
import { maxDailyStepMs, stampNow, steadyNow, stepHomeTime } from '../../../src/node/home/home-time.js'
import type { Lane } from '../../../src/node/home/lane.js'
import { FakeClock } from '../../helpers/fake-clock.js'
import { makeLane } from '../support.js'

const minuteMs = 60_000
const yearMs = 365 * 24 * 60 * minuteMs
const rightMs = Date.UTC(2026, 5)

describe('the time of a home', () => {
  let clock: FakeClock
  let lane: Lane

  beforeEach(() => {
    clock = new FakeClock(rightMs)
    lane = makeLane()
  })

  const steady = async (): Promise<number> => await steadyNow(lane, clock)
  const stamp = async (): Promise<number> => await stampNow(lane, clock)
  const step = async (): Promise<void> => { await stepHomeTime(lane, clock) }

  it('is the clock\'s before the first step, and follows it', async () => {
    assert.deepEqual([await steady(), await stamp()], [rightMs, rightMs])
    await step()
    await clock.advance(20 * minuteMs)
    assert.deepEqual([await steady(), await stamp()], [rightMs, clock.now()])
    await step()
    assert.equal(await steady(), clock.now())
  })

  it('goes only a step with a clock that is far ahead, or begins in 1970; nothing is stamped long ago', async () => {
    for (const wrongMs of [rightMs + yearMs, minuteMs]) {
      await step()
      clock.jump(wrongMs - clock.now())
      await step()
      assert.equal(await steady(), rightMs + Math.sign(wrongMs - rightMs) * maxDailyStepMs)
      assert.equal(await stamp(), Math.max(wrongMs, rightMs - maxDailyStepMs))
      clock.jump(rightMs - clock.now())
      await step()
      assert.equal(await steady(), rightMs)
    }
  })

  it('keeps up in a home that runs for some minutes each day', async () => {
    for (let day = 0; day < 60; day++) {
      await step()
      clock.jump(24 * 60 * minuteMs)
    }
    await step()
    assert.equal(await steady(), clock.now())
  })

  it('is not hurried by runs that begin shortly after each other', async () => {
    await step()
    clock.jump(yearMs)
    for (let i = 0; i < 100; i++) {
      await step()
      await clock.advance(1_000)
    }
    assert.equal(await steady(), rightMs + maxDailyStepMs)
  })

  it('of a home that is made in 1970 is not so far behind that it never gets there', async () => {
    clock.jump(-clock.now())
    await step()
    clock.jump(rightMs)
    for (let i = 0; i < 6_000; i++) {
      await clock.advance(20 * minuteMs)
      await step()
    }
    assert.equal(await steady(), clock.now())
  })
})
