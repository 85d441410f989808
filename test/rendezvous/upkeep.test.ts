import assert from 'node:assert/strict'
import { eachInTurn, Upkeep } from '../../src/rendezvous/upkeep.js'
import { silentLogger } from '../../src/runtime.js'
import { FakeClock, settle } from '../helpers/fake-clock.js'

describe('Upkeep', () => {
  let clock: FakeClock
  let upkeep: Upkeep
  let runs: number
  let warnings: string[]
  /** What a run waits for. */
  let work: () => Promise<void>
  const make = (retryMs?: number, everyMs?: number): Upkeep => new Upkeep({
    task: async () => { runs++; await work() },
    delayMs: 1_000,
    ...(retryMs === undefined ? {} : { retryMs }),
    ...(everyMs === undefined ? {} : { everyMs }),
    failure: 'it failed',
    clock,
    logger: { ...silentLogger, warn: (_fields, message) => { warnings.push(message) } }
  })

  beforeEach(() => {
    clock = new FakeClock()
    runs = 0
    warnings = []
    work = async () => {}
    upkeep = make()
  })

  it('does once what is asked for several times', async () => {
    for (let i = 0; i < 5; i++) upkeep.soon()
    await clock.advance(999)
    assert.equal(runs, 0)
    await clock.advance(1)
    assert.equal(runs, 1)
    await clock.advance(10_000)
    assert.equal(runs, 1)
  })

  it('does again what is asked for while it runs, after it, and never twice at once', async () => {
    let end = (): void => {}
    work = async () => { await new Promise<void>((resolve) => { end = resolve }) }
    upkeep.soon()
    await clock.advance(1_000)
    for (let i = 0; i < 3; i++) upkeep.soon()
    await clock.advance(5_000)
    assert.equal(runs, 1)
    end()
    await settle()
    await clock.advance(1_000)
    assert.equal(runs, 2)
    end()
    await clock.advance(5_000)
    assert.equal(runs, 2)
  })

  it('tells of a failure, and goes on when it is asked for next', async () => {
    work = async () => { throw new Error('no') }
    upkeep.soon()
    await clock.advance(10_000)
    assert.deepEqual(warnings, ['it failed'])
    upkeep.soon()
    await clock.advance(1_000)
    assert.equal(runs, 2)
  })

  it('tries again by itself until it succeeds where that is asked for', async () => {
    upkeep = make(2_000)
    work = async () => { throw new Error('no') }
    upkeep.soon()
    await clock.advance(1_000)
    await clock.advance(1_999)
    assert.equal(runs, 1)
    await clock.advance(1)
    assert.equal(runs, 2)
    await clock.advance(3_999)
    assert.equal(runs, 2, 'twice as late each time')
    await clock.advance(1)
    assert.equal(runs, 3)
    work = async () => {}
    await clock.advance(10_000)
    assert.deepEqual([runs, clock.pending], [4, 0])
    work = async () => { throw new Error('no') }
    upkeep.soon()
    await clock.advance(1_000)
    await clock.advance(2_000)
    assert.equal(runs, 6, 'from the beginning after a success')
    upkeep.stop()
    await clock.advance(10_000)
    assert.deepEqual([runs, clock.pending], [6, 0])
  })

  it('does it every so often where that is asked for, and sooner on request', async () => {
    upkeep = make(2_000, 60_000)
    upkeep.soon()
    await clock.advance(1_000)
    await clock.advance(60_000)
    assert.equal(runs, 1)
    await clock.advance(1_000)
    assert.equal(runs, 2)
    upkeep.soon()
    await clock.advance(1_000)
    assert.deepEqual([runs, clock.pending], [3, 1])
    work = async () => { throw new Error('no') }
    await clock.advance(61_000)
    await clock.advance(2_000)
    assert.equal(runs, 5, 'a failure is tried again after its own pause')
    upkeep.stop()
    assert.equal(clock.pending, 0)
  })

  it('does nothing after its end', async () => {
    upkeep.soon()
    upkeep.stop()
    upkeep.soon()
    await clock.advance(5_000)
    assert.equal(runs, 0)
    assert.equal(clock.pending, 0)
  })
})

describe('tasks in turn', () => {
  it('go on after one that fails, and say which', async () => {
    const done: string[] = []
    const failures: string[] = []
    await eachInTurn({
      'no first': async () => { done.push('first') },
      'no second': async () => { throw new Error('no') },
      'no third': async () => { done.push('third') }
    }, { ...silentLogger, error: (_fields, message) => { failures.push(message) } })
    assert.deepEqual([done, failures], [['first', 'third'], ['no second']])
  })
})
