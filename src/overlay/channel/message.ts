import { P2pChatError } from '../../errors.js'
import { Frame, type Failure } from '../../protocol/pb/channel.js'
import { maxAlternatives, maxMethodChars } from './limits.js'

/** What one frame says. */
export type Message =
  | { type: 'request', id: number, method: string, body: Uint8Array, timeoutMs: number }
  | { type: 'response', id: number, body: Uint8Array }
  | { type: 'failure', id: number, failure: Failure }
  | { type: 'cancel', id: number }
  | { type: 'notification', method: string, body: Uint8Array }

/** A field that this version does not know, with the id of nothing we wait for: ignored. */
export interface UnknownMessage { type: 'unknown' }

const DECODE_LIMITS = { limits: { failure: { alternatives: maxAlternatives } } }

export function encodeMessage (message: Message): Uint8Array {
  switch (message.type) {
    case 'request': return Frame.encode({ id: message.id, request: { method: message.method, body: plain(message.body), timeoutMs: message.timeoutMs } })
    case 'response': return Frame.encode({ id: message.id, response: plain(message.body) })
    case 'failure': return Frame.encode({ id: message.id, failure: message.failure })
    case 'cancel': return Frame.encode({ id: message.id, cancel: true })
    case 'notification': return Frame.encode({ notification: { method: message.method, body: plain(message.body) } })
  }
}

/** @throws ERR_INVALID_FRAME when it is no Frame, has two meanings, or an id where none belongs (or none where one does) */
export function decodeMessage (bytes: Uint8Array): Message | UnknownMessage {
  const frame = decode(bytes)
  const message = meaning(frame)
  if ((message.type === 'request' || message.type === 'notification') && message.method.length > maxMethodChars) throw invalid()
  if (message.type === 'unknown') return message
  if ((message.type === 'notification') !== (frame.id === 0)) throw invalid()
  return message
}

function meaning (frame: Frame): Message | UnknownMessage {
  const { id, request, response, failure, notification, cancel } = frame
  const given = [request, response, failure, notification, cancel].filter((field) => field !== undefined).length
  if (given > 1) throw invalid()
  if (request !== undefined) return { type: 'request', id, ...request }
  if (response !== undefined) return { type: 'response', id, body: response }
  if (failure !== undefined) return { type: 'failure', id, failure }
  if (notification !== undefined) return { type: 'notification', ...notification }
  if (cancel === true) return { type: 'cancel', id }
  return { type: 'unknown' }
}

function decode (bytes: Uint8Array): Frame {
  try {
    return Frame.decode(bytes, DECODE_LIMITS)
  } catch (cause) {
    throw invalid(cause)
  }
}

function invalid (cause?: unknown): P2pChatError {
  return new P2pChatError('ERR_INVALID_FRAME', 'A frame of the other side cannot be read.', { cause })
}

/** The encoder wants memory that is not shared; all of ours is so. */
function plain (bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes as Uint8Array<ArrayBuffer>
}
