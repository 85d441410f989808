import { fromString } from 'uint8arrays/from-string'
import { toString } from 'uint8arrays/to-string'

/** Lower-case hexadecimal: how devices, sessions and messages are named in keys and events. */
export function toHex (bytes: Uint8Array): string {
  return toString(bytes, 'base16')
}

export function fromHex (text: string): Uint8Array {
  return fromString(text, 'base16')
}
