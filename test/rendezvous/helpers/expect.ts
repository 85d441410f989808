import assert from 'node:assert/strict'
import { isP2pChatError, P2pChatError, type ErrorCode } from '../../../src/errors.js'

/** The error that `promise` rejects with, which must have this code. */
export async function rejects (promise: Promise<unknown>, code: ErrorCode): Promise<P2pChatError> {
  let thrown: unknown
  await assert.rejects(promise, (error) => {
    thrown = error
    return isP2pChatError(error, code) || assert.fail(`expected ${code}, got ${String(error)}`)
  })
  return thrown instanceof P2pChatError ? thrown : assert.fail('unreachable')
}
