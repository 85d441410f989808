/** Sending once more under an id of the caller's: the second time finds what the first has kept. */
import { P2pChatError } from '../../errors.js'
import { findMessage, isMessageId, type FileBody, type MessageBody, type MessageRow, type SentDetails } from '../history/messages.js'
import type { Reader } from '../home/lane.js'

/** What of a body is compared: a file that is read again has another key. */
export type Comparable = Exclude<MessageBody, FileBody> | Pick<FileBody, 'kind' | 'path' | 'name' | 'bytes' | 'caption'>

/** `id`: the caller's; `conversation`: where it goes */
export interface Given { id: string | undefined, from: string, conversation: string, body: Comparable }

/**
 * `messages`: how many would have the id
 *
 * @throws ERR_USAGE it is no id, or no one message's
 */
export function checkGivenId (id: string | undefined, messages: number): void {
  if (id === undefined) return
  if (!isMessageId(id)) throw new P2pChatError('ERR_USAGE', 'The id of a message has 32 digits of 0-9 and a-f.')
  if (messages > 1) throw new P2pChatError('ERR_USAGE', 'An id is that of one message: name one group.')
}

/**
 * What this device has sent already under a given id; undefined: nothing, or no id was given.
 *
 * @throws ERR_USAGE it is no id; ERR_CONFLICT something else has it, or somebody else was sent it
 */
export async function findGiven (reader: Reader, { id, from, conversation, body }: Given): Promise<MessageRow & { sent: SentDetails } | undefined> {
  if (id === undefined) return undefined
  checkGivenId(id, 1)
  const row = await findMessage(reader, from, id)
  if (row === undefined) return undefined
  const { sent } = row
  if (sent === undefined || row.conversation !== conversation || !isSame(row.body, body)) throw new P2pChatError('ERR_CONFLICT', 'Another message has this id: what is new needs an id of its own.')
  return { ...row, sent }
}

function isSame (sent: MessageBody, again: Comparable): boolean {
  if (sent.kind === 'text' && again.kind === 'text') return sent.text === again.text
  if (sent.kind !== 'file' || again.kind !== 'file') return false
  return sent.path === again.path && sent.name === again.name && sent.bytes === again.bytes && sent.caption === again.caption
}
