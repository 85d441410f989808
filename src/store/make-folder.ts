import { mkdir, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'

/**
 * Makes a folder (mode 0700), and those it lies in, unless it is there. Not by the recursive mkdir of Node 20, which never
 * ends where a folder cannot be made although the one around it is there, as in /proc.
 *
 * @returns whether it was made now
 * @throws what the system says (ENOENT, EACCES, ENOTDIR, EROFS …)
 */
export async function makeFolder (path: string): Promise<boolean> {
  const folder = resolve(path)
  try {
    await mkdir(folder, { mode: 0o700 })
    return true
  } catch (error) {
    if (await isFolder(folder)) return false
    const around = dirname(folder)
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || around === folder || await isFolder(around)) throw error
    await makeFolder(around)
    return await makeFolder(folder)
  }
}

async function isFolder (path: string): Promise<boolean> {
  return await stat(path).then((found) => found.isDirectory(), () => false)
}
