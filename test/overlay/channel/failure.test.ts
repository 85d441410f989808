import assert from 'node:assert/strict'
import fc from 'fast-check'
import { ERROR_EXIT_STATUS, P2pChatError, type ErrorCode } from '../../../src/errors.js'
import { fromFailure, toFailure } from '../../../src/overlay/channel/failure.js'
import { Failure } from '../../../src/protocol/pb/channel.js'

describe('failures on the wire', () => {
  it('carry every code, with everything that belongs to it', () => {
    for (const code of Object.keys(ERROR_EXIT_STATUS) as ErrorCode[]) {
      const error = fromFailure(Failure.decode(Failure.encode(toFailure(new P2pChatError(code, 'Do this.', { retryAfterMs: 12.6, alternatives: ['a', 'b'] })))))
      assert.deepEqual([error.code, error.message, error.retryAfterMs, error.alternatives], [code, 'Do this.', 13, ['a', 'b']])
    }
    assert.equal(fromFailure(toFailure(new P2pChatError('ERR_LIMIT', 'x'))).retryAfterMs, undefined)
  })

  it('say nothing of what went wrong inside', () => {
    for (const thrown of [new Error('key material'), 'key material', undefined, { code: 'ERR_LIMIT', message: 'key material' }]) {
      const failure = toFailure(thrown)
      assert.equal(failure.code, 'ERR_INTERNAL')
      assert.ok(!failure.message.includes('key material'))
    }
  })

  it('are one short printable line, whatever was said', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 2000 }), fc.string(), fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }), fc.array(fc.string({ unit: 'binary' }), { maxLength: 30 }), (message, code, retryAfterMs, alternatives) => {
      const error = fromFailure({ code, message, retryAfterMs, alternatives })
      assert.ok(error.message.length <= 500 && error.alternatives.length <= 16)
      for (const text of [error.message, ...error.alternatives]) assert.doesNotMatch(text, /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u)
      assert.ok((error.retryAfterMs ?? 0) <= 86_400_000)
      assert.ok(Object.hasOwn(ERROR_EXIT_STATUS, error.code))
    }))
  })
})
