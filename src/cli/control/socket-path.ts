/**
 * Where a home's control socket is. In the home, unless its path is too long for a Unix socket, or its file system has none:
 * then in a new folder of the platform's runtime directory, whose name is written into a file in the home.
 */
import { createHash } from 'node:crypto'
import { lstatSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, rmdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { P2pChatError } from '../../errors.js'
import { maxSocketPathBytes } from './limits.js'

const SOCKET_NAME = 'control.sock'
const RECORD_NAME = 'control.path'

/** Where to ask for the owner of `home` (an absolute path), or null when none can have been there. */
export async function findSocketPath (home: string): Promise<string | null> {
  return recordedPath(home) ?? usualPath(home)
}

/**
 * A path in the home to listen on, for the process that holds its lock; what an owner that was killed left is removed.
 *
 * @returns null: it would be too long
 */
export async function claimUsualPath (home: string): Promise<string | null> {
  const left = recordedPath(home)
  if (left !== undefined) await removeSocket(home, left)
  const usual = usualPath(home)
  if (usual !== null && process.platform !== 'win32') await rm(usual, { force: true })
  return usual
}

/** As claimUsualPath, elsewhere. @throws ERR_HOME: nowhere */
export async function claimOtherPath (home: string, env: Record<string, string | undefined>): Promise<string> {
  let cause: unknown
  for (const runtime of runtimeFolders(env)) {
    try {
      const path = join(await mkdtemp(join(runtime, 'p2pchat-')), SOCKET_NAME)
      await writeFile(join(home, RECORD_NAME), `${path}\n${home}\n`, { mode: 0o600 })
      return path
    } catch (error) {
      cause = error
    }
  }
  throw new P2pChatError('ERR_HOME', 'There is no folder that a control socket can be in. Set XDG_RUNTIME_DIR or TMPDIR to one of yours with a short name.', { cause })
}

/** Undoes what claimed the path; closing a server has already removed the socket itself. */
export async function removeSocket (home: string, path: string): Promise<void> {
  if (path === usualPath(home)) return
  await rm(path, { force: true })
  await rmdir(dirname(path)).catch(() => {})
  await rm(join(home, RECORD_NAME), { force: true })
}

function usualPath (home: string): string | null {
  if (process.platform === 'win32') return `\\\\.\\pipe\\p2pchat-${createHash('sha256').update(home.toLowerCase()).digest('hex').slice(0, 32)}`
  const path = join(home, SOCKET_NAME)
  return Buffer.byteLength(path) <= maxSocketPathBytes ? path : null
}

/** Read at once: there is hardly ever one, and who looks for an owner looks often. */
function recordedPath (home: string): string | undefined {
  try {
    const [recorded = '', of] = readFileSync(join(home, RECORD_NAME), 'utf8').split('\n')
    // A copy of a home has its record, too; and a folder for all to write in may have been made anew by somebody else.
    const isOurs = of === home && /[\\/]p2pchat-[^\\/]{6}[\\/]control\.sock$/.test(recorded) && lstatSync(dirname(recorded)).uid === process.getuid?.()
    return isOurs ? recorded : undefined
  } catch {
    return undefined
  }
}

function runtimeFolders (env: Record<string, string | undefined>): string[] {
  return [env.XDG_RUNTIME_DIR ?? '', tmpdir(), '/tmp'].filter((folder) => folder !== '' && Buffer.byteLength(join(folder, 'p2pchat-XXXXXX', SOCKET_NAME)) <= maxSocketPathBytes)
}
