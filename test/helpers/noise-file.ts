/** Large files of no pattern, and their hashes, with flat memory. */
import { createCipheriv, createHash, randomBytes } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'

const MiB = 1024 * 1024

/** Writes a file that no compression makes smaller. @returns its SHA-256 in hex */
export async function writeNoise (path: string, bytes: number): Promise<string> {
  const noise = createCipheriv('aes-128-ctr', randomBytes(16), new Uint8Array(16))
  const hash = createHash('sha256')
  const file = await open(path, 'w')
  try {
    for (let left = bytes; left > 0; left -= MiB) {
      const part = noise.update(new Uint8Array(Math.min(left, MiB)))
      hash.update(part)
      await file.write(part)
    }
  } finally {
    await file.close()
  }
  return hash.digest('hex')
}

export async function hashOf (path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const part of createReadStream(path)) hash.update(part as Buffer)
  return hash.digest('hex')
}
