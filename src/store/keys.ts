/**
 * Keys from parts, so that the order of keys is the order of the parts: text as it is, numbers as fixed-width
 * hexadecimal, bytes as hexadecimal, parted by `/`.
 */
import { P2pChatError } from '../errors.js'

export type KeyPart = string | number | Uint8Array

/** 53 bits: the hexadecimal digits of Number.MAX_SAFE_INTEGER. */
const INTEGER_DIGITS = 14
const SEPARATOR = '/'
/** The character after the separator in ASCII. */
const AFTER_SEPARATOR = '0'
/** Of parts up to this length none needs a buffer of its own. */
const scratch = Buffer.alloc(128)
const PRINTABLE = /^[\x20-\x7e]+$/

/**
 * A non-negative safe integer as text that sorts as the number does.
 *
 * @throws ERR_INTERNAL for any other number
 */
export function orderedInteger (value: number): string {
  if (!Number.isSafeInteger(value) || value < 0) throw new P2pChatError('ERR_INTERNAL', `${value} cannot be part of a key.`)
  return value.toString(16).padStart(INTEGER_DIGITS, '0')
}

/**
 * The number that orderedInteger encoded.
 *
 * @throws ERR_STORE_CORRUPT when `text` is no such encoding
 */
export function parseOrderedInteger (text: string): number {
  const value = /^[0-9a-f]{14}$/.test(text) ? Number.parseInt(text, 16) : Number.NaN
  if (!Number.isSafeInteger(value)) throw new P2pChatError('ERR_STORE_CORRUPT', `The store holds a key that is none: ${text}`)
  return value
}

/**
 * One key of these parts.
 *
 * @throws ERR_INTERNAL when a text part holds `/` or anything but printable ASCII
 */
export function keyOf (...parts: KeyPart[]): string {
  let key = ''
  for (const part of parts) key = key === '' ? encodePart(part) : `${key}${SEPARATOR}${encodePart(part)}`
  return key
}

/** The parts of a key, as text. */
export function partsOf (key: string): string[] {
  return key.split(SEPARATOR)
}

/** The range of all keys that have more parts after these. */
export function rangeUnder (...parts: KeyPart[]): { gte: string, lt: string } {
  const prefix = keyOf(...parts)
  return { gte: prefix + SEPARATOR, lt: prefix + AFTER_SEPARATOR }
}

/** @throws ERR_INTERNAL when `key` is not printable ASCII */
export function assertKey (key: string): void {
  if (!PRINTABLE.test(key)) throw new P2pChatError('ERR_INTERNAL', 'A key of the store must be printable ASCII.')
}

function encodePart (part: KeyPart): string {
  if (typeof part === 'number') return orderedInteger(part)
  if (typeof part !== 'string') return hexOf(part)
  if (part.includes(SEPARATOR)) throw new P2pChatError('ERR_INTERNAL', 'A part of a key must not hold a slash.')
  assertKey(part)
  return part
}

/** Several times as fast as what handles every base, and leaves nothing behind: keys are made for every record read and written. */
function hexOf (bytes: Uint8Array): string {
  if (bytes.byteLength > scratch.byteLength) return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')
  scratch.set(bytes)
  return scratch.toString('hex', 0, bytes.byteLength)
}
