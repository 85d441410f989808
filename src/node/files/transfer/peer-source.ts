/** A device that serves a file on a stream of /p2pchat/file/1, as a source of chunks. */
import type { LeafPiece } from '../../../crypto/file/index.js'
import { asP2pChatError, P2pChatError } from '../../../errors.js'
import type { SealedChunk } from '../cipher.js'
import type { ChunkRange, ChunkSource } from '../fetch/source.js'
import { Asking } from './asking.js'
import type { FileLink } from './link.js'
import { decodeFrame, encodeFrame, type FetchMessage } from './messages.js'

/** A range of chunks on their way. */
interface Waiting { range: ChunkRange, left: number, onChunk: (chunk: SealedChunk) => void, resolve: () => void, reject: (error: P2pChatError) => void }

interface WaitingLeaves { resolve: (leaves: LeafPiece) => void, reject: (error: P2pChatError) => void }

/** Opens the file on a stream of its own. What the other side makes of it is known with the first chunk. */
export function openPeerSource (name: string, link: FileLink, fileId: Uint8Array): ChunkSource {
  const source = new PeerSource(name, link)
  source.open(fileId)
  return source
}

class PeerSource implements ChunkSource {
  held = false
  readonly #asking = new Asking()
  readonly #ranges = new Set<Waiting>()
  readonly #leaves = new Map<number, WaitingLeaves>()
  #verified = 0
  #ended: P2pChatError | undefined

  constructor (readonly name: string, private readonly link: FileLink) {}

  get signs (): number {
    return this.link.signs ?? 0
  }

  open (fileId: Uint8Array): void {
    this.#say({ type: 'open', fileId })
    this.#read().catch((error: unknown) => { this.#fail(asP2pChatError(error, 'ERR_CLOSED')) })
  }

  async fetch (range: ChunkRange, onChunk: (chunk: SealedChunk) => void): Promise<void> {
    this.#assertOpen()
    await new Promise<void>((resolve, reject) => {
      this.#asking.want(range)
      this.#ranges.add({ range, left: range.count, onChunk, resolve, reject })
      this.#say({ type: 'want', ...range, verified: this.#verified })
    })
  }

  async leaves (piece: number): Promise<LeafPiece> {
    this.#assertOpen()
    return await new Promise((resolve, reject) => {
      this.#leaves.set(piece, { resolve, reject })
      this.#asking.wantLeaves(piece)
      this.#say({ type: 'want-leaves', piece })
    })
  }

  progress (chunks: number): void {
    this.#verified = chunks
  }

  pause (paused: boolean): void {
    this.#say({ type: 'paused', paused })
  }

  end (reason: 'done' | 'declined' | 'ended'): void {
    if (this.#ended === undefined && reason !== 'ended') this.#say({ type: 'end', reason })
    this.#fail(new P2pChatError('ERR_CLOSED', 'Nothing more is fetched from this source.'))
    this.link.close().catch(() => {
      // The stream is gone either way.
    })
  }

  async #read (): Promise<void> {
    for (;;) {
      const frame = await this.link.next()
      if (frame === undefined) throw new P2pChatError('ERR_CLOSED', `${this.name} ended the transfer.`)
      const effect = this.#asking.receive(decodeFrame(frame))
      switch (effect?.type) {
        case 'chunk': this.#onChunk({ index: effect.index, sealed: effect.sealed, release: () => { this.link.recycle?.(frame) } }); break
        case 'leaves': {
          this.#leaves.get(effect.piece)?.resolve(effect.leaves)
          this.#leaves.delete(effect.piece)
          break
        }
        case 'held': this.held = effect.held; break
        case 'ended': throw effect.error
        case undefined: break
      }
    }
  }

  #onChunk (chunk: SealedChunk): void {
    for (const waiting of this.#ranges) {
      const { first, count } = waiting.range
      if (chunk.index < first || chunk.index >= first + count) continue
      waiting.onChunk(chunk)
      waiting.left--
      if (waiting.left > 0) return
      this.#ranges.delete(waiting)
      waiting.resolve()
      return
    }
  }

  #say (message: FetchMessage): void {
    this.link.send(encodeFrame(message)).catch((error: unknown) => { this.#fail(asP2pChatError(error, 'ERR_CLOSED')) })
  }

  #fail (error: P2pChatError): void {
    if (this.#ended !== undefined) return
    this.#ended = error
    for (const { reject } of this.#ranges) reject(error)
    this.#ranges.clear()
    for (const { reject } of this.#leaves.values()) reject(error)
    this.#leaves.clear()
    if (error.code !== 'ERR_CLOSED') this.link.abort(error)
  }

  #assertOpen (): void {
    if (this.#ended !== undefined) throw this.#ended
  }
}
