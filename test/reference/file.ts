/** "Chunks" and "The Merkle tree" of docs/wire/files.md, in this folder's way: nothing from src/, plain and slow. */
import { EMPTY, Refused, hkdf, join, lp, sha256, u32, u8 } from './bytes.js'
import { open, seal } from './seal.js'

const CHUNK = 65_536
const LABEL = 'p2pchat/1 file chunk'

export interface ReferenceFile { fileId: Buffer, key: Buffer, content: Buffer }

/** All chunks of a file, as they travel. */
export function sealFile ({ fileId, key, content }: ReferenceFile): Buffer[] {
  const parts: Buffer[] = []
  for (let at = 0; at < content.length; at += CHUNK) parts.push(content.subarray(at, at + CHUNK))
  if (parts.length === 0) parts.push(EMPTY)
  return parts.map((part, index) => {
    const place = join(u32(index), u32(parts.length))
    const chunkKey = hkdf(fileId, key, join(lp('p2pchat/1 file chunk key'), place), 32)
    const salt = sha256(join(lp('p2pchat/1 file chunk salt'), lp(fileId), place)).subarray(0, 16)
    const padded = join(part, Buffer.alloc(paddedLength(part.length, parts.length) - part.length))
    return seal(chunkKey, LABEL, join(fileId, place), EMPTY, padded, salt)
  })
}

/** @throws {Refused} */
export function openFile (fileId: Buffer, key: Buffer, bytes: number, chunks: Buffer[]): Buffer {
  const contents = chunks.map((sealed, index) => {
    const place = join(u32(index), u32(chunks.length))
    const chunkKey = hkdf(fileId, key, join(lp('p2pchat/1 file chunk key'), place), 32)
    return open(chunkKey, LABEL, join(fileId, place), EMPTY, sealed)
  })
  const content = join(...contents)
  if (content.subarray(bytes).some((byte) => byte !== 0)) throw new Refused('what pads a file is zero')
  return content.subarray(0, bytes)
}

function paddedLength (bytes: number, total: number): number {
  if (total > 1) return CHUNK
  return [128, 256, 512, 1024, 2048, 4096, 8192, 16_384, 32_768, 65_536].find((size) => bytes <= size) ?? CHUNK
}

export function leafOf (sealed: Uint8Array): Buffer {
  return sha256(join(u8(0), lp('p2pchat/1 file leaf'), sealed))
}

/** RFC 6962 §2.1, MTH, over hashes of leaves. */
export function treeHash (leaves: Buffer[]): Buffer {
  const [only] = leaves
  if (only === undefined) throw new Refused('a tree has a leaf')
  if (leaves.length === 1) return only
  const k = 2 ** Math.ceil(Math.log2(leaves.length) - 1)
  return sha256(join(u8(1), treeHash(leaves.slice(0, k)), treeHash(leaves.slice(k))))
}
