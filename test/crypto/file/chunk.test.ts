import assert from 'node:assert/strict'
import fc from 'fast-check'
import { chunkBytes, chunkCount, leafHash, maxFileChunks, openChunk, openChunkInPlace, plainChunkBytes, sealChunk, sealedChunkBytes, type FileSecret } from '../../../src/crypto/file/index.js'
import { SeededRandom } from '../../helpers/seeded-random.js'
import { assertCode, flipBit, toHex } from '../support.js'

const random = new SeededRandom('chunks')
const content = random.bytes(2 * chunkBytes + 1000)
const file: FileSecret = { fileId: random.bytes(16), key: random.bytes(32), bytes: content.byteLength }
const plain = (index: number): Uint8Array => content.subarray(index * chunkBytes, (index + 1) * chunkBytes)
const sealed = [0, 1, 2].map((index) => sealChunk(file, index, plain(index)))

describe('files: chunks', () => {
  it('lie without gaps, the last one short', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 5 * 2 ** 30 }), (bytes) => {
      const total = chunkCount(bytes)
      assert.equal((total - 1) * chunkBytes + plainChunkBytes(bytes, total - 1), bytes)
      assert.ok(total === 1 || plainChunkBytes(bytes, total - 1) > 0)
      assert.ok(sealedChunkBytes(bytes, total - 1) <= chunkBytes + 48)
    }))
    assert.equal(chunkCount(0), 1)
    assert.equal(plainChunkBytes(0, 0), 0)
    assert.equal(chunkCount(maxFileChunks * chunkBytes), maxFileChunks)
    assertCode(() => chunkCount(maxFileChunks * chunkBytes + 1), 'ERR_CRYPTO_INPUT')
    for (const bytes of [-1, 0.5, Number.NaN, Infinity, 2 ** 53]) assertCode(() => chunkCount(bytes), 'ERR_CRYPTO_INPUT')
  })

  it('of a long file tell nothing of its length but their number', () => {
    assert.deepEqual(sealed.map(({ byteLength }) => byteLength), [65_584, 65_584, 65_584])
    assert.deepEqual([1, 128, 129, 40_000].map((bytes) => sealedChunkBytes(bytes, 0) - 48), [128, 128, 256, 65_536])
  })

  it('open to what was sealed, and are the same each time', () => {
    for (const index of [0, 1, 2]) {
      assert.deepEqual(Buffer.from(openChunk(file, index, sealed[index]!)), Buffer.from(plain(index)))
      assert.equal(toHex(leafHash(sealChunk(file, index, plain(index)))), toHex(leafHash(sealed[index]!)))
    }
  })

  it('are the same in room that is given, and open where they are', () => {
    for (const index of [0, 1, 2]) {
      const room = new Uint8Array(sealed[index]!.byteLength).fill(255)
      assert.equal(sealChunk(file, index, plain(index), room), room)
      assert.ok(Buffer.from(room).equals(sealed[index]!))
      const opened = openChunkInPlace(file, index, room)
      assert.equal(opened.buffer, room.buffer)
      assert.ok(Buffer.from(opened).equals(plain(index)))
    }
    assertCode(() => sealChunk(file, 0, plain(0), new Uint8Array(10)), 'ERR_CRYPTO_INPUT')
    const changed = flipBit(sealed[0]!, 1_000)
    assertCode(() => openChunkInPlace(file, 0, changed), 'ERR_DECRYPT')
    assert.ok(Buffer.from(changed).equals(flipBit(sealed[0]!, 1_000)))
  })

  it('are refused with any bit changed', () => {
    const bits = sealed[2]!.byteLength * 8
    fc.assert(fc.property(fc.nat(bits - 1), (bit) => {
      const changed = flipBit(sealed[2]!, bit)
      assert.notEqual(toHex(leafHash(changed)), toHex(leafHash(sealed[2]!)))
      assertCode(() => openChunk(file, 2, changed), 'ERR_DECRYPT')
    }), { numRuns: 40 })
  })

  it('are refused in each other\'s places', () => {
    for (const [index, other] of [[0, 1], [1, 0], [1, 2], [2, 1]] as const) assertCode(() => openChunk(file, index, sealed[other]!), 'ERR_DECRYPT')
  })

  it('are refused under another total, length, id or key', () => {
    const others: FileSecret[] = [
      { ...file, bytes: file.bytes + chunkBytes }, { ...file, bytes: file.bytes - 1001 },
      { ...file, fileId: flipBit(file.fileId, 5) }, { ...file, key: flipBit(file.key, 200) }
    ]
    for (const other of others) assertCode(() => openChunk(other, 0, sealed[0]!), 'ERR_DECRYPT')
    // The same number of chunks, but less in the last: what is behind the end is not padding.
    assertCode(() => openChunk({ ...file, bytes: file.bytes - 1 }, 2, sealed[2]!), 'ERR_DECRYPT')
  })

  it('are refused with every truncation, and with more', () => {
    const short: FileSecret = { ...file, bytes: 5 }
    const chunk = sealChunk(short, 0, content.subarray(0, 5))
    for (let length = 0; length < chunk.byteLength; length++) {
      assertCode(() => openChunk(short, 0, chunk.subarray(0, length)), 'ERR_DECRYPT')
      assertCode(() => openChunk(short, 0, chunk.subarray(chunk.byteLength - length)), 'ERR_DECRYPT')
    }
    assertCode(() => openChunk(short, 0, Buffer.concat([chunk, Uint8Array.of(0)])), 'ERR_DECRYPT')
    for (const length of [0, 47, 48, 1000, 65_583]) assertCode(() => openChunk(file, 1, sealed[1]!.subarray(0, length)), 'ERR_DECRYPT')
  })

  it('are not made of anything but the right bytes at a place that exists', () => {
    assertCode(() => sealChunk(file, 0, content.subarray(0, 10)), 'ERR_CRYPTO_INPUT')
    assertCode(() => sealChunk(file, 2, plain(1)), 'ERR_CRYPTO_INPUT')
    for (const index of [-1, 3, 0.5]) {
      assertCode(() => sealChunk(file, index, plain(0)), 'ERR_CRYPTO_INPUT')
      assertCode(() => openChunk(file, index, sealed[0]!), 'ERR_CRYPTO_INPUT')
    }
    assertCode(() => sealChunk({ ...file, key: new Uint8Array(31) }, 0, plain(0)), 'ERR_CRYPTO_INPUT')
    assertCode(() => sealChunk({ ...file, fileId: new Uint8Array(17) }, 0, plain(0)), 'ERR_CRYPTO_INPUT')
  })

  it('have keystreams that no two places share', () => {
    const zeros = new Uint8Array(chunkBytes)
    const long: FileSecret = { ...file, bytes: 3 * chunkBytes }
    const seen = [0, 1, 2].map((index) => toHex(sealChunk(long, index, zeros).subarray(16, 48)))
    const longer = toHex(sealChunk({ ...long, bytes: 4 * chunkBytes }, 0, zeros).subarray(16, 48))
    assert.equal(new Set([...seen, longer]).size, 4)
  })
})
