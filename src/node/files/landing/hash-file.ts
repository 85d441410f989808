import { createHash } from 'node:crypto'
import type { DiskFile } from '../disk.js'

const pageBytes = 1024 * 1024

/** SHA-256 of the first `bytes` of a file, as they are on the disk; of fewer if there are fewer. */
export async function hashFile (file: DiskFile, bytes: number): Promise<Uint8Array> {
  const hash = createHash('sha256')
  const page = new Uint8Array(Math.min(pageBytes, bytes))
  for (let at = 0; at < bytes;) {
    const read = await file.read(page.subarray(0, Math.min(page.byteLength, bytes - at)), at)
    if (read === 0) break
    hash.update(page.subarray(0, read))
    at += read
  }
  return new Uint8Array(hash.digest())
}
