import { strict as assert } from 'node:assert'
import { readFileSync } from 'node:fs'
import { asP2pChatError, ERROR_EXIT_STATUS, isErrorCode, isP2pChatError, P2pChatError } from '../src/errors.js'

describe('errors', () => {
  it('documents every code with its exit status, and no other', () => {
    const rows = [...readFileSync('docs/errors.md', 'utf8').matchAll(/^\| `(ERR_[A-Z_]+)` \| (\d) \| (.+) \|$/gm)]
    const documented = Object.fromEntries(rows.map(([, code, exit]) => [code, Number(exit)]))
    assert.deepEqual(documented, { ...ERROR_EXIT_STATUS })
    assert.equal(rows.length, Object.keys(ERROR_EXIT_STATUS).length)
  })

  it('keeps the cause, the time and the alternatives', () => {
    const cause = new Error('beneath')
    const error = new P2pChatError('ERR_OVERLOADED', 'Later.', { cause, retryAfterMs: 5, alternatives: ['a'] })
    assert.equal(error.cause, cause)
    assert.equal(error.retryAfterMs, 5)
    assert.deepEqual(error.alternatives, ['a'])
    assert.equal(error.exitStatus, 1)
  })

  it('turns anything thrown into one of ours', () => {
    const ours = new P2pChatError('ERR_LIMIT', 'Too much.')
    assert.equal(asP2pChatError(ours), ours)
    assert.equal(asP2pChatError(new Error('x')).code, 'ERR_INTERNAL')
    assert.equal(asP2pChatError(new DOMException('gone', 'AbortError')).code, 'ERR_ABORTED')
    assert.equal(asP2pChatError('text', 'ERR_STORE_IO').message, 'text')
  })

  it('knows its codes', () => {
    assert.equal(isErrorCode('ERR_LIMIT'), true)
    assert.equal(isErrorCode('toString'), false)
    assert.equal(isP2pChatError(new P2pChatError('ERR_LIMIT', ''), 'ERR_LIMIT'), true)
    assert.equal(isP2pChatError(new P2pChatError('ERR_LIMIT', ''), 'ERR_CLOSED'), false)
    assert.equal(isP2pChatError(new Error('x')), false)
  })
})
