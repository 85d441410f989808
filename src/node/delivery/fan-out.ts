/** From one message to an entry for each device that gets it: the recipient's, and the other devices of the sender. */
import { constantTimeEqual } from '../../crypto/bytes.js'
import type { VerifiedAccountRecord } from '../../records/index.js'
import type { DeviceState, MessageRow, SentDetails } from '../history/messages.js'
import { putMessage } from '../history/messages.js'
import { fromHex, toHex } from '../home/hex.js'
import type { Transaction } from '../home/lane.js'
import { enqueue, isFull, leaveOut, type NumberedEntry, type OutEntry } from './outbox.js'
import { contentOf } from './body.js'
import { maxOutboxEntries } from './limits.js'
import { encodeDirect } from './payload.js'
import { summarise } from './status.js'

export interface FanOut {
  /** this device */
  deviceKey: Uint8Array
  message: MessageRow & { sent: SentDetails }
  recipient: VerifiedAccountRecord
  own: VerifiedAccountRecord
  nowMs: number
}

/** An entry for one device, in hex. */
export interface Enqueued { device: string, numbered: NumberedEntry }

/** Enqueues the message for every device that has no entry for it yet; one that is owed too much does without, and will be told so, so that the others go on. */
export async function fanOut (tx: Transaction, { deviceKey, message, recipient, own, nowMs }: FanOut): Promise<Enqueued[]> {
  const entry = entryOf(message)
  const devices: Record<string, DeviceState> = { ...message.sent.devices }
  const enqueued: Enqueued[] = []
  for (const { deviceKey: key } of recipient.devices) {
    const hex = toHex(key)
    if (constantTimeEqual(key, deviceKey) || devices[hex] !== undefined) continue
    const hasNoRoom = await isFull(tx, hex, maxOutboxEntries)
    devices[hex] = { username: recipient.username, state: hasNoRoom ? 'expired' : 'queued', via: null, atMs: nowMs }
    if (hasNoRoom) await leaveOut(tx, hex)
    else enqueued.push({ device: hex, numbered: await enqueue(tx, hex, recipient.username, entry) })
  }
  if (recipient.username !== own.username && message.sent.copiedTo === undefined) {
    for (const { deviceKey: key } of own.devices) {
      const hex = toHex(key)
      if (constantTimeEqual(key, deviceKey)) continue
      if (await isFull(tx, hex, maxOutboxEntries)) await leaveOut(tx, hex)
      else enqueued.push({ device: hex, numbered: await enqueue(tx, hex, own.username, entry) })
    }
  }
  // A note to oneself on one's only device has arrived.
  const state = Object.keys(devices).length === 0 ? 'read' : summarise(Object.values(devices))
  putMessage(tx, { ...message, sent: { ...message.sent, state, devices, copiedTo: own.version } })
  return enqueued
}

export interface OwnCopies {
  message: MessageRow & { sent: SentDetails }
  /** devices of this account that did not get a copy yet, in hex */
  devices: string[]
  own: VerifiedAccountRecord
}

/** Enqueues a copy for other devices of this account that came to be known after the message was sent. */
export async function copyToOwn (tx: Transaction, { message, devices, own }: OwnCopies): Promise<void> {
  for (const hex of devices) await enqueue(tx, hex, own.username, entryOf(message))
  putMessage(tx, { ...message, sent: { ...message.sent, copiedTo: own.version } })
}

function entryOf (message: MessageRow): Omit<OutEntry, 'state'> {
  const content = contentOf(message.body) ?? new Uint8Array(0)
  return {
    messageId: message.id,
    wireId: fromHex(message.id),
    content,
    conversation: encodeDirect(message.from, message.conversation),
    sentAtMs: message.sentAtMs
  }
}
