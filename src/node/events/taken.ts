/** How far those who listen have got: the home's one mark for all who give no name, and a mark for each name. */
import { P2pChatError } from '../../errors.js'
import type { Clock } from '../../runtime.js'
import { lastCursor } from '../history/messages.js'
import { stampNow, steadyNow } from '../home/home-time.js'
import type { Reader, Transaction } from '../home/lane.js'
import { jsonTable } from '../home/table.js'
import { consumerKeptMs, maxConsumers } from '../limits.js'

interface Mark {
  cursor: number
  /** when somebody last listened, or took something, under the name */
  usedMs: number
}

const homeTable = jsonTable<number>('events-taken')
const consumerTable = jsonTable<Mark>('events-consumer')

export async function homeTaken (reader: Reader): Promise<number> {
  return await homeTable.get(reader, 'cursor') ?? 0
}

/**
 * Where a consumer goes on: after `after` if it is given, else after what it has taken; a new one with what comes from now on.
 *
 * @throws ERR_USAGE the name cannot be one; ERR_LIMIT there are too many
 */
export async function beginConsumer (tx: Transaction, consumer: string, after: number | undefined, clock: Clock): Promise<number> {
  const mark = await findMark(tx, consumer, clock)
  const cursor = after ?? mark?.cursor ?? await lastCursor(tx)
  consumerTable.put(tx, { cursor: mark?.cursor ?? cursor, usedMs: await stampNow(tx, clock) }, consumer)
  return cursor
}

/** Marks never go back, nor behind the end of the log: a cursor of another home must not hide what is still to come. */
export async function noteTaken (tx: Transaction, consumer: string | undefined, named: number, clock: Clock): Promise<void> {
  const cursor = Math.min(named, await lastCursor(tx))
  if (consumer === undefined) {
    if (cursor > await homeTaken(tx)) homeTable.put(tx, cursor, 'cursor')
    return
  }
  const mark = await findMark(tx, consumer, clock)
  consumerTable.put(tx, { cursor: Math.max(cursor, mark?.cursor ?? 0), usedMs: await stampNow(tx, clock) }, consumer)
}

export async function countConsumers (reader: Reader): Promise<number> {
  return (await consumerTable.keys(reader, [])).length
}

/** Where there is none, there is room for one: those that nobody has used for long make it. */
async function findMark (tx: Transaction, consumer: string, clock: Clock): Promise<Mark | undefined> {
  if (!/^[a-z0-9._-]{1,64}$/.test(consumer)) throw new P2pChatError('ERR_USAGE', 'The name to listen under has 1 to 64 of a-z 0-9 . _ -')
  const mark = await consumerTable.get(tx, consumer)
  if (mark !== undefined) return mark
  const all = await consumerTable.list(tx, [])
  const steadyMs = await steadyNow(tx, clock)
  const unused = all.filter(({ value }) => value.usedMs < steadyMs - consumerKeptMs)
  if (all.length - unused.length >= maxConsumers) throw new P2pChatError('ERR_LIMIT', `${maxConsumers} names listen in this home; one that is not used for ${consumerKeptMs / 86_400_000} days makes room (limit maxConsumers).`)
  if (all.length >= maxConsumers) for (const { key: [name = ''] } of unused) consumerTable.delete(tx, name)
  return undefined
}
