import assert from 'node:assert/strict'
import { P2pChatError } from '../../src/errors.js'
import { Retry, type Outcome } from '../../src/node/retry.js'
import { FakeClock } from '../helpers/fake-clock.js'

const idle: Outcome = { kind: 'idle' }
const failed: Outcome = { kind: 'failed', retryAfterMs: 0 }

describe('something that is tried until it works', () => {
  /** Each try takes the next outcome; behind the last it is idle. */
  function tried (...outcomes: Array<Outcome | Error>): { clock: FakeClock, retry: Retry, at: number[], delays: number[] } {
    const clock = new FakeClock()
    const start = clock.now()
    const [at, delays]: [number[], number[]] = [[], []]
    const retry = new Retry({
      clock,
      firstPauseMs: 100,
      maxPauseMs: 350,
      attempt: async () => {
        at.push(clock.now() - start)
        const outcome = outcomes.shift() ?? idle
        if (outcome instanceof Error) throw outcome
        return outcome
      },
      failed: (_error, _known, delayMs) => { delays.push(delayMs) }
    })
    return { clock, retry, at, delays }
  }

  it('is tried when triggered, and sleeps when nothing is left', async () => {
    const { clock, retry, at } = tried(idle)
    await clock.advance(1_000)
    assert.deepEqual(at, [])
    retry.trigger()
    await clock.advance(10_000)
    assert.deepEqual([at, clock.pending, retry['running']], [[1_000], 0, undefined])
  })

  it('pauses longer each time, up to the longest, and begins anew after a success', async () => {
    const { clock, retry, at } = tried(failed, failed, failed, failed, { kind: 'again', progress: true }, failed, idle)
    retry.trigger()
    await clock.advance(10_000)
    assert.deepEqual(at, [0, 100, 300, 650, 1_000, 1_000, 1_100])
  })

  it('goes on at once without new patience when another way is tried', async () => {
    const { clock, retry, at } = tried(failed, { kind: 'again', progress: false }, failed, idle)
    retry.trigger()
    await clock.advance(10_000)
    assert.deepEqual(at, [0, 100, 100, 300])
  })

  it('waits for as long as it was told to, by an outcome or an error', async () => {
    const { clock, retry, at, delays } = tried({ kind: 'failed', retryAfterMs: 5_000 }, new P2pChatError('ERR_OVERLOADED', 'Later.', { retryAfterMs: 7_000 }), new Error('broken'), idle)
    retry.trigger()
    await clock.advance(100_000)
    assert.deepEqual([at, delays], [[0, 5_000, 12_000, 12_350], [7_000, 350]])
  })

  it('looks again after a time of its own when all went well', async () => {
    const { clock, retry, at } = tried(failed, { kind: 'look', afterMs: 2_000 }, failed, idle)
    retry.trigger()
    await clock.advance(100_000)
    assert.deepEqual(at, [0, 100, 2_100, 2_200])
  })

  it('is tried once more when it is triggered meanwhile, and the pause is cut short by a trigger', async () => {
    const { clock, retry, at } = tried({ kind: 'look', afterMs: 2_000 }, failed, idle)
    retry.trigger()
    retry.trigger()
    await clock.advance(50)
    assert.deepEqual([at, clock.pending], [[0, 0].slice(0, at.length), 1])
    retry.trigger()
    await clock.advance(10_000)
    assert.deepEqual([at.at(-1), clock.pending], [50, 0])
  })

  it('goes on with what is more to do at once, but cuts the pause of a failed try no shorter for it than to the longest of its own, whatever the other end has asked for', async () => {
    const { clock, retry, at } = tried({ kind: 'look', afterMs: 2_000 }, failed, { kind: 'failed', retryAfterMs: 5_000 }, idle)
    retry.more()
    await clock.advance(50)
    const chatter = async (ms: number): Promise<void> => { for (let n = 0; n < ms / 10; n++) { retry.more(); await clock.advance(10) } }
    await chatter(6_000)
    assert.deepEqual(at.slice(0, 4), [0, 50, 150, 500])
    assert.ok(at.length > 50, 'as soon as all goes well')
  })

  it('drops what was more to do during a try that fails into the next one, and is cut short by a trigger all the same', async () => {
    const { clock, retry, at } = tried(failed, failed, idle)
    retry.trigger()
    retry.more()
    await clock.advance(60)
    retry.more()
    assert.deepEqual([at, clock.pending], [[0], 1])
    retry.trigger()
    await clock.advance(0)
    assert.deepEqual(at, [0, 60])
    await clock.advance(200)
    assert.deepEqual([at, clock.pending], [[0, 60, 260], 0])
  })

  it('is over when stopped: the try under way is waited for, nothing is begun any more', async () => {
    const clock = new FakeClock()
    let ended = false
    const retry = new Retry({
      clock,
      firstPauseMs: 100,
      maxPauseMs: 100,
      attempt: async (signal) => {
        await new Promise<void>((resolve) => { signal.addEventListener('abort', () => { resolve() }) })
        ended = true
        throw new P2pChatError('ERR_ABORTED', 'Enough.')
      },
      failed: () => { assert.fail('What was stopped has not failed.') }
    })
    retry.trigger()
    await retry.stop(new P2pChatError('ERR_CLOSED', 'The end.'))
    retry.trigger()
    assert.deepEqual([ended, retry['running'], clock.pending], [true, undefined, 0])
  })
})
