import { createHash, timingSafeEqual } from 'node:crypto'
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
  return lpAll(value)
}

/** Each part length-prefixed, one after the other: no two lists of parts give the same bytes. */
export function lpAll (...parts: Array<Uint8Array | string>): Uint8Array {
  const values = parts.map((part) => typeof part === 'string' ? fromString(part) : part)
  const out = new Uint8Array(values.reduce((sum, value) => sum + 4 + value.byteLength, 0))
  const view = new DataView(out.buffer)
  let at = 0
  for (const value of values) {
    view.setUint32(at, value.byteLength)
    out.set(value, at + 4)
    at += 4 + value.byteLength
  }
  return out
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

/**
 * An array whose bytes are anything yet: for who overwrites all of them. Zeroing first costs page faults, and memory of its
 * own costs a small array more than the cipher: those lie in Node's pool, beside others.
 */
export function uninitialised (length: number): Uint8Array<ArrayBuffer> {
  const { buffer, byteOffset } = Buffer.allocUnsafe(length)
  return new Uint8Array(buffer, byteOffset, length)
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

/**
 * V8 copies memory that threads share by words of so many bytes where source and target lie alike in them, and byte by byte
 * else: eight times as slowly.
 */
export const SHARED_WORD_BYTES = 8

/** So many bytes, up to the end of a word. */
export function inSharedWords (bytes: number): number {
  return Math.ceil(bytes / SHARED_WORD_BYTES) * SHARED_WORD_BYTES
}
