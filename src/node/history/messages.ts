/** The history of a home: each message once, in the order in which this device learnt of it. */
import type { GroupChangeKind, MessageState, Via } from '../chat-node.js'
import type { Reader, Transaction } from '../home/lane.js'
import { jsonTable, rememberedTable } from '../home/table.js'
import { parseOrderedInteger, orderedInteger } from '../../store/keys.js'

export interface DeviceState { username: string, state: MessageState, via: Via | null, atMs: number }
export interface Step { state: MessageState, atMs: number, via?: Via, replicas?: number, servers?: number, untilMs?: number }

export interface MessageRow {
  /** 32 hex digits */
  id: string
  /** username; of a line about a group its conversation, as no message of a member may stand in that line's place */
  from: string
  /** of what is between two accounts */
  to?: string
  /** of what is in a group: its id in hex, and its name at the time */
  group?: { id: string, name: string }
  /** the other end's username, or {@link groupConversation} */
  conversation: string
  body: MessageBody
  sentAtMs: number
  receivedAtMs: number
  via: Via | null
  cursor: number
  read: boolean
  fromRemovedDevice?: true
  /** Set on what came: the device that sent it, in hex, and its place among what that one sends here. */
  origin?: { device: string, sequence: number }
  /** Set on what this device sent. */
  sent?: SentDetails
}

export type MessageBody =
  | { kind: 'text', text: string }
  /** the encoded Content, for a later version that knows its kind */
  | { kind: 'unknown-content', content: Uint8Array }
  | FileBody
  | { kind: 'gap', missing: number }
  /** `device`: as users name it */
  | { kind: 'device-added', device: string, label: string, text: string }
  | { kind: 'group-change', change: GroupChangeKind | 'forked' | 'refused' | 'wrong-key' | 'identity' | 'hidden' | 'unsupported' | 'invited', by: string | null, users: string[], text: string }

export interface FileBody {
  kind: 'file'
  /** encoded; holds the key */
  manifest: Uint8Array
  /** as it lies here, once it does */
  name: string
  mime: string
  bytes: number
  sha256: string
  caption: string
  /** where it lies, or what was sent */
  path: string | null
  status: 'sent' | 'offered' | 'coming' | 'landed' | 'declined' | 'failed'
  /** where the log tells that it has landed */
  landedCursor?: number
}

export interface MemberCounts { delivered: number, read: number, of: number }

export interface SentDetails {
  state: MessageState
  steps: Step[]
  /** by device key in hex: the devices of the recipient */
  devices: Record<string, DeviceState>
  /** version of the own account record whose other devices were given a copy */
  copiedTo?: number
  /** of a message to a group: how many of its members have it, this account left out */
  members?: MemberCounts
  /** of a message to a group, once it is sealed: its place among those of this device, and the epoch */
  place?: { sequence: number, epoch: number }
}

interface Reference { from: string, id: string }

/** The shelf that has each message once. */
export const MESSAGE_SHELF = 'message'

const messageTable = jsonTable<MessageRow>('message')
const logTable = jsonTable<Reference>('log')
const idTable = jsonTable<true>('message-id')
const conversationTable = jsonTable<Reference>('conversation')
const counterTable = rememberedTable<number>('counter')

/** Where a group's messages are listed: a key that no username is like. */
export function groupConversation (id: string): string {
  return `group:${id}`
}

/** Whether it may be the id of a message: 16 bytes in hexadecimal. */
export function isMessageId (id: string): boolean {
  return /^[0-9a-f]{32}$/.test(id)
}

export async function findMessage (reader: Reader, from: string, id: string): Promise<MessageRow | undefined> {
  return await messageTable.get(reader, from, id)
}

/** Adds a message at the end of the log. The caller made sure that it is not there yet. */
export async function addMessage (tx: Transaction, row: Omit<MessageRow, 'cursor'>): Promise<MessageRow> {
  const cursor = await lastCursor(tx) + 1
  counterTable.put(tx, cursor, 'cursor')
  const stored: MessageRow = { ...row, cursor }
  const reference: Reference = { from: row.from, id: row.id }
  messageTable.put(tx, stored, row.from, row.id)
  idTable.put(tx, true, row.id, row.from)
  logTable.put(tx, reference, cursor)
  conversationTable.put(tx, reference, row.conversation, cursor)
  return stored
}

export function putMessage (tx: Transaction, row: MessageRow): void {
  messageTable.put(tx, row, row.from, row.id)
}

/** The cursor of the newest entry of the log; 0 when it is empty. */
export async function lastCursor (reader: Reader): Promise<number> {
  return await counterTable.get(reader, 'cursor') ?? 0
}

/** Tells of a message once more, at the end of the log. Returns the cursor. */
export async function addToLog (tx: Transaction, { from, id }: MessageRow): Promise<number> {
  const cursor = await lastCursor(tx) + 1
  counterTable.put(tx, cursor, 'cursor')
  logTable.put(tx, { from, id }, cursor)
  return cursor
}

export interface LogEntry { cursor: number, row: MessageRow }

/** Log entries after a cursor, oldest first. */
export async function readLog (reader: Reader, after: number, limit: number): Promise<LogEntry[]> {
  const entries = await logTable.list(reader, [], { after, limit })
  const rows = await Promise.all(entries.map(async ({ value }) => await findMessage(reader, value.from, value.id)))
  return rows.flatMap((row, n) => row === undefined ? [] : [{ cursor: parseOrderedInteger(entries[n]!.key[0] ?? ''), row }])
}

export interface ConversationQuery {
  limit: number
  /** only what came before this cursor */
  before?: number
  /** … and after this one */
  after?: number
  /** only what this accepts */
  filter?: (row: MessageRow) => boolean
  /** With a filter that accepts nothing older: it is not looked on where all that is read came here before. */
  sinceMs?: number
}

// Rows looked at in one go while searching.
const searchPage = 200

/** The newest entries of a conversation that fit the query, oldest first. */
export async function readConversation (reader: Reader, conversation: string, query: ConversationQuery): Promise<MessageRow[]> {
  const found: MessageRow[] = []
  let before = query.before
  while (found.length < query.limit) {
    const pageSize = query.filter === undefined ? query.limit - found.length : searchPage
    const entries = await conversationTable.list(reader, [conversation], { limit: pageSize, reverse: true, ...(before === undefined ? {} : { before }), ...(query.after === undefined ? {} : { after: query.after }) })
    const rows = await resolve(reader, entries)
    found.push(...rows.filter(query.filter ?? (() => true)))
    if (entries.length < pageSize || rows.every(({ receivedAtMs }) => receivedAtMs < (query.sinceMs ?? 0))) break
    before = parseOrderedInteger(entries.at(-1)?.key[1] ?? '')
  }
  return found.slice(0, query.limit).reverse()
}

/**
 * Finds a message by its id, which is its sender's choice: among those of a conversation, if one is named and has it, those
 * that `from` sent, or else, the first that came, of all.
 */
export async function findById (reader: Reader, from: string, id: string, conversation?: string): Promise<MessageRow | undefined> {
  const own = await findMessage(reader, from, id)
  if (own !== undefined && (conversation === undefined || own.conversation === conversation)) return own
  const found = await Promise.all((await idTable.keys(reader, [id])).map(async ([, sender = '']) => await findMessage(reader, sender, id)))
  const rows = found.filter((row) => row !== undefined).sort((a, b) => a.cursor - b.cursor)
  return rows.find((row) => row.conversation === conversation) ?? own ?? rows[0]
}

/** The cursor in its text form; undefined for other text. */
export function cursorIn (text: string): number | undefined {
  const cursor = /^[0-9a-f]{14}$/.test(text) ? Number.parseInt(text, 16) : Number.NaN
  return Number.isSafeInteger(cursor) ? cursor : undefined
}

export function formatCursor (cursor: number): string {
  return orderedInteger(cursor)
}

/** Whether a key of the store is that of a message, and not of a line about a group. */
export function isMessageKey (key: string): boolean {
  return key.startsWith(`${MESSAGE_SHELF}/`) && !key.startsWith(`${MESSAGE_SHELF}/${groupConversation('')}`)
}

async function resolve (reader: Reader, entries: Array<{ value: Reference }>): Promise<MessageRow[]> {
  const rows = await Promise.all(entries.map(async ({ value }) => await findMessage(reader, value.from, value.id)))
  return rows.filter((row): row is MessageRow => row !== undefined)
}
