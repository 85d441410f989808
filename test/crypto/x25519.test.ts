import assert from 'node:assert/strict'
import { dh, X25519PrivateKey, x25519KeyPair } from '../../src/crypto/x25519.js'
import { assertCode, fromNumber, hex, readRecords, toHex } from './support.js'

/** All encodings of points whose order divides 8: u = 0, 1, two of order 8, p - 1, p, p + 1 (and the top bit ignored). */
const SMALL_ORDER = [
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
  '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f'
]

describe('X25519', () => {
  it('gives the values of RFC 7748 §5.2', () => {
    const records = readRecords('x25519/rfc7748.txt')
    assert.equal(records.length, 3)
    for (const { INPUT_SCALAR, INPUT_U, OUTPUT_U } of records) assert.equal(toHex(dh(hex(INPUT_SCALAR!), hex(INPUT_U!))), OUTPUT_U)
  })

  it('gives the values of RFC 7748 §5.2 after 1 and 1,000 iterations', () => {
    let [k, u] = [hex('09'.padEnd(64, '0')), hex('09'.padEnd(64, '0'))]
    for (let i = 1; i <= 1_000; i++) {
      [k, u] = [dh(k, u), k]
      if (i === 1) assert.equal(toHex(k), '422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079')
    }
    assert.equal(toHex(k), '684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51')
  })

  it('agrees as in RFC 7748 §6.1', () => {
    const alice = x25519KeyPair(hex('77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a'))
    const bob = x25519KeyPair(hex('5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb'))
    assert.equal(toHex(alice.publicKey), '8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a')
    assert.equal(toHex(bob.publicKey), 'de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f')
    const K = '4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742'
    assert.equal(toHex(dh(alice.privateKey, bob.publicKey)), K)
    assert.equal(toHex(dh(bob.privateKey, alice.publicKey)), K)
  })

  it('takes a coordinate for what it is modulo p, and without the top bit (RFC 7748 §5)', () => {
    const key = new X25519PrivateKey(hex('77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a'))
    const P = 2n ** 255n - 19n
    for (let u = 2n; P + u < 2n ** 255n; u++) {
      const shared = toHex(key.dh(fromNumber(u)))
      for (const same of [P + u, u + 2n ** 255n, P + u + 2n ** 255n]) assert.equal(toHex(key.dh(fromNumber(same))), shared)
    }
  })

  it('refuses every point of small order, with the top bit too', () => {
    const key = new X25519PrivateKey(hex('01'.repeat(32)))
    for (const point of SMALL_ORDER) {
      const bytes = hex(point)
      assertCode(() => key.dh(bytes), 'ERR_CRYPTO_INPUT')
      bytes[31]! |= 0x80
      assertCode(() => key.dh(bytes), 'ERR_CRYPTO_INPUT')
    }
  })

  it('refuses keys of another length', () => {
    const key = hex('01'.repeat(32))
    for (const length of [0, 31, 33]) {
      assertCode(() => dh(key, new Uint8Array(length).fill(9)), 'ERR_CRYPTO_INPUT')
      assertCode(() => dh(new Uint8Array(length).fill(9), key), 'ERR_CRYPTO_INPUT')
      assertCode(() => x25519KeyPair(new Uint8Array(length)), 'ERR_CRYPTO_INPUT')
    }
  })
})
