/**
 * Chunks as they travel, kept from the reading that made their leaf hashes: whoever fetches the file is given these, and
 * nothing is sealed a second time. A cache: what is not in it, or is not right, is sealed again. So nothing of it is
 * synced, and nothing outlives the process: it begins empty.
 */
import { join } from 'node:path'
import { chunkCount, sealedChunkBytes, type FileSecret } from '../../../crypto/file/index.js'
import { toHex } from '../../home/hex.js'
import type { Disk, DiskFile } from '../disk.js'
import { maxSpoolBytes, minFreeBytes, minSpooledBytes } from '../limits.js'

/** A file id. */
const COPY_NAME = /^[0-9a-f]{32}$/

export interface SpoolInit {
  disk: Disk
  /** absolute */
  folder: string
  /** Default: maxSpoolBytes. */
  maxBytes?: number
  /** Default: minSpooledBytes. */
  minFileBytes?: number
}

/** Chunk n lies at n times the length of chunk 0. What it says is to be held against the leaf hashes. */
export type SealedCopy = Pick<DiskFile, 'read' | 'close'>

/** Takes the chunks of one file in any order. A disk that refuses one ends it: the file goes without. */
export interface SpoolWriter {
  /** `sealed` is left alone until then. */
  write: (index: number, sealed: Uint8Array) => Promise<void>
  /** @param keep false: the file is not sent after all */
  end: (keep: boolean) => Promise<void>
}

export class Spool {
  /** What each takes, by file id, the oldest first. */
  readonly #bytes = new Map<string, number>()

  constructor (private readonly init: SpoolInit) {}

  /** Nothing of an earlier run is of use. To be called before anything else. */
  async clear (): Promise<void> {
    const { disk, folder } = this.init
    this.#bytes.clear()
    for (const name of await disk.list(folder)) {
      // What is named otherwise is not from here.
      if (COPY_NAME.test(name)) await disk.remove(join(folder, name))
    }
  }

  /** Undefined for a file that is too small to be worth it, or too large, or when the disk has no room to spare. */
  async begin (secret: FileSecret): Promise<SpoolWriter | undefined> {
    const { disk, folder, minFileBytes = minSpooledBytes, maxBytes = maxSpoolBytes } = this.init
    const strideBytes = sealedChunkBytes(secret.bytes, 0)
    const bytes = chunkCount(secret.bytes) * strideBytes
    if (secret.bytes < minFileBytes || bytes > maxBytes) return undefined
    const id = toHex(secret.fileId)
    try {
      await disk.makeFolder(folder)
      await this.#makeRoom(maxBytes - bytes)
      // Twice: what is being received needs room as well.
      if (await disk.freeBytes(folder) < 2 * bytes + minFreeBytes) return undefined
      const file = await disk.create(this.#path(id))
      if (file === undefined) return undefined
      this.#bytes.set(id, bytes)
      return this.#writer(id, file, strideBytes)
    } catch {
      return undefined
    }
  }

  /** Undefined when there is none; it stays readable for who has opened it. */
  async open (fileId: Uint8Array): Promise<SealedCopy | undefined> {
    const id = toHex(fileId)
    return this.#bytes.has(id) ? await this.init.disk.open(this.#path(id)).catch(() => undefined) : undefined
  }

  /** Nobody will fetch it any more, or will get it elsewhere. */
  async remove (fileId: Uint8Array): Promise<void> {
    await this.#remove(toHex(fileId))
  }

  #writer (id: string, file: DiskFile, strideBytes: number): SpoolWriter {
    let right = true
    const attempt = async (work: () => Promise<void>): Promise<void> => { await work().catch(() => { right = false }) }
    return {
      write: async (index, sealed) => { if (right) await attempt(async () => { await file.write(sealed, index * strideBytes) }) },
      end: async (keep) => {
        await attempt(async () => { await file.close() })
        if (!keep || !right) await this.#remove(id)
      }
    }
  }

  /** Lets the oldest go until the others take no more than that. */
  async #makeRoom (leftBytes: number): Promise<void> {
    let usedBytes = [...this.#bytes.values()].reduce((sum, bytes) => sum + bytes, 0)
    for (const [id, bytes] of this.#bytes) {
      if (usedBytes <= leftBytes) return
      await this.#remove(id)
      usedBytes -= bytes
    }
  }

  async #remove (id: string): Promise<void> {
    if (!this.#bytes.delete(id)) return
    // What stays behind is removed at the next start.
    await this.init.disk.remove(this.#path(id)).catch(() => {})
  }

  #path (id: string): string {
    return join(this.init.folder, id)
  }
}
