import { decode, encode } from '../../protocol/codec.js'
import { SUITE } from '../../protocol/ids.js'
import { maxEnvelopeBytes } from '../../protocol/limits.js'
import { EnvelopeKind } from '../../protocol/enums.js'
import { Envelope } from '../../protocol/pb/envelope.js'
import { isP2pChatError, P2pChatError } from '../../errors.js'
import type { Sealed } from '../sessions/sessions.js'

const KINDS: number[] = Object.values(EnvelopeKind)

export interface Route {
  /** Ed25519 device keys */
  senderDevice: Uint8Array
  recipientDevice: Uint8Array
}

/** @param id 16 random bytes @param accountRecord the sender's SignedRecord, for the first messages of a session */
export function encodeMessageEnvelope (route: Route, id: Uint8Array, sealed: Sealed, accountRecord: Uint8Array): Uint8Array {
  const { initiation } = sealed
  return encode(Envelope, {
    id,
    suite: SUITE,
    kind: EnvelopeKind.MESSAGE,
    ...route,
    sessionId: sealed.sessionId,
    ...(initiation === undefined ? {} : { initiation: { accountRecord, ...initiation } }),
    header: sealed.header,
    sealed: sealed.sealed
  })
}

export function encodeReceiptEnvelope (route: Route, id: Uint8Array, receipt: { sessionId: Uint8Array, sealed: Uint8Array }): Uint8Array {
  return encode(Envelope, { id, suite: SUITE, kind: EnvelopeKind.RECEIPT, ...route, ...receipt, header: new Uint8Array(0) })
}

/** One for all devices of a group. @param message an encoded GroupMessage */
export function encodeGroupEnvelope (senderDevice: Uint8Array, id: Uint8Array, message: Uint8Array): Uint8Array {
  return encode(Envelope, { ...groupEnvelope(id), kind: EnvelopeKind.GROUP_MESSAGE, senderDevice, recipientDevice: nothing, sealed: message })
}

/** @param receipt an encoded GroupReceipt */
export function encodeGroupReceiptEnvelope (route: Route, id: Uint8Array, receipt: Uint8Array): Uint8Array {
  return encode(Envelope, { ...groupEnvelope(id), kind: EnvelopeKind.GROUP_RECEIPT, ...route, sealed: receipt })
}

/** @throws ERR_LIMIT, ERR_INVALID_RECORD, ERR_UNSUPPORTED (another suite or kind: a later version reads it) */
export function decodeEnvelope (bytes: Uint8Array): Envelope {
  const envelope = decode(Envelope, bytes, maxEnvelopeBytes, 'An envelope')
  if (envelope.suite !== SUITE || !KINDS.includes(envelope.kind)) {
    throw new P2pChatError('ERR_UNSUPPORTED', `An envelope of cipher suite ${envelope.suite} and kind ${envelope.kind} is of a newer p2pchat: update this one.`)
  }
  if (envelope.id.byteLength !== 16 || envelope.senderDevice.byteLength !== 32 || !isWellFormed(envelope)) {
    throw new P2pChatError('ERR_INVALID_RECORD', 'A malformed envelope was refused.')
  }
  return envelope
}

/** Of a cipher suite or a kind that only a later version knows. */
export class LaterEnvelope {
  private constructor (readonly senderDevice: Uint8Array) {}

  /** @throws ERR_LIMIT, ERR_INVALID_RECORD */
  static from (bytes: Uint8Array): LaterEnvelope {
    return new LaterEnvelope(decode(Envelope, bytes, maxEnvelopeBytes, 'An envelope').senderDevice)
  }
}

/** Whether the bytes are an envelope of a receipt, for a session or a group. */
export function isReceipt (bytes: Uint8Array): boolean {
  try {
    const { kind } = decodeEnvelope(bytes)
    return kind === EnvelopeKind.RECEIPT || kind === EnvelopeKind.GROUP_RECEIPT
  } catch (error) {
    if (isP2pChatError(error)) return false
    throw error
  }
}

const nothing = new Uint8Array(0)

function groupEnvelope (id: Uint8Array): { id: Uint8Array, suite: number, sessionId: Uint8Array, header: Uint8Array } {
  return { id, suite: SUITE, sessionId: nothing, header: nothing }
}

/** What is for groups has no session and no header, and to all of its devices no recipient. */
function isWellFormed ({ kind, recipientDevice, sessionId, header, initiation }: Envelope): boolean {
  if (kind === EnvelopeKind.GROUP_MESSAGE || kind === EnvelopeKind.GROUP_RECEIPT) {
    const recipientBytes = kind === EnvelopeKind.GROUP_MESSAGE ? 0 : 32
    return recipientDevice.byteLength === recipientBytes && sessionId.byteLength === 0 && header.byteLength === 0 && initiation === undefined
  }
  return recipientDevice.byteLength === 32 && sessionId.byteLength === 16 && (initiation === undefined || initiation.ephemeralKey.byteLength === 32)
}
