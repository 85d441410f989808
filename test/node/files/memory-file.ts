import { P2pChatError } from '../../../src/errors.js'
import type { ReadableFile } from '../../../src/node/files/outgoing/regular-file.js'
import type { MemoryDisk } from './memory-disk.js'

/** A file of a disk in memory, as one that is to be sent. */
export async function openMemoryFile (disk: MemoryDisk, path: string): Promise<ReadableFile> {
  const file = await disk.open(path)
  if (file === undefined) throw new P2pChatError('ERR_NOT_FOUND', `There is no file ${path}.`)
  return {
    path,
    read: async (into, at) => await file.read(into, at),
    state: async () => ({ bytes: await disk.size(path) ?? 0, modifiedMs: 0 }),
    close: async () => { await file.close() }
  }
}
