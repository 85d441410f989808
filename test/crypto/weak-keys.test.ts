import assert from 'node:assert/strict'
import fc from 'fast-check'
import { tripleDesBlock } from '../../src/crypto/triple-des/index.js'
import { isWeakDesKey, isWeakTripleDesKey } from '../../src/crypto/weak-keys.js'
import { hex, toHex } from './support.js'

// FIPS 46-3, permuted choice 1: which bit of a key (from 1) goes where in C and in D.
const PC1_C = [57, 49, 41, 33, 25, 17, 9, 1, 58, 50, 42, 34, 26, 18, 10, 2, 59, 51, 43, 35, 27, 19, 11, 3, 60, 52, 44, 36]
const PC1_D = [63, 55, 47, 39, 31, 23, 15, 7, 62, 54, 46, 38, 30, 22, 14, 6, 61, 53, 45, 37, 29, 21, 13, 5, 28, 20, 12, 4]
/** What a half may hold so that its rotations give one or two round keys: 00…, 11…, 0101…, 1010…. */
const PATTERNS: Array<(at: number) => number> = [() => 0, () => 1, (at) => at & 1, (at) => ~at & 1]

describe('weak keys', () => {
  const weak = PATTERNS.flatMap((C) => PATTERNS.map((D) => keyFromHalves(C, D)))
  const strong = hex('0123456789abcdef')

  it('are exactly those whose halves are constant or alternate', () => {
    assert.equal(new Set(weak.map(toHex)).size, 16)
    for (const key of weak) assert.ok(isWeakDesKey(key), toHex(key))
  })

  it('are known under any parity bits', () => {
    fc.assert(fc.property(fc.constantFrom(...weak), fc.integer({ min: 0, max: 255 }), (key, parity) => {
      assert.ok(isWeakDesKey(key.map((byte, at) => (byte & 0xfe) | ((parity >> at) & 1))))
    }))
  })

  it('are no longer weak with any bit changed that is not parity', () => {
    for (const key of weak) {
      for (let bit = 0; bit < 64; bit++) {
        const other = key.slice()
        other[bit >> 3]! ^= 1 << (bit & 7)
        assert.equal(isWeakDesKey(other), (bit & 7) === 0)
      }
    }
  })

  it('have a partner of the list that undoes them', () => {
    const des = (key: Uint8Array, block: Uint8Array): Uint8Array => tripleDesBlock(Buffer.concat([key, key, key]), block)
    for (const key of weak) {
      const partners = weak.filter((other) => toHex(des(other, des(key, strong))) === toHex(strong))
      assert.equal(partners.length, 1)
    }
    assert.equal(weak.filter((key) => toHex(des(key, des(key, strong))) === toHex(strong)).length, 4)
  })

  it('spoil a Triple DES key in any place', () => {
    const [K1, K2, K3] = [hex('0123456789abcdef'), hex('23456789abcdef01'), hex('456789abcdef0123')]
    assert.equal(isWeakTripleDesKey(Buffer.concat([K1, K2, K3])), false)
    for (const key of weak) {
      assert.ok(isWeakTripleDesKey(Buffer.concat([key, K2, K3])))
      assert.ok(isWeakTripleDesKey(Buffer.concat([K1, key, K3])))
      assert.ok(isWeakTripleDesKey(Buffer.concat([K1, K2, key])))
    }
  })

  it('are two equal parts too, whatever their parity', () => {
    const [K1, K2] = [hex('0123456789abcdef'), hex('23456789abcdef01')]
    const again = K1.map((byte) => byte ^ 1)
    for (const parts of [[K1, again, K2], [K1, K2, again], [K2, K1, again], [K1, K1, K1]]) assert.ok(isWeakTripleDesKey(Buffer.concat(parts)))
  })
})

/** The key that permuted choice 1 splits into these halves; parity bits 0. */
function keyFromHalves (C: (at: number) => number, D: (at: number) => number): Uint8Array {
  const key = new Uint8Array(8)
  for (const [places, half] of [[PC1_C, C], [PC1_D, D]] as const) {
    for (const [at, place] of places.entries()) key[(place - 1) >> 3]! |= half(at) << (7 - ((place - 1) & 7))
  }
  return key
}
