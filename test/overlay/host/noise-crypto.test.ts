import assert from 'node:assert/strict'
import { defaultCrypto, pureJsCrypto } from '@chainsafe/libp2p-noise/crypto'
import fc from 'fast-check'
import { Uint8ArrayList } from 'uint8arraylist'
import { noiseCrypto } from '../../../src/overlay/host/noise-crypto.js'

const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 })

describe('noiseCrypto', () => {
  it('agrees with the library on keys and what comes of them', () => {
    fc.assert(fc.property(bytes32, bytes32, (seed, other) => {
      const ours = noiseCrypto.generateX25519KeyPairFromSeed(seed)
      const theirs = pureJsCrypto.generateX25519KeyPairFromSeed(seed)
      assert.deepEqual(Uint8Array.from(ours.publicKey), Uint8Array.from(theirs.publicKey))
      const { publicKey } = pureJsCrypto.generateX25519KeyPairFromSeed(other)
      const expected = Uint8Array.from(pureJsCrypto.generateX25519SharedKey(seed, publicKey))
      assert.deepEqual(Uint8Array.from(noiseCrypto.generateX25519SharedKey(seed, publicKey)), expected)
      const list = new Uint8ArrayList(publicKey.subarray(0, 5), publicKey.subarray(5)) as unknown as typeof publicKey
      assert.deepEqual(Uint8Array.from(noiseCrypto.generateX25519SharedKey(seed, list)), expected)
    }), { numRuns: 25 })
  })

  it('derives as the library does', () => {
    fc.assert(fc.property(bytes32, fc.constantFrom(0, 32), (chainingKey, length) => {
      const input = chainingKey.slice(0, length).reverse()
      assert.deepEqual(noiseCrypto.getHKDF(chainingKey, input).map((key) => Uint8Array.from(key)), defaultCrypto.getHKDF(chainingKey, input).map((key) => Uint8Array.from(key)))
    }))
  })

  it('draws a new key each time, and refuses a point of small order', () => {
    const one = noiseCrypto.generateX25519KeyPair()
    const two = noiseCrypto.generateX25519KeyPair()
    assert.notDeepEqual(one.privateKey, two.privateKey)
    assert.deepEqual(Uint8Array.from(noiseCrypto.generateX25519SharedKey(one.privateKey, two.publicKey)), Uint8Array.from(noiseCrypto.generateX25519SharedKey(two.privateKey, one.publicKey)))
    assert.throws(() => noiseCrypto.generateX25519SharedKey(one.privateKey, new Uint8Array(32)), { code: 'ERR_OSSL_FAILED_DURING_DERIVATION' })
  })
})
