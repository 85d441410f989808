/** The plaintext of a message: encoded and, when it comes from another device, checked field by field. */
import { P2pChatError } from '../../errors.js'
import { decode, encode } from '../../protocol/codec.js'
import { maxSealBytes, maxTextBytes } from '../../protocol/limits.js'
import { isUsername } from '../../protocol/names.js'
import { Content, Conversation, Payload } from '../../protocol/pb/content.js'

export interface ParsedPayload {
  /** 16 bytes */
  wireId: Uint8Array
  sequence: number
  lowestAlive: number
  record: { version: number, hash: Uint8Array }
  sentAtMs: number
  /** undefined for a conversation of a kind unknown to this version */
  conversation: { from: string, to: string } | undefined
  content: ParsedContent
}

export type ParsedContent =
  | { kind: 'text', text: string }
  | { kind: 'resend' }
  | { kind: 'hello' }
  | { kind: 'account-record', signed: Uint8Array }
  /** the encoded Content as it came */
  | { kind: 'unknown', content: Uint8Array }

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
}

/** @throws ERR_LIMIT when longer than maxTextBytes in UTF-8 */
export function encodeText (text: string): Uint8Array {
  const bytes = new TextEncoder().encode(text)
  if (bytes.byteLength > maxTextBytes) {
    throw new P2pChatError('ERR_LIMIT', `This text has ${bytes.byteLength} bytes; a text may have at most ${maxTextBytes} (limit maxTextBytes). Send it as several messages.`)
  }
  if (bytes.byteLength === 0) throw new P2pChatError('ERR_USAGE', 'There is no text to send.')
  // Half a surrogate pair is no UTF-8, which other implementations may insist on: it travels as U+FFFD.
  return encode(Content, { text: { text: bytes } })
}

export function encodeSystem (system: { resend: true } | { hello: true } | { accountRecord: Uint8Array }): Uint8Array {
  return encode(Content, { system })
}

export function encodeDirect (from: string, to: string): Uint8Array {
  return encode(Conversation, { direct: { from, to } })
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
    content: Content.decode(fields.content)
  })
}

/** @throws ERR_INVALID_RECORD */
export function parsePayload (bytes: Uint8Array): ParsedPayload {
  const payload = decode(Payload, bytes, maxSealBytes, 'A message')
  const direct = payload.conversation?.direct
  const valid = payload.messageId.byteLength === 16 && payload.sequence >= 1n && payload.lowestAlive >= 1n &&
    payload.lowestAlive <= payload.sequence && payload.recordVersion >= 1n && payload.recordHash.byteLength === 32 &&
    (direct === undefined || (isUsername(direct.from) && isUsername(direct.to)))
  const numbers = [payload.sequence, payload.lowestAlive, payload.recordVersion, payload.sentAtMs].map(Number)
  if (!valid || !numbers.every(Number.isSafeInteger)) throw new P2pChatError('ERR_INVALID_RECORD', 'A message with impossible fields was refused.')
  const [sequence = 0, lowestAlive = 0, version = 0, sentAtMs = 0] = numbers
  return {
    wireId: payload.messageId,
    sequence,
    lowestAlive,
    record: { version, hash: payload.recordHash },
    sentAtMs: Math.min(sentAtMs, maxDateMs),
    conversation: direct,
    content: parseContent(bytes, payload.content)
  }
}

// The last millisecond that an ISO date with a year of four digits can say.
const maxDateMs = Date.UTC(9999, 11, 31, 23, 59, 59, 999)

function parseContent (payload: Uint8Array, content: Content | undefined): ParsedContent {
  const text = content?.text === undefined ? undefined : decodeText(content.text.text)
  if (text !== undefined) return { kind: 'text', text }
  if (content?.system?.resend === true) return { kind: 'resend' }
  if (content?.system?.hello === true) return { kind: 'hello' }
  if (content?.system?.accountRecord !== undefined) return { kind: 'account-record', signed: content.system.accountRecord }
  // The decoder drops fields it does not know, so what is kept is the whole payload.
  return { kind: 'unknown', content: payload }
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
