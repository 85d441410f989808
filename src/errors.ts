/**
 * The one error class of the project. Codes are stable: scripts and other programs switch on them, they travel over
 * the wire, and each is documented in docs/errors.md (a test holds the two together).
 */

/** Every code, with the exit status of a command that ends with it. */
export const ERROR_EXIT_STATUS = {
  ERR_INTERNAL: 1,
  ERR_ABORTED: 1,
  ERR_CLOSED: 1,
  ERR_TIMEOUT: 1,
  ERR_USAGE: 2,
  ERR_INVALID_NAME: 2,
  ERR_WEAK_PASSWORD: 2,
  ERR_AMBIGUOUS: 2,
  ERR_BAD_CREDENTIALS: 3,
  ERR_NOT_SIGNED_IN: 3,
  ERR_NO_SERVER: 4,
  ERR_NOT_FOUND: 5,
  ERR_NOT_PERMITTED: 6,
  ERR_IDENTITY_CHANGED: 6,
  ERR_NAME_TAKEN: 7,
  ERR_LIMIT: 8,
  ERR_RATE_LIMITED: 8,
  ERR_PENDING: 9,
  ERR_CONFLICT: 1,
  ERR_OVERLOADED: 1,
  ERR_UNKNOWN_OUTCOME: 1,
  ERR_UNREACHABLE: 1,
  ERR_NOT_IN_POOL: 1,
  ERR_UNSUPPORTED: 1,
  ERR_INVALID_FRAME: 1,
  ERR_INVALID_RECORD: 1,
  ERR_INVALID_SIGNATURE: 1,
  ERR_CRYPTO_INPUT: 1,
  ERR_DECRYPT: 1,
  ERR_REPLAY: 1,
  ERR_STORE_LOCKED: 1,
  ERR_STORE_CORRUPT: 1,
  ERR_STORE_NEWER: 1,
  ERR_STORE_FOREIGN: 1,
  ERR_STORE_IO: 1,
  ERR_HOME: 1
} as const

export type ErrorCode = keyof typeof ERROR_EXIT_STATUS

export interface P2pChatErrorOptions {
  /** What lay beneath. */
  cause?: unknown
  /** When to try again, in milliseconds from now. */
  retryAfterMs?: number
  /** Other servers that may take the request (pool addresses), with ERR_OVERLOADED. */
  alternatives?: string[]
}

export class P2pChatError extends Error {
  override readonly name = 'P2pChatError'
  readonly code: ErrorCode
  readonly retryAfterMs: number | undefined
  readonly alternatives: string[]

  /** @param message one plain line that tells the user what to do */
  constructor (code: ErrorCode, message: string, options: P2pChatErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.retryAfterMs = options.retryAfterMs
    this.alternatives = options.alternatives ?? []
  }

  /** The exit status of a command that ends with this error. */
  get exitStatus (): number {
    return ERROR_EXIT_STATUS[this.code]
  }
}

export function isErrorCode (code: string): code is ErrorCode {
  return Object.hasOwn(ERROR_EXIT_STATUS, code)
}

/** Whether `error` is a P2pChatError, and if codes are given, one of these. */
export function isP2pChatError (error: unknown, ...codes: ErrorCode[]): error is P2pChatError {
  return error instanceof P2pChatError && (codes.length === 0 || codes.includes(error.code))
}

/** Any thrown value as a P2pChatError; what is not one already becomes `code` with it as the cause. */
export function asP2pChatError (error: unknown, code: ErrorCode = 'ERR_INTERNAL'): P2pChatError {
  if (error instanceof P2pChatError) return error
  if (error instanceof Error && error.name === 'AbortError') return new P2pChatError('ERR_ABORTED', error.message, { cause: error })
  return new P2pChatError(code, error instanceof Error ? error.message : String(error), { cause: error })
}
