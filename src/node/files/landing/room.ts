/** Whether a file has room on the disk, before anything is made of it. */
import { P2pChatError } from '../../../errors.js'
import type { Disk } from '../disk.js'
import { codeOf } from '../error-code.js'
import { minFreeBytes } from '../limits.js'

const SHORT_OF_ROOM = 'ERR_SHORT_OF_ROOM'

/** @throws ERR_STORE_IO, which {@link isShortOfRoom} tells from what a disk says */
export async function assertRoom (disk: Disk, { name }: { name: string }, folder: string, missingBytes: number): Promise<void> {
  const neededBytes = missingBytes + minFreeBytes
  const freeBytes = await disk.freeBytes(folder)
  if (freeBytes >= neededBytes) return
  const cause = Object.assign(new Error('There is no room.'), { code: SHORT_OF_ROOM })
  throw new P2pChatError('ERR_STORE_IO', `There is no room for ${name} in ${folder}: it needs ${neededBytes} bytes and ${freeBytes} are free. Make room and try again.`, { cause })
}

/** The disk takes what there is room for, and would take this file, too, if there were more. */
export function isShortOfRoom (error: unknown): boolean {
  return error instanceof P2pChatError && codeOf(error.cause) === SHORT_OF_ROOM
}
