import type { KeyObject } from 'node:crypto'
import { constantTimeEqual, sha256 } from './bytes.js'

/**
 * Keys made ready for OpenSSL, for as long as the bytes they were made from are in use: that takes as long as signing with
 * one. Bytes that were wiped or changed since give no old key.
 */
export class KeyCache {
  readonly #keys = new WeakMap<Uint8Array, { print: Uint8Array, key: KeyObject }>()

  of (raw: Uint8Array, make: (raw: Uint8Array) => KeyObject): KeyObject {
    const print = sha256(raw)
    const known = this.#keys.get(raw)
    if (known !== undefined && constantTimeEqual(known.print, print)) return known.key
    const key = make(raw)
    this.#keys.set(raw, { print, key })
    return key
  }
}
