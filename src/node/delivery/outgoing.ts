/** Messages on their way out, until there is an entry in the outbox for each device that gets them. */
import { isP2pChatError } from '../../errors.js'
import type { VerifiedAccountRecord } from '../../records/index.js'
import type { Clock, Random } from '../../runtime.js'
import type { NodeEvent } from '../chat-node.js'
import { assertIdentity, findContact, findRecord, putContact } from '../contacts/contacts.js'
import type { Directory } from '../contacts/directory.js'
import { addMessage, findMessage, readConversation, type MessageRow, type SentDetails } from '../history/messages.js'
import { toHex } from '../home/hex.js'
import type { Lane, Transaction } from '../home/lane.js'
import { fanOut } from './fan-out.js'
import { maxOverlapMessages, newDeviceOverlapMs, recordFreshMs } from './limits.js'
import { addPending, listPending, removePending } from './outbox.js'
import { encodeText } from './payload.js'
import type { Progress } from './progress.js'

export interface OutgoingComponents {
  lane: Lane
  clock: Clock
  random: Random
  self: { username: string, deviceKey: Uint8Array }
  directory: Directory
  progress: Progress
  hasServer: () => boolean
  ownRecord: () => Promise<VerifiedAccountRecord>
  emit: (event: NodeEvent) => void
  /** Something is owed to these devices now. */
  owed: (devices: string[]) => void
}

// Without these, whether a user exists cannot be known now; what is written to that name waits.
const NOBODY_TO_ASK = ['ERR_NO_SERVER', 'ERR_TIMEOUT', 'ERR_CLOSED', 'ERR_OVERLOADED', 'ERR_UNKNOWN_OUTCOME', 'ERR_RATE_LIMITED'] as const

export class Outgoing {
  constructor (private readonly components: OutgoingComponents) {}

  /**
   * Keeps a text and begins to deliver it.
   *
   * @throws ERR_LIMIT, ERR_USAGE, ERR_NOT_FOUND, ERR_IDENTITY_CHANGED; nothing was kept then
   */
  async send (to: string, text: string): Promise<MessageRow> {
    const { lane, clock, random, self, hasServer } = this.components
    encodeText(text)
    assertIdentity(to, await findContact(lane, to))
    if (await findRecord(lane, to) === undefined && hasServer()) await this.find(to)
    const now = clock.now()
    return await lane.write(async (tx) => {
      const contact = await findContact(tx, to)
      assertIdentity(to, contact)
      const sent: SentDetails = { state: 'queued', steps: [{ state: 'queued', atMs: now }], devices: {} }
      const row = await addMessage(tx, {
        id: toHex(random.bytes(16)),
        from: self.username,
        to,
        conversation: to,
        body: { kind: 'text', text },
        sentAtMs: now,
        receivedAtMs: now,
        via: null,
        read: true,
        sent
      })
      if (contact !== undefined) putContact(tx, to, { ...contact, talked: true, lastMessageAtMs: now })
      const recipient = await findRecord(tx, to)
      const isBehindOthers = (await listPending(tx, to, 1)).length > 0
      if (recipient === undefined || isBehindOthers) await addPending(tx, to, row.cursor, row.id)
      else await this.fanOut(tx, { ...row, sent }, recipient)
      return row
    })
  }

  /** Brings on their way what was written to a name before anybody could be asked for its devices. */
  async resolvePending (username: string): Promise<void> {
    const { lane, self, directory, clock } = this.components
    try {
      await directory.record(username, recordFreshMs)
    } catch (error) {
      if (!isP2pChatError(error, 'ERR_NOT_FOUND')) throw error
      await this.giveUp(username)
      return
    }
    await lane.write(async (tx) => {
      const recipient = await findRecord(tx, username)
      const contact = await findContact(tx, username)
      if (recipient === undefined || contact === undefined || contact.identity === 'changed') return
      const pending = await listPending(tx, username)
      for (const { cursor, messageId } of pending) {
        removePending(tx, username, cursor)
        const row = await findMessage(tx, self.username, messageId)
        if (row?.sent !== undefined) await this.fanOut(tx, { ...row, sent: row.sent }, recipient)
      }
      if (pending.length > 0) putContact(tx, username, { ...contact, talked: true, lastMessageAtMs: clock.now() })
    })
  }

  /** An account has new devices: what was sent to it about when they came also goes to them. */
  async includeDevices (tx: Transaction, record: VerifiedAccountRecord, addedAtMs: number[]): Promise<void> {
    if (addedAtMs.length === 0) return
    const since = Math.min(...addedAtMs) - newDeviceOverlapMs
    const filter = (row: MessageRow): boolean => row.sent !== undefined && row.body.kind === 'text' && row.sentAtMs >= since
    for (const row of await readConversation(tx, record.username, { limit: maxOverlapMessages, filter })) {
      if (row.sent !== undefined) await this.fanOut(tx, { ...row, sent: row.sent }, record)
    }
  }

  private async fanOut (tx: Transaction, message: MessageRow & { sent: SentDetails }, recipient: VerifiedAccountRecord): Promise<void> {
    const { clock, self, ownRecord, owed } = this.components
    const devices = await fanOut(tx, { deviceKey: self.deviceKey, message, recipient, own: await ownRecord(), nowMs: clock.now() })
    tx.afterCommit(() => { owed(devices) })
  }

  private async find (username: string): Promise<void> {
    try {
      await this.components.directory.refresh(username)
    } catch (error) {
      if (!isP2pChatError(error, ...NOBODY_TO_ASK)) throw error
    }
  }

  private async giveUp (username: string): Promise<void> {
    const { lane, progress, clock, emit } = this.components
    await lane.write(async (tx) => {
      for (const { cursor, messageId } of await listPending(tx, username)) {
        removePending(tx, username, cursor)
        await progress.abandon(tx, messageId, clock.now())
      }
    })
    emit({ event: 'error', code: 'ERR_NOT_FOUND', message: `There is no user ${username}; what you wrote to that name was not sent.` })
  }
}
