/** Messages of people who have to be accepted first: kept apart from the history until then. */
import { P2pChatError } from '../../errors.js'
import type { Arrived } from '../delivery/shelf.js'
import type { Reader, Transaction } from '../home/lane.js'
import { rememberedTable } from '../home/table.js'
import { maxAsking, maxWaitingMessages } from './limits.js'

const table = rememberedTable<Arrived>('request')

/** Whether it is the first one of this person. @throws ERR_LIMIT too much waits already; the message stays where it came from */
export async function keepWaiting (tx: Transaction, arrived: Arrived): Promise<boolean> {
  const before = await waitingOf(tx, arrived.sender)
  if (before >= maxWaitingMessages) throw new P2pChatError('ERR_LIMIT', `${maxWaitingMessages} messages of this person wait to be accepted (limit maxWaitingMessages).`)
  if (before === 0 && (await asking(tx)).size >= maxAsking) throw new P2pChatError('ERR_LIMIT', `${maxAsking} people wait to be accepted (limit maxAsking).`)
  table.put(tx, arrived, arrived.sender, before + 1)
  return before === 0
}

/** They are numbered from 1 on. */
export async function isWaiting (reader: Reader, username: string): Promise<boolean> {
  return await table.get(reader, username, 1) !== undefined
}

export async function waitingOf (reader: Reader, username: string): Promise<number> {
  return (await table.keys(reader, [username])).length
}

/** Who asks, with how many messages. */
export async function asking (reader: Reader): Promise<Map<string, number>> {
  const counts = new Map<string, number>()
  for (const [username = ''] of await table.keys(reader, [])) counts.set(username, (counts.get(username) ?? 0) + 1)
  return counts
}

/** What waits of this person, in the order in which it came; it waits no longer. */
export async function takeWaiting (tx: Transaction, username: string): Promise<Arrived[]> {
  const rows = await table.list(tx, [username])
  for (const row of rows.keys()) table.delete(tx, username, row + 1)
  return rows.map(({ value }) => value)
}
