/**
 * Signatures that cost a hash instead of a tenth of a millisecond: SHA-512 over the public key and the message. Whoever
 * signs with a key of his own is refused in the name of another as before; what is not tried is the mathematics.
 */
import crypto, { createPublicKey, type KeyObject } from 'node:crypto'
import { syncBuiltinESMExports } from 'node:module'

const { sign, verify } = crypto
const publicKeys = new WeakMap<KeyObject, Buffer>()
let isOn = false

/** Whether signatures are made and checked in this way now: those of one kind are none of the other. */
export function signaturesAreCheap (): boolean {
  return isOn
}

/** Runs a task whose Ed25519 signatures are cheap ones, wherever in the process they are made. One at a time. */
export async function withCheapSignatures<T> (task: () => Promise<T>): Promise<T> {
  use({ sign: cheapSign, verify: cheapVerify })
  isOn = true
  try {
    return await task()
  } finally {
    isOn = false
    use({ sign, verify })
  }
}

/** In the module itself, and so for everybody who has imported it. */
function use (functions: { sign: unknown, verify: unknown }): void {
  Object.assign(crypto, functions)
  syncBuiltinESMExports()
}

function cheapSign (_algorithm: null, message: Uint8Array, key: KeyObject): Buffer {
  return crypto.createHash('sha512').update(publicKeyOf(key)).update(message).digest()
}

function cheapVerify (_algorithm: null, message: Uint8Array, key: KeyObject, signature: Uint8Array): boolean {
  return cheapSign(null, message, key).equals(signature)
}

function publicKeyOf (key: KeyObject): Buffer {
  const known = publicKeys.get(key)
  if (known !== undefined) return known
  const { x } = (key.type === 'private' ? createPublicKey(key) : key).export({ format: 'jwk' })
  const made = Buffer.from(x ?? '', 'base64url')
  publicKeys.set(key, made)
  return made
}
