/** Room on the disk for files that come in: a file begins when there is enough for it and for all others that were promised theirs. */
import { P2pChatError } from '../../../errors.js'
import type { Disk } from '../disk.js'
import { codeOf } from '../error-code.js'

const SHORT_OF_ROOM = 'ERR_SHORT_OF_ROOM'

export class Room {
  /** What is still missing of each file that is open, by its id. */
  readonly #promised = new Map<string, { folder: string, missingBytes: () => number }>()

  /**
   * Holds the room for a file until it is given back.
   *
   * @param keptBytes what is to be left on the disk beside it
   * @throws ERR_STORE_IO, which {@link isShortOfRoom} tells from what a disk says
   */
  async take (disk: Disk, { id, name, folder, missingBytes, keptBytes }: { id: string, name: string, folder: string, missingBytes: () => number, keptBytes: number }): Promise<void> {
    const freeBytes = await disk.freeBytes(folder)
    // From here on without a break, or two would be promised the same.
    const promisedBytes = [...this.#promised].reduce((sum, [other, promise]) => other !== id && promise.folder === folder ? sum + promise.missingBytes() : sum, 0)
    const neededBytes = missingBytes() + promisedBytes + keptBytes
    if (freeBytes < neededBytes) {
      const cause = Object.assign(new Error('There is no room.'), { code: SHORT_OF_ROOM })
      throw new P2pChatError('ERR_STORE_IO', `There is no room for ${name} in ${folder}: with what others need, and what is to stay free, ${neededBytes} bytes are needed and ${freeBytes} are there. Make room and accept it again.`, { cause })
    }
    this.#promised.set(id, { folder, missingBytes })
  }

  giveBack (id: string): void {
    this.#promised.delete(id)
  }
}

/** The disk takes what there is room for, and would take this file, too, if there were more. */
export function isShortOfRoom (error: unknown): boolean {
  return error instanceof P2pChatError && codeOf(error.cause) === SHORT_OF_ROOM
}
