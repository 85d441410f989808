/**
 * The one construction that everything is encrypted with (docs/wire/sessions.md, "The seal"): a message key and a salt
 * give a Triple DES key, a counter prefix and a MAC key; encrypt, then authenticate.
 */
import { concat } from 'uint8arrays/concat'
import { constantTimeEqual, expectLength, lpAll, u32, uninitialised } from './bytes.js'
import { hkdf } from './hkdf.js'
import { hmacSha256 } from './hmac.js'
import { tripleDesCtr, tripleDesCtrInPlace, tripleDesCtrInto } from './triple-des/index.js'
import { isWeakTripleDesKey } from './weak-keys.js'
import { P2pChatError } from '../errors.js'
import { maxSealBytes } from '../protocol/limits.js'

/** What a seal is for. What was sealed under one label does not open under another. */
export type SealLabel = 'p2pchat/1 message' | 'p2pchat/1 receipt' | 'p2pchat/1 vault' | 'p2pchat/1 group message' | 'p2pchat/1 group receipt' | 'p2pchat/1 file chunk' | 'p2pchat/1 backup'

export const SALT_BYTES = 16
export const TAG_BYTES = 32
/** What sealing adds to a plaintext. */
export const SEAL_OVERHEAD_BYTES = SALT_BYTES + TAG_BYTES

const MAX_TRY = 255

export interface SealKeys {
  /** K1 ‖ K2 ‖ K3, 24 bytes */
  readonly tripleDesKey: Uint8Array
  /** 4 bytes */
  readonly prefix: Uint8Array
  /** 32 bytes */
  readonly macKey: Uint8Array
  /** Overwrites all of them. */
  readonly wipe: () => void
}

/**
 * @param messageKey 32 bytes, for this seal alone (or for seals that differ in their salt)
 * @param ad associated data that both ends know
 * @param header what travels in the open beside it
 * @param plaintext at most {@link maxSealBytes}
 * @param salt 16 fresh random bytes
 * @param into where the seal is put, {@link SEAL_OVERHEAD_BYTES} longer than the plaintext and apart from it; default: a new array
 * @returns salt ‖ ciphertext ‖ tag
 * @throws ERR_LIMIT, ERR_CRYPTO_INPUT
 */
export function seal (messageKey: Uint8Array, label: SealLabel, ad: Uint8Array, header: Uint8Array, plaintext: Uint8Array, salt: Uint8Array, into?: Uint8Array): Uint8Array {
  expectLength(salt, SALT_BYTES, 'A salt')
  if (plaintext.byteLength > maxSealBytes) {
    throw new P2pChatError('ERR_LIMIT', `${plaintext.byteLength} bytes are too long to be sealed under one key (limit: ${maxSealBytes}).`)
  }
  const sealedBytes = plaintext.byteLength + SEAL_OVERHEAD_BYTES
  // Made in its one final place: for 64 KiB, each further copy costs as much as the key derivation.
  const sealed = into === undefined ? uninitialised(sealedBytes) : expectLength(into, sealedBytes, 'The room for a seal')
  const keys = deriveSealKeys(messageKey, label, salt)
  try {
    const ciphertext = sealed.subarray(SALT_BYTES, SALT_BYTES + plaintext.byteLength)
    sealed.set(salt)
    tripleDesCtrInto(keys.tripleDesKey, keys.prefix, plaintext, ciphertext)
    sealed.set(computeTag(keys.macKey, label, ad, header, salt, ciphertext), SALT_BYTES + plaintext.byteLength)
    return sealed
  } finally {
    keys.wipe()
  }
}

/**
 * The plaintext of what {@link seal} gave; the tag is verified in full before anything is decrypted.
 *
 * @throws ERR_DECRYPT whatever is wrong with it
 */
export function open (messageKey: Uint8Array, label: SealLabel, ad: Uint8Array, header: Uint8Array, sealed: Uint8Array): Uint8Array {
  return openWith(messageKey, label, ad, header, sealed, tripleDesCtr)
}

/** As {@link open}, but the plaintext takes the place of the ciphertext; what cannot be opened is left as it is. */
export function openInPlace (messageKey: Uint8Array, label: SealLabel, ad: Uint8Array, header: Uint8Array, sealed: Uint8Array): Uint8Array {
  return openWith(messageKey, label, ad, header, sealed, (key, prefix, ciphertext) => {
    tripleDesCtrInPlace(key, prefix, ciphertext, 0)
    return ciphertext
  })
}

type Decipher = (key: Uint8Array, prefix: Uint8Array, ciphertext: Uint8Array) => Uint8Array

function openWith (messageKey: Uint8Array, label: SealLabel, ad: Uint8Array, header: Uint8Array, sealed: Uint8Array, decipher: Decipher): Uint8Array {
  const length = sealed.byteLength - SEAL_OVERHEAD_BYTES
  if (length < 0 || length > maxSealBytes) throw wrongSeal()
  const salt = sealed.subarray(0, SALT_BYTES)
  const ciphertext = sealed.subarray(SALT_BYTES, SALT_BYTES + length)
  const tag = sealed.subarray(SALT_BYTES + length)
  const keys = deriveSealKeys(messageKey, label, salt)
  try {
    if (!constantTimeEqual(tag, computeTag(keys.macKey, label, ad, header, salt, ciphertext))) throw wrongSeal()
    return decipher(keys.tripleDesKey, keys.prefix, ciphertext)
  } finally {
    keys.wipe()
  }
}

/**
 * The keys of one seal; weak ones are passed over by counting `try` on, on both sides alike.
 *
 * @param kdf HKDF; a test puts weak keys in its place
 */
export function deriveSealKeys (messageKey: Uint8Array, label: SealLabel, salt: Uint8Array, kdf = hkdf): SealKeys {
  expectLength(messageKey, 32, 'A message key')
  for (let attempt = 0; attempt <= MAX_TRY; attempt++) {
    const okm = kdf(salt, messageKey, infoOf(label, attempt), 60)
    const tripleDesKey = okm.subarray(0, 24)
    if (!isWeakTripleDesKey(tripleDesKey)) {
      return { tripleDesKey, prefix: okm.subarray(24, 28), macKey: okm.subarray(28), wipe: () => { okm.fill(0) } }
    }
    okm.fill(0)
  }
  throw new P2pChatError('ERR_INTERNAL', 'Every key that was derived for a seal is a weak one.')
}

/** The `info` of the first try under each label: writing it takes a tenth of the time of a derivation. */
const firstInfos = new Map<SealLabel, Uint8Array>()

function infoOf (label: SealLabel, attempt: number): Uint8Array {
  const known = attempt === 0 ? firstInfos.get(label) : undefined
  if (known !== undefined) return known
  const info = concat([lpAll('p2pchat/1 seal', label), Uint8Array.of(attempt)])
  if (attempt === 0) firstInfos.set(label, info)
  return info
}

function computeTag (macKey: Uint8Array, label: SealLabel, ad: Uint8Array, header: Uint8Array, salt: Uint8Array, ciphertext: Uint8Array): Uint8Array {
  return hmacSha256(macKey, lpAll(label, ad, header, salt), u32(ciphertext.byteLength), ciphertext)
}

function wrongSeal (): P2pChatError {
  return new P2pChatError('ERR_DECRYPT', 'This could not be decrypted: it was changed on the way, or is meant for another key.')
}
