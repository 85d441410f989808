import assert from 'node:assert/strict'
import { P2pChatError, type ErrorCode } from '../../../src/errors.js'
import { askServer } from '../../../src/node/pool/ask.js'
import { askPauseMs, askTimeoutMs } from '../../../src/node/pool/limits.js'
import { FakeClock } from '../../helpers/fake-clock.js'
import { rejectsCode } from '../support.js'
import { FakeChannel } from './fake-channel.js'

describe('asking a server', () => {
  let clock: FakeClock
  let servers: FakeChannel[]
  beforeEach(() => {
    clock = new FakeClock()
    servers = []
  })
  afterEach(() => { assert.equal(clock.pending, 0) })

  const ask = async (...answers: Array<ErrorCode | number | P2pChatError>): Promise<number> => {
    let current = new FakeChannel()
    return await clock.until(askServer({
      clock,
      channel: async () => {
        if (current.closed.aborted || servers.length === 0) servers.push(current = new FakeChannel())
        return current
      }
    }, async (channel) => {
      const answer = answers.shift() ?? 'ERR_INTERNAL'
      if (typeof answer === 'number') return answer
      if (answer === 'ERR_CLOSED') await channel.close()
      throw answer instanceof P2pChatError ? answer : new P2pChatError(answer, 'No.')
    }))
  }

  it('gives up in time also when the clock is set back meanwhile', async () => {
    const startMs = clock.monotonicMs()
    const failures: ErrorCode[] = Array.from({ length: 400 }, () => 'ERR_OVERLOADED')
    clock.schedule(askTimeoutMs / 2, () => { clock.jump(-24 * 60 * 60 * 1000) })
    await rejectsCode(ask(...failures), 'ERR_OVERLOADED')
    assert.ok(clock.monotonicMs() - startMs <= askTimeoutMs)
  })

  it('goes on at the next one at once when it is lost', async () => {
    const startMs = clock.now()
    assert.equal(await ask('ERR_CLOSED', 'ERR_CLOSED', 7), 7)
    assert.equal(servers.length, 3)
    assert.equal(clock.now(), startMs)
  })

  it('asks the same one again after a pause when it could not say, and as it wishes when it has too much to do', async () => {
    let startMs = clock.now()
    assert.equal(await ask('ERR_UNKNOWN_OUTCOME', 7), 7)
    assert.equal(clock.now() - startMs, askPauseMs)
    startMs = clock.now()
    assert.equal(await ask(new P2pChatError('ERR_OVERLOADED', 'Later.', { retryAfterMs: 5_000 }), 7), 7)
    assert.equal(clock.now() - startMs, 5_000)
  })

  it('does not wait for longer than there is time, and tells what the server said', async () => {
    const startMs = clock.now()
    await rejectsCode(ask(new P2pChatError('ERR_OVERLOADED', 'Tomorrow.', { retryAfterMs: 86_400_000 }), 7), 'ERR_OVERLOADED')
    assert.equal(clock.now(), startMs)
    await rejectsCode(ask(...Array.from({ length: 1_000 }, () => 'ERR_UNKNOWN_OUTCOME' as const)), 'ERR_UNKNOWN_OUTCOME')
    assert.ok(clock.now() - startMs <= askTimeoutMs)
  })

  it('takes every other answer as one', async () => {
    for (const code of ['ERR_NOT_FOUND', 'ERR_BAD_CREDENTIALS', 'ERR_TIMEOUT', 'ERR_RATE_LIMITED'] as const) await rejectsCode(ask(code, 7), code)
  })
})
