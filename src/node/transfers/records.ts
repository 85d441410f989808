/** What the home keeps of files on their way, beside what files/ keeps of their chunks. */
import { P2pChatError } from '../../errors.js'
import type { Reader, Transaction } from '../home/lane.js'
import { jsonTable } from '../home/table.js'

interface Named {
  /** of the message that carries the file */
  id: string
  to?: string
  group?: { id: string, name: string }
  name: string
  mime: string
  bytes: number
  atMs: number
}

export interface InTransfer extends Named {
  from: string
  /** the device that sent it, in hex */
  device: string
  own: boolean
  /** The user has accepted it. */
  asked?: true
  /** hex */
  fileId: string
  /** encoded; holds the key */
  manifest: Uint8Array
  state:
    | { kind: 'offered' }
    | { kind: 'active' }
    | { kind: 'paused' }
    | { kind: 'done', path: string }
    | { kind: 'declined' }
    | { kind: 'failed', code: string, message: string }
}

/** One file that was sent, in one message or in several. */
export interface OutTransfer {
  /** hex */
  fileId: string
  path: string
  name: string
  mime: string
  bytes: number
  atMs: number
  messages: Array<{ id: string, to?: string, group?: { id: string, name: string } }>
  /** devices in hex that have said that they have it */
  done: string[]
  /** usernames that do not want it */
  declined: string[]
  /** Set before anything of it is left in the pool, until it was removed there. */
  inPool?: true
  /** Set once all of it lies in the pool. */
  keptUntilMs?: number
  state:
    | { kind: 'active' }
    | { kind: 'paused' }
    | { kind: 'done' }
    | { kind: 'failed', code: string, message: string }
}

const inTable = jsonTable<InTransfer>('transfer-in')
/** from a sender and a file to the message */
const inFileTable = jsonTable<string>('transfer-in-file')
const outTable = jsonTable<OutTransfer>('transfer-out')
/** from a message to its file */
const outIdTable = jsonTable<string>('transfer-out-id')

export async function findIn (reader: Reader, id: string, from?: string): Promise<InTransfer | undefined> {
  if (from !== undefined) return await inTable.get(reader, id, from)
  return (await inTable.list(reader, [id], { limit: 1 }))[0]?.value
}

/** Those whose messages have this id; who keeps to the rules has one of his own. */
export async function listNamed (reader: Reader, id: string): Promise<InTransfer[]> {
  return (await inTable.list(reader, [id])).map(({ value }) => value)
}

/** @throws ERR_NOT_FOUND */
export async function requireIn (reader: Reader, id: string, from?: string): Promise<InTransfer> {
  const transfer = await findIn(reader, id, from)
  if (transfer === undefined) throw new P2pChatError('ERR_NOT_FOUND', 'There is no such file here. `p2pchat files` shows the ids.')
  return transfer
}

export function putIn (tx: Transaction, transfer: InTransfer): void {
  inTable.put(tx, transfer, transfer.id, transfer.from)
  inFileTable.put(tx, transfer.id, transfer.from, transfer.fileId)
}

/** By what its sender calls it. */
export async function findInByFile (reader: Reader, from: string, fileId: string): Promise<InTransfer | undefined> {
  const id = await inFileTable.get(reader, from, fileId)
  return id === undefined ? undefined : await findIn(reader, id, from)
}

export function deleteIn (tx: Transaction, { id, from, fileId }: InTransfer): void {
  inTable.delete(tx, id, from)
  inFileTable.delete(tx, from, fileId)
}

export async function listIn (reader: Reader): Promise<InTransfer[]> {
  return (await inTable.list(reader, [])).map(({ value }) => value)
}

/** By file id. */
export async function findOut (reader: Reader, fileId: string): Promise<OutTransfer | undefined> {
  return await outTable.get(reader, fileId)
}

/** By the id of a message that carries it. */
export async function findOutByMessage (reader: Reader, id: string): Promise<OutTransfer | undefined> {
  const fileId = await outIdTable.get(reader, id)
  return fileId === undefined ? undefined : await outTable.get(reader, fileId)
}

export function putOut (tx: Transaction, transfer: OutTransfer): void {
  outTable.put(tx, transfer, transfer.fileId)
  for (const { id } of transfer.messages) outIdTable.put(tx, transfer.fileId, id)
}

export function deleteOut (tx: Transaction, { fileId, messages }: OutTransfer): void {
  outTable.delete(tx, fileId)
  for (const { id } of messages) outIdTable.delete(tx, id)
}

export async function listOut (reader: Reader): Promise<OutTransfer[]> {
  return (await outTable.list(reader, [])).map(({ value }) => value)
}

/** Names a transfer on the disk: two senders may have given their messages the same id. */
export function landingId ({ id, from }: Pick<InTransfer, 'id' | 'from'>): string {
  return `${id}-${Buffer.from(from).toString('hex')}`
}
