import { OPAQUE_RECORD_BYTES, type OpaqueServer } from '../../../src/crypto/opaque/server.js'
import { P2pChatError } from '../../../src/errors.js'
import { lpAll, sha256 } from '../../../src/crypto/bytes.js'
import { equals } from 'uint8arrays/equals'

/** The record that `password` gives, in this stand-in. */
export function fakeRecord (password: string): Uint8Array {
  const record = new Uint8Array(OPAQUE_RECORD_BYTES)
  record.set(sha256(lpAll(password)))
  return record
}

/** The last message of a sign-in with `password`. */
export function fakeFinish (password: string): Uint8Array {
  return sha256(lpAll(password))
}

/**
 * Stands in for OPAQUE where its half second of Argon2id would only slow a test down, and where chance must be
 * repeatable. It keeps no secret. Requests of 32 bytes are well-formed, others are not.
 */
export function fakeOpaque (): OpaqueServer & { starts: Array<'real' | 'fake'> } {
  const starts: Array<'real' | 'fake'> = []
  const assertRequest = (request: Uint8Array): void => {
    if (request.byteLength !== 32) throw new P2pChatError('ERR_CRYPTO_INPUT', 'An OPAQUE message could not be read and was refused.')
  }
  return {
    starts,
    createSetup: async () => new Uint8Array(128).fill(1),
    async registrationResponse (setup, { username, poolId }, request) {
      assertRequest(request)
      return sha256(lpAll(setup, username, poolId))
    },
    async loginStart (_setup, _context, record, request) {
      assertRequest(request)
      starts.push(record === undefined ? 'fake' : 'real')
      return { state: record?.slice(0, 32) ?? new Uint8Array(32).fill(0xee), startResponse: new Uint8Array(320) }
    },
    async loginFinish (_context, state, finishRequest) {
      if (!equals(state, finishRequest)) throw new P2pChatError('ERR_BAD_CREDENTIALS', 'Wrong username or password.')
      return new Uint8Array(64)
    }
  }
}
