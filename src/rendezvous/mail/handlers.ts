/** The methods mailbox/*: one function each. */
import { equals } from 'uint8arrays/equals'
import { toString } from 'uint8arrays/to-string'
import { P2pChatError } from '../../errors.js'
import type { RequestHandler } from '../../overlay/network.js'
import { decode } from '../../protocol/codec.js'
import { maxEnvelopeBytes } from '../../protocol/limits.js'
import { EnvelopeKind } from '../../protocol/enums.js'
import { Envelope } from '../../protocol/pb/envelope.js'
import * as pb from '../../protocol/pb/service.js'
import { verifyMailboxAcknowledgement } from '../../records/index.js'
import type { Clock } from '../../runtime.js'
import type { Accounts } from '../accounts/index.js'
import type { Attachments } from '../directory/index.js'
import { assertBytes } from '../fields.js'
import { mailRequestCost, maxAcknowledgeBytes, maxReadBytes, maxReadEntries, maxSlotBytes, maxSmallBodyBytes } from '../limits.js'
import type { AppendOutcome, Mailboxes } from '../mailboxes/index.js'
import { method } from '../method.js'
import { asError } from '../outcome.js'
import type { Limiter } from '../rate/limiter.js'
import { toWire } from './pump.js'
import type { Pumps } from './pumps.js'
import type { ReceiptForwarder } from './receipt-forwarder.js'

export interface MailHandlersComponents {
  accounts: Accounts
  attachments: Attachments
  mailboxes: Mailboxes
  pumps: Pumps
  receipts: ReceiptForwarder
  clock: Clock
  /** by PeerId */
  reads: Limiter
  /** by sending device */
  envelopes: Limiter
  /** by sending device, in bytes */
  envelopeBytes: Limiter
}

const nothing = new Uint8Array(0)

export function mailHandlers (components: MailHandlersComponents): Record<string, RequestHandler> {
  return {
    'mailbox/append': append(components),
    'mailbox/read': read(components),
    'mailbox/subscribe': subscribe(components),
    'mailbox/acknowledge': acknowledge(components)
  }
}

function append ({ accounts, attachments, mailboxes, receipts, clock, envelopes, envelopeBytes }: MailHandlersComponents): RequestHandler {
  return method({
    request: pb.MailboxAppendRequest,
    response: pb.MailboxAppendResponse,
    maxBytes: maxEnvelopeBytes + 256,
    async answer (request, { channel }) {
      const sender = attachments.require(channel).deviceKey
      const { kind } = assertEnvelope(request, sender)
      const device = toString(sender, 'base16')
      envelopes.take(device)
      envelopeBytes.take(device, request.envelope.byteLength)
      // What lies in a slot is given again, as something newer, until it has arrived: it need not be kept for who is here.
      if (isReceipt(kind) && request.slot.byteLength > 0 && await receipts.forward(request.mailbox, request.envelope)) {
        return { replicas: 0, servers: 1, expiresAtMs: BigInt(clock.now()) }
      }
      if (!await accounts.hasDevice(request.mailbox)) throw new P2pChatError('ERR_NOT_FOUND', 'There is no such device, or no longer.')
      return stored(await mailboxes.append({ ...request, sender }))
    }
  })
}

function read ({ attachments, mailboxes, pumps, reads }: MailHandlersComponents): RequestHandler {
  return method({
    request: pb.MailboxReadRequest,
    response: pb.MailboxReadResponse,
    maxBytes: maxSmallBodyBytes,
    async answer ({ afterCursor, maxEntries, maxBytes }, { channel }) {
      const { deviceKey } = attachments.require(channel)
      reads.take(channel.remotePeer, mailRequestCost)
      if (afterCursor > BigInt(Number.MAX_SAFE_INTEGER) - 1n) throw new P2pChatError('ERR_INVALID_RECORD', 'That is not a cursor of this server.')
      const outcome = await mailboxes.read(deviceKey, {
        afterCursor: Number(afterCursor),
        maxEntries: Math.min(maxEntries === 0 ? maxReadEntries : maxEntries, maxReadEntries),
        maxBytes: Math.min(maxBytes === 0 ? maxReadBytes : maxBytes, maxReadBytes)
      })
      if (outcome.outcome !== 'read') throw asError(outcome)
      const last = outcome.entries.at(-1)
      if (last !== undefined) pumps.hasRead(channel, last.cursor)
      return { entries: outcome.entries.map(toWire), more: outcome.more }
    }
  })
}

function subscribe ({ attachments, pumps, reads }: MailHandlersComponents): RequestHandler {
  return async (_body, { channel }) => {
    const attachment = attachments.require(channel)
    reads.take(channel.remotePeer, mailRequestCost)
    pumps.start(attachment)
    return nothing
  }
}

function acknowledge ({ attachments, mailboxes, reads }: MailHandlersComponents): RequestHandler {
  return async (body, { channel }) => {
    const { deviceKey } = attachments.require(channel)
    reads.take(channel.remotePeer, mailRequestCost)
    if (body.byteLength > maxAcknowledgeBytes) throw new P2pChatError('ERR_LIMIT', `An acknowledgement of ${body.byteLength} bytes was refused: the limit is ${maxAcknowledgeBytes} bytes.`)
    const outcome = await mailboxes.acknowledge(deviceKey, verifyMailboxAcknowledgement(body, deviceKey), body)
    if (outcome.outcome !== 'acknowledged') throw asError(outcome)
    return nothing
  }
}

/** The envelope says the same as the request around it, and was sent by whoever asks. */
function assertEnvelope (request: pb.MailboxAppendRequest, sender: Uint8Array): Envelope {
  assertBytes(request.mailbox, 32, 'A mailbox')
  assertBytes(request.entryId, 16, 'An entry id')
  if (request.slot.byteLength > maxSlotBytes) throw new P2pChatError('ERR_LIMIT', `A slot of ${request.slot.byteLength} bytes was refused: the limit is ${maxSlotBytes} bytes.`)
  const envelope = decode(Envelope, request.envelope, maxEnvelopeBytes, 'An envelope')
  if (!equals(envelope.id, request.entryId) || !equals(envelope.recipientDevice, request.mailbox)) {
    throw new P2pChatError('ERR_INVALID_RECORD', 'An envelope and the request around it name different ids or recipients.')
  }
  if (!equals(envelope.senderDevice, sender)) throw new P2pChatError('ERR_NOT_PERMITTED', 'A device may only leave envelopes of its own.')
  return envelope
}

function isReceipt (kind: number): boolean {
  return kind === EnvelopeKind.RECEIPT || kind === EnvelopeKind.GROUP_RECEIPT
}

function stored (outcome: AppendOutcome): { replicas: number, servers: number, expiresAtMs: bigint } {
  switch (outcome.outcome) {
    case 'stored': return { replicas: outcome.replicas, servers: outcome.servers, expiresAtMs: BigInt(outcome.expiresAtMs) }
    case 'refused': throw new P2pChatError('ERR_LIMIT', `${refusal(outcome)}. Try again once it has fetched its mail.`, { retryAfterMs: outcome.retryAfterMs })
    default: throw asError(outcome)
  }
}

function refusal ({ limit, max }: Extract<AppendOutcome, { outcome: 'refused' }>): string {
  switch (limit) {
    case 'maxMailboxEntries': return `The mailbox of this device is full: ${max} messages (limit ${limit})`
    case 'maxMailboxBytes': return `The mailbox of this device is full: ${max} bytes (limit ${limit})`
    case 'maxMailboxEntriesPerSender': return `You have left ${max} messages for this device, which is all that you may now (limit ${limit})`
    case 'maxMailboxBytesPerSender': return `You have left as much for this device as you may now: ${max} bytes (limit ${limit})`
  }
}
