/** The plaintext of a message: encoded and, when it comes from another device, checked field by field. */
import { P2pChatError } from '../../errors.js'
import { decode, encode } from '../../protocol/codec.js'
import { maxSealBytes, maxTextBytes } from '../../protocol/limits.js'
import { isUsername } from '../../protocol/names.js'
import type { GroupContent } from '../groups/types.js'
import { maxEpochStarts } from './limits.js'
import { Content, Conversation, Payload, type EpochStart as PbEpochStart } from '../../protocol/pb/content.js'

export interface ParsedPayload {
  /** 16 bytes */
  wireId: Uint8Array
  sequence: number
  lowestAlive: number
  record: { version: number, hash: Uint8Array }
  sentAtMs: number
  /** undefined for a conversation of a kind unknown to this version */
  conversation: { from: string, to: string } | undefined
  /** 32 bytes, of a message to a group */
  groupId?: Uint8Array
  /** of a message to a group, ascending; empty else */
  epochStarts: EpochStart[]
  content: ParsedContent
  /** as it came: the decoder drops fields that it does not know, and a later version may read them */
  encoded: Uint8Array
}

/** From which sequence on the sending device sent in an epoch. */
export interface EpochStart { epoch: number, first: number }

export type ParsedContent =
  | { kind: 'text', text: string }
  | { kind: 'resend' }
  /** nothing for this version, and nothing to be shown */
  | { kind: 'hello' }
  | { kind: 'account-record', signed: Uint8Array }
  | GroupContent
  /** an encoded Manifest */
  | { kind: 'file', manifest: Uint8Array }
  | { kind: 'file-report', fileId: Uint8Array, done: boolean }
  | { kind: 'unknown' }

export interface PayloadFields {
  wireId: Uint8Array
  sequence: number
  lowestAlive: number
  record: { version: number, hash: Uint8Array }
  sentAtMs: number
  /** an encoded Conversation; empty for none */
  conversation: Uint8Array
  /** an encoded Content */
  content: Uint8Array
  epochStarts?: EpochStart[]
}

/** @throws ERR_LIMIT when longer than maxTextBytes in UTF-8; ERR_USAGE when empty, or none, as plain JavaScript may give it */
export function encodeText (text: string): Uint8Array {
  if (typeof text !== 'string') throw new P2pChatError('ERR_USAGE', 'The text must be a string.')
  const bytes = new TextEncoder().encode(text)
  if (bytes.byteLength > maxTextBytes) {
    throw new P2pChatError('ERR_LIMIT', `This text has ${bytes.byteLength} bytes; a text may have at most ${maxTextBytes} (limit maxTextBytes). Send it as several messages.`)
  }
  if (bytes.byteLength === 0) throw new P2pChatError('ERR_USAGE', 'There is no text to send.')
  // Half a surrogate pair is no UTF-8, which other implementations may insist on: it travels as U+FFFD.
  return encode(Content, { text: { text: bytes } })
}

/** @param manifest encoded */
export function encodeFile (manifest: Uint8Array): Uint8Array {
  return encode(Content, { file: { manifest } })
}

export function encodeFileReport (fileId: Uint8Array, done: boolean): Uint8Array {
  return encode(Content, { fileReport: { fileId, done } })
}

export function encodeSystem (system: { resend: true } | { hello: true } | { accountRecord: Uint8Array }): Uint8Array {
  return encode(Content, { system })
}

export function encodeDirect (from: string, to: string): Uint8Array {
  return encode(Conversation, { direct: { from, to } })
}

export function encodeGroupConversation (groupId: Uint8Array): Uint8Array {
  return encode(Conversation, { groupId })
}

export function encodePayload (fields: PayloadFields): Uint8Array {
  return encode(Payload, {
    messageId: fields.wireId,
    sequence: BigInt(fields.sequence),
    lowestAlive: BigInt(fields.lowestAlive),
    recordVersion: BigInt(fields.record.version),
    recordHash: fields.record.hash,
    sentAtMs: BigInt(fields.sentAtMs),
    ...(fields.conversation.byteLength === 0 ? {} : { conversation: Conversation.decode(fields.conversation) }),
    content: Content.decode(fields.content),
    epochStarts: (fields.epochStarts ?? []).map(({ epoch, first }) => ({ epoch: BigInt(epoch), firstSequence: BigInt(first) }))
  })
}

/** @throws ERR_INVALID_RECORD */
export function parsePayload (bytes: Uint8Array): ParsedPayload {
  const payload = decode(Payload, bytes, maxSealBytes, 'A message')
  const { direct, groupId } = payload.conversation ?? {}
  const valid = payload.messageId.byteLength === 16 && payload.sequence >= 1n && payload.lowestAlive >= 1n &&
    payload.lowestAlive <= payload.sequence && payload.recordVersion >= 1n && payload.recordHash.byteLength === 32 &&
    (direct === undefined || (isUsername(direct.from) && isUsername(direct.to))) && (groupId === undefined || groupId.byteLength === 32) &&
    payload.epochStarts.every(isAfter)
  const starts = payload.epochStarts.flatMap(({ epoch, firstSequence }) => [epoch, firstSequence])
  const numbers = [payload.sequence, payload.lowestAlive, payload.recordVersion, payload.sentAtMs, ...starts].map(Number)
  if (!valid || !numbers.every(Number.isSafeInteger)) throw new P2pChatError('ERR_INVALID_RECORD', 'A message with impossible fields was refused.')
  const [sequence = 0, lowestAlive = 0, version = 0, sentAtMs = 0] = numbers
  return {
    wireId: payload.messageId,
    sequence,
    lowestAlive,
    record: { version, hash: payload.recordHash },
    sentAtMs: Math.min(sentAtMs, maxDateMs),
    conversation: direct,
    ...(groupId === undefined ? {} : { groupId }),
    // Its key is used by now: of more than this version tells, the newest are read.
    epochStarts: payload.epochStarts.slice(-maxEpochStarts).map(({ epoch, firstSequence }) => ({ epoch: Number(epoch), first: Number(firstSequence) })),
    content: parseContent(payload.content),
    encoded: bytes
  }
}

// The last millisecond that an ISO date with a year of four digits can say.
const maxDateMs = Date.UTC(9999, 11, 31, 23, 59, 59, 999)

/** Epochs and sequences are counted from 1, and rise. */
function isAfter ({ epoch, firstSequence }: PbEpochStart, i: number, starts: PbEpochStart[]): boolean {
  const before = starts[i - 1]
  return epoch > (before?.epoch ?? 0n) && firstSequence > (before?.firstSequence ?? 0n)
}

function parseContent (content: Content | undefined): ParsedContent {
  const text = content?.text === undefined ? undefined : decodeText(content.text.text)
  if (text !== undefined) return { kind: 'text', text }
  if (content?.system?.resend === true) return { kind: 'resend' }
  if (content?.system?.accountRecord !== undefined) return { kind: 'account-record', signed: content.system.accountRecord }
  // Also with a member of a later version: none of them is for people.
  if (content?.system !== undefined) return { kind: 'hello' }
  if (content?.file !== undefined) return { kind: 'file', manifest: content.file.manifest }
  if (content?.fileReport?.fileId.byteLength === 16) return { kind: 'file-report', ...content.fileReport }
  const group = content === undefined ? undefined : parseGroupContent(content)
  if (group !== undefined) return group
  return { kind: content?.notShown === true ? 'hello' : 'unknown' }
}

/** What the secret in it is worth is for the book to say. */
function parseGroupContent ({ groupEpoch, groupEpochRequest: request }: Content): GroupContent | undefined {
  if (groupEpoch !== undefined) return { kind: 'group-epoch', epoch: groupEpoch.epoch }
  if (request === undefined) return undefined
  const valid = request.groupId.byteLength === 32 && request.entryHash.byteLength === 32 && request.epoch >= 1n && request.epoch <= BigInt(Number.MAX_SAFE_INTEGER)
  return valid ? { kind: 'group-epoch-request', groupId: request.groupId, epoch: Number(request.epoch), entryHash: request.entryHash } : undefined
}

/** Undefined when it is too long or not UTF-8. */
function decodeText (bytes: Uint8Array): string | undefined {
  if (bytes.byteLength > maxTextBytes) return undefined
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}
