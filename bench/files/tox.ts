import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
/** Compiled, it is started from dist/. */
const source = fileURLToPath(new URL('../../../bench/files/tox.c', import.meta.url))
const timeoutMs = 300_000

/**
 * How long c-toxcore takes for a file of so many bytes between two processes over loopback, with nothing on the disk;
 * undefined where its library, its headers or a compiler are missing.
 *
 * @param folder for the program
 */
export async function toxMs (folder: string, bytes: number): Promise<number | undefined> {
  const program = join(folder, 'tox')
  try {
    await run('cc', ['-O2', '-o', program, source, '-ltoxcore'])
  } catch {
    return undefined
  }
  const { stdout } = await run(program, [String(bytes)], { timeout: timeoutMs, killSignal: 'SIGKILL' })
  return Number(stdout) * 1_000
}
