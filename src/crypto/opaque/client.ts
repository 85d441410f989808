/**
 * The client's half of OPAQUE (RFC 9807, ristretto255-SHA512, 3DH): bytes in, bytes out, around the audited library.
 * The finishing steps take a third of a second of Argon2id: call them off the main thread. Randomness is the library's.
 */
import { client, ready } from '@serenity-kit/opaque'
import { P2pChatError } from '../../errors.js'
import { fromBase64, toBase64 } from './base64.js'
import { identifiers, KEY_STRETCHING, type OpaqueContext } from './parameters.js'

export type { OpaqueContext } from './parameters.js'

export interface OpaqueStart {
  /** Secret; what the finishing step needs. */
  state: Uint8Array
  /** RegistrationRequest or KE1, for the server */
  request: Uint8Array
}

export interface OpaqueRegistration {
  /** RegistrationRecord, 192 bytes, for the account register */
  record: Uint8Array
  /** 64 bytes that only the password gives again (RFC 9807 §4, export_key) */
  exportKey: Uint8Array
  /** The pool's static public key in this setup, 32 bytes; the same for every user of the setup. */
  serverPublicKey: Uint8Array
}

export interface OpaqueLogin {
  /** KE3, for the server */
  finishRequest: Uint8Array
  /** 64 bytes, the same as at the server */
  sessionKey: Uint8Array
  /** 64 bytes, the same as at registration */
  exportKey: Uint8Array
  /** 32 bytes */
  serverPublicKey: Uint8Array
}

export async function registrationStart (password: string): Promise<OpaqueStart> {
  await ready
  const { clientRegistrationState, registrationRequest } = client.startRegistration({ password: normalised(password) })
  return { state: fromBase64(clientRegistrationState), request: fromBase64(registrationRequest) }
}

/** @throws ERR_CRYPTO_INPUT when the answer is malformed */
export async function registrationFinish (context: OpaqueContext, password: string, state: Uint8Array, registrationResponse: Uint8Array): Promise<OpaqueRegistration> {
  await ready
  const { registrationRecord, exportKey, serverStaticPublicKey } = attempt(() => client.finishRegistration({
    password: normalised(password),
    clientRegistrationState: toBase64(state),
    registrationResponse: toBase64(registrationResponse),
    identifiers: identifiers(context),
    keyStretching: KEY_STRETCHING
  }))
  return { record: fromBase64(registrationRecord), exportKey: fromBase64(exportKey), serverPublicKey: fromBase64(serverStaticPublicKey) }
}

export async function loginStart (password: string): Promise<OpaqueStart> {
  await ready
  const { clientLoginState, startLoginRequest } = client.startLogin({ password: normalised(password) })
  return { state: fromBase64(clientLoginState), request: fromBase64(startLoginRequest) }
}

/**
 * @throws ERR_BAD_CREDENTIALS: wrong password, no such user, or a server that does not know the pool's setup;
 * ERR_CRYPTO_INPUT when the answer is malformed
 */
export async function loginFinish (context: OpaqueContext, password: string, state: Uint8Array, startResponse: Uint8Array): Promise<OpaqueLogin> {
  await ready
  const login = attempt(() => client.finishLogin({
    password: normalised(password),
    clientLoginState: toBase64(state),
    loginResponse: toBase64(startResponse),
    identifiers: identifiers(context),
    keyStretching: KEY_STRETCHING
  }))
  if (login === undefined) throw new P2pChatError('ERR_BAD_CREDENTIALS', 'Wrong username or password.')
  return {
    finishRequest: fromBase64(login.finishLoginRequest),
    sessionKey: fromBase64(login.sessionKey),
    exportKey: fromBase64(login.exportKey),
    serverPublicKey: fromBase64(login.serverStaticPublicKey)
  }
}

/** The same password typed on another keyboard gives the same bytes (RFC 8265 §4.2: NFC). */
function normalised (password: string): string {
  return password.normalize('NFC')
}

function attempt<T> (step: () => T): T {
  try {
    return step()
  } catch (cause) {
    throw new P2pChatError('ERR_CRYPTO_INPUT', 'An OPAQUE message could not be read and was refused.', { cause })
  }
}
