/** What those who were sent a file have said of it: that they have it, or do not want it. */
import type { Reader } from '../home/lane.js'
import type { Recipient } from './audience.js'
import type { OutTransfer } from './records.js'

export type Answer = 'done' | 'declined'

/** Undefined where nothing is to be noted: that one member of a group, or a device of one's own, does not want it says nothing of the file. */
export function answered (transfer: OutTransfer, { username, device }: Recipient, answer: Answer): OutTransfer | undefined {
  if (answer === 'done') return { ...transfer, done: [...new Set([...transfer.done, device])] }
  if (!transfer.messages.some(({ to }) => to === username)) return undefined
  return { ...transfer, declined: [...new Set([...transfer.declined, username])] }
}

/** Never of a group's file: its members do not answer to its sender. */
export async function haveAllAnswered (reader: Reader, transfer: OutTransfer, recipientsOf: (reader: Reader, message: OutTransfer['messages'][number]) => Promise<Recipient[]>): Promise<boolean> {
  for (const message of transfer.messages) {
    if (message.group !== undefined) return false
    const recipients = await recipientsOf(reader, message)
    if (recipients.length === 0 || !recipients.every((recipient) => hasAnswered(transfer, recipient))) return false
  }
  return true
}

/** All have answered, and none of them wants it. */
export function isDeclined ({ state, done, declined }: OutTransfer): boolean {
  return state.kind === 'done' && done.length === 0 && declined.length > 0
}

export function hasAnswered ({ done, declined }: OutTransfer, { username, device }: Recipient): boolean {
  return done.includes(device) || declined.includes(username)
}
