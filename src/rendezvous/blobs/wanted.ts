/** What the fetching side has asked for and not been given yet: a small machine, without the stream. */
import { P2pChatError } from '../../errors.js'
import type { FileFrame } from '../../protocol/pb/file.js'
import { maxWantedChunks, maxWantedPieces } from './limits.js'

/** What can be given now. */
export interface Stock {
  readonly chunks: number
  has: (index: number) => boolean
  /** undefined: there is no such piece */
  hasLeaves: (piece: number) => boolean | undefined
}

export type Next = { type: 'chunk', index: number } | { type: 'leaves', piece: number } | { type: 'missing' } | { type: 'nothing' }

export class Wanted {
  #chunks: number[] = []
  #pieces: number[] = []
  #paused = false
  #ended = false

  constructor (private readonly stock: Stock) {}

  get ended (): boolean {
    return this.#ended
  }

  /** Whether the other side has said that it will not ask for a while. */
  get paused (): boolean {
    return this.#paused
  }

  get nothing (): boolean {
    return this.#chunks.length === 0 && this.#pieces.length === 0
  }

  /** @throws ERR_INVALID_FRAME what nobody may ask for; ERR_LIMIT too much at once */
  receive ({ open, want, wantLeaves, leaves, paused, end }: FileFrame): void {
    if (open !== undefined) throw invalid('A stream is for one file.')
    if (leaves !== undefined) throw invalid('Leaf hashes came from the side that fetches.')
    if (want !== undefined) this.#want(want.first, want.count)
    else if (wantLeaves !== undefined) this.#wantLeaves(wantLeaves.piece)
    else if (paused !== undefined) this.#paused = paused
    else if (end !== undefined) this.#ended = true
  }

  /** What is to be sent next; it is not wanted any more then. Leaf hashes first: nothing can be checked without them. */
  take (): Next {
    if (this.nothing) return { type: 'nothing' }
    const piece = this.#pieces.findIndex((wanted) => this.stock.hasLeaves(wanted) === true)
    if (piece !== -1) return { type: 'leaves', piece: this.#pieces.splice(piece, 1)[0]! }
    const chunk = this.#chunks.findIndex((wanted) => this.stock.has(wanted))
    if (chunk !== -1) return { type: 'chunk', index: this.#chunks.splice(chunk, 1)[0]! }
    return { type: 'missing' }
  }

  /** It could not be read after all. */
  putBack (next: Next): void {
    if (next.type === 'chunk') this.#chunks.unshift(next.index)
    if (next.type === 'leaves') this.#pieces.unshift(next.piece)
  }

  #want (first: number, count: number): void {
    if (count === 0 || first + count > this.stock.chunks) throw invalid('Chunks were asked for that the file does not have.')
    if (this.#chunks.length + count > maxWantedChunks) throw new P2pChatError('ERR_LIMIT', `More than ${maxWantedChunks} chunks were asked for at once (limit maxWantedChunks).`)
    for (let index = first; index < first + count; index++) this.#chunks.push(index)
  }

  #wantLeaves (piece: number): void {
    if (this.stock.hasLeaves(piece) === undefined) throw invalid('Leaf hashes were asked for that the file does not have.')
    if (this.#pieces.length === maxWantedPieces) throw new P2pChatError('ERR_LIMIT', `More than ${maxWantedPieces} pieces of leaf hashes were asked for at once (limit maxWantedPieces).`)
    this.#pieces.push(piece)
  }
}

function invalid (what: string): P2pChatError {
  return new P2pChatError('ERR_INVALID_FRAME', what)
}
