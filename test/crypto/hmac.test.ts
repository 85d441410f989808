import assert from 'node:assert/strict'
import { hmacSha256 } from '../../src/crypto/hmac.js'
import { hex, readRecords, toHex, utf8 } from './support.js'

describe('HMAC-SHA256', () => {
  it('gives the values of RFC 4231', () => {
    const records = readRecords('hmac/rfc-4231-sha256.txt')
    assert.equal(records.length, 6)
    for (const { Key, Msg, MD } of records) assert.equal(toHex(hmacSha256(hex(Key!), hex(Msg!))), MD)
  })

  it('gives the truncated value of RFC 4231 §4.6', () => {
    const tag = hmacSha256(hex('0c'.repeat(20)), utf8('Test With Truncation'))
    assert.equal(toHex(tag.subarray(0, 16)), 'a3b6167473100ee06e0c796c2955552b')
  })

  it('does not care where the parts of the data end', () => {
    const [key, data] = [hex('00ff'), utf8('some data in parts')]
    for (let at = 0; at <= data.byteLength; at++) {
      assert.deepEqual(hmacSha256(key, data.subarray(0, at), data.subarray(at)), hmacSha256(key, data))
    }
  })
})
