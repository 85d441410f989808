/** The fetching side of a file's stream, as a state machine: what was asked for, what may come. */
import type { LeafPiece } from '../../../crypto/file/index.js'
import { P2pChatError, type ErrorCode } from '../../../errors.js'
import type { ChunkRange } from '../fetch/source.js'
import { invalidFrame, type EndReason, type FetchMessage, type ServeMessage, type UnknownFrame } from './messages.js'

export type AskingEffect =
  | { type: 'chunk', index: number, sealed: Uint8Array }
  | { type: 'leaves', piece: number, leaves: LeafPiece }
  | { type: 'held', held: boolean }
  | { type: 'ended', error: P2pChatError }

export class Asking {
  readonly #chunks = new Set<number>()
  readonly #pieces = new Set<number>()

  /** @throws ERR_INTERNAL a chunk was asked for that is on its way already */
  want ({ first, count }: ChunkRange): void {
    for (let index = first; index < first + count; index++) {
      if (this.#chunks.has(index)) throw new P2pChatError('ERR_INTERNAL', `Chunk ${index} was asked for twice.`)
      this.#chunks.add(index)
    }
  }

  wantLeaves (piece: number): void {
    this.#pieces.add(piece)
  }

  /** @throws ERR_INVALID_FRAME what nobody asked for: out of the ranges, or twice */
  receive (message: FetchMessage | ServeMessage | UnknownFrame): AskingEffect | undefined {
    switch (message.type) {
      case 'chunk':
        if (!this.#chunks.delete(message.index)) throw invalidFrame(`Chunk ${message.index} came, which nobody asked for.`)
        return message
      case 'leaves': {
        const { piece, leaves, path } = message
        if (!this.#pieces.delete(piece)) throw invalidFrame('Leaf hashes came which nobody asked for.')
        return { type: 'leaves', piece, leaves: { leaves, path } }
      }
      case 'paused': return { type: 'held', held: message.paused }
      case 'end': return { type: 'ended', error: whyEnded(message.reason) }
      case 'open':
      case 'want':
      case 'want-leaves': throw invalidFrame('The side that serves asked for something.')
      case 'unknown': return undefined
    }
  }
}

const SAID: Partial<Record<ErrorCode, string>> = {
  ERR_CONFLICT: 'file changed: the sender has another file now than the one that was announced.',
  ERR_NOT_FOUND: 'The sender does not have the file any more.',
  ERR_NOT_PERMITTED: 'The sender does not give out the file, or may not read it any more.',
  ERR_ABORTED: 'The sender has taken the file back.',
  ERR_PENDING: 'Whoever serves the file does not have the rest of it yet.',
  ERR_OVERLOADED: 'Whoever serves the file has too much to do.',
  ERR_RATE_LIMITED: 'Whoever serves the file was asked too often.'
}

/** What the serving side said for its end, in our words. */
function whyEnded (reason: EndReason): P2pChatError {
  if (reason === 'done' || reason === 'declined') return invalidFrame('The side that serves ended as if it fetched.')
  const said = SAID[reason]
  // Other codes are for what is found out here; nobody is judged by what they say of themselves.
  return said === undefined ? new P2pChatError('ERR_CLOSED', `Whoever served the file stopped (${reason}).`) : new P2pChatError(reason, said)
}
