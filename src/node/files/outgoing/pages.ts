/** Memory that pages of a file are read into, used again: fresh memory for each costs more than the copying that it saves. */
import { chunkBytes, plainChunkBytes, type FileSecret } from '../../../crypto/file/index.js'
import type { ChunkRange } from '../fetch/source.js'
import { pageChunks } from '../limits.js'
import { fileChanged, type ReadableFile } from './regular-file.js'

/** A chunk in a page; the page is free for others when all its chunks have been released. */
export interface PlainChunk {
  readonly index: number
  readonly plaintext: Uint8Array
  readonly release: () => void
}

/** The pages of one reading: as many as are in use at a time. */
export class Pages {
  readonly #free: Uint8Array[] = []

  constructor (private readonly file: ReadableFile, private readonly secret: FileSecret) {}

  /** The chunks of a range of pageChunks at most, read in one go. @throws ERR_CONFLICT the file has become shorter; what reading says */
  async read ({ first, count }: ChunkRange): Promise<PlainChunk[]> {
    const bytes = (count - 1) * chunkBytes + plainChunkBytes(this.secret.bytes, first + count - 1)
    const memory = this.#free.pop() ?? new Uint8Array(Math.min(pageChunks * chunkBytes, Math.max(bytes, this.secret.bytes)))
    const page = memory.subarray(0, bytes)
    if (await this.file.read(page, first * chunkBytes) < bytes) throw fileChanged(this.file.path)
    let used = count
    const release = (): void => {
      used--
      if (used === 0) this.#free.push(memory)
    }
    return Array.from({ length: count }, (_, n) => ({ index: first + n, plaintext: page.subarray(n * chunkBytes, (n + 1) * chunkBytes), release }))
  }
}
