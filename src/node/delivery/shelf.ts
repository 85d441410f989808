/** Puts messages into the history, once each, and tells who listens. */
import { lpAll, sha256 } from '../../crypto/bytes.js'
import type { NodeEvent, Via } from '../chat-node.js'
import { findContact, putTalked } from '../contacts/contacts.js'
import { eventOf } from '../events/event-of.js'
import { addMessage, findMessage, type MessageRow } from '../history/messages.js'
import { toHex } from '../home/hex.js'
import type { Transaction } from '../home/lane.js'
import type { Clock, Logger } from '../../runtime.js'
import { bodyOf, withFile, type FileArrivals } from './body.js'
import type { ParsedPayload } from './payload.js'

export interface Arrived {
  /** username of the account that the sending device belongs to */
  sender: string
  /** the sending device in hex */
  device: string
  payload: ParsedPayload
  via: Via
  fromRemovedDevice: boolean
}

export interface ShelfComponents {
  /** After the commit: somebody is talked with who was not before. */
  welcomed: (username: string) => void
  clock: Clock
  logger: Logger
  username: string
  emit: (event: NodeEvent) => void
  /** Another device of this account wrote to someone this device does not know yet. */
  met: (username: string) => void
  files?: FileArrivals
}

export class Shelf {
  constructor (private readonly components: ShelfComponents) {}

  async putArrived (tx: Transaction, arrived: Arrived): Promise<void> {
    const { clock, logger, username } = this.components
    const { sender, payload } = arrived
    const own = sender === username
    const direct = payload.conversation ?? { from: sender, to: username }
    if (direct.from !== sender || (!own && direct.to !== username)) {
      logger.warn({ sender }, 'a message for a conversation that is not its sender\'s was refused')
      return
    }
    const id = toHex(payload.wireId)
    if (await findMessage(tx, sender, id) !== undefined) return
    const row = await addMessage(tx, {
      id,
      from: sender,
      to: direct.to,
      conversation: own ? direct.to : sender,
      // In a conversation of a kind that only later versions know it is none of this one's.
      body: payload.conversation === undefined || payload.groupId !== undefined ? { kind: 'unknown-content', content: payload.encoded } : bodyOf(payload),
      sentAtMs: payload.sentAtMs,
      receivedAtMs: clock.now(),
      via: arrived.via,
      read: own,
      origin: { device: arrived.device, sequence: payload.sequence },
      ...(arrived.fromRemovedDevice ? { fromRemovedDevice: true } : {})
    })
    await this.countAndTell(tx, await withFile(tx, row, arrived.device, this.components.files))
  }

  /** @param gap the messages of this device that will never arrive */
  async putGap (tx: Transaction, sender: string, device: string, gap: { first: number, missing: number }): Promise<void> {
    const { clock, username } = this.components
    const now = clock.now()
    const row = await addMessage(tx, {
      id: gapId(device, gap.first),
      from: sender,
      to: username,
      conversation: sender,
      body: { kind: 'gap', missing: gap.missing },
      sentAtMs: now,
      receivedAtMs: now,
      via: null,
      read: false,
      origin: { device, sequence: gap.first + gap.missing - 1 }
    })
    await this.countAndTell(tx, row)
  }

  private async countAndTell (tx: Transaction, row: MessageRow): Promise<void> {
    const contact = await findContact(tx, row.conversation)
    if (contact === undefined) tx.afterCommit(() => { this.components.met(row.conversation) })
    else putTalked(tx, row.conversation, { ...contact, lastMessageAtMs: row.receivedAtMs, unread: contact.unread + (row.read ? 0 : 1) }, this.components.welcomed)
    const event = eventOf(row, this.components.username)
    if (event !== undefined) tx.afterCommit(() => { this.components.emit(event) })
  }
}

/** As long as a message's, so that it can be named like one; no two gaps of a device begin at the same place. */
function gapId (device: string, first: number): string {
  return toHex(sha256(lpAll('gap', device, String(first))).slice(0, 16))
}
