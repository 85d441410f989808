import { P2pChatError } from '../../../../src/errors.js'
import type { SealedChunk } from '../../../../src/node/files/cipher.js'
import { leafPiece, pieceRoots, type LeafPiece } from '../../../../src/crypto/file/index.js'
import type { ChunkRange, ChunkSource } from '../../../../src/node/files/fetch/source.js'
import type { TestFile } from '../support.js'

/** What a source does with its nth chunk, or its leaf hashes, instead of the right thing. */
export type Trick = 'wrong' | 'swapped' | 'cut' | 'twice' | 'unasked' | 'silent' | 'throws' | 'ends' | 'wrong-leaves' | 'silent-leaves'

export const TRICKS: readonly Trick[] = ['wrong', 'swapped', 'cut', 'twice', 'unasked', 'silent', 'throws', 'ends', 'wrong-leaves', 'silent-leaves']
/** Those that show that the source cannot be believed, and not only that it is gone. */
export const LIES: readonly Trick[] = ['wrong', 'swapped', 'cut', 'twice', 'unasked', 'wrong-leaves']

/** A source that serves a file, backwards if it likes, until it plays its trick. */
export class FakeSource implements ChunkSource {
  held = false
  readonly asked: number[] = []
  readonly told: string[] = []
  given = 0
  /** Waits for this before each chunk. */
  gate: () => Promise<void> = async () => {}

  constructor (readonly name: string, private readonly file: TestFile, private readonly play: { trick?: Trick, after?: number, backwards?: boolean } = {}) {}

  async fetch (range: ChunkRange, onChunk: (chunk: SealedChunk) => void): Promise<void> {
    for await (const chunk of this.#chunks(range)) onChunk(chunk)
  }

  async * #chunks ({ first, count }: ChunkRange): AsyncGenerator<SealedChunk> {
    const indexes = Array.from({ length: count }, (_, n) => first + n)
    this.asked.push(...indexes)
    for (const index of this.play.backwards === true ? indexes.reverse() : indexes) {
      await this.gate()
      const trick = this.given === (this.play.after ?? 0) ? this.play.trick : undefined
      this.given++
      const sealed = this.#chunk(index)
      switch (trick) {
        case 'wrong': {
          const changed = sealed.slice()
          changed[changed.byteLength >> 1]! ^= 4
          yield { index, sealed: changed }
          break
        }
        case 'swapped': yield { index, sealed: this.#chunk((index + 1) % this.file.sealed.length, true) }; break
        case 'cut': yield { index, sealed: sealed.subarray(0, -1) }; break
        case 'twice':
          yield { index, sealed }
          yield { index, sealed: this.#chunk(index) }
          break
        case 'unasked': yield { index: first + count, sealed }; break
        case 'silent': await new Promise(() => {}); break
        case 'throws': throw new P2pChatError('ERR_CONFLICT', 'file changed: it did.')
        case 'ends': return
        default: yield { index, sealed }
      }
    }
  }

  async leaves (piece: number): Promise<LeafPiece> {
    if (this.play.trick === 'silent-leaves') await new Promise(() => {})
    const { leaves, path } = leafPiece(this.file.leaves, pieceRoots(this.file.leaves), piece)
    const copy = leaves.slice()
    if (this.play.trick === 'wrong-leaves') copy[5]! ^= 1
    return { leaves: copy, path }
  }

  progress (chunks: number): void { this.told.push(String(chunks)) }
  pause (paused: boolean): void { this.told.push(paused ? 'paused' : 'goes on') }
  end (reason: string): void { this.told.push(reason) }

  /** A copy: what is given is handed over. */
  #chunk (index: number, other = false): Uint8Array {
    const sealed = this.file.sealed[index]!.slice()
    if (other && this.file.sealed.length === 1) sealed[0]! ^= 1
    return sealed
  }
}
