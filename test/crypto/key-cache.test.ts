import { deepEqual, equal, notDeepEqual, notEqual } from 'node:assert/strict'
import { createSecretKey, type KeyObject } from 'node:crypto'
import { ed25519KeyPair, ed25519Sign, ed25519Verify } from '../../src/crypto/ed25519.js'
import { KeyCache } from '../../src/crypto/key-cache.js'
import { dh, x25519KeyPair } from '../../src/crypto/x25519.js'

describe('a cache of keys', () => {
  it('makes a key once for the same bytes in the same place', () => {
    let made = 0
    const cache = new KeyCache()
    const make = (raw: Uint8Array): KeyObject => {
      made++
      return createSecretKey(Buffer.from(raw))
    }
    const raw = new Uint8Array(32).fill(1)
    equal(cache.of(raw, make), cache.of(raw, make))
    equal(made, 1)
    notEqual(cache.of(new Uint8Array(32).fill(1), make), cache.of(raw, make))
  })

  it('never gives the key of what the bytes were before', () => {
    const seed = new Uint8Array(32).fill(3)
    const before = ed25519KeyPair(seed).publicKey
    const message = Uint8Array.of(1, 2, 3)
    equal(ed25519Verify(before, message, ed25519Sign(seed, message)), true)
    seed.fill(4)
    const after = ed25519KeyPair(new Uint8Array(32).fill(4)).publicKey
    equal(ed25519Verify(before, message, ed25519Sign(seed, message)), false)
    equal(ed25519Verify(after, message, ed25519Sign(seed, message)), true)
    const secret = new Uint8Array(32).fill(5)
    const peer = x25519KeyPair(new Uint8Array(32).fill(9)).publicKey
    const first = dh(secret, peer)
    secret.fill(6)
    notDeepEqual(dh(secret, peer), first)
    deepEqual(dh(secret, peer), dh(new Uint8Array(32).fill(6), peer))
  })
})
