/** Memory that pages of a file are read into, used again: fresh memory for each costs more than the copying that it saves. */
import { chunkBytes, chunkCount, plainChunkBytes, sealedChunkBytes, type FileSecret } from '../../../crypto/file/index.js'
import type { ChunkRange } from '../fetch/source.js'
import { pageChunks } from '../limits.js'
import { fileChanged, type ReadableFile } from './regular-file.js'
import type { SealedCopy } from './spool.js'

/** A chunk in a page; the page is free for others when all its chunks have been released. */
export interface PageChunk {
  readonly index: number
  readonly bytes: Uint8Array
  readonly release: () => void
}

interface PagesInit {
  /** Fills `into` from offset `at` on; fewer bytes only at the end. */
  read: (into: Uint8Array, at: number) => Promise<number>
  /** from the start of one chunk to that of the next */
  strideBytes: number
  /** of one chunk */
  lengthOf: (index: number) => number
  /** how many there are */
  total: number
}

/** The pages of one reading: as many as are in use at a time. */
export class Pages {
  readonly #free: Uint8Array[] = []

  constructor (private readonly init: PagesInit) {}

  /** The chunks of a range of pageChunks at most, read in one go; undefined when there are fewer. @throws what reading says */
  async read ({ first, count }: ChunkRange): Promise<PageChunk[] | undefined> {
    const { read, strideBytes, lengthOf, total } = this.init
    const bytes = (count - 1) * strideBytes + lengthOf(first + count - 1)
    const memory = this.#free.pop() ?? new Uint8Array(Math.min(pageChunks, total) * strideBytes)
    const page = memory.subarray(0, bytes)
    if (await read(page, first * strideBytes) < bytes) return undefined
    let used = count
    const release = (): void => {
      used--
      if (used === 0) this.#free.push(memory)
    }
    return Array.from({ length: count }, (_, n) => ({ index: first + n, bytes: page.subarray(n * strideBytes, n * strideBytes + lengthOf(first + n)), release }))
  }
}

/** Chunks as they are in the file. `read` rejects with ERR_CONFLICT when the file has become shorter. */
export function plainPages (file: ReadableFile, { bytes }: FileSecret): { read: (range: ChunkRange) => Promise<PageChunk[]> } {
  const pages = new Pages({ read: async (into, at) => await file.read(into, at), strideBytes: chunkBytes, lengthOf: (index) => plainChunkBytes(bytes, index), total: chunkCount(bytes) })
  return {
    async read (range) {
      const page = await pages.read(range)
      if (page === undefined) throw fileChanged(file.path)
      return page
    }
  }
}

/** Chunks as they travel. */
export function sealedPages (copy: SealedCopy, { bytes }: FileSecret): Pages {
  return new Pages({ read: async (into, at) => await copy.read(into, at), strideBytes: sealedChunkBytes(bytes, 0), lengthOf: (index) => sealedChunkBytes(bytes, index), total: chunkCount(bytes) })
}
