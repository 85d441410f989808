import { diffieHellman, type KeyObject } from 'node:crypto'
import { viewOf } from './bytes.js'
import { KeyCache } from './key-cache.js'
import { privateKeyObject, publicKeyObject, publicKeyOf } from './raw-keys.js'
import { P2pChatError } from '../errors.js'

const keys = new KeyCache()

export interface X25519KeyPair {
  /** 32 bytes, as drawn (clamped only when used) */
  readonly privateKey: Uint8Array
  /** 32 bytes */
  readonly publicKey: Uint8Array
}

/** A private key made ready once (that costs as much as a DH) for several uses. */
export class X25519PrivateKey {
  readonly #key: KeyObject
  /** 32 bytes */
  readonly publicKey: Uint8Array

  /** @param privateKey 32 random bytes; copied */
  constructor (privateKey: Uint8Array) {
    this.#key = keys.of(privateKey, (raw) => privateKeyObject('X25519', raw))
    this.publicKey = publicKeyOf(this.#key)
  }

  /**
   * X25519 (RFC 7748 §5): 32 bytes.
   *
   * @throws ERR_CRYPTO_INPUT another length, or a point of small order, which gives zero with every key (§6.1)
   */
  dh (publicKey: Uint8Array): Uint8Array {
    const key = publicKeyObject('X25519', publicKey)
    try {
      return viewOf(diffieHellman({ privateKey: this.#key, publicKey: key }))
    } catch (cause) {
      // OpenSSL gives no all-zero secret away.
      throw new P2pChatError('ERR_CRYPTO_INPUT', 'An X25519 public key that gives no secret was refused.', { cause })
    }
  }
}

/** @param privateKey 32 random bytes; kept, not copied */
export function x25519KeyPair (privateKey: Uint8Array): X25519KeyPair {
  return { privateKey, publicKey: new X25519PrivateKey(privateKey).publicKey }
}

/** DH(a, B) of the specification. @throws ERR_CRYPTO_INPUT as {@link X25519PrivateKey.dh} */
export function dh (privateKey: Uint8Array, publicKey: Uint8Array): Uint8Array {
  return new X25519PrivateKey(privateKey).dh(publicKey)
}
