/**
 * Large writes that go to the disk without a copy in the system's cache: memory for that copy, which nobody reads, costs
 * more processor time than all else that a file's disk needs. Linux alone has it, and not on every file system.
 */
import { constants } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { codeOf } from './error-code.js'
import { directAlignBytes, minDirectBytes } from './limits.js'

interface WebAssemblyMemory { new (size: { initial: number }): { readonly buffer: ArrayBuffer } }

const wasmPageBytes = 65_536

/** Memory that begins with a page of the processor's, as such writes need it: Node's own begins anywhere. */
export function alignedMemory (bytes: number): Uint8Array {
  const { Memory } = (globalThis as { WebAssembly?: { Memory?: WebAssemblyMemory } }).WebAssembly ?? {}
  try {
    if (Memory !== undefined) return new Uint8Array(new Memory({ initial: Math.ceil(bytes / wasmPageBytes) }).buffer, 0, bytes)
  } catch {
    // It reserves far more addresses than it uses, which the system may not give.
  }
  return new Uint8Array(bytes)
}

export class DirectWrites {
  #handle: FileHandle | undefined
  /** Until it has shown that it does not work here. */
  #works = constants.O_DIRECT !== undefined

  constructor (private readonly handle: FileHandle) {}

  /** @returns how many bytes were written; 0: it has to be done in the usual way @throws what the disk says */
  async write (bytes: Uint8Array, at: number): Promise<number> {
    if (!this.#works || bytes.byteLength < minDirectBytes || [at, bytes.byteLength, bytes.byteOffset].some((n) => n % directAlignBytes !== 0)) return 0
    try {
      // The same file, whatever lies under its name by now.
      this.#handle ??= await open(`/proc/self/fd/${this.handle.fd}`, constants.O_WRONLY | constants.O_DIRECT)
      return (await this.#handle.write(bytes, 0, bytes.byteLength, at)).bytesWritten
    } catch (error) {
      if (!NOT_HERE.includes(codeOf(error) ?? '')) throw error
      this.#works = false
      return 0
    }
  }

  async close (): Promise<void> {
    await this.#handle?.close()
  }
}

/** The file system has no such writes, or wants other places for them; /proc is not there. */
const NOT_HERE = ['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOENT', 'EACCES', 'EPERM', 'ENOTDIR', 'EMFILE', 'ENFILE']
