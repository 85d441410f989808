/** The little that files need of a disk, so that tests can let it fill up, lose what was not synced, or die. */
import { constants } from 'node:fs'
import { chmod, link, lstat, open, readdir, rename, rm, stat, statfs, type FileHandle } from 'node:fs/promises'
import { P2pChatError } from '../../errors.js'
import { makeFolder } from '../../store/make-folder.js'
import { DirectWrites } from './direct-writes.js'
import type { DiskFile } from './disk-file.js'
import { codeOf } from './error-code.js'
import { GatheringFile } from './gathering-file.js'

export type { DiskFile } from './disk-file.js'

/** Paths are absolute. Everything may throw ERR_STORE_IO. */
export interface Disk {
  /** Mode 0700 if it is made. */
  makeFolder: (path: string) => Promise<void>
  /** Makes a file of mode 0600. Undefined when something of that name is there already; never follows a link. */
  create: (path: string) => Promise<DiskFile | undefined>
  /** A regular file for reading and writing. Undefined when there is none; never follows a link. */
  open: (path: string) => Promise<DiskFile | undefined>
  /** Bytes of a regular file; undefined when there is none. */
  size: (path: string) => Promise<number | undefined>
  /** Replaces what is under the new name. */
  rename: (from: string, to: string) => Promise<void>
  /** Gives a file another name, its only one where the file system has no links. False when something of that name is there already. */
  link: (from: string, to: string) => Promise<boolean>
  /** Nothing happens when there is no such file. */
  remove: (path: string) => Promise<void>
  /** Names made, changed and removed in a folder are so after a power cut. */
  syncFolder: (path: string) => Promise<void>
  /** Names in a folder; none when there is no such folder. */
  list: (path: string) => Promise<string[]>
  freeBytes: (path: string) => Promise<number>
}

/** A full disk is told from a broken one: room can be made. */
export function isDiskFull (error: unknown): boolean {
  return codeOf(error) === 'ENOSPC' || codeOf(error) === 'EDQUOT' || (error instanceof P2pChatError && isDiskFull(error.cause))
}

/** Some file systems, such as encrypted ones, take shorter names than others. */
export function isNameTooLong (error: unknown): boolean {
  return error instanceof P2pChatError && codeOf(error.cause) === 'ENAMETOOLONG'
}

export const systemDisk: Disk = {
  async makeFolder (path) {
    await guarded(path, async () => {
      if (await makeFolder(path)) await chmod(path, 0o700)
    })
  },
  async create (path) {
    return await guarded(path, async () => {
      const flags = constants.O_CREAT | constants.O_EXCL | constants.O_RDWR | constants.O_NOFOLLOW
      return new GatheringFile(new SystemFile(path, await open(path, flags, 0o600)))
    }, 'EEXIST')
  },
  async open (path) {
    return await guarded(path, async () => {
      // Not to wait for the other end of a pipe that someone has put there.
      const handle = await open(path, constants.O_RDWR | constants.O_NOFOLLOW | constants.O_NONBLOCK)
      if ((await handle.stat()).isFile()) return new GatheringFile(new SystemFile(path, handle))
      await handle.close()
      return undefined
    }, 'ENOENT', 'ELOOP', 'EISDIR', 'ENXIO')
  },
  async size (path) {
    return await guarded(path, async () => {
      const found = await stat(path)
      return found.isFile() ? found.size : undefined
    }, 'ENOENT', 'ENAMETOOLONG')
  },
  async rename (from, to) {
    await guarded(to, async () => { await rename(from, to) })
  },
  async link (from, to) {
    return await guarded(to, async () => {
      try {
        await link(from, to)
      } catch (error) {
        if (codeOf(error) === 'EEXIST' || await isThere(to)) return false
        await rename(from, to)
      }
      return true
    }) ?? false
  },
  async remove (path) {
    await guarded(path, async () => { await rm(path, { force: true }) })
  },
  async syncFolder (path) {
    await guarded(path, async () => {
      const handle = await open(path, constants.O_RDONLY)
      try {
        await handle.sync()
      } finally {
        await handle.close()
      }
    }, 'EISDIR', 'EINVAL', 'EPERM')
  },
  async list (path) {
    return await guarded(path, async () => await readdir(path), 'ENOENT') ?? []
  },
  async freeBytes (path) {
    return await guarded(path, async () => {
      const { bavail, bsize } = await statfs(path)
      return bavail * bsize
    }) ?? 0
  }
}

class SystemFile implements DiskFile {
  readonly #direct: DirectWrites

  constructor (private readonly path: string, private readonly handle: FileHandle) {
    this.#direct = new DirectWrites(handle)
  }

  async write (bytes: Uint8Array, at: number): Promise<void> {
    await guarded(this.path, async () => {
      for (let done = await this.#direct.write(bytes, at); done < bytes.byteLength;) {
        done += (await this.handle.write(bytes, done, bytes.byteLength - done, at + done)).bytesWritten
      }
    })
  }

  async read (into: Uint8Array, at: number): Promise<number> {
    return await guarded(this.path, async () => await readFully(this.handle, into, at)) ?? 0
  }

  async truncate (bytes: number): Promise<void> {
    await guarded(this.path, async () => { await this.handle.truncate(bytes) })
  }

  async sync (): Promise<void> {
    await guarded(this.path, async () => { await this.handle.datasync() })
  }

  async close (): Promise<void> {
    await this.#direct.close()
    await this.handle.close()
  }
}

/** Whatever it is, also a link that leads nowhere. */
async function isThere (path: string): Promise<boolean> {
  return await lstat(path).then(() => true, () => false)
}

/** Fills `into` from offset `at` on; how many bytes there were. */
export async function readFully (handle: FileHandle, into: Uint8Array, at: number): Promise<number> {
  let done = 0
  while (done < into.byteLength) {
    const { bytesRead } = await handle.read(into, done, into.byteLength - done, at + done)
    if (bytesRead === 0) break
    done += bytesRead
  }
  return done
}

/** Undefined for the error codes that only say: there is none. @throws ERR_STORE_IO for all others */
async function guarded<T> (path: string, work: () => Promise<T>, ...none: string[]): Promise<T | undefined> {
  try {
    return await work()
  } catch (cause) {
    if (none.includes(codeOf(cause) ?? '')) return undefined
    const why = isDiskFull(cause) ? 'the disk is full; make room and try again' : cause instanceof Error ? cause.message : String(cause)
    throw new P2pChatError('ERR_STORE_IO', `${path} could not be written: ${why}.`, { cause })
  }
}
