import { createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto'
import { toString } from 'uint8arrays/to-string'
import { expectLength } from './bytes.js'
import { KeyCache } from './key-cache.js'

// The DER around a raw private key: PKCS #8 of RFC 8410.
const PKCS8_PREFIX = Uint8Array.from([0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20])

const keys = new KeyCache()

/** Public keys made ready for OpenSSL, by their base64url: a fifth of a verification. About 1 KiB each. */
const maxPublicKeys = 1_024
const publicKeys = new Map<string, KeyObject>()

/** Ed25519 (RFC 8032) from a seed. */
export interface Ed25519KeyPair {
  /** 32 bytes */
  seed: Uint8Array
  /** 32 bytes */
  publicKey: Uint8Array
}

/** @param seed 32 random bytes (RFC 8032 §5.1.5) */
export function ed25519KeyPair (seed: Uint8Array): Ed25519KeyPair {
  const { x } = createPublicKey(keys.of(seed, privateKeyObject)).export({ format: 'jwk' })
  return { seed, publicKey: new Uint8Array(Buffer.from(x ?? '', 'base64url')) }
}

/** A signature of 64 bytes. */
export function ed25519Sign (seed: Uint8Array, message: Uint8Array): Uint8Array {
  return new Uint8Array(sign(null, message, keys.of(seed, privateKeyObject)))
}

/** False for a wrong signature and for a public key that is none. */
export function ed25519Verify (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (publicKey.byteLength !== 32 || signature.byteLength !== 64) return false
  try {
    return verify(null, message, publicKeyObject(publicKey), signature)
  } catch {
    return false
  }
}

function publicKeyObject (publicKey: Uint8Array): KeyObject {
  const x = toString(publicKey, 'base64url')
  const known = publicKeys.get(x)
  if (known !== undefined) return known
  // As a JWK, which is several times faster than DER where nothing secret is in it.
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' })
  const [oldest] = publicKeys.keys()
  if (publicKeys.size >= maxPublicKeys && oldest !== undefined) publicKeys.delete(oldest)
  publicKeys.set(x, key)
  return key
}

function privateKeyObject (seed: Uint8Array): KeyObject {
  const der = Buffer.alloc(PKCS8_PREFIX.byteLength + 32)
  der.set(PKCS8_PREFIX)
  der.set(expectLength(seed, 32, 'An Ed25519 seed'), PKCS8_PREFIX.byteLength)
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  der.fill(0)
  return key
}
