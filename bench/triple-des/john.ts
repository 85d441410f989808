/** John the Ripper's own benchmark of its native bitslice, in our unit. */
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** One crypt(3) is 25 DES blocks; a Triple DES block is 3, and 8 bytes. */
const BYTES_PER_CRYPT = 25 / 3 * 8

/** @returns undefined where John the Ripper is not installed */
export async function johnMegabytesPerSecond (): Promise<number | undefined> {
  // It makes a folder in its home.
  const home = await mkdtemp(join(tmpdir(), 'p2pchat-bench-'))
  try {
    const env = { HOME: home, OMP_NUM_THREADS: '1', PATH: `${process.env['PATH'] ?? ''}:/usr/sbin` }
    const { stdout } = await promisify(execFile)('john', ['--test=3', '--format=descrypt'], { env })
    const thousands = /Many salts:\s*(\d+)K c\/s real/.exec(stdout)?.[1]
    return thousands === undefined ? undefined : Number(thousands) * 1000 * BYTES_PER_CRYPT / 1e6
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  } finally {
    await rm(home, { recursive: true })
  }
}
