import assert from 'node:assert/strict'
import fc from 'fast-check'
import { maxSealBytes } from '../../src/protocol/limits.js'
import { maxUnpaddedBytes, pad, unpad } from '../../src/crypto/padding.js'
import { assertCode } from './support.js'

const SIZES = [128, 256, 512, 1_024, 2_048, 4_096, 8_192, 16_384, 32_768, 65_536]

describe('padding', () => {
  it('goes to the next size, with room for the mark', () => {
    for (const [at, size] of SIZES.entries()) {
      const below = at === 0 ? 0 : SIZES[at - 1]!
      for (const length of [below, below + 1, size - 2, size - 1]) {
        const plain = new Uint8Array(length).fill(0x80)
        assert.equal(pad(plain).byteLength, size)
        assert.deepEqual(unpad(pad(plain)), plain)
      }
    }
  })

  it('gives back any bytes, those that look like padding too', () => {
    const bytes = fc.array(fc.constantFrom(0x00, 0x80, 0x81), { maxLength: 300 }).map((list) => Uint8Array.from(list))
    fc.assert(fc.property(fc.oneof(bytes, fc.uint8Array({ maxLength: 600 })), (plain) => {
      assert.deepEqual(unpad(pad(plain)), plain)
    }))
  })

  it('takes 65,535 bytes and no more', () => {
    assert.equal(pad(new Uint8Array(maxUnpaddedBytes)).byteLength, maxSealBytes)
    assertCode(() => pad(new Uint8Array(maxUnpaddedBytes + 1)), 'ERR_LIMIT')
  })

  it('refuses other sizes and a missing or wrong mark', () => {
    const marked = (size: number): Uint8Array => new Uint8Array(size).fill(0x80, size - 1)
    for (const size of [...SIZES.flatMap((size) => [size - 1, size + 1]), 1, 64, 131_072, 384]) assertCode(() => unpad(marked(size)), 'ERR_DECRYPT')
    for (const size of SIZES) {
      assertCode(() => unpad(new Uint8Array(size)), 'ERR_DECRYPT')
      assertCode(() => unpad(new Uint8Array(size).fill(0x01)), 'ERR_DECRYPT')
    }
    assertCode(() => unpad(new Uint8Array(0)), 'ERR_DECRYPT')
  })
})
