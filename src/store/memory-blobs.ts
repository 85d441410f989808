/** Blobs in memory, for tests and the simulator: a crash loses what was not synced, all of it or any part. */
import { P2pChatError } from '../errors.js'
import type { BlobDisk, BlobFile } from './blob-disk.js'

export interface MemoryBlobs extends BlobDisk {
  /** All files may have so many bytes together; beyond it the disk is full. Default: no end. */
  capacityBytes: number
  /** Makes syncs fail with ERR_STORE_IO. What was written before one that failed is lost. */
  failSyncs: boolean
  /**
   * The process on this disk dies. Of each write that was not synced `survives` says how many of its bytes had reached
   * the disk by chance; a removed file comes back if it says more than 0. Default: none. Open files are of no use any more.
   */
  crash: (survives?: (bytes: number) => number) => void
}

interface Write {
  at: number
  bytes: Uint8Array
}

interface Contents {
  synced: Uint8Array
  /** since the last sync */
  writes: Write[]
  current: Uint8Array
}

export function createMemoryBlobs (): MemoryBlobs {
  return new Blobs()
}

class Blobs implements MemoryBlobs {
  capacityBytes = Infinity
  failSyncs = false
  readonly #files = new Map<string, Contents>()
  /** Removed: a crash may bring them back. */
  #removed = new Map<string, Contents>()
  /** Counts crashes: files opened before one are dead. */
  #life = 0

  async create (name: string): Promise<BlobFile> {
    const contents: Contents = { synced: new Uint8Array(0), writes: [], current: new Uint8Array(0) }
    this.#removed.delete(name)
    this.#files.set(name, contents)
    return this.#fileOf(contents)
  }

  async open (name: string): Promise<BlobFile | undefined> {
    const contents = this.#files.get(name)
    return contents === undefined ? undefined : this.#fileOf(contents)
  }

  async remove (name: string): Promise<void> {
    const contents = this.#files.get(name)
    if (contents !== undefined) this.#removed.set(name, contents)
    this.#files.delete(name)
  }

  async list (): Promise<string[]> {
    return [...this.#files.keys()]
  }

  async freeBytes (): Promise<number> {
    return this.capacityBytes - this.#usedBytes()
  }

  crash (survives: (bytes: number) => number = () => 0): void {
    this.#life++
    for (const [name, contents] of this.#removed) if (survives(1) > 0) this.#files.set(name, contents)
    this.#removed = new Map()
    for (const contents of this.#files.values()) {
      for (const { at, bytes } of contents.writes) {
        const kept = bytes.subarray(0, survives(bytes.byteLength))
        if (kept.byteLength > 0) contents.synced = written(contents.synced, at, kept)
      }
      contents.writes = []
      contents.current = contents.synced.slice()
    }
  }

  #fileOf (contents: Contents): BlobFile {
    const life = this.#life
    let open = true
    const assertOpen = (): void => {
      if (!open || life !== this.#life) throw new P2pChatError('ERR_CLOSED', 'The file is closed.')
    }
    return {
      write: async (bytes, at) => {
        assertOpen()
        const grows = Math.max(0, at + bytes.byteLength - contents.current.byteLength)
        if (this.#usedBytes() + grows > this.capacityBytes) throw new P2pChatError('ERR_OVERLOADED', 'The disk is full. Make room, or try again later.')
        const copy = bytes.slice()
        contents.writes.push({ at, bytes: copy })
        contents.current = written(contents.current, at, copy)
      },
      async read (into, at) {
        assertOpen()
        const found = contents.current.subarray(at, at + into.byteLength)
        into.set(found)
        return found.byteLength
      },
      sync: async () => {
        assertOpen()
        if (this.failSyncs) {
          contents.writes = []
          contents.current = contents.synced.slice()
          throw new P2pChatError('ERR_STORE_IO', 'The disk refused: input/output error')
        }
        contents.synced = contents.current.slice()
        contents.writes = []
      },
      async close () { open = false }
    }
  }

  #usedBytes (): number {
    return [...this.#files.values()].reduce((sum, { current }) => sum + current.byteLength, 0)
  }
}

function written (into: Uint8Array, at: number, bytes: Uint8Array): Uint8Array {
  const end = at + bytes.byteLength
  const out = end <= into.byteLength ? into : new Uint8Array(end)
  if (out !== into) out.set(into)
  out.set(bytes, at)
  return out
}
