/**
 * What this device has sent to groups. A message waits until it can be sealed; from then on it has a sequence, and an
 * entry until every device that it is for has it, or its time is over. Its sealed bytes stay until it is stored.
 */
import type { Via } from '../../chat-node.js'
import type { EpochStart } from '../../delivery/payload.js'
import type { Reader, Transaction } from '../../home/lane.js'
import { bytesTable, jsonTable, type Table } from '../../home/table.js'
import { parseOrderedInteger } from '../../../store/keys.js'

/** This device's messages to a group. */
export interface OutState {
  /** the next sequence to give out; 1 at the start */
  next: number
  /** of the newest epochs it sent in */
  starts: EpochStart[]
  /** what is below was given up, or may be: nobody is to wait for it */
  floor?: number
}

export interface OutEntry {
  messageId: string
  epoch: number
  sealedAtMs: number
  state: GroupOutState
}

export type GroupOutState =
  /** not handed over */
  | { kind: 'sealed' }
  /** handed to some devices; there was no server for the others */
  | { kind: 'sent' }
  /** stored but for these devices, whose mailboxes are full */
  | { kind: 'partial', untilMs: number, full: string[] }
  | { kind: 'stored', untilMs: number }

/** Which message of the history a sequence is. */
export interface SentReference { messageId: string, epoch: number }

/** Devices in hex by username: who a message of an epoch is for, this device left out. */
export type Audience = Record<string, string[]>

/** An epoch in which this device spoke. */
export interface SpokenEpoch {
  /** of its messages */
  first: number
  /** when that one was sealed */
  sinceMs: number
  audience: Audience
}

/** What a device has said of this device's messages. */
export interface Mark { deliveredThrough: number, readThrough: number, via: Via, atMs: number }

/** Sequences whose counts are to be made anew. */
export interface Untallied { from: number, to: number }

const stateTable = jsonTable<OutState>('group-sender')
const waitTable = jsonTable<{ messageId: string }>('group-wait')
const entryTable = jsonTable<OutEntry>('group-out')
const sealedTable = bytesTable('group-sealed')
const sentTable = jsonTable<SentReference>('group-sent')
const spokenTable = jsonTable<SpokenEpoch>('group-audience')
const markTable = jsonTable<Mark>('group-mark')
const untalliedTable = jsonTable<Untallied>('group-untallied')

export async function findOutState (reader: Reader, id: string): Promise<OutState> {
  return await stateTable.get(reader, id) ?? { next: 1, starts: [] }
}

export function putOutState (tx: Transaction, id: string, state: OutState): void {
  stateTable.put(tx, state, id)
}

export function putWaiting (tx: Transaction, id: string, cursor: number, messageId: string): void {
  waitTable.put(tx, { messageId }, id, cursor)
}

export function removeWaiting (tx: Transaction, id: string, cursor: number): void {
  waitTable.delete(tx, id, cursor)
}

/** Messages that are not sealed yet, oldest first. */
export async function listWaiting (reader: Reader, id: string, limit: number): Promise<Array<{ cursor: number, messageId: string }>> {
  return (await waitTable.list(reader, [id], { limit })).map(({ key, value }) => ({ cursor: parseOrderedInteger(key[1] ?? ''), messageId: value.messageId }))
}

/** Messages that some device has not acknowledged yet. */
export async function countUnacknowledged (reader: Reader): Promise<number> {
  return (await waitTable.keys(reader, [])).length + (await entryTable.keys(reader, [])).length
}

/** Whether something is not stored for a group yet. */
export async function hasUnsent (reader: Reader, id: string): Promise<boolean> {
  const waiting = await waitTable.keys(reader, [id], { limit: 1 })
  return waiting.length > 0 || (await sealedTable.keys(reader, [id], { limit: 1 })).length > 0
}

/** Groups that something is not stored for yet. */
export async function groupsWithUnsent (reader: Reader): Promise<string[]> {
  return [...new Set([...await groupsIn(waitTable, reader), ...await groupsIn(sealedTable, reader)])]
}

export function putEntry (tx: Transaction, id: string, sequence: number, entry: OutEntry): void {
  entryTable.put(tx, entry, id, sequence)
}

export async function findEntry (reader: Reader, id: string, sequence: number): Promise<OutEntry | undefined> {
  return await entryTable.get(reader, id, sequence)
}

export function removeEntry (tx: Transaction, id: string, sequence: number): void {
  entryTable.delete(tx, id, sequence)
  sealedTable.delete(tx, id, sequence)
}

/** The lowest sequence that may still arrive anywhere. */
export async function lowestEntry (reader: Reader, id: string): Promise<number | undefined> {
  const [lowest] = await entryTable.keys(reader, [id], { limit: 1 })
  return lowest === undefined ? undefined : parseOrderedInteger(lowest[1] ?? '')
}

/** In order. */
export async function listEntries (reader: Reader, id: string, options: { after?: number, before?: number, limit: number }): Promise<Array<{ sequence: number, entry: OutEntry }>> {
  return (await entryTable.list(reader, [id], options)).map(({ key, value }) => ({ sequence: parseOrderedInteger(key[1] ?? ''), entry: value }))
}

export async function groupsWithEntries (reader: Reader): Promise<string[]> {
  return await groupsIn(entryTable, reader)
}

export function putSealed (tx: Transaction, id: string, sequence: number, envelope: Uint8Array): void {
  sealedTable.put(tx, envelope, id, sequence)
}

export function removeSealed (tx: Transaction, id: string, sequence: number): void {
  sealedTable.delete(tx, id, sequence)
}

/** Envelopes that are not stored for all yet, in order. */
export async function listSealed (reader: Reader, id: string, after: number, limit: number): Promise<Array<{ sequence: number, envelope: Uint8Array }>> {
  return (await sealedTable.list(reader, [id], { after, limit })).map(({ key, value }) => ({ sequence: parseOrderedInteger(key[1] ?? ''), envelope: value }))
}

/** Of what is not stored for all yet. */
export async function unsentSequences (reader: Reader, id: string): Promise<number[]> {
  return (await sealedTable.keys(reader, [id])).map(([, sequence = '']) => parseOrderedInteger(sequence))
}

export function putSent (tx: Transaction, id: string, sequence: number, reference: SentReference): void {
  sentTable.put(tx, reference, id, sequence)
}

export function removeSent (tx: Transaction, id: string, sequence: number): void {
  sentTable.delete(tx, id, sequence)
}

export async function listSent (reader: Reader, id: string, { from, to }: Untallied, limit: number): Promise<Array<SentReference & { sequence: number }>> {
  const sent = await sentTable.list(reader, [id], { after: from - 1, before: to + 1, limit })
  return sent.map(({ key, value }) => ({ sequence: parseOrderedInteger(key[1] ?? ''), ...value }))
}

/** Once for each epoch: within one, the devices that messages are for stay the same. */
export function putSpoken (tx: Transaction, id: string, epoch: number, spoken: SpokenEpoch): void {
  spokenTable.put(tx, spoken, id, epoch)
}

export async function findAudience (reader: Reader, id: string, epoch: number): Promise<Audience | undefined> {
  return (await spokenTable.get(reader, id, epoch))?.audience
}

/** The epochs in which this device spoke, oldest first. */
export async function spokenEpochs (reader: Reader, id: string): Promise<number[]> {
  return (await spokenTable.keys(reader, [id])).map(([, epoch = '']) => parseOrderedInteger(epoch))
}

/** The first sequence that is for a device, as far as it is known; undefined: none. */
export async function firstFor (reader: Reader, id: string, device: string): Promise<number | undefined> {
  for (const epoch of await spokenEpochs(reader, id)) {
    const spoken = await spokenTable.get(reader, id, epoch)
    if (spoken !== undefined && Object.values(spoken.audience).some((devices) => devices.includes(device))) return spoken.first
  }
  return undefined
}

/** The oldest epoch in which this device spoke, and the one in which it spoke next; undefined where there are no two. */
export async function oldestSpoken (reader: Reader, id: string): Promise<{ epoch: number, next: SpokenEpoch } | undefined> {
  const [epoch, after] = await spokenEpochs(reader, id)
  const next = after === undefined ? undefined : await spokenTable.get(reader, id, after)
  return epoch === undefined || next === undefined ? undefined : { epoch, next }
}

export function removeSpoken (tx: Transaction, id: string, epoch: number): void {
  spokenTable.delete(tx, id, epoch)
}

export async function groupsSpokenIn (reader: Reader): Promise<string[]> {
  return await groupsIn(spokenTable, reader)
}

/** The sequences of an epoch: none is given to two. */
export async function sequencesIn (reader: Reader, id: string, epoch: number): Promise<{ from: number, before: number }> {
  const [next] = await spokenTable.list(reader, [id], { after: epoch, limit: 1 })
  const { first } = await spokenTable.get(reader, id, epoch) ?? { first: 1 }
  return { from: first, before: next?.value.first ?? Number.MAX_SAFE_INTEGER }
}

export function putMark (tx: Transaction, id: string, device: string, mark: Mark): void {
  markTable.put(tx, mark, id, device)
}

export async function findMark (reader: Reader, id: string, device: string): Promise<Mark | undefined> {
  return await markTable.get(reader, id, device)
}

/** By device in hex. */
export async function listMarks (reader: Reader, id: string): Promise<Map<string, Mark>> {
  return new Map((await markTable.list(reader, [id])).map(({ key, value }) => [key[1] ?? '', value]))
}

export async function findUntallied (reader: Reader, id: string): Promise<Untallied | undefined> {
  return await untalliedTable.get(reader, id)
}

export function putUntallied (tx: Transaction, id: string, untallied: Untallied | undefined): void {
  if (untallied === undefined) untalliedTable.delete(tx, id)
  else untalliedTable.put(tx, untallied, id)
}

export async function groupsWithUntallied (reader: Reader): Promise<string[]> {
  return (await untalliedTable.keys(reader, [])).map(([id = '']) => id)
}

/** Groups that a table has rows of: one key of each is read. */
async function groupsIn (table: Pick<Table<unknown>, 'keys'>, reader: Reader): Promise<string[]> {
  const ids: string[] = []
  for (let after: string | undefined; ;) {
    const [key] = await table.keys(reader, [], { limit: 1, ...(after === undefined ? {} : { after }) })
    const id = key?.[0]
    if (id === undefined) return ids
    ids.push(id)
    // Behind every key of the group: `~` sorts after the slash.
    after = `${id}~`
  }
}
