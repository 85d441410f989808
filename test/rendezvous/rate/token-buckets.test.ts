import assert from 'node:assert/strict'
import fc from 'fast-check'
import { TokenBuckets } from '../../../src/rendezvous/rate/token-buckets.js'
import { FakeClock } from '../../helpers/fake-clock.js'

describe('TokenBuckets', () => {
  it('gives a burst, then one every refill, and says when', async () => {
    const clock = new FakeClock()
    const buckets = new TokenBuckets({ clock, rate: { burst: 3, refillMs: 1000 }, maxKeys: 10 })
    assert.deepEqual([1, 2, 3].map(() => buckets.take('a')), [0, 0, 0])
    assert.equal(buckets.take('a'), 1000)
    assert.equal(buckets.take('b'), 0)
    await clock.advance(400)
    assert.equal(buckets.take('a'), 600)
    await clock.advance(600)
    assert.equal(buckets.take('a'), 0)
    assert.equal(buckets.take('a'), 1000)
  })

  it('takes back what did not count', () => {
    const buckets = new TokenBuckets({ clock: new FakeClock(), rate: { burst: 1, refillMs: 1000 }, maxKeys: 10 })
    assert.equal(buckets.take('a'), 0)
    buckets.giveBack('a')
    buckets.giveBack('a')
    assert.equal(buckets.take('a'), 0)
    assert.equal(buckets.take('a'), 1000)
  })

  it('never lets more through in a time than burst and refill allow, and makes nobody wait longer than told', async () => {
    await fc.assert(fc.asyncProperty(
      fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 50 }), fc.array(fc.nat(40), { maxLength: 60 }),
      async (burst, refillMs, pauses) => {
        const clock = new FakeClock(0)
        const buckets = new TokenBuckets({ clock, rate: { burst, refillMs }, maxKeys: 10 })
        const takenAt: number[] = []
        let promisedAt: number | undefined
        for (const pause of pauses) {
          await clock.advance(pause)
          const retryAfterMs = buckets.take('a')
          if (retryAfterMs === 0) takenAt.push(clock.now())
          else if (promisedAt !== undefined) assert.ok(clock.now() < promisedAt, 'refused after the time that was told')
          promisedAt = retryAfterMs === 0 ? undefined : promisedAt ?? clock.now() + retryAfterMs
        }
        for (const [index, since] of takenAt.entries()) {
          for (const [later, until] of takenAt.entries()) {
            if (later >= index) assert.ok(later - index + 1 <= burst + (until - since) / refillMs)
          }
        }
      }
    ))
  })

  it('forgets keys whose bucket is full again, and the longest unused past its size', async () => {
    const clock = new FakeClock()
    const buckets = new TokenBuckets({ clock, rate: { burst: 2, refillMs: 1000 }, maxKeys: 100 })
    for (let i = 0; i < 500; i++) buckets.take(`key ${i}`)
    assert.equal(buckets.size, 100)
    assert.equal(buckets.take('key 499'), 0)
    assert.ok(buckets.take('key 499') > 0)
    await clock.advance(10_000)
    buckets.take('other')
    assert.equal(buckets.size, 1)
  })

  it('does not ask what time it is: a clock that is set makes nobody wait, and lets nobody through', () => {
    const clock = new FakeClock(10_000_000)
    const buckets = new TokenBuckets({ clock, rate: { burst: 2, refillMs: 1000 }, maxKeys: 10 })
    buckets.take('a')
    clock.jump(-5_000_000)
    assert.equal(buckets.take('a'), 0)
    clock.jump(5_000_000)
    assert.equal(buckets.take('a'), 1000)
  })
})
