/**
 * SHA-256 of a file while it is written: of chunks that come in their order nothing has to be read again at the end. What
 * came otherwise, or was there before, is.
 */
import { createHash } from 'node:crypto'
import type { DiskFile } from '../disk.js'

/** What is read at once of what was not hashed when it came. */
const pageBytes = 1024 * 1024

/** The hash of one file that comes in. */
export interface FileHash {
  /** Takes what was written at `at`, if all before it was taken. */
  written: (bytes: Uint8Array, at: number) => void
  /** SHA-256 of the first `bytes` of the file; of fewer if there are fewer. What was not taken is read. */
  digest: (file: Pick<DiskFile, 'read'>, bytes: number) => Promise<Uint8Array>
  /** It is not needed any more, or was given. */
  end: () => void
}

export class RunningHash {
  readonly #hash = createHash('sha256')
  #bytes = 0

  /** How many were taken. */
  get bytes (): number {
    return this.#bytes
  }

  written (bytes: Uint8Array, at: number): void {
    if (at !== this.#bytes) return
    this.#hash.update(bytes)
    this.#bytes += bytes.byteLength
  }

  /** Of what was taken. Once. */
  end (): Uint8Array {
    return new Uint8Array(this.#hash.digest())
  }
}

/** Here and now. */
export function hashHere (): FileHash {
  const hash = new RunningHash()
  return {
    written: (bytes, at) => { hash.written(bytes, at) },
    async digest (file, bytes) {
      await readRest(file, hash.bytes, bytes, async (page) => { hash.written(page, hash.bytes) })
      return hash.end()
    },
    end: () => {}
  }
}

/** Gives `take` what lies between the two, page by page, in memory that is used again. */
export async function readRest (file: Pick<DiskFile, 'read'>, from: number, to: number, take: (page: Uint8Array) => Promise<void>): Promise<void> {
  const memory = new Uint8Array(Math.max(0, Math.min(pageBytes, to - from)))
  for (let at = from; at < to;) {
    const read = await file.read(memory.subarray(0, Math.min(memory.byteLength, to - at)), at)
    if (read === 0) return
    await take(memory.subarray(0, read))
    at += read
  }
}
