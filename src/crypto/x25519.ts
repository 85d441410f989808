import { createPrivateKey, createPublicKey, diffieHellman, type KeyObject } from 'node:crypto'
import { toString } from 'uint8arrays/to-string'
import { expectLength, viewOf } from './bytes.js'
import { KeyCache } from './key-cache.js'
import { P2pChatError } from '../errors.js'

// The DER around a raw private key: PKCS #8 of RFC 8410.
const PKCS8_PREFIX = Uint8Array.from([0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x6e, 0x04, 0x22, 0x04, 0x20])

const keys = new KeyCache()

export interface X25519KeyPair {
  /** 32 bytes, as drawn (clamped only when used) */
  readonly privateKey: Uint8Array
  /** 32 bytes */
  readonly publicKey: Uint8Array
}

/** A private key made ready once (that costs more than a DH) for several uses. */
export class X25519PrivateKey {
  readonly #key: KeyObject
  /** 32 bytes */
  readonly publicKey: Uint8Array

  /** @param privateKey 32 random bytes; copied */
  constructor (privateKey: Uint8Array) {
    this.#key = keys.of(privateKey, importPrivateKey)
    // A JWK has the raw key, and is several times faster than DER where nothing secret is in it.
    const { x } = createPublicKey(this.#key).export({ format: 'jwk' })
    this.publicKey = new Uint8Array(Buffer.from(x ?? '', 'base64url'))
  }

  /**
   * X25519 (RFC 7748 §5): 32 bytes.
   *
   * @throws ERR_CRYPTO_INPUT another length, or a point of small order, which gives zero with every key (§6.1)
   */
  dh (publicKey: Uint8Array): Uint8Array {
    expectLength(publicKey, 32, 'An X25519 public key')
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'X25519', x: toString(publicKey, 'base64url') }, format: 'jwk' })
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

function importPrivateKey (privateKey: Uint8Array): KeyObject {
  const der = Buffer.alloc(PKCS8_PREFIX.byteLength + 32)
  der.set(PKCS8_PREFIX)
  der.set(expectLength(privateKey, 32, 'An X25519 private key'), PKCS8_PREFIX.byteLength)
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  der.fill(0)
  return key
}
