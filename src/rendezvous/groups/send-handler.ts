/** The method groups/send. */
import { equals } from 'uint8arrays/equals'
import { P2pChatError } from '../../errors.js'
import type { RequestHandler } from '../../overlay/network.js'
import { decode } from '../../protocol/codec.js'
import { maxDevices, maxEnvelopeBytes } from '../../protocol/limits.js'
import { EnvelopeKind } from '../../protocol/enums.js'
import { Envelope } from '../../protocol/pb/envelope.js'
import * as pb from '../../protocol/pb/service.js'
import { groupDevices, isGroupDevice, maxGroupMembers, type GroupState } from '../../records/group/index.js'
import type { Accounts } from '../accounts/index.js'
import type { Attachments } from '../directory/index.js'
import { assertBytes } from '../fields.js'
import { maxGroupSendBytes, maxSharedAtOnce } from '../limits.js'
import type { AppendOutcome, Mailboxes } from '../mailboxes/index.js'
import { method } from '../method.js'
import { asError } from '../outcome.js'
import type { Limiter } from '../rate/limiter.js'
import { verifyGroupMessageSender } from './group-message.js'
import { hexOf } from './group-registers.js'
import type { Asker, Groups } from './groups.js'
import type { MailIds } from './mail-ids.js'
import { assertGroupId } from './wire.js'

export interface SendHandlerComponents {
  groups: Groups
  accounts: Accounts
  attachments: Attachments
  mailboxes: Mailboxes
  mailIds: MailIds
  /** by sending device; shared with mailbox/append */
  envelopes: Limiter
  /** by sending device, in bytes, each message once; shared with mailbox/append */
  envelopeBytes: Limiter
  /** by sending device, one for each mailbox */
  copies: Limiter
}

interface Delivery {
  deviceKey: Uint8Array
  outcome: AppendOutcome
}

const maxExceptions = maxGroupMembers * maxDevices

export function sendHandler (components: SendHandlerComponents): RequestHandler {
  const { groups, attachments, mailboxes, mailIds, envelopes, envelopeBytes, copies } = components
  return method({
    request: pb.GroupSendRequest,
    response: pb.GroupSendResponse,
    maxBytes: maxGroupSendBytes,
    async answer (request, { channel }) {
      const asker = attachments.require(channel)
      const { groupId, entryId, envelope } = request
      const device = hexOf(asker.deviceKey)
      envelopes.take(device)
      envelopeBytes.take(device, envelope.byteLength)
      assertMessage(request, asker)
      const { state } = await groups.now(groupId)
      if (!isGroupDevice(state, asker.username, asker.deviceKey)) {
        throw new P2pChatError('ERR_NOT_PERMITTED', 'Only a member can send to a group, with a device that the group knows.')
      }
      const recipients = await recipientsOf(components, state, [asker.deviceKey, ...request.exceptDevices])
      copies.take(device, recipients.length)
      const mailId = await mailIds.of({ groupId, sender: asker.deviceKey, entryId })
      const deliveries: Delivery[] = []
      for (let at = 0; at < recipients.length; at += maxSharedAtOnce) {
        const some = recipients.slice(at, at + maxSharedAtOnce)
        const outcomes = await mailboxes.appendShared({ mailboxes: some, entryId: mailId, envelope, sender: asker.deviceKey })
        for (const [index, outcome] of outcomes.entries()) deliveries.push({ deviceKey: some[index] ?? asker.deviceKey, outcome })
      }
      return summary(deliveries)
    }
  })
}

/** Whatever else it is called by later versions: what matters here is that it is for all. */
const FOR_ONE: number[] = [EnvelopeKind.MESSAGE, EnvelopeKind.RECEIPT, EnvelopeKind.GROUP_RECEIPT]

/** The envelope says the same as the request around it, and was made for this group by whoever asks. */
function assertMessage ({ groupId, entryId, envelope, exceptDevices }: pb.GroupSendRequest, { username, deviceKey }: Asker): void {
  assertGroupId(groupId)
  assertBytes(entryId, 16, 'An entry id')
  if (exceptDevices.length > maxExceptions) {
    throw new P2pChatError('ERR_LIMIT', `At most ${maxExceptions} devices may be left out, as many as a group has, not ${exceptDevices.length}.`)
  }
  for (const device of exceptDevices) assertBytes(device, 32, 'A device key')
  const { id, kind, senderDevice, recipientDevice, sessionId, header, initiation, sealed } = decode(Envelope, envelope, maxEnvelopeBytes, 'An envelope')
  if (FOR_ONE.includes(kind) || recipientDevice.byteLength + sessionId.byteLength + header.byteLength > 0 || initiation !== undefined) {
    throw new P2pChatError('ERR_INVALID_RECORD', 'This is not the envelope of a group message.')
  }
  if (!equals(id, entryId)) throw new P2pChatError('ERR_INVALID_RECORD', 'An envelope and the request around it name different ids.')
  if (!equals(senderDevice, deviceKey)) throw new P2pChatError('ERR_NOT_PERMITTED', 'A device may only leave envelopes of its own.')
  const sender = verifyGroupMessageSender(sealed)
  if (!equals(sender.groupId, groupId)) throw new P2pChatError('ERR_INVALID_RECORD', 'A group message and the request around it name different groups.')
  if (!equals(sender.deviceKey, deviceKey) || sender.username !== username) throw new P2pChatError('ERR_NOT_PERMITTED', 'A device may only send messages of its own.')
}

/** Mailboxes of all members' devices, each once, without these; devices that their accounts list no more have none. */
async function recipientsOf ({ accounts }: SendHandlerComponents, state: GroupState, without: readonly Uint8Array[]): Promise<Uint8Array[]> {
  const left = new Map(groupDevices(state).map((device) => [hexOf(device.deviceKey), device]))
  for (const deviceKey of without) left.delete(hexOf(deviceKey))
  const known = await Promise.all([...left.values()].map(async ({ username, deviceKey }) => await accounts.lists(username, deviceKey) ? deviceKey : undefined))
  return known.filter((deviceKey) => deviceKey !== undefined)
}

/** @throws ERR_UNKNOWN_OUTCOME, ERR_OVERLOADED: the same request may be repeated */
function summary (deliveries: readonly Delivery[]): { replicas: number, servers: number, expiresAtMs: bigint, devices: number, refused: Array<{ deviceKey: Uint8Array, limit: string }> } {
  const stored: Array<Extract<AppendOutcome, { outcome: 'stored' }>> = []
  const refused: Array<{ deviceKey: Uint8Array, limit: string }> = []
  for (const { deviceKey, outcome } of deliveries) {
    switch (outcome.outcome) {
      case 'stored': stored.push(outcome); break
      case 'refused': refused.push({ deviceKey, limit: outcome.limit }); break
      default: throw asError(outcome)
    }
  }
  const least = (numbers: number[]): number => numbers.length === 0 ? 0 : Math.min(...numbers)
  return {
    replicas: least(stored.map(({ replicas }) => replicas)),
    servers: least(stored.map(({ servers }) => servers)),
    expiresAtMs: BigInt(least(stored.map(({ expiresAtMs }) => expiresAtMs))),
    devices: stored.length,
    refused
  }
}
