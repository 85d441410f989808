/** Writes test/vectors/files/files.json from this second implementation. The same bytes on every run. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join as joinPath } from 'node:path'
import { fileURLToPath } from 'node:url'
import { hex, sha256 } from './bytes.js'
import { CountedBytes } from './drbg.js'
import { leafOf, sealFile, treeHash } from './file.js'
import { vectorsFolder } from './make-vectors.js'

export interface FileVector {
  comment: string
  fileId: string
  key: string
  /** byte n of the file is (7n + floor(n / 256)) mod 256 */
  bytes: number
  /** of the first chunk as it travels, whole where the file is short */
  firstSealed?: string
  /** SHA-256 of all chunks one after the other */
  sealedSha256: string
  leaves: string[]
  root: string
}

export function patternOf (bytes: number): Buffer {
  return Buffer.from(Uint8Array.from({ length: bytes }, (_, n) => 7 * n + (n >> 8)))
}

export function fileVectors (): string {
  const random = new CountedBytes('file')
  const cases: Array<[string, number]> = [
    ['empty', 0], ['one byte', 1], ['fills its padding', 128], ['one more', 129], ['all but one of a chunk', 65_535],
    ['one whole chunk', 65_536], ['two chunks, one byte in the last', 65_537], ['three chunks', 150_000]
  ]
  const vectors = cases.map(([comment, bytes]): FileVector => {
    const file = { fileId: random.take(16), key: random.take(32), content: patternOf(bytes) }
    const chunks = sealFile(file)
    const leaves = chunks.map(leafOf)
    const [first] = chunks
    return {
      comment,
      fileId: hex(file.fileId),
      key: hex(file.key),
      bytes,
      ...(first !== undefined && bytes < 1000 ? { firstSealed: hex(first) } : {}),
      sealedSha256: hex(sha256(Buffer.concat(chunks))),
      leaves: leaves.map(hex),
      root: hex(treeHash(leaves))
    }
  })
  return JSON.stringify(vectors, undefined, 1) + '\n'
}

export function fileVectorsPath (): string {
  return joinPath(vectorsFolder(), '..', 'files', 'files.json')
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  mkdirSync(dirname(fileVectorsPath()), { recursive: true })
  writeFileSync(fileVectorsPath(), fileVectors())
}
