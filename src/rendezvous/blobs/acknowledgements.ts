import { asP2pChatError, type P2pChatError } from '../../errors.js'
import type { BulkStream } from '../../overlay/network.js'
import { controlFrame } from '../../protocol/bulk-frames.js'
import { BlobFrame } from '../../protocol/pb/blob.js'
import { asError } from '../outcome.js'
import type { BlobWriter } from './index.js'

/** Tells the sender how many of its frames lie on the disk for good: one answer for all that were synced together. */
export class Acknowledgements {
  #taken = 0
  #told = 0
  #running: Promise<void> | undefined

  /** @param failed is told why no more can be said */
  constructor (private readonly stream: BulkStream, private readonly writer: BlobWriter, private readonly failed: (error: P2pChatError) => void) {}

  /** One more frame was taken. */
  add (): void {
    this.#taken++
    this.#running ??= this.#tell()
  }

  /** Resolves when what was taken has been told, or could not be. */
  async settled (): Promise<void> {
    await this.#running
  }

  async #tell (): Promise<void> {
    try {
      while (this.#told < this.#taken) await this.#tellOnce()
    } catch (error) {
      this.failed(asP2pChatError(error))
    }
    // In the same turn as the last look at what was taken: nothing is missed in between.
    this.#running = undefined
  }

  async #tellOnce (): Promise<void> {
    const frames = this.#taken
    const kept = await this.writer.kept()
    if (kept.outcome === 'unknown') throw asError(kept)
    const { keptChunks, expiresAtMs, replicas, servers } = kept
    await this.stream.send(controlFrame(BlobFrame, { kept: { frames, keptChunks, expiresAtMs: BigInt(expiresAtMs), replicas, servers } }))
    this.#told = frames
  }
}
