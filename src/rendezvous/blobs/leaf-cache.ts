/** The leaf hashes of one open file: on its disk, the last pieces used in memory. */
import { pieceLength, verifyLeafPiece } from '../../crypto/file/merkle.js'
import { LEAF_BYTES } from '../../crypto/file/leaf.js'
import { maxCachedPieces } from './limits.js'

export interface LeafCacheInit {
  root: Uint8Array
  chunks: number
  /** Fills `into` from the disk; how many bytes there were. */
  load: (piece: number, into: Uint8Array) => Promise<number>
}

export class LeafCache {
  readonly #cached = new Map<number, Uint8Array>()
  /** Pieces that were compared with the root since the file was opened: doing so takes milliseconds. */
  readonly #verified = new Set<number>()

  constructor (private readonly init: LeafCacheInit) {}

  verify (piece: number, leaves: Uint8Array, path: Uint8Array): boolean {
    return verifyLeafPiece(this.init.root, this.init.chunks, piece, { leaves, path })
  }

  /** Remembers a piece that was verified. */
  add (piece: number, leaves: Uint8Array): void {
    this.#verified.add(piece)
    this.#cached.delete(piece)
    this.#cached.set(piece, leaves)
    const [oldest] = this.#cached.keys()
    if (this.#cached.size > maxCachedPieces && oldest !== undefined) this.#cached.delete(oldest)
  }

  /** Undefined when what is on the disk is not what was written. */
  async get (piece: number, path: Uint8Array): Promise<Uint8Array | undefined> {
    const cached = this.#cached.get(piece)
    if (cached !== undefined) {
      this.add(piece, cached)
      return cached
    }
    const leaves = new Uint8Array(pieceLength(this.init.chunks, piece) * LEAF_BYTES)
    const found = await this.init.load(piece, leaves)
    if (found !== leaves.byteLength || (!this.#verified.has(piece) && !this.verify(piece, leaves, path))) return undefined
    this.add(piece, leaves)
    return leaves
  }

  forget (piece: number): void {
    this.#cached.delete(piece)
    this.#verified.delete(piece)
  }
}
