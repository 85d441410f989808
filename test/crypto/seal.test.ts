import assert from 'node:assert/strict'
import fc from 'fast-check'
import { concat } from 'uint8arrays/concat'
import { lpAll } from '../../src/crypto/bytes.js'
import { hkdf } from '../../src/crypto/hkdf.js'
import { hmacSha256 } from '../../src/crypto/hmac.js'
import { maxSealBytes } from '../../src/protocol/limits.js'
import { deriveSealKeys, open, seal, SEAL_OVERHEAD_BYTES } from '../../src/crypto/seal.js'
import { SeededRandom } from '../helpers/seeded-random.js'
import { assertCode, flipBit, hex, toHex, utf8 } from './support.js'

const LABEL = 'p2pchat/1 message'

describe('seal', () => {
  const random = new SeededRandom('seal')
  const key = random.bytes(32)
  const [ad, header, salt] = [random.bytes(48), random.bytes(40), random.bytes(16)]

  it('opens to what was sealed, at any length', () => {
    const bytes = (maxLength: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ maxLength })
    fc.assert(fc.property(bytes(700), bytes(60), bytes(60), fc.uint8Array({ minLength: 16, maxLength: 16 }), (plaintext, ad, header, salt) => {
      const sealed = seal(key, LABEL, ad, header, plaintext, salt)
      assert.equal(sealed.byteLength, plaintext.byteLength + SEAL_OVERHEAD_BYTES)
      assert.deepEqual(open(key, LABEL, ad, header, sealed), plaintext)
    }))
  })

  it('opens with no single bit changed in any field', () => {
    const sealed = seal(key, LABEL, ad, header, utf8('a few blocks of text'), salt)
    const refused = (key: Uint8Array, ad: Uint8Array, header: Uint8Array, sealed: Uint8Array): void => {
      assertCode(() => open(key, LABEL, ad, header, sealed), 'ERR_DECRYPT')
    }
    for (let bit = 0; bit < sealed.byteLength * 8; bit++) refused(key, ad, header, flipBit(sealed, bit))
    for (let bit = 0; bit < key.byteLength * 8; bit++) refused(flipBit(key, bit), ad, header, sealed)
    for (let bit = 0; bit < ad.byteLength * 8; bit++) refused(key, flipBit(ad, bit), header, sealed)
    for (let bit = 0; bit < header.byteLength * 8; bit++) refused(key, ad, flipBit(header, bit), sealed)
  })

  it('opens under no other label', () => {
    const sealed = seal(key, LABEL, ad, header, utf8('text'), salt)
    assertCode(() => open(key, 'p2pchat/1 receipt', ad, header, sealed), 'ERR_DECRYPT')
    assertCode(() => open(key, 'p2pchat/1 vault', ad, header, sealed), 'ERR_DECRYPT')
  })

  it('opens with no byte moved from one field to its neighbour', () => {
    const sealed = seal(key, LABEL, ad, header, utf8('text'), salt)
    const fields = Buffer.concat([ad, header])
    for (let at = 0; at <= fields.byteLength; at++) {
      if (at === ad.byteLength) continue
      assertCode(() => open(key, LABEL, fields.subarray(0, at), fields.subarray(at), sealed), 'ERR_DECRYPT')
    }
  })

  it('opens neither cut nor lengthened', () => {
    const sealed = seal(key, LABEL, ad, header, utf8('text'), salt)
    for (let end = 0; end < sealed.byteLength; end++) assertCode(() => open(key, LABEL, ad, header, sealed.subarray(0, end)), 'ERR_DECRYPT')
    assertCode(() => open(key, LABEL, ad, header, Buffer.concat([sealed, new Uint8Array(1)])), 'ERR_DECRYPT')
    assertCode(() => open(key, LABEL, ad, header, new Uint8Array(maxSealBytes + SEAL_OVERHEAD_BYTES + 1)), 'ERR_DECRYPT')
  })

  it('takes 65,536 bytes and no more', () => {
    const longest = random.bytes(maxSealBytes)
    assert.deepEqual(open(key, LABEL, ad, header, seal(key, LABEL, ad, header, longest, salt)), longest)
    assertCode(() => seal(key, LABEL, ad, header, new Uint8Array(maxSealBytes + 1), salt), 'ERR_LIMIT')
  })

  it('opens nothing longer, even with a tag that is right', () => {
    const ciphertext = new Uint8Array(maxSealBytes + 1)
    const { macKey } = deriveSealKeys(key, LABEL, salt)
    const tag = hmacSha256(macKey, lpAll(LABEL, ad, header, salt, ciphertext))
    assertCode(() => open(key, LABEL, ad, header, concat([salt, ciphertext, tag])), 'ERR_DECRYPT')
    const fits = ciphertext.subarray(1)
    assert.equal(open(key, LABEL, ad, header, concat([salt, fits, hmacSha256(macKey, lpAll(LABEL, ad, header, salt, fits))])).byteLength, maxSealBytes)
  })

  it('refuses a salt or a key of another length', () => {
    for (const length of [0, 15, 17]) assertCode(() => seal(key, LABEL, ad, header, utf8('x'), new Uint8Array(length)), 'ERR_CRYPTO_INPUT')
    for (const length of [0, 31, 33]) assertCode(() => seal(new Uint8Array(length), LABEL, ad, header, utf8('x'), salt), 'ERR_CRYPTO_INPUT')
  })

  it('has no block of keystream in common under another salt', () => {
    const zeros = new Uint8Array(1_024)
    const blocks = [0, 1].flatMap((n) => {
      const sealed = seal(key, LABEL, ad, header, zeros, new Uint8Array(16).fill(n))
      return Array.from({ length: 128 }, (_, block) => toHex(sealed.subarray(16 + block * 8, 24 + block * 8)))
    })
    assert.equal(new Set(blocks).size, 256)
  })

  describe('keys', () => {
    const okm = (tripleDesKey: string): Uint8Array => Buffer.concat([hex(tripleDesKey), random.bytes(36)])
    const K = ['0123456789abcdef', '23456789abcdef01', '456789abcdef0123'] as const

    it('come from HKDF with try 0', () => {
      const info = Buffer.concat([hex('0000000e'), utf8('p2pchat/1 seal'), hex('00000011'), utf8(LABEL), hex('00')])
      const expected = hkdf(salt, key, info, 60)
      const keys = deriveSealKeys(key, LABEL, salt)
      assert.deepEqual(Buffer.concat([keys.tripleDesKey, keys.prefix, keys.macKey]), Buffer.from(expected))
    })

    it('are tried on while they are weak', () => {
      const weak = ['0101010101010101' + K[1] + K[2], K[0] + K[0] + K[2], K[0] + K[1] + K[1], K[0] + K[1] + K[0], K[0] + K[1] + 'fe01fe01fe01fe01']
      for (let tries = 0; tries <= weak.length; tries++) {
        const seen: number[] = []
        const good = okm(K.join(''))
        const keys = deriveSealKeys(key, LABEL, salt, (_salt, _ikm, info) => {
          seen.push(info.at(-1)!)
          return seen.length <= tries ? okm(weak[seen.length - 1]!) : good
        })
        assert.deepEqual(seen, Array.from({ length: tries + 1 }, (_, attempt) => attempt))
        assert.deepEqual(keys.tripleDesKey, good.subarray(0, 24))
      }
    })

    it('are given up when all are weak', () => {
      let tries = 0
      assertCode(() => deriveSealKeys(key, LABEL, salt, () => { tries++; return new Uint8Array(60) }), 'ERR_INTERNAL')
      assert.equal(tries, 256)
    })

    it('are wiped', () => {
      const keys = deriveSealKeys(key, LABEL, salt)
      keys.wipe()
      for (const bytes of [keys.tripleDesKey, keys.prefix, keys.macKey]) assert.ok(bytes.every((byte) => byte === 0))
    })
  })
})
