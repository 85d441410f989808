/**
 * The Merkle tree over the leaf hashes of a file: RFC 6962 §2.1. Lists of hashes are one array, 32 bytes each, in their
 * order. Leaf hashes travel in pieces of 2^k: an aligned piece is a subtree, so it is proven by the audit path of its
 * root in the tree over all pieces' roots, which is the top of the same tree.
 */
import { constantTimeEqual, sha256 } from '../bytes.js'
import { P2pChatError } from '../../errors.js'
import { LEAF_BYTES } from './leaf.js'
import { leavesPerPiece } from './limits.js'

const nodeStart = Uint8Array.of(1)

/** Leaf hashes of chunks perPiece · n and on, and what proves them. */
export interface LeafPiece {
  readonly leaves: Uint8Array
  /** the audit path, from the bottom up */
  readonly path: Uint8Array
}

/** MTH: the root over one hash or more. @throws ERR_CRYPTO_INPUT for none, and for parts of hashes */
export function merkleRoot (hashes: Uint8Array): Uint8Array {
  return rootOf(hashes, 0, countOf(hashes))
}

/** The roots of all pieces: what audit paths are made from. @param perPiece a power of two */
export function pieceRoots (leaves: Uint8Array, perPiece = leavesPerPiece): Uint8Array {
  const count = countOf(leaves)
  const roots = new Uint8Array(Math.ceil(count / perPiece) * LEAF_BYTES)
  for (let piece = 0; piece * perPiece < count; piece++) {
    roots.set(rootOf(leaves, piece * perPiece, Math.min(count, (piece + 1) * perPiece)), piece * LEAF_BYTES)
  }
  return roots
}

/** PATH(index, hashes). @throws ERR_CRYPTO_INPUT */
export function auditPath (hashes: Uint8Array, index: number): Uint8Array {
  const count = countOf(hashes)
  if (!Number.isInteger(index) || index < 0 || index >= count) throw new P2pChatError('ERR_CRYPTO_INPUT', `There is no hash ${index} of ${count}.`)
  const path: Uint8Array[] = []
  let [start, end] = [0, count]
  while (end - start > 1) {
    const middle = start + split(end - start)
    if (index < middle) {
      path.unshift(rootOf(hashes, middle, end))
      end = middle
    } else {
      path.unshift(rootOf(hashes, start, middle))
      start = middle
    }
  }
  const out = new Uint8Array(path.length * LEAF_BYTES)
  path.forEach((hash, n) => { out.set(hash, n * LEAF_BYTES) })
  return out
}

/** Whether `hash` stands at `index` of `count` below `root` (RFC 9162 §2.1.3.2). */
export function isIncluded (hash: Uint8Array, index: number, count: number, path: Uint8Array, root: Uint8Array): boolean {
  if (path.byteLength % LEAF_BYTES !== 0 || index < 0 || index >= count) return false
  let [fn, sn, r] = [index, count - 1, hash]
  for (let at = 0; at < path.byteLength; at += LEAF_BYTES) {
    const p = path.subarray(at, at + LEAF_BYTES)
    if (sn === 0) return false
    if (fn % 2 === 1 || fn === sn) {
      r = nodeHash(p, r)
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [fn / 2, Math.floor(sn / 2)]
    } else {
      r = nodeHash(r, p)
    }
    [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)]
  }
  return sn === 0 && constantTimeEqual(r, root)
}

/** How many leaf hashes piece `piece` has, of a file of `total` chunks; 0 when there is no such piece. */
export function pieceLength (total: number, piece: number, perPiece = leavesPerPiece): number {
  return Number.isInteger(piece) && piece >= 0 ? Math.max(0, Math.min(perPiece, total - piece * perPiece)) : 0
}

/** Piece `piece` and its proof. @param roots {@link pieceRoots} of the same leaves */
export function leafPiece (leaves: Uint8Array, roots: Uint8Array, piece: number, perPiece = leavesPerPiece): LeafPiece {
  const part = leaves.subarray(piece * perPiece * LEAF_BYTES, (piece + 1) * perPiece * LEAF_BYTES)
  return { leaves: part, path: auditPath(roots, piece) }
}

/** Whether these are the leaf hashes of piece `piece` of the file of `total` chunks with this root. */
export function verifyLeafPiece (root: Uint8Array, total: number, piece: number, { leaves, path }: LeafPiece, perPiece = leavesPerPiece): boolean {
  const length = pieceLength(total, piece, perPiece)
  if (length === 0 || leaves.byteLength !== length * LEAF_BYTES) return false
  return isIncluded(merkleRoot(leaves), piece, Math.ceil(total / perPiece), path, root)
}

function rootOf (hashes: Uint8Array, start: number, end: number): Uint8Array {
  if (end - start === 1) return new Uint8Array(hashes.subarray(start * LEAF_BYTES, end * LEAF_BYTES))
  const middle = start + split(end - start)
  return nodeHash(rootOf(hashes, start, middle), rootOf(hashes, middle, end))
}

/** The largest power of two below `count`, which is 2 or more. */
function split (count: number): number {
  let k = 1
  while (k * 2 < count) k *= 2
  return k
}

function nodeHash (left: Uint8Array, right: Uint8Array): Uint8Array {
  return sha256(nodeStart, left, right)
}

function countOf (hashes: Uint8Array): number {
  const count = hashes.byteLength / LEAF_BYTES
  if (!Number.isInteger(count) || count === 0) throw new P2pChatError('ERR_CRYPTO_INPUT', `${hashes.byteLength} bytes are no list of hashes.`)
  return count
}
