/**
 * What this device still owes to other devices. An entry exists from the moment a message is accepted until the other
 * device has said that it has it (or its time is over). Its sequence is its place in the chain to that device.
 */
import type { Reader, Transaction } from '../home/lane.js'
import { bytesTable, jsonTable, rememberedTable } from '../home/table.js'
import { maxEntriesAtOnce } from './limits.js'
import { firstOfEach, listSequences } from './sequences.js'

/** The chain of messages from this device to another. Its entries lie between what was delivered and what is next. */
export interface OutChain {
  username: string
  /** the next sequence to give out; 1 at the start */
  next: number
  deliveredThrough: number
  readThrough: number
  /** of the newest hello to the device, if there was one */
  hello?: number
}

export interface OutEntry {
  /** 32 hex digits: the history's message; empty for what is never shown */
  messageId: string
  /** 16 bytes: the wire's message id */
  wireId: Uint8Array
  /** encoded Content */
  content: Uint8Array
  /** encoded Conversation; empty for what belongs to none */
  conversation: Uint8Array
  sentAtMs: number
  /** Goes over a channel that is open, or into the mailbox: a group's keys are no reason to dial all its devices. */
  noDial?: true
  state: OutState
}

export type OutState =
  /** not sealed, or sealed and not handed over */
  | { kind: 'queued' }
  /** handed to the device itself; its answer did not come */
  | { kind: 'sent' }
  | { kind: 'stored', untilMs: number }

export interface NumberedEntry { sequence: number, entry: OutEntry }

/** A message that waits for the devices of its recipient to be known. */
export interface PendingMessage { messageId: string }

const chainTable = rememberedTable<OutChain>('out-chain')
const entryTable = jsonTable<OutEntry>('outbox')
const sealedTable = bytesTable('sealed')
const pendingTable = jsonTable<PendingMessage>('pending')

export async function findOutChain (reader: Reader, device: string): Promise<OutChain | undefined> {
  return await chainTable.get(reader, device)
}

export function putOutChain (tx: Transaction, device: string, chain: OutChain): void {
  chainTable.put(tx, chain, device)
}

export async function listOutChains (reader: Reader): Promise<Array<{ device: string, chain: OutChain }>> {
  const chains = await chainTable.list(reader, [])
  return chains.map(({ key, value }) => ({ device: key[0] ?? '', chain: value }))
}

/** How many entries there are, over all devices. */
export async function countEntries (reader: Reader): Promise<number> {
  return (await entryTable.keys(reader, [])).length
}

/** When the oldest message was written that is not with all its devices; what people do not see left out. */
export async function oldestEntryAtMs (reader: Reader): Promise<number | undefined> {
  let oldest: number | undefined
  for (const device of await devicesWithEntries(reader)) {
    const first = await firstMessage(reader, device)
    if (first !== undefined) oldest = Math.min(first.sentAtMs, oldest ?? first.sentAtMs)
  }
  return oldest
}

/** The first that people see: who writes to a device does it in the order of time. */
async function firstMessage (reader: Reader, device: string): Promise<OutEntry | undefined> {
  for (let after = 0; ;) {
    const page = await listEntries(reader, device, { after, limit: maxEntriesAtOnce })
    const first = page.find(({ entry }) => entry.messageId !== '')
    if (first !== undefined || page.length < maxEntriesAtOnce) return first?.entry
    after = page.at(-1)?.sequence ?? after
  }
}

/** What is owed to a device, from the oldest to the newest: what has expired in between, or was left out, is counted, too. */
export async function countOwed (reader: Reader, device: string): Promise<number> {
  const chain = await findOutChain(reader, device)
  const [oldest] = await listEntries(reader, device, { limit: 1 })
  return chain === undefined || oldest === undefined ? 0 : chain.next - oldest.sequence
}

/** Whether nothing more may be owed to a device. */
export async function isFull (reader: Reader, device: string, max: number): Promise<boolean> {
  const chain = await findOutChain(reader, device)
  // Mostly the chain alone says it: no look at the entries.
  return chain !== undefined && chain.next - chain.deliveredThrough > max && await countOwed(reader, device) >= max
}

/** Of the device that most is owed to. */
export async function mostOwed (reader: Reader): Promise<number> {
  let most = 0
  for (const device of await devicesWithEntries(reader)) most = Math.max(most, await countOwed(reader, device))
  return most
}

/** Puts an entry at the end of the chain to a device. */
export async function enqueue (tx: Transaction, device: string, username: string, content: Omit<OutEntry, 'state'>): Promise<NumberedEntry> {
  const chain = await findOutChain(tx, device) ?? { username, next: 1, deliveredThrough: 0, readThrough: 0 }
  const numbered: NumberedEntry = { sequence: chain.next, entry: { ...content, state: { kind: 'queued' } } }
  putOutChain(tx, device, { ...chain, next: chain.next + 1 })
  putEntry(tx, device, numbered)
  return numbered
}

/** Passes over a sequence of a chain: what comes after it tells the device that one is missing. */
export async function leaveOut (tx: Transaction, device: string): Promise<void> {
  const chain = await findOutChain(tx, device)
  if (chain !== undefined) putOutChain(tx, device, { ...chain, next: chain.next + 1 })
}

/** Entries of a chain in order. */
export async function listEntries (reader: Reader, device: string, options: { after?: number, before?: number, limit?: number } = {}): Promise<NumberedEntry[]> {
  const chain = await findOutChain(reader, device)
  if (chain === undefined) return []
  const { after = 0, before = chain.next, limit } = options
  const range = { after: Math.max(after, chain.deliveredThrough), before: Math.min(before, chain.next), ...(limit === undefined ? {} : { limit }) }
  return (await listSequences(entryTable, reader, device, range)).map(({ sequence, value }) => ({ sequence, entry: value }))
}

/** Entries that its chain says were delivered. */
export async function listDelivered (reader: Reader, device: string): Promise<NumberedEntry[]> {
  const before = ((await findOutChain(reader, device))?.deliveredThrough ?? 0) + 1
  return (await entryTable.list(reader, [device], { before })).map(({ key, value }) => ({ sequence: Number.parseInt(key[1] ?? '', 16), entry: value }))
}

export async function findEntry (reader: Reader, device: string, sequence: number): Promise<OutEntry | undefined> {
  return await entryTable.get(reader, device, sequence)
}

export function putEntry (tx: Transaction, device: string, { sequence, entry }: NumberedEntry): void {
  entryTable.put(tx, entry, device, sequence)
}

export function removeEntry (tx: Transaction, device: string, sequence: number): void {
  entryTable.delete(tx, device, sequence)
  sealedTable.delete(tx, device, sequence)
}

/** The envelope of an entry; the same bytes in every try. */
export async function findSealed (reader: Reader, device: string, sequence: number): Promise<Uint8Array | undefined> {
  return await sealedTable.get(reader, device, sequence)
}

export function putSealed (tx: Transaction, device: string, sequence: number, envelope: Uint8Array): void {
  sealedTable.put(tx, envelope, device, sequence)
}

export function removeSealed (tx: Transaction, device: string, sequence: number): void {
  sealedTable.delete(tx, device, sequence)
}

/** Devices with entries. */
export async function devicesWithEntries (reader: Reader): Promise<string[]> {
  return (await firstOfEach(entryTable, reader)).map(({ device }) => device)
}

export async function addPending (tx: Transaction, username: string, cursor: number, messageId: string): Promise<void> {
  pendingTable.put(tx, { messageId }, username, cursor)
}

export async function listPending (reader: Reader, username: string, limit?: number): Promise<Array<{ cursor: number, messageId: string }>> {
  const pending = await pendingTable.list(reader, [username], limit === undefined ? {} : { limit })
  return pending.map(({ key, value }) => ({ cursor: Number.parseInt(key[1] ?? '', 16), messageId: value.messageId }))
}

export function removePending (tx: Transaction, username: string, cursor: number): void {
  pendingTable.delete(tx, username, cursor)
}

export async function countPending (reader: Reader, username: string): Promise<number> {
  return (await pendingTable.keys(reader, [username])).length
}

/** Users for whom something waits. */
export async function usersWithPending (reader: Reader): Promise<string[]> {
  return [...new Set((await pendingTable.keys(reader, [])).map((key) => key[0] ?? ''))]
}
