import assert from 'node:assert/strict'
import { P2pChatError } from '../../../src/errors.js'
import { Limiter } from '../../../src/rendezvous/rate/limiter.js'
import { FakeClock } from '../../helpers/fake-clock.js'

describe('a limit on how often', () => {
  it('refuses by its name, and says when to try again', () => {
    const limiter = Limiter.of(new FakeClock(), { readsPerPeer: { burst: 2, refillMs: 5_000 } }, 'readsPerPeer', 'requests from this device')
    limiter.take('alice', 2)
    assert.throws(() => { limiter.take('alice') }, (error: unknown) => {
      assert.ok(error instanceof P2pChatError)
      assert.deepEqual([error.code, error.message, error.retryAfterMs], ['ERR_RATE_LIMITED', 'Too many requests from this device (limit readsPerPeer). Try again in 5 seconds.', 5_000])
      return true
    })
    limiter.take('bob')
  })
})
