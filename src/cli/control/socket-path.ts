/**
 * Where a home's control socket is. In the home, unless its path is too long for a Unix socket: then in a new folder of
 * the platform's runtime directory, whose name is written into a file in the home.
 */
import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm, rmdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { maxSocketPathBytes } from './limits.js'

const SOCKET_NAME = 'control.sock'
const RECORD_NAME = 'control.path'

/** Where to ask for the owner of `home` (an absolute path), or null when none can have been there. */
export async function findSocketPath (home: string): Promise<string | null> {
  const usual = usualPath(home)
  if (usual !== null) return usual
  try {
    const recorded = (await readFile(join(home, RECORD_NAME), 'utf8')).trim()
    return recorded === '' ? null : recorded
  } catch {
    return null
  }
}

/** A path to listen on, for the process that holds the home's lock; what an owner that was killed left is removed. */
export async function claimSocketPath (home: string, env: Record<string, string | undefined>): Promise<string> {
  const usual = usualPath(home)
  if (usual !== null) {
    if (process.platform !== 'win32') await rm(usual, { force: true })
    return usual
  }
  const left = await findSocketPath(home)
  if (left !== null) await removeSocket(home, left)
  const folder = await mkdtemp(join(runtimeFolder(env), 'p2pchat-'))
  const path = join(folder, SOCKET_NAME)
  await writeFile(join(home, RECORD_NAME), `${path}\n`, { mode: 0o600 })
  return path
}

/** Undoes claimSocketPath; closing a server has already removed the socket itself. */
export async function removeSocket (home: string, path: string): Promise<void> {
  if (usualPath(home) !== null) return
  await rm(path, { force: true })
  await rmdir(dirname(path)).catch(() => {})
  await rm(join(home, RECORD_NAME), { force: true })
}

function usualPath (home: string): string | null {
  if (process.platform === 'win32') return `\\\\.\\pipe\\p2pchat-${createHash('sha256').update(home.toLowerCase()).digest('hex').slice(0, 32)}`
  const path = join(home, SOCKET_NAME)
  return Buffer.byteLength(path) <= maxSocketPathBytes ? path : null
}

function runtimeFolder (env: Record<string, string | undefined>): string {
  for (const folder of [env.XDG_RUNTIME_DIR, tmpdir()]) {
    if (folder !== undefined && folder !== '' && Buffer.byteLength(join(folder, 'p2pchat-XXXXXX', SOCKET_NAME)) <= maxSocketPathBytes) return folder
  }
  return '/tmp'
}
