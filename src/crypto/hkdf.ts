import { P2pChatError } from '../errors.js'
import { hmacSha256 } from './hmac.js'

/** RFC 5869 §2.3: the block counter is one byte. */
const MAX_LENGTH = 255 * 32
/** What OpenSSL allows. */
const MAX_INFO_BYTES = 1_024

/**
 * HKDF with SHA-256 (RFC 5869), extract and expand.
 *
 * @param salt an empty one counts as 32 zero bytes
 * @param info at most 1,024 bytes
 * @param length 1 to 8,160
 * @throws ERR_CRYPTO_INPUT
 */
export function hkdf (salt: Uint8Array, ikm: Uint8Array, info: Uint8Array, length: number): Uint8Array {
  const prk = hkdfExtract(salt, ikm)
  const okm = hkdfExpand(prk, info, length)
  prk.fill(0)
  return okm
}

/** RFC 5869 §2.2: 32 bytes. From HMAC, as all of it is: `node:crypto` takes three times as long for its hkdfSync. */
export function hkdfExtract (salt: Uint8Array, ikm: Uint8Array): Uint8Array {
  return hmacSha256(salt, ikm)
}

/** RFC 5869 §2.3. @throws ERR_CRYPTO_INPUT */
export function hkdfExpand (prk: Uint8Array, info: Uint8Array, length: number): Uint8Array {
  if (!Number.isInteger(length) || length < 1 || length > MAX_LENGTH || info.byteLength > MAX_INFO_BYTES) {
    throw new P2pChatError('ERR_CRYPTO_INPUT', `HKDF gives 1 to ${MAX_LENGTH} bytes under at most ${MAX_INFO_BYTES} bytes of info, not ${length} under ${info.byteLength}.`)
  }
  const okm = new Uint8Array(length)
  let block = new Uint8Array(0) as Uint8Array
  for (let at = 0, n = 1; at < length; at += 32, n++) {
    const next = hmacSha256(prk, block, info, Uint8Array.of(n))
    block.fill(0)
    block = next
    okm.set(length - at < 32 ? block.subarray(0, length - at) : block, at)
  }
  block.fill(0)
  return okm
}
