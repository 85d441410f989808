import { join } from 'node:path'
import { P2pChatError } from '../../../errors.js'
import { isNameTooLong, type Disk } from '../disk.js'
import { shortNameBytes } from '../limits.js'
import { numberedName, safeFileName } from '../names.js'

export interface NameFileInit {
  disk: Disk
  folder: string
  /** its name so far */
  temporary: string
  /** the name that it should have: `cat.png` becomes `cat (2).png` where there is one */
  name: string
  /** Told of the name before anything is done under it: after a crash, what lies there is ours. */
  onName: (name: string) => Promise<void>
  beforeRename: () => Promise<void>
}

const maxNumber = 100_000

/** Gives the file its name, and never another file's: the name is taken by making an empty file that must be new. */
export async function nameFile (init: NameFileInit): Promise<string> {
  try {
    return await tryName(init)
  } catch (error) {
    if (!isNameTooLong(error)) throw error
    return await tryName({ ...init, name: safeFileName(init.name, shortNameBytes) }, shortNameBytes)
  }
}

async function tryName ({ disk, folder, temporary, name, onName, beforeRename }: NameFileInit, maxBytes?: number): Promise<string> {
  const taken = new Set((await disk.list(folder)).map((other) => other.normalize('NFC').toLowerCase()))
  for (let n = 1; n <= maxNumber; n++) {
    const wanted = numberedName(name, n, maxBytes)
    if (taken.has(wanted.toLowerCase())) continue
    await onName(wanted)
    const target = join(folder, wanted)
    const reserved = await disk.create(target)
    if (reserved === undefined) continue
    await reserved.close()
    await beforeRename()
    await disk.rename(join(folder, temporary), target)
    await disk.syncFolder(folder)
    return target
  }
  throw new P2pChatError('ERR_STORE_IO', `There are too many files named like ${name} in ${folder}.`)
}
