import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { concat } from 'uint8arrays/concat'
import { ed25519KeyPair, ed25519Sign, ed25519Verify } from '../../src/crypto/ed25519.js'
import { assertCode, flipBit, fromNumber, hex, littleEndian, readVectors, toHex, utf8 } from './support.js'

describe('Ed25519', () => {
  it('gives the published signatures, RFC 8032 §7.1 TEST 1 to 3 and 1024 among them', () => {
    const lines = readVectors('ed25519/sign.input').trim().split('\n')
    assert.equal(lines.length, 65)
    for (const line of lines) {
      const [seedAndKey, publicKey, message, signatureAndMessage] = line.split(':')
      const [seed, signature] = [hex(seedAndKey!.slice(0, 64)), signatureAndMessage!.slice(0, 128)]
      assert.equal(toHex(ed25519KeyPair(seed).publicKey), publicKey)
      assert.equal(toHex(ed25519Sign(seed, hex(message!))), signature)
      assert.ok(ed25519Verify(hex(publicKey!), hex(message!), hex(signature)))
    }
  })

  it('gives RFC 8032 §7.1 TEST SHA(abc)', () => {
    const seed = hex('833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42')
    const message = new Uint8Array(createHash('sha512').update('abc').digest())
    assert.equal(toHex(ed25519KeyPair(seed).publicKey), 'ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf')
    assert.equal(toHex(ed25519Sign(seed, message)), 'dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704')
  })

  it('verifies no signature with a bit changed, of another message or under another key', () => {
    const { seed, publicKey } = ed25519KeyPair(hex('07'.repeat(32)))
    const message = utf8('a record')
    const signature = ed25519Sign(seed, message)
    for (let bit = 0; bit < 512; bit++) assert.equal(ed25519Verify(publicKey, message, flipBit(signature, bit)), false)
    assert.equal(ed25519Verify(publicKey, utf8('another'), signature), false)
    assert.equal(ed25519Verify(ed25519KeyPair(hex('08'.repeat(32))).publicKey, message, signature), false)
  })

  it('takes no second form of a signature, with the order of the group added to S (RFC 8032 §5.1.7)', () => {
    const { seed, publicKey } = ed25519KeyPair(hex('07'.repeat(32)))
    const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n
    for (let i = 0; i < 20; i++) {
      const message = utf8(`record ${i}`)
      const signature = ed25519Sign(seed, message)
      const S = littleEndian(signature.subarray(32))
      assert.ok(S < ORDER)
      for (let again = S + ORDER; again < 2n ** 256n; again += ORDER) {
        assert.equal(ed25519Verify(publicKey, message, concat([signature.subarray(0, 32), fromNumber(again)])), false)
      }
      assert.ok(ed25519Verify(publicKey, message, concat([signature.subarray(0, 32), fromNumber(S)])))
    }
  })

  it('says false to what is no key and no signature, and refuses a seed of another length', () => {
    const signature = ed25519Sign(hex('07'.repeat(32)), utf8('x'))
    for (const key of [new Uint8Array(0), new Uint8Array(31), new Uint8Array(32).fill(0xff)]) assert.equal(ed25519Verify(key, utf8('x'), signature), false)
    assert.equal(ed25519Verify(ed25519KeyPair(hex('07'.repeat(32))).publicKey, utf8('x'), signature.subarray(1)), false)
    assertCode(() => ed25519Sign(new Uint8Array(31), utf8('x')), 'ERR_CRYPTO_INPUT')
  })
})
