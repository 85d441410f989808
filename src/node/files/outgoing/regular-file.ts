/** Opening what the user has named, mostly to send it: a regular file that may be read, and nothing else. */
import { constants } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import type { Stats } from 'node:fs'
import { P2pChatError } from '../../../errors.js'
import { readFully } from '../disk.js'
import { codeOf } from '../error-code.js'

/** What tells one state of a file from another. */
export interface FileState { bytes: number, modifiedMs: number }

export interface ReadableFile {
  readonly path: string
  /** Fills `into` from offset `at` on; fewer bytes only at the end of the file. */
  read: (into: Uint8Array, at: number) => Promise<number>
  state: () => Promise<FileState>
  close: () => Promise<void>
}

/**
 * @param wanted the sentence for what is no regular file and is not to be sent
 * @throws ERR_NOT_FOUND, ERR_USAGE (a folder, pipe or device), ERR_NOT_PERMITTED, ERR_STORE_IO
 */
export async function openRegularFile (path: string, wanted?: string): Promise<ReadableFile> {
  try {
    // Looked at before it is opened: opening a device can do things, and opening a pipe waits for its other end.
    assertRegular(path, await stat(path), wanted)
    const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
    try {
      assertRegular(path, await handle.stat(), wanted)
    } catch (error) {
      await handle.close()
      throw error
    }
    return {
      path,
      read: async (into, at) => await readFully(handle, into, at).catch((cause: unknown) => { throw readError(path, cause) }),
      async state () {
        const { size, mtimeMs } = await handle.stat()
        return { bytes: size, modifiedMs: mtimeMs }
      },
      close: async () => { await handle.close() }
    }
  } catch (cause) {
    throw readError(path, cause)
  }
}

function assertRegular (path: string, found: Stats, wanted?: string): void {
  if (found.isFile()) return
  if (wanted !== undefined) throw new P2pChatError('ERR_USAGE', `${path} is ${found.isDirectory() ? 'a folder' : 'no regular file'}. ${wanted}`)
  const what = found.isDirectory() ? 'is a folder; pack it into one file first, for example with tar or zip' : 'is no regular file, and only those can be sent'
  throw new P2pChatError('ERR_USAGE', `${path} ${what}.`)
}

function readError (path: string, cause: unknown): P2pChatError {
  if (cause instanceof P2pChatError) return cause
  switch (codeOf(cause)) {
    case 'ENOENT':
    case 'ENOTDIR': return new P2pChatError('ERR_NOT_FOUND', `There is no file ${path}.`, { cause })
    case 'EACCES':
    case 'EPERM': return new P2pChatError('ERR_NOT_PERMITTED', `${path} may not be read by this user; change its permissions or copy it.`, { cause })
    case 'ENAMETOOLONG':
    case 'ERR_INVALID_ARG_VALUE':
    case 'ELOOP': return new P2pChatError('ERR_USAGE', `${path} is no path that a file could be found under.`, { cause })
    default: return new P2pChatError('ERR_STORE_IO', `${path} could not be read: ${cause instanceof Error ? cause.message : String(cause)}.`, { cause })
  }
}

/** Said whenever a file is not what it was when its sending began. */
export function fileChanged (path: string): P2pChatError {
  return new P2pChatError('ERR_CONFLICT', `file changed: ${path} is not what it was when it was to be sent. Send it again.`)
}
