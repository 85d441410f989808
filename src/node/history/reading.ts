/** How far a conversation was read: in the order in which its messages came here. */
import type { Transaction } from '../home/lane.js'
import { lastCursor, readConversation } from './messages.js'

export interface ReadState {
  unread: number
  /** all up to here was read; missing when that was never said */
  readCursor?: number
}

export interface NewlyRead {
  unread: number
  readCursor: number
  /** The highest sequence of a device's messages that are read now; infinite when all are, 0 when none is new. */
  sequenceOf: (from: string, device: string) => number
}

/** @param through the cursor of the last message that was read. Default: all were */
export async function readThrough (tx: Transaction, conversation: string, state: ReadState, through: number | undefined): Promise<NewlyRead> {
  if (through === undefined) return { unread: 0, readCursor: await lastCursor(tx), sequenceOf: () => Number.POSITIVE_INFINITY }
  const { unread, readCursor = 0 } = state
  const rows = await readConversation(tx, conversation, { limit: unread, after: readCursor, before: through + 1, filter: ({ read }) => !read })
  return {
    unread: unread - rows.length,
    readCursor: Math.max(readCursor, through),
    sequenceOf: (from, device) => rows.reduce((last, row) => (row.from === from && row.origin?.device === device ? Math.max(last, row.origin.sequence) : last), 0)
  }
}
