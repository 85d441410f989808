/**
 * Raw keys made ready for OpenSSL, as JWKs: those Node hands over as they are, while it has DER decoded by way of OpenSSL's
 * providers, ten times as slowly (0.6 ms for a private key). A secret passes through a string for that. Arrays of 32 bytes
 * lie on the same heap in V8, which copies them about, so nothing is lost that could have been wiped.
 */
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { toString } from 'uint8arrays/to-string'
import { expectLength } from './bytes.js'

/** X25519 of RFC 7748, Ed25519 of RFC 8032; as RFC 8037 §2 calls them. */
export type Curve = 'X25519' | 'Ed25519'

/** @param raw 32 bytes @throws ERR_CRYPTO_INPUT */
export function privateKeyObject (curve: Curve, raw: Uint8Array): KeyObject {
  const d = toString(expectLength(raw, 32, `A private key for ${curve}`), 'base64url')
  // Its public half is not looked at.
  return createPrivateKey({ key: { kty: 'OKP', crv: curve, x: '', d }, format: 'jwk' })
}

/** @param raw 32 bytes @throws ERR_CRYPTO_INPUT */
export function publicKeyObject (curve: Curve, raw: Uint8Array): KeyObject {
  return createPublicKey({ key: { kty: 'OKP', crv: curve, x: toString(expectLength(raw, 32, `A public key for ${curve}`), 'base64url') }, format: 'jwk' })
}

/** The raw public half of a private key: 32 bytes. */
export function publicKeyOf (privateKey: KeyObject): Uint8Array {
  const { x } = createPublicKey(privateKey).export({ format: 'jwk' })
  return new Uint8Array(Buffer.from(x ?? '', 'base64url'))
}
