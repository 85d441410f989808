/** "The seal" of docs/wire/sessions.md. */
import { createCipheriv, timingSafeEqual } from 'node:crypto'
import { EMPTY, Refused, hkdf, hmac, join, lp, u32, u8, unhex } from './bytes.js'

const SALT_BYTES = 16
const TAG_BYTES = 32
const MAX_PLAINTEXT_BYTES = 65_536

/** The 4 weak keys, then the 6 pairs of semi-weak keys (FIPS 74; SP 800-67r2 §3.3.2), written with odd parity. */
export const WEAK_KEYS = ['0101010101010101', 'fefefefefefefefe', 'e0e0e0e0f1f1f1f1', '1f1f1f1f0e0e0e0e']
export const SEMI_WEAK_PAIRS = [
  ['011f011f010e010e', '1f011f010e010e01'],
  ['01e001e001f101f1', 'e001e001f101f101'],
  ['01fe01fe01fe01fe', 'fe01fe01fe01fe01'],
  ['1fe01fe00ef10ef1', 'e01fe01ff10ef10e'],
  ['1ffe1ffe0efe0efe', 'fe1ffe1ffe0efe0e'],
  ['e0fee0fef1fef1fe', 'fee0fee0fef1fef1']
] as const

interface SealKeys { K1: Buffer, K2: Buffer, K3: Buffer, prefix: Buffer, macKey: Buffer, try: number }

function withoutParity (key: Uint8Array): string {
  return Buffer.from(key.map(byte => byte & 0xfe)).toString('hex')
}

/** Whether two of three DES keys are equal or one is weak or semi-weak, parity bits ignored. */
export function isBad (K1: Uint8Array, K2: Uint8Array, K3: Uint8Array): boolean {
  const weak = [...WEAK_KEYS, ...SEMI_WEAK_PAIRS.flat()].map(text => withoutParity(unhex(text)))
  const [k1, k2, k3] = [withoutParity(K1), withoutParity(K2), withoutParity(K3)]
  return k1 === k2 || k2 === k3 || k1 === k3 || weak.includes(k1) || weak.includes(k2) || weak.includes(k3)
}

export function sealKeys (mk: Uint8Array, label: string, salt: Uint8Array): SealKeys {
  for (let attempt = 0; attempt <= 255; attempt++) {
    const okm = hkdf(salt, mk, join(lp('p2pchat/1 seal'), lp(label), u8(attempt)), 60)
    const K1 = okm.subarray(0, 8)
    const K2 = okm.subarray(8, 16)
    const K3 = okm.subarray(16, 24)
    if (!isBad(K1, K2, K3)) {
      return { K1, K2, K3, prefix: okm.subarray(24, 28), macKey: okm.subarray(28, 60), try: attempt }
    }
  }
  throw new Refused('no usable key in 256 tries')
}

/** E_K3(D_K2(E_K1(block))) */
export function tripleDes (K1: Uint8Array, K2: Uint8Array, K3: Uint8Array, block: Uint8Array): Buffer {
  const cipher = createCipheriv('des-ede3', join(K1, K2, K3), EMPTY)
  cipher.setAutoPadding(false)
  return join(cipher.update(block), cipher.final())
}

function xorKeystream (keys: SealKeys, input: Uint8Array): Buffer {
  const bytes = Buffer.from(input)
  const output = Buffer.alloc(input.length)
  for (let i = 0; i * 8 < input.length; i++) {
    const keystream = tripleDes(keys.K1, keys.K2, keys.K3, join(keys.prefix, u32(i)))
    for (let j = 0; j < 8 && i * 8 + j < input.length; j++) {
      output.writeUInt8(bytes.readUInt8(i * 8 + j) ^ keystream.readUInt8(j), i * 8 + j)
    }
  }
  return output
}

function tagOf (keys: SealKeys, label: string, ad: Uint8Array, header: Uint8Array, salt: Uint8Array, ciphertext: Uint8Array): Buffer {
  return hmac(keys.macKey, join(lp(label), lp(ad), lp(header), lp(salt), lp(ciphertext)))
}

/** @returns salt (16) ‖ ciphertext ‖ tag (32) */
export function seal (mk: Uint8Array, label: string, ad: Uint8Array, header: Uint8Array, plaintext: Uint8Array, salt: Uint8Array): Buffer {
  if (plaintext.length > MAX_PLAINTEXT_BYTES) throw new Refused('the plaintext is too long for one seal')
  if (salt.length !== SALT_BYTES) throw new Refused('a salt has 16 bytes')
  const keys = sealKeys(mk, label, salt)
  const ciphertext = xorKeystream(keys, plaintext)
  return join(salt, ciphertext, tagOf(keys, label, ad, header, salt, ciphertext))
}

/** @returns the plaintext. @throws {Refused} when the seal does not hold */
export function open (mk: Uint8Array, label: string, ad: Uint8Array, header: Uint8Array, sealed: Uint8Array): Buffer {
  if (sealed.length < SALT_BYTES + TAG_BYTES) throw new Refused('too short for a seal')
  if (sealed.length > SALT_BYTES + MAX_PLAINTEXT_BYTES + TAG_BYTES) throw new Refused('too long for a seal')
  const salt = sealed.subarray(0, SALT_BYTES)
  const ciphertext = sealed.subarray(SALT_BYTES, sealed.length - TAG_BYTES)
  const tag = sealed.subarray(sealed.length - TAG_BYTES)
  const keys = sealKeys(mk, label, salt)
  if (!timingSafeEqual(tagOf(keys, label, ad, header, salt, ciphertext), tag)) throw new Refused('the tag does not hold')
  return xorKeystream(keys, ciphertext)
}
