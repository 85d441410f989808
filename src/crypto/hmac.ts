import { createHmac } from 'node:crypto'
import { viewOf } from './bytes.js'

/** HMAC-SHA256 (RFC 2104, FIPS 198-1) over the parts one after the other: 32 bytes. */
export function hmacSha256 (key: Uint8Array, ...parts: Uint8Array[]): Uint8Array {
  const hmac = createHmac('sha256', key)
  for (const part of parts) hmac.update(part)
  return viewOf(hmac.digest())
}
