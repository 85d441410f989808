import { sign, verify, type KeyObject } from 'node:crypto'
import { toString } from 'uint8arrays/to-string'
import { KeyCache } from './key-cache.js'
import { privateKeyObject, publicKeyObject, publicKeyOf } from './raw-keys.js'

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
  return { seed, publicKey: publicKeyOf(signingKey(seed)) }
}

/** A signature of 64 bytes. */
export function ed25519Sign (seed: Uint8Array, message: Uint8Array): Uint8Array {
  return new Uint8Array(sign(null, message, signingKey(seed)))
}

/** False for a wrong signature and for a public key that is none. */
export function ed25519Verify (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (publicKey.byteLength !== 32 || signature.byteLength !== 64) return false
  try {
    return verify(null, message, verifyingKey(publicKey), signature)
  } catch {
    return false
  }
}

function signingKey (seed: Uint8Array): KeyObject {
  return keys.of(seed, (raw) => privateKeyObject('Ed25519', raw))
}

function verifyingKey (publicKey: Uint8Array): KeyObject {
  const x = toString(publicKey, 'base64url')
  const known = publicKeys.get(x)
  if (known !== undefined) return known
  const key = publicKeyObject('Ed25519', publicKey)
  const [oldest] = publicKeys.keys()
  if (publicKeys.size >= maxPublicKeys && oldest !== undefined) publicKeys.delete(oldest)
  publicKeys.set(x, key)
  return key
}
