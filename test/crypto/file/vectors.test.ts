import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { chunkBytes, chunkCount, leafHash, merkleRoot, openChunk, sealChunk } from '../../../src/crypto/file/index.js'
import { sha256 } from '../../../src/crypto/bytes.js'
import { fileVectors, fileVectorsPath, patternOf, type FileVector } from '../../reference/file-vectors.js'
import { openFile, sealFile } from '../../reference/file.js'
import { hex, toHex } from '../support.js'

describe('files: frozen vectors of a second implementation', () => {
  const text = readFileSync(fileVectorsPath(), 'utf8')
  const vectors = JSON.parse(text) as FileVector[]

  it('are what the second implementation makes', () => {
    assert.equal(fileVectors(), text)
  })

  for (const vector of vectors) {
    it(vector.comment, () => {
      const file = { fileId: hex(vector.fileId), key: hex(vector.key), bytes: vector.bytes }
      const content = patternOf(vector.bytes)
      const chunks = Array.from({ length: chunkCount(vector.bytes) }, (_, index) => {
        const plain = content.subarray(index * chunkBytes, (index + 1) * chunkBytes)
        const sealed = sealChunk(file, index, plain)
        assert.deepEqual(Buffer.from(openChunk(file, index, sealed)), plain)
        return sealed
      })
      const leaves = chunks.map(leafHash)
      assert.deepEqual(leaves.map(toHex), vector.leaves)
      assert.equal(toHex(merkleRoot(Buffer.concat(leaves))), vector.root)
      assert.equal(toHex(sha256(...chunks)), vector.sealedSha256)
      if (vector.firstSealed !== undefined) assert.equal(toHex(chunks[0]!), vector.firstSealed)
    })
  }

  it('each reads what the other sealed', () => {
    const [fileId, key, content] = [Buffer.alloc(16, 1), Buffer.alloc(32, 2), patternOf(70_000)]
    const file = { fileId, key, bytes: content.length }
    const theirs = sealFile({ fileId, key, content })
    assert.deepEqual(Buffer.concat(theirs.map((sealed, index) => openChunk(file, index, sealed))), content)
    const ours = theirs.map((_, index) => Buffer.from(sealChunk(file, index, content.subarray(index * chunkBytes, (index + 1) * chunkBytes))))
    assert.deepEqual(openFile(fileId, key, content.length, ours), content)
  })
})
