import { basename, dirname } from 'node:path'
import { P2pChatError } from '../../../src/errors.js'
import type { Disk, DiskFile } from '../../../src/node/files/disk.js'

interface Node { data: Buffer, synced: Buffer }

/** The process is dead: nothing that it still tries has an effect. */
export class Died extends Error {
  override readonly name = 'Died'
}

/**
 * A disk in memory that loses what was not synced when the power goes, or keeps it when only the process dies; and that
 * fills up. `onStep` is called before every change: it may throw.
 */
export class MemoryDisk implements Disk {
  onStep: () => void = () => {}
  capacityBytes = Infinity
  /** Names that were made behind the back of the code under test, between its look and its deed. */
  onCreate: (path: string) => void = () => {}
  readonly modes: string[] = []
  #names = new Map<string, Node>()
  #syncedNames = new Map<string, Node>()
  #life = 0

  /** The power goes (unless only the process died). */
  crash (losesUnsynced: boolean): void {
    this.#life++
    if (losesUnsynced) {
      this.#names = new Map(this.#syncedNames)
      for (const node of this.#names.values()) node.data = Buffer.from(node.synced)
      return
    }
    for (const node of this.#names.values()) node.synced = Buffer.from(node.data)
    this.#syncedNames = new Map(this.#names)
  }

  contents (path: string): Buffer | undefined {
    return this.#names.get(path)?.data
  }

  put (path: string, data: Uint8Array): void {
    const node = { data: Buffer.from(data), synced: Buffer.from(data) }
    this.#names.set(path, node)
    this.#syncedNames.set(path, node)
  }

  get paths (): string[] {
    return [...this.#names.keys()].sort()
  }

  async makeFolder (): Promise<void> {}

  async create (path: string): Promise<DiskFile | undefined> {
    this.onStep()
    this.onCreate(path)
    if (this.#names.has(path)) return undefined
    const node: Node = { data: Buffer.alloc(0), synced: Buffer.alloc(0) }
    this.#names.set(path, node)
    return this.#file(node)
  }

  async open (path: string): Promise<DiskFile | undefined> {
    const node = this.#names.get(path)
    return node === undefined ? undefined : this.#file(node)
  }

  async size (path: string): Promise<number | undefined> {
    return this.#names.get(path)?.data.byteLength
  }

  async rename (from: string, to: string): Promise<void> {
    this.onStep()
    const node = this.#names.get(from)
    if (node === undefined) throw new P2pChatError('ERR_STORE_IO', `There is no ${from}.`)
    this.#names.delete(from)
    this.#names.set(to, node)
  }

  async link (from: string, to: string): Promise<boolean> {
    this.onStep()
    const node = this.#names.get(from)
    if (node === undefined) throw new P2pChatError('ERR_STORE_IO', `There is no ${from}.`)
    if (this.#names.has(to)) return false
    this.#names.set(to, node)
    return true
  }

  async remove (path: string): Promise<void> {
    this.onStep()
    this.#names.delete(path)
  }

  async syncFolder (path: string): Promise<void> {
    this.onStep()
    const here = ([name]: [string, Node]): boolean => dirname(name) === path
    this.#syncedNames = new Map([...[...this.#syncedNames].filter((entry) => !here(entry)), ...[...this.#names].filter(here)])
  }

  async list (path: string): Promise<string[]> {
    return this.paths.filter((name) => dirname(name) === path).map((name) => basename(name))
  }

  async freeBytes (): Promise<number> {
    return Math.max(0, this.capacityBytes - this.#usedBytes())
  }

  #usedBytes (): number {
    return [...this.#names.values()].reduce((sum, { data }) => sum + data.byteLength, 0)
  }

  #file (node: Node): DiskFile {
    let open = true
    const life = this.#life
    const step = (): void => {
      if (!open) throw new Error('a closed file was used')
      // What a process that died still had open is of no use to it.
      if (life !== this.#life) throw new Died()
      this.onStep()
    }
    return {
      write: async (bytes, at) => {
        step()
        const size = Math.max(node.data.byteLength, at + bytes.byteLength)
        if (this.#usedBytes() + size - node.data.byteLength > this.capacityBytes) {
          throw new P2pChatError('ERR_STORE_IO', 'It could not be written: the disk is full.', { cause: Object.assign(new Error('full'), { code: 'ENOSPC' }) })
        }
        node.data = grown(node.data, size)
        node.data.set(bytes, at)
      },
      read: async (into, at) => {
        if (!open) throw new Error('a closed file was used')
        return node.data.copy(into, 0, at)
      },
      truncate: async (bytes) => {
        step()
        node.data = Buffer.concat([node.data.subarray(0, bytes), Buffer.alloc(Math.max(0, bytes - node.data.byteLength))])
      },
      sync: async () => {
        step()
        node.synced = Buffer.from(node.data)
      },
      close: async () => { open = false }
    }
  }
}

/** With room for more behind it, so that a file that grows chunk by chunk is not copied at each. */
function grown (data: Buffer, size: number): Buffer {
  if (size <= data.byteLength) return data
  const room = data.buffer.byteLength - data.byteOffset
  if (data.byteOffset === 0 && size <= room && room >= 65_536) return Buffer.from(data.buffer, 0, size)
  const larger = Buffer.from(new ArrayBuffer(Math.max(size, 2 * data.byteLength, 65_536)), 0, size)
  larger.set(data)
  return larger
}
