import { isErrorCode, P2pChatError } from '../../errors.js'
import type { Failure } from '../../protocol/pb/channel.js'
import { printable } from '../printable.js'
import { maxAlternativeChars, maxAlternatives, maxErrorMessageChars, maxRetryAfterMs } from './limits.js'

/** An error for the wire. What is not a P2pChatError says nothing of our insides. */
export function toFailure (error: unknown): Failure {
  if (!(error instanceof P2pChatError)) {
    return { code: 'ERR_INTERNAL', message: 'The other side failed unexpectedly; its log says more.', alternatives: [] }
  }
  return {
    code: error.code,
    message: printable(error.message, maxErrorMessageChars),
    ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: BigInt(Math.round(clampRetryAfterMs(error.retryAfterMs))) }),
    alternatives: error.alternatives.slice(0, maxAlternatives)
  }
}

/** An error from the wire: an unknown code is ERR_INTERNAL, and nothing in it can play with a terminal. */
export function fromFailure (failure: Failure): P2pChatError {
  const { code, message, retryAfterMs, alternatives } = failure
  return new P2pChatError(isErrorCode(code) ? code : 'ERR_INTERNAL', printable(message, maxErrorMessageChars), {
    ...(retryAfterMs === undefined ? {} : { retryAfterMs: clampRetryAfterMs(Number(retryAfterMs)) }),
    alternatives: alternatives.slice(0, maxAlternatives).map((text) => printable(text, maxAlternativeChars))
  })
}

function clampRetryAfterMs (retryAfterMs: number): number {
  return Math.min(Math.max(0, retryAfterMs), maxRetryAfterMs)
}
