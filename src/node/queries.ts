/** What a home can tell without asking anybody. */
import { P2pChatError } from '../errors.js'
import { mailRetentionMs, maxDevices, maxMailboxBytes, maxMailboxEntries, maxOneTimePrekeys, maxTextBytes } from '../protocol/limits.js'
import { parseUsername } from '../protocol/names.js'
import type { BlobQuota } from '../protocol/pb/blob.js'
import { maxGroupMembers, parseGroupName } from '../records/group/index.js'
import type { ContactInfo, HistoryEntry, HistoryRequest, LimitInfo, MessageTrace } from './chat-node.js'
import { listContacts } from './contacts/contacts.js'
import { maxAsking, maxWaitingMessages } from './contacts/limits.js'
import { asking } from './contacts/requests.js'
import { iso } from './events/event-of.js'
import { countConsumers } from './events/taken.js'
import { maxCaptionBytes, maxFileBytes } from './files/limits.js'
import { cursorIn, findById, groupConversation, isMessageId, readConversation, type MessageBody, type MessageRow } from './history/messages.js'
import { historyEntry, messageTrace, recipient } from './history/view.js'
import type { Reader } from './home/lane.js'
import { defaultHistoryEntries, maxConsumers, maxHistoryEntries } from './limits.js'
import { mostKept } from './delivery/in-chain.js'
import { maxHeldBytes, maxOutboxEntries, maxParkedBytes } from './delivery/limits.js'
import { countEntries, mostOwed } from './delivery/outbox.js'
import { countUnacknowledged, groupTrace } from './groups/talk/index.js'

/** Who was talked with, asks to be, or was decided about; the newest first. */
export async function contactsOf (reader: Reader, isOnline: (username: string) => boolean): Promise<ContactInfo[]> {
  const waiting = await asking(reader)
  const contacts = (await listContacts(reader)).filter(({ username, contact }) => contact.talked || contact.decision !== undefined || waiting.has(username))
  contacts.sort((a, b) => (b.contact.lastMessageAtMs ?? 0) - (a.contact.lastMessageAtMs ?? 0))
  return contacts.map(({ username, contact }) => ({
    username,
    online: isOnline(username),
    unread: contact.unread,
    identity: contact.identity,
    lastMessageAt: contact.lastMessageAtMs === null ? null : iso(contact.lastMessageAtMs),
    standing: contact.decision === 'blocked' ? 'blocked' : waiting.has(username) ? 'asking' : 'accepted',
    waiting: waiting.get(username) ?? 0
  }))
}

/** Names of the groups that this account is, or was, in. */
export interface GroupNames {
  findByName: (reader: Reader, name: string) => Promise<{ id: string, name: string } | undefined>
}

const noGroups: GroupNames = { findByName: async () => undefined }

/** @throws ERR_NOT_FOUND (`before` names no message; no such group), ERR_USAGE */
export async function historyOf (reader: Reader, self: string, request: HistoryRequest, groups: GroupNames = noGroups): Promise<HistoryEntry[]> {
  const { conversation, group } = await conversationOf(reader, request, groups)
  const limit = request.limit ?? defaultHistoryEntries
  if (!Number.isSafeInteger(limit) || limit < 1 || limit > maxHistoryEntries) {
    throw new P2pChatError('ERR_USAGE', `The number of entries must be 1 to ${maxHistoryEntries}.`)
  }
  const before = request.before === undefined ? undefined : cursorIn(request.before) ?? (await requireMessage(reader, self, request.before, conversation)).cursor
  const words = folded(request.search ?? '').split(/\s+/).filter((word) => word !== '')
  const filter = (row: MessageRow): boolean => {
    const text = folded(wordsOf(row.body))
    return words.every((word) => text.includes(word))
  }
  const rows = await readConversation(reader, conversation, {
    limit,
    ...(before === undefined ? {} : { before }),
    ...(words.length === 0 ? {} : { filter })
  })
  // A group is shown by the name that it has now, also in what came before it was renamed.
  return rows.map((row) => historyEntry(group === undefined ? row : { ...row, group }))
}

/** Text as it is compared: systems write one accent in two ways, and people leave it out. */
function folded (text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
}

function wordsOf (body: MessageBody): string {
  if (body.kind === 'file') return `${body.name} ${body.caption}`
  return 'text' in body ? body.text : ''
}

/** Where the messages with a user, or of a group, are. @throws ERR_USAGE, ERR_INVALID_NAME, ERR_NOT_FOUND */
async function conversationOf (reader: Reader, request: Pick<HistoryRequest, 'user' | 'group'>, groups: GroupNames): Promise<{ conversation: string, group?: { id: string, name: string } }> {
  if ((request.user === undefined) === (request.group === undefined)) throw new P2pChatError('ERR_USAGE', 'Name either a user or a group.')
  if (request.user !== undefined) return { conversation: parseUsername(request.user) }
  const { id, name } = await requireGroup(reader, request.group ?? '', groups)
  return { conversation: groupConversation(id), group: { id, name } }
}

/** @throws ERR_INVALID_NAME, ERR_NOT_FOUND */
async function requireGroup (reader: Reader, name: string, groups: GroupNames): Promise<{ id: string, name: string }> {
  const group = await groups.findByName(reader, parseGroupName(name))
  if (group === undefined) throw new P2pChatError('ERR_NOT_FOUND', `You have not been in a group ${name}. \`p2pchat groups --mine\` lists yours.`)
  return group
}

/** @throws ERR_NOT_FOUND */
export async function traceOf (reader: Reader, self: string, id: string): Promise<MessageTrace> {
  const row = await requireMessage(reader, self, id)
  if (row.sent !== undefined) return { ...messageTrace(row, row.sent), ...await groupTrace(reader, row) }
  return { id: row.id, ...recipient(row), state: 'delivered', steps: [{ state: 'delivered', at: iso(row.receivedAtMs), ...(row.via === null ? {} : { via: row.via }) }], devices: [] }
}

/** Messages of this device that other devices have not acknowledged yet. */
export async function countQueued (reader: Reader): Promise<number> {
  return await countEntries(reader) + await countUnacknowledged(reader)
}

/** @param known what is not in the home: the account's devices, and what a server says of its files; null: nobody can say now */
export async function limitsOf (reader: Reader, known: { devices: number | null, quota: BlobQuota | null }): Promise<LimitInfo[]> {
  const { heldBytes, parkedBytes } = await mostKept(reader)
  const people = (await asking(reader)).size
  return [
    { name: 'maxTextBytes', unit: 'bytes', used: null, max: maxTextBytes, reason: 'One text is sealed under one key, 64 KiB with framing and padding.' },
    { name: 'maxCaptionBytes', unit: 'bytes', used: null, max: maxCaptionBytes, reason: 'With the preview of its file it has to fit into one message.' },
    { name: 'maxFileBytes', unit: 'bytes', used: null, max: maxFileBytes, reason: 'The hashes of its chunks are kept while it is sent: 2 MiB of a file of this size.' },
    { name: 'maxDevices', unit: 'devices', used: known.devices, max: maxDevices, reason: 'A message is sealed once for each device.' },
    { name: 'maxGroupMembers', unit: 'members', used: null, max: maxGroupMembers, reason: 'Each new key of a group is sealed for every device of every member.' },
    { name: 'maxAsking', unit: 'people', used: people, max: maxAsking, reason: 'Who waits to be accepted. What others write stays with the servers meanwhile.' },
    { name: 'maxWaitingMessages', unit: 'messages', used: null, max: maxWaitingMessages, reason: 'Of each person that waits to be accepted.' },
    { name: 'maxMailboxEntries', unit: 'messages', used: null, max: maxMailboxEntries, reason: 'Kept by the servers for each device that is offline.' },
    { name: 'maxMailboxBytes', unit: 'bytes', used: null, max: maxMailboxBytes, reason: 'Kept by the servers for each device that is offline.' },
    { name: 'mailRetentionMs', unit: 'ms', used: null, max: mailRetentionMs, reason: 'Mail that nobody fetches is deleted after 30 days.' },
    { name: 'maxOneTimePrekeys', unit: 'prekeys', used: null, max: maxOneTimePrekeys, reason: 'First messages to a device that is offline take one each.' },
    { name: 'maxOutboxEntries', unit: 'messages', used: Math.min(await mostOwed(reader), maxOutboxEntries), max: maxOutboxEntries, reason: 'What waits here for one device of somebody; used: for the one with most. A message that waits for all of their devices is refused then.' },
    { name: 'maxConsumers', unit: 'names', used: await countConsumers(reader), max: maxConsumers, reason: 'Each name of `listen --as` has a mark of its own; unused for long, it makes room.' },
    { name: 'maxHeldBytes', unit: 'bytes', used: heldBytes, max: maxHeldBytes, reason: 'Messages of one device that wait for an earlier one; used: of the device with most. More stays with the servers.' },
    { name: 'maxParkedBytes', unit: 'bytes', used: parkedBytes, max: maxParkedBytes, reason: 'Messages of one device that cannot be read yet; used: of the device with most. More is not taken.' },
    ...known.quota === null ? [] : fileLimits(known.quota)
  ]
}

/** Those of the pool, as a server says them. */
function fileLimits ({ maxBlobBytes, maxBlobs, usedBlobs, maxBytes, usedBytes }: BlobQuota): LimitInfo[] {
  return [
    { name: 'maxBlobBytes', unit: 'bytes', used: null, max: Number(maxBlobBytes), reason: 'The largest file that the servers keep for who is offline, sealed.' },
    { name: 'maxBlobsPerAccount', unit: 'files', used: usedBlobs, max: maxBlobs, reason: 'Files of this account that the servers keep.' },
    { name: 'maxBlobBytesPerAccount', unit: 'bytes', used: Number(usedBytes), max: Number(maxBytes), reason: 'Files of this account that the servers keep, with what keeping them costs.' }
  ]
}

async function requireMessage (reader: Reader, self: string, id: string, conversation?: string): Promise<MessageRow> {
  const row = isMessageId(id) ? await findById(reader, self, id, conversation) : undefined
  if (row === undefined) throw new P2pChatError('ERR_NOT_FOUND', 'There is no such message here. `p2pchat history USER --json` shows the ids.')
  return row
}
