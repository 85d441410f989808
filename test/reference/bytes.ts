/**
 * The notation of docs/wire/sessions.md, word for word. This folder is a second implementation of that page: it imports
 * nothing from src/, so that an error of the first cannot hide in it. Plain and slow on purpose; never for use.
 */
import { createHash, createHmac, createPrivateKey, createPublicKey, diffieHellman } from 'node:crypto'

/** Whatever the specification refuses. */
export class Refused extends Error {
  override readonly name = 'Refused'
}

export const EMPTY = Buffer.alloc(0)

/** `a ‖ b ‖ …` */
export function join (...parts: Uint8Array[]): Buffer {
  return Buffer.concat(parts)
}

export function utf8 (text: string): Buffer {
  return Buffer.from(text, 'utf8')
}

export function hex (bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

export function unhex (text: string): Buffer {
  return Buffer.from(text, 'hex')
}

export function u8 (n: number): Buffer {
  return Buffer.from([n])
}

export function u32 (n: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(n)
  return bytes
}

export function u64 (n: bigint): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(n)
  return bytes
}

export function lp (x: Uint8Array | string): Buffer {
  const bytes = typeof x === 'string' ? utf8(x) : x
  return join(u32(bytes.length), bytes)
}

export function sha256 (data: Uint8Array): Buffer {
  return createHash('sha256').update(data).digest()
}

export function hmac (key: Uint8Array, data: Uint8Array): Buffer {
  return createHmac('sha256', key).update(data).digest()
}

/** RFC 5869 §2.2 and §2.3, `length` in bytes. */
export function hkdf (salt: Uint8Array, ikm: Uint8Array, info: Uint8Array | string, length: number): Buffer {
  const prk = hmac(salt, ikm)
  const infoBytes = typeof info === 'string' ? utf8(info) : info
  let okm = EMPTY as Buffer
  let t = EMPTY as Buffer
  for (let i = 1; okm.length < length; i++) {
    t = hmac(prk, join(t, infoBytes, u8(i)))
    okm = join(okm, t)
  }
  return okm.subarray(0, length)
}

/** RFC 8410's wrapping of raw keys, by the last byte of the algorithm's OID. */
const X25519_OID = 0x6e
const ED25519_OID = 0x70

function privateKeyObject (oid: number, raw: Uint8Array): ReturnType<typeof createPrivateKey> {
  if (raw.length !== 32) throw new Refused('a private key has 32 bytes')
  const der = join(unhex('302e020100300506032b65'), u8(oid), unhex('04220420'), raw)
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
}

function publicHalf (oid: number, raw: Uint8Array): Buffer {
  const spki = createPublicKey(privateKeyObject(oid, raw)).export({ format: 'der', type: 'spki' })
  return spki.subarray(spki.length - 32)
}

export function x25519Public (privateKey: Uint8Array): Buffer {
  return publicHalf(X25519_OID, privateKey)
}

export function ed25519Public (seed: Uint8Array): Buffer {
  return publicHalf(ED25519_OID, seed)
}

/** X25519 (RFC 7748); an all-zero result is refused. */
export function dh (privateKey: Uint8Array, publicKey: Uint8Array): Buffer {
  if (publicKey.length !== 32) throw new Refused('a public key has 32 bytes')
  const der = join(unhex('302a300506032b65'), u8(X25519_OID), unhex('032100'), publicKey)
  let shared: Buffer
  try {
    shared = diffieHellman({
      privateKey: privateKeyObject(X25519_OID, privateKey),
      publicKey: createPublicKey({ key: der, format: 'der', type: 'spki' })
    })
  } catch (error) {
    throw new Refused('Diffie-Hellman gave no shared secret', { cause: error })
  }
  if (shared.every(byte => byte === 0)) throw new Refused('Diffie-Hellman gave zero')
  return shared
}
