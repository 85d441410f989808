import { constants } from 'node:fs'
import { open, readdir, rm, statfs, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { P2pChatError } from '../errors.js'
import type { BlobDisk, BlobFile } from './blob-disk.js'
import { syncFolder } from './durable-file.js'
import { makeFolder } from './make-folder.js'

const SUFFIX = '.blob'
const NAME = /^[a-z0-9-]+$/
/** What says that there is no room, for bytes or for open files: it may be there again later. */
const FULL = new Set(['ENOSPC', 'EDQUOT', 'EFBIG', 'EMFILE', 'ENFILE'])

/** Files of mode 0600 in a folder of their own, which is made if need be. */
export async function openFolderBlobs (folder: string): Promise<BlobDisk> {
  await guarded(async () => await makeFolder(folder))
  return {
    create: async (name) => await guarded(async () => {
      const handle = await open(pathOf(folder, name), constants.O_CREAT | constants.O_TRUNC | constants.O_RDWR | constants.O_NOFOLLOW, 0o600)
      await syncFolder(folder)
      return new FolderBlob(handle)
    }),
    async open (name) {
      try {
        return new FolderBlob(await open(pathOf(folder, name), constants.O_RDWR | constants.O_NOFOLLOW))
      } catch (error) {
        if (codeOf(error) === 'ENOENT') return undefined
        throw diskError(error)
      }
    },
    remove: async (name) => { await guarded(async () => { await rm(pathOf(folder, name), { force: true }) }) },
    list: async () => await guarded(async () => (await readdir(folder)).filter((file) => file.endsWith(SUFFIX)).map((file) => file.slice(0, -SUFFIX.length))),
    freeBytes: async () => await guarded(async () => {
      const { bavail, bsize } = await statfs(folder)
      return bavail * bsize
    })
  }
}

class FolderBlob implements BlobFile {
  constructor (private readonly handle: FileHandle) {}

  async write (bytes: Uint8Array, at: number): Promise<void> {
    await guarded(async () => {
      for (let done = 0; done < bytes.byteLength;) {
        done += (await this.handle.write(bytes, done, bytes.byteLength - done, at + done)).bytesWritten
      }
    })
  }

  async read (into: Uint8Array, at: number): Promise<number> {
    return await guarded(async () => {
      let done = 0
      while (done < into.byteLength) {
        const { bytesRead } = await this.handle.read(into, done, into.byteLength - done, at + done)
        if (bytesRead === 0) break
        done += bytesRead
      }
      return done
    })
  }

  async sync (): Promise<void> {
    await guarded(async () => { await this.handle.datasync() })
  }

  async close (): Promise<void> {
    await guarded(async () => { await this.handle.close() })
  }
}

function pathOf (folder: string, name: string): string {
  if (!NAME.test(name)) throw new P2pChatError('ERR_INTERNAL', `${name} cannot be the name of a blob.`)
  return join(folder, `${name}${SUFFIX}`)
}

async function guarded<T> (work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw diskError(error)
  }
}

function diskError (cause: unknown): P2pChatError {
  if (cause instanceof P2pChatError) return cause
  if (FULL.has(codeOf(cause) ?? '')) return new P2pChatError('ERR_OVERLOADED', 'The disk is full. Make room, or try again later.', { cause })
  return new P2pChatError('ERR_STORE_IO', `The disk refused: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
}

function codeOf (error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}
