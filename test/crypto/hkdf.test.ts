import assert from 'node:assert/strict'
import { hkdf } from '../../src/crypto/hkdf.js'
import { hmacSha256 } from '../../src/crypto/hmac.js'
import { assertCode, hex, readRecords, toHex } from './support.js'

describe('HKDF', () => {
  it('gives the values of RFC 5869 (A.1 to A.3)', () => {
    const records = readRecords('hkdf/rfc-5869-HKDF-SHA256.txt')
    assert.equal(records.length, 3)
    for (const { IKM, salt, info, L, PRK, OKM } of records) {
      assert.equal(toHex(hkdf(hex(salt!), hex(IKM!), hex(info!), Number(L))), OKM)
      assert.equal(toHex(hmacSha256(hex(salt!), hex(IKM!))), PRK)
    }
  })

  it('gives a long output', () => {
    const [record] = readRecords('hkdf/hkdf-generated.txt')
    const { IKM, salt, info, L, OKM } = record!
    assert.equal(toHex(hkdf(hex(salt!), hex(IKM!), hex(info!), Number(L))), OKM)
  })

  it('takes an empty salt for 32 zero bytes', () => {
    assert.deepEqual(hkdf(new Uint8Array(0), hex('0b0b'), hex('01'), 42), hkdf(new Uint8Array(32), hex('0b0b'), hex('01'), 42))
  })

  it('gives 1 to 8,160 bytes and refuses other lengths', () => {
    const derive = (length: number): Uint8Array => hkdf(new Uint8Array(32), new Uint8Array(32), new Uint8Array(0), length)
    for (const length of [1, 8_160]) assert.equal(derive(length).byteLength, length)
    for (const length of [-1, 0, 8_161, 1.5, NaN]) assertCode(() => derive(length), 'ERR_CRYPTO_INPUT')
    assertCode(() => hkdf(new Uint8Array(32), new Uint8Array(32), new Uint8Array(1_025), 32), 'ERR_CRYPTO_INPUT')
  })
})
