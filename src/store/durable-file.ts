import { randomUUID } from 'node:crypto'
import { link, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * Writes a file of mode 0600 so that after a crash either the old contents are there or the new. One process at a time may:
 * `${path}.new` is what it writes first.
 */
export async function writeFileDurably (path: string, text: string): Promise<void> {
  const unfinished = `${path}.new`
  await writeSynced(unfinished, text)
  await rename(unfinished, path)
  await syncFolder(dirname(path))
}

/**
 * As writeFileDurably, of a file that is not there yet, by whoever comes: one that another process has made by then stays as
 * it is. A crash may leave a `${path}.*.new`, which nobody reads.
 */
export async function createFileDurably (path: string, text: string): Promise<void> {
  const unfinished = `${path}.${randomUUID()}.new`
  try {
    await writeSynced(unfinished, text)
    await link(unfinished, path).catch(async (error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return
      // Not every file system has links; on such a one the last to come makes it.
      await rename(unfinished, path)
    })
  } finally {
    await rm(unfinished, { force: true })
  }
  await syncFolder(dirname(path))
}

/** What a file holds is there after a crash. */
export async function syncFile (path: string): Promise<void> {
  // Windows syncs only what may be written.
  await syncOpened(path, 'r+')
}

/** Which files a folder has is there after a crash, as far as the system can do that: Windows and some file systems cannot. */
export async function syncFolder (path: string): Promise<void> {
  await syncOpened(path, 'r').catch((error: unknown) => {
    if (!CANNOT_SYNC.has((error as NodeJS.ErrnoException).code ?? '')) throw error
  })
}

const CANNOT_SYNC = new Set(['EISDIR', 'EINVAL', 'EPERM'])

async function syncOpened (path: string, flags: string): Promise<void> {
  const file = await open(path, flags)
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}

async function writeSynced (path: string, text: string): Promise<void> {
  const file = await open(path, 'w', 0o600)
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
}
