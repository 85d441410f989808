import assert from 'node:assert/strict'
import { lp, lpAll, sha256 } from '../../src/crypto/bytes.js'
import { maxUnpaddedBytes } from '../../src/crypto/padding.js'
import { associatedData } from '../../src/crypto/x3dh.js'
import { SUITE, VERSION } from '../../src/protocol/ids.js'
import { maxSealBytes, maxTextBytes } from '../../src/protocol/limits.js'
import { hex } from './support.js'

describe('limits and ids that the protocol sets', () => {
  it('leave room for the longest text in one seal of 2^13 blocks', () => {
    assert.equal(maxSealBytes, 2 ** 13 * 8)
    assert.ok(maxTextBytes < maxUnpaddedBytes)
  })

  it('are in the associated data: version and suite', () => {
    const end = { username: 'alice', accountKey: new Uint8Array(32).fill(1), deviceKey: new Uint8Array(32).fill(2), identityKey: new Uint8Array(32).fill(3) }
    const encoded = lpAll('alice', end.accountKey, end.deviceKey, end.identityKey, hex('002408011220' + '02'.repeat(32)))
    assert.deepEqual(associatedData(end, end), sha256(lp('p2pchat/1 x3dh ad'), Uint8Array.of(VERSION, SUITE), encoded, encoded))
  })
})
