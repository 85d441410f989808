import { chunkBytes, chunkCount, leafHash, merkleRoot, sealChunk } from '../../../src/crypto/file/index.js'
import { sha256 } from '../../../src/crypto/bytes.js'
import type { FileManifest } from '../../../src/node/files/manifest.js'
import { SeededRandom } from '../../helpers/seeded-random.js'

/** The device that files land on, and how it names what is not whole yet. */
export const device = 'd0'.repeat(32)
export const temporaryOf = (id: string): string => `.p2pchat-d0d0d0d0-${id}.part`

export interface TestFile {
  content: Uint8Array
  manifest: FileManifest
  sealed: Uint8Array[]
  /** 32 bytes each */
  leaves: Uint8Array
}

/** A file of random bytes, sealed. */
export function makeFile (bytes: number, name = 'cat.png', seed = `file ${bytes}`): TestFile {
  const random = new SeededRandom(seed)
  const content = random.bytes(bytes)
  const secret = { fileId: random.bytes(16), key: random.bytes(32), bytes }
  const sealed = Array.from({ length: chunkCount(bytes) }, (_, index) => sealChunk(secret, index, plainChunk(content, index)))
  const leaves = new Uint8Array(Buffer.concat(sealed.map(leafHash)))
  return { content, sealed, leaves, manifest: { ...secret, root: merkleRoot(leaves), sha256: sha256(content), name, mime: 'image/png', caption: '' } }
}

export function plainChunk (content: Uint8Array, index: number): Uint8Array {
  return content.subarray(index * chunkBytes, (index + 1) * chunkBytes)
}
