import { fromString } from 'uint8arrays/from-string'
import { toString } from 'uint8arrays/to-string'

/** The OPAQUE library's strings: base64url without padding. */
export function fromBase64 (text: string): Uint8Array {
  return fromString(text, 'base64url')
}

export function toBase64 (bytes: Uint8Array): string {
  return toString(bytes, 'base64url')
}
