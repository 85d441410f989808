import { createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto'
import { concat } from 'uint8arrays/concat'
import { expectLength } from './bytes.js'

// The DER around a raw key: PKCS #8 and SubjectPublicKeyInfo of RFC 8410.
const PKCS8_PREFIX = Uint8Array.from([0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20])
const SPKI_PREFIX = Uint8Array.from([0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00])

/** Ed25519 (RFC 8032) from a seed. */
export interface Ed25519KeyPair {
  /** 32 bytes */
  seed: Uint8Array
  /** 32 bytes */
  publicKey: Uint8Array
}

/** @param seed 32 random bytes (RFC 8032 §5.1.5) */
export function ed25519KeyPair (seed: Uint8Array): Ed25519KeyPair {
  const publicKey = createPublicKey(privateKeyObject(seed)).export({ format: 'der', type: 'spki' }).subarray(SPKI_PREFIX.byteLength)
  return { seed, publicKey: new Uint8Array(publicKey) }
}

/** A signature of 64 bytes. */
export function ed25519Sign (seed: Uint8Array, message: Uint8Array): Uint8Array {
  return new Uint8Array(sign(null, message, privateKeyObject(seed)))
}

/** False for a wrong signature and for a public key that is none. */
export function ed25519Verify (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (publicKey.byteLength !== 32 || signature.byteLength !== 64) return false
  try {
    const key = createPublicKey({ key: Buffer.from(concat([SPKI_PREFIX, publicKey])), format: 'der', type: 'spki' })
    return verify(null, message, key, signature)
  } catch {
    return false
  }
}

function privateKeyObject (seed: Uint8Array): KeyObject {
  expectLength(seed, 32, 'An Ed25519 seed')
  return createPrivateKey({ key: Buffer.from(concat([PKCS8_PREFIX, seed])), format: 'der', type: 'pkcs8' })
}
