/** How much of the disk files take, and may take. */
import { P2pChatError } from '../../errors.js'
import type { BlobDisk } from '../../store/index.js'
import { retryWhenStoreFullMs, type RendezvousLimits } from '../limits.js'
import { measureEveryBytes } from './limits.js'

export class Room {
  #usedBytes = 0
  #freeBytes = 0
  /** Until it is looked anew how much is free. */
  #measuredBytes = 0

  constructor (
    private readonly disk: Pick<BlobDisk, 'freeBytes'>,
    private readonly limits: Pick<RendezvousLimits, 'maxStoredBlobBytes' | 'minFreeDiskBytes'>
  ) {}

  get usedBytes (): number {
    return this.#usedBytes
  }

  /** Counts what is there already. */
  count (bytes: number): void {
    this.#usedBytes += bytes
  }

  /** Whether there is room for so much now. @throws ERR_OVERLOADED with the limit's name */
  async assert (bytes: number): Promise<void> {
    const { maxStoredBlobBytes, minFreeDiskBytes } = this.limits
    if (this.#usedBytes + bytes > maxStoredBlobBytes) {
      throw new P2pChatError('ERR_OVERLOADED', `This server keeps as much of files as it may: ${maxStoredBlobBytes} bytes (limit maxStoredBlobBytes). Try again later, or another server.`, { retryAfterMs: retryWhenStoreFullMs })
    }
    if (this.#measuredBytes < bytes) {
      this.#freeBytes = await this.disk.freeBytes()
      this.#measuredBytes = measureEveryBytes
    }
    if (this.#freeBytes - bytes < minFreeDiskBytes) {
      this.#measuredBytes = 0
      throw new P2pChatError('ERR_OVERLOADED', `The disk of this server is almost full: ${minFreeDiskBytes} bytes of it are left for messages (limit minFreeDiskBytes). Try again later, or another server.`, { retryAfterMs: retryWhenStoreFullMs })
    }
  }

  /** Takes room, before anything is written. @throws as {@link assert} */
  async take (bytes: number): Promise<void> {
    await this.assert(bytes)
    this.#usedBytes += bytes
    this.#freeBytes -= bytes
    this.#measuredBytes -= bytes
  }

  give (bytes: number): void {
    this.#usedBytes -= bytes
  }
}
