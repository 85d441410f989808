import { createHash, timingSafeEqual } from 'node:crypto'
import { concat } from 'uint8arrays/concat'
import { fromString } from 'uint8arrays/from-string'
import { P2pChatError } from '../errors.js'

/** u32 big-endian. */
export function u32 (value: number): Uint8Array {
  const out = new Uint8Array(4)
  new DataView(out.buffer).setUint32(0, value)
  return out
}

/** Length-prefixed: u32 big-endian byte length, then the bytes. Strings are UTF-8. */
export function lp (value: Uint8Array | string): Uint8Array {
  const bytes = typeof value === 'string' ? fromString(value) : value
  return concat([u32(bytes.byteLength), bytes])
}

/** Each part length-prefixed, one after the other: no two lists of parts give the same bytes. */
export function lpAll (...parts: Array<Uint8Array | string>): Uint8Array {
  return concat(parts.map(lp))
}

export function sha256 (...parts: Uint8Array[]): Uint8Array {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return new Uint8Array(hash.digest())
}

/** The same bytes, not a copy, without Buffer's own `slice`: a secret that is wiped later must stand in one place only. */
export function viewOf (buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength)
}

/** Equality without an early exit; different lengths are unequal. */
export function constantTimeEqual (a: Uint8Array, b: Uint8Array): boolean {
  return a.byteLength === b.byteLength && timingSafeEqual(a, b)
}

/** @throws ERR_CRYPTO_INPUT when `bytes` has another length */
export function expectLength (bytes: Uint8Array, length: number, what: string): Uint8Array {
  if (bytes.byteLength !== length) {
    throw new P2pChatError('ERR_CRYPTO_INPUT', `${what} must be ${length} bytes, not ${bytes.byteLength}.`)
  }
  return bytes
}
