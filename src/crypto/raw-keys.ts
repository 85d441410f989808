/**
 * Raw keys made ready for OpenSSL, as JWKs: those Node 20 hands over as they are, while it has DER decoded by way of
 * OpenSSL's providers, ten times as slowly (0.7 ms for a private key). A secret passes through a string for that. Arrays of
 * 32 bytes lie on the same heap in V8, which copies them about, so nothing is lost that could have been wiped. Node 26
 * refuses a private JWK whose public half is not there; there DER is as quick.
 */
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { toString } from 'uint8arrays/to-string'
import { expectLength } from './bytes.js'

/** X25519 of RFC 7748, Ed25519 of RFC 8032; as RFC 8037 §2 calls them. */
export type Curve = 'X25519' | 'Ed25519'

/** What stands before a raw private key in PKCS #8: RFC 8410 §7. */
const pkcs8Prefix: Record<Curve, string> = { X25519: '302e020100300506032b656e04220420', Ed25519: '302e020100300506032b657004220420' }

const fromPrivate = takesHalfJwk() ? fromHalfJwk : fromPkcs8

/** @param raw 32 bytes @throws ERR_CRYPTO_INPUT */
export function privateKeyObject (curve: Curve, raw: Uint8Array): KeyObject {
  return fromPrivate(curve, expectLength(raw, 32, `A private key for ${curve}`))
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

/** A private key whose public half nobody has computed yet. */
export function fromHalfJwk (curve: Curve, raw: Uint8Array): KeyObject {
  return createPrivateKey({ key: { kty: 'OKP', crv: curve, x: '', d: toString(raw, 'base64url') }, format: 'jwk' })
}

export function fromPkcs8 (curve: Curve, raw: Uint8Array): KeyObject {
  const key = Buffer.concat([Buffer.from(pkcs8Prefix[curve], 'hex'), raw])
  return createPrivateKey({ key, format: 'der', type: 'pkcs8' })
}

function takesHalfJwk (): boolean {
  try {
    fromHalfJwk('X25519', new Uint8Array(32))
    return true
  } catch {
    return false
  }
}
