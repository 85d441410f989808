import assert from 'node:assert/strict'
import fc from 'fast-check'
import { sha256 } from '../../../src/crypto/bytes.js'
import { leafPiece, merkleRoot, pieceLength, pieceRoots, verifyLeafPiece } from '../../../src/crypto/file/index.js'
import { auditPath, isIncluded } from '../../../src/crypto/file/merkle.js'
import { treeHash } from '../../reference/file.js'
import { assertCode, flipBit, hex, toHex } from '../support.js'

/** Certificate Transparency's own test inputs and roots (certificate-transparency, merkle_tree_test). */
const CT_INPUTS = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f']
const CT_ROOTS = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328'
]

function hashes (count: number): Uint8Array {
  return new Uint8Array(Buffer.concat(Array.from({ length: count }, (_, n) => sha256(Uint8Array.of(n >> 8, n & 255)))))
}

const perPiece = 4
const anyTree = fc.integer({ min: 1, max: 70 }).chain((count) => fc.record({ count: fc.constant(count), index: fc.integer({ min: 0, max: count - 1 }) }))

describe('files: the Merkle tree', () => {
  it('gives the roots of Certificate Transparency', () => {
    const leaves = CT_INPUTS.map((input) => sha256(Uint8Array.of(0), hex(input)))
    CT_ROOTS.forEach((root, n) => { assert.equal(toHex(merkleRoot(Buffer.concat(leaves.slice(0, n + 1)))), root) })
  })

  it('gives what the second implementation gives', () => {
    for (const count of [1, 2, 3, 31, 32, 33, 100]) {
      const all = hashes(count)
      const list = Array.from({ length: count }, (_, n) => Buffer.from(all.subarray(n * 32, n * 32 + 32)))
      assert.equal(toHex(merkleRoot(all)), treeHash(list).toString('hex'))
    }
  })

  it('proves every leaf at its place and at no other', () => {
    fc.assert(fc.property(anyTree, fc.nat(70), ({ count, index }, other) => {
      const all = hashes(count)
      const root = merkleRoot(all)
      const path = auditPath(all, index)
      const leaf = all.subarray(index * 32, index * 32 + 32)
      assert.ok(isIncluded(leaf, index, count, path, root))
      if (other !== index) assert.ok(!isIncluded(leaf, other, count, path, root))
    }), { numRuns: 200 })
  })

  it('proves pieces against the root of the whole tree, whatever their size', () => {
    fc.assert(fc.property(anyTree, ({ count, index }) => {
      const all = hashes(count)
      const root = merkleRoot(all)
      const roots = pieceRoots(all, perPiece)
      assert.equal(toHex(merkleRoot(roots)), toHex(root))
      const piece = Math.floor(index / perPiece)
      const proven = leafPiece(all, roots, piece, perPiece)
      assert.equal(proven.leaves.byteLength, pieceLength(count, piece, perPiece) * 32)
      assert.ok(verifyLeafPiece(root, count, piece, proven, perPiece))
    }), { numRuns: 200 })
  })

  it('refuses a piece that was changed, cut, moved, or is of another total', () => {
    const bit = fc.nat(10_000)
    fc.assert(fc.property(anyTree, bit, fc.nat(20), fc.integer({ min: 1, max: 100 }), ({ count, index }, at, otherPiece, otherTotal) => {
      const all = hashes(count)
      const root = merkleRoot(all)
      const piece = Math.floor(index / perPiece)
      const { leaves, path } = leafPiece(all, pieceRoots(all, perPiece), piece, perPiece)
      const holds = (n: number, changed: { leaves?: Uint8Array, path?: Uint8Array } = {}, total = count): boolean => verifyLeafPiece(root, total, n, { leaves, path, ...changed }, perPiece)
      assert.ok(!holds(piece, { leaves: flipBit(leaves, at % (leaves.byteLength * 8)) }))
      assert.ok(!holds(piece, { leaves: leaves.subarray(32) }))
      assert.ok(!holds(piece, { leaves: leaves.subarray(0, -1) }))
      assert.ok(!holds(piece, { path: Buffer.concat([path, new Uint8Array(32)]) }))
      if (path.byteLength > 0) {
        assert.ok(!holds(piece, { path: flipBit(path, at % (path.byteLength * 8)) }))
        assert.ok(!holds(piece, { path: path.subarray(0, -32) }))
        assert.ok(!holds(piece, { path: path.subarray(0, -1) }))
      }
      if (otherPiece !== piece) assert.ok(!holds(otherPiece))
      // A piece may lie the same way in trees of other sizes, but never with another number of leaves or of siblings.
      const same = pieceLength(otherTotal, piece, perPiece) === leaves.byteLength / 32
      if (!same) assert.ok(!holds(piece, {}, otherTotal))
    }), { numRuns: 200 })
  })

  it('has no tree over nothing, nor over parts of hashes', () => {
    assertCode(() => merkleRoot(new Uint8Array(0)), 'ERR_CRYPTO_INPUT')
    assertCode(() => merkleRoot(new Uint8Array(33)), 'ERR_CRYPTO_INPUT')
    assertCode(() => auditPath(hashes(3), 3), 'ERR_CRYPTO_INPUT')
    assert.equal(pieceLength(5, 2, perPiece), 0)
    assert.equal(pieceLength(5, -1, perPiece), 0)
  })
})
