/** The serving side of a file's stream, as a state machine: what came in, what is to be sent next. */
import { leavesPerPiece, pieceLength } from '../../../crypto/file/index.js'
import { P2pChatError } from '../../../errors.js'
import type { ChunkRange } from '../fetch/source.js'
import { maxWantedChunks, pageChunks } from '../limits.js'
import { invalidFrame, type EndReason, type FetchMessage, type ServeMessage, type UnknownFrame } from './messages.js'

export type ServingEffect =
  /** send this piece of leaf hashes */
  | { type: 'send-leaves', piece: number }
  /** `chunks` are at the fetching side by now */
  | { type: 'progress', chunks: number }
  | { type: 'peer-paused', paused: boolean }
  | { type: 'ended', reason: EndReason }

type State = { type: 'serving', paused: boolean, peerPaused: boolean } | { type: 'ended' }

export class Serving {
  #state: State = { type: 'serving', paused: false, peerPaused: false }
  #wanted: Array<{ next: number, end: number }> = []
  #wantedChunks = 0

  constructor (private readonly total: number, private readonly maxWanted = maxWantedChunks) {}

  get ended (): boolean {
    return this.#state.type === 'ended'
  }

  /** Whether nothing is asked for and the other side has not said why: it may be gone. */
  get idle (): boolean {
    return this.#state.type === 'serving' && !this.#state.peerPaused && !this.#state.paused && this.#wantedChunks === 0
  }

  /** @throws ERR_INVALID_FRAME, ERR_LIMIT: the stream is of no use any more */
  receive (message: FetchMessage | ServeMessage | UnknownFrame): ServingEffect[] {
    if (this.#state.type === 'ended') return []
    switch (message.type) {
      case 'want': return this.#want(message)
      case 'want-leaves':
        if (pieceLength(this.total, message.piece, leavesPerPiece) === 0) throw invalidFrame('Leaf hashes were asked for that the file does not have.')
        return [{ type: 'send-leaves', piece: message.piece }]
      case 'paused':
        this.#state = { ...this.#state, peerPaused: message.paused }
        return [{ type: 'peer-paused', paused: message.paused }]
      case 'end':
        this.end()
        return [{ type: 'ended', reason: message.reason }]
      case 'open': throw invalidFrame('A stream is for one file.')
      case 'chunk':
      case 'leaves': throw invalidFrame('Chunks came from the side that fetches.')
      case 'unknown': return []
    }
  }

  /** The next chunks to be sent, a page at most; undefined when there are none for now. */
  take (): ChunkRange | undefined {
    const [range] = this.#wanted
    if (this.#state.type === 'ended' || this.#state.paused || range === undefined) return undefined
    const taken = { first: range.next, count: Math.min(pageChunks, range.end - range.next) }
    range.next += taken.count
    this.#wantedChunks -= taken.count
    if (range.next === range.end) this.#wanted.shift()
    return taken
  }

  /** Holds the chunks back, or lets them go on. @returns whether that changes anything, so that the other side is told */
  pause (paused: boolean): boolean {
    if (this.#state.type === 'ended' || this.#state.paused === paused) return false
    this.#state = { ...this.#state, paused }
    return true
  }

  end (): void {
    this.#state = { type: 'ended' }
    this.#wanted = []
    this.#wantedChunks = 0
  }

  #want ({ first, count, verified }: Extract<FetchMessage, { type: 'want' }>): ServingEffect[] {
    if (count === 0 || first + count > this.total || verified > this.total) throw invalidFrame('Chunks were asked for that the file does not have.')
    if (this.#wantedChunks + count > this.maxWanted) {
      throw new P2pChatError('ERR_LIMIT', `${this.#wantedChunks + count} chunks were asked for at once (limit: ${this.maxWanted}).`)
    }
    // What lies side by side is read in one go.
    const last = this.#wanted.at(-1)
    if (last?.end === first) last.end += count
    else this.#wanted.push({ next: first, end: first + count })
    this.#wantedChunks += count
    return [{ type: 'progress', chunks: verified }]
  }
}
