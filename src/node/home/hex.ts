import { fromString } from 'uint8arrays/from-string'

/** Lower-case hexadecimal: how devices, sessions and messages are named in keys and events. */
export function toHex (bytes: Uint8Array): string {
  // Node's own takes half the time, and is asked some fifty times for a message.
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')
}

export function fromHex (text: string): Uint8Array {
  return fromString(text, 'base16')
}
