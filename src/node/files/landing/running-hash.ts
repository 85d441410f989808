/**
 * SHA-256 of a file while it is written: of chunks that come in their order nothing has to be read again at the end. What
 * came otherwise, or was there before, is.
 */
import { createHash } from 'node:crypto'
import type { DiskFile } from '../disk.js'

const pageBytes = 1024 * 1024

export class RunningHash {
  readonly #hash = createHash('sha256')
  #bytes = 0

  /** Takes what was written at `at`, if all before it was taken. */
  written (bytes: Uint8Array, at: number): void {
    if (at !== this.#bytes) return
    this.#hash.update(bytes)
    this.#bytes += bytes.byteLength
  }

  /** Of the first `bytes` of the file; of fewer if there are fewer. What was not taken is read. Ends it. */
  async digest (file: DiskFile, bytes: number): Promise<Uint8Array> {
    const page = new Uint8Array(Math.min(pageBytes, bytes - this.#bytes))
    while (this.#bytes < bytes) {
      const read = await file.read(page.subarray(0, Math.min(page.byteLength, bytes - this.#bytes)), this.#bytes)
      if (read === 0) break
      this.written(page.subarray(0, read), this.#bytes)
    }
    return new Uint8Array(this.#hash.digest())
  }
}
