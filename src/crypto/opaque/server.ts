/**
 * The server's half of OPAQUE (RFC 9807, ristretto255-SHA512, 3DH): bytes in, bytes out, around the audited library.
 * Its randomness is the library's own.
 */
import { ready, server } from '@serenity-kit/opaque'
import { P2pChatError } from '../../errors.js'
import { fromBase64, toBase64 } from './base64.js'
import { identifiers, type OpaqueContext } from './parameters.js'

export type { OpaqueContext } from './parameters.js'

/** A RegistrationRecord (RFC 9807 §5.1): a public key, a masking key and an envelope. */
export const OPAQUE_RECORD_BYTES = 192

/** The functions of this file, as those who may be given others take them (a simulator, whose chance is seeded). */
export interface OpaqueServer {
  createSetup: () => Promise<Uint8Array>
  registrationResponse: (setup: Uint8Array, context: OpaqueContext, registrationRequest: Uint8Array) => Promise<Uint8Array>
  loginStart: (setup: Uint8Array, context: OpaqueContext, record: Uint8Array | undefined, startRequest: Uint8Array) => Promise<OpaqueLoginStart>
  loginFinish: (context: OpaqueContext, state: Uint8Array, finishRequest: Uint8Array) => Promise<Uint8Array>
}

export interface OpaqueLoginStart {
  /** Secret; what loginFinish needs. */
  state: Uint8Array
  /** KE2, for the client */
  startResponse: Uint8Array
}

export const opaqueServer: OpaqueServer = { createSetup: createOpaqueSetup, registrationResponse, loginStart, loginFinish }

/** A new setup: the OPRF seed and the server's key pair. Secret, and the same on every server of a pool. */
export async function createOpaqueSetup (): Promise<Uint8Array> {
  await ready
  return fromBase64(server.createSetup())
}

/**
 * Answers a RegistrationRequest with a RegistrationResponse; nothing is kept.
 *
 * @throws ERR_CRYPTO_INPUT when the request is malformed
 */
export async function registrationResponse (setup: Uint8Array, { username }: OpaqueContext, registrationRequest: Uint8Array): Promise<Uint8Array> {
  await ready
  return attempt(() => fromBase64(server.createRegistrationResponse({
    serverSetup: toBase64(setup),
    userIdentifier: username,
    registrationRequest: toBase64(registrationRequest)
  }).registrationResponse))
}

/**
 * Answers KE1 with KE2. Without a record (there is no such user) the answer is a fake one, of the same shape and after
 * the same work (RFC 9807 §10.9), and no password will do.
 *
 * @throws ERR_CRYPTO_INPUT when the request, or the record, is malformed
 */
export async function loginStart (setup: Uint8Array, context: OpaqueContext, record: Uint8Array | undefined, startRequest: Uint8Array): Promise<OpaqueLoginStart> {
  await ready
  return attempt(() => {
    const { serverLoginState, loginResponse } = server.startLogin({
      serverSetup: toBase64(setup),
      userIdentifier: context.username,
      registrationRecord: record === undefined ? undefined : toBase64(record),
      startLoginRequest: toBase64(startRequest),
      identifiers: identifiers(context)
    })
    return { state: fromBase64(serverLoginState), startResponse: fromBase64(loginResponse) }
  })
}

/**
 * Checks KE3 and gives the session key (64 bytes): only who knows the password can have made it.
 *
 * @throws ERR_BAD_CREDENTIALS for anything else
 */
export async function loginFinish (context: OpaqueContext, state: Uint8Array, finishRequest: Uint8Array): Promise<Uint8Array> {
  await ready
  try {
    return fromBase64(server.finishLogin({
      serverLoginState: toBase64(state),
      finishLoginRequest: toBase64(finishRequest),
      identifiers: identifiers(context)
    }).sessionKey)
  } catch (cause) {
    throw new P2pChatError('ERR_BAD_CREDENTIALS', 'Wrong username or password.', { cause })
  }
}

function attempt<T> (step: () => T): T {
  try {
    return step()
  } catch (cause) {
    throw new P2pChatError('ERR_CRYPTO_INPUT', 'An OPAQUE message could not be read and was refused.', { cause })
  }
}
