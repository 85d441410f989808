import { hkdfSync } from 'node:crypto'
import { P2pChatError } from '../errors.js'

/** RFC 5869 §2.3: the block counter is one byte. */
const MAX_LENGTH = 255 * 32

/**
 * HKDF with SHA-256 (RFC 5869), extract and expand.
 *
 * @param salt an empty one counts as 32 zero bytes
 * @param info at most 1,024 bytes (OpenSSL's bound)
 * @param length 1 to 8,160
 * @throws ERR_CRYPTO_INPUT
 */
export function hkdf (salt: Uint8Array, ikm: Uint8Array, info: Uint8Array, length: number): Uint8Array {
  if (!Number.isInteger(length) || length < 1 || length > MAX_LENGTH || info.byteLength > 1_024) {
    throw new P2pChatError('ERR_CRYPTO_INPUT', `HKDF gives 1 to ${MAX_LENGTH} bytes under at most 1024 bytes of info, not ${length} under ${info.byteLength}.`)
  }
  return new Uint8Array(hkdfSync('sha256', ikm, salt, info, length))
}
