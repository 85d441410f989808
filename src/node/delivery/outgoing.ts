/** Messages on their way out, until there is an entry in the outbox for each device that gets them. */
import { constantTimeEqual } from '../../crypto/bytes.js'
import { isP2pChatError, P2pChatError } from '../../errors.js'
import type { CertifiedDevice, VerifiedAccountRecord } from '../../records/index.js'
import type { Clock, Random } from '../../runtime.js'
import type { NodeEvent } from '../chat-node.js'
import { assertIdentity, findContact, findRecord, listContacts, putTalked } from '../contacts/contacts.js'
import type { Directory } from '../contacts/directory.js'
import { addMessage, findMessage, readConversation, type MessageBody, type MessageRow, type SentDetails } from '../history/messages.js'
import { toHex } from '../home/hex.js'
import type { Lane, Transaction } from '../home/lane.js'
import { copyToOwn, fanOut } from './fan-out.js'
import { findGiven } from './given-id.js'
import { maxEntriesAtOnce, maxOutboxEntries, maxOverlapMessages, maxUnconfirmedMs, newDeviceOverlapMs, pendingRetryMs, recordFreshMs } from './limits.js'
import { addPending, countPending, isFull, listPending, removePending } from './outbox.js'
import { encodeText } from './payload.js'
import type { Progress } from './progress.js'
import type { Sealer } from './sealer.js'
import type { Tasks } from './tasks.js'

export interface OutgoingComponents {
  /** After the commit: somebody is talked with who was not before. */
  welcomed: (username: string) => void
  lane: Lane
  clock: Clock
  random: Random
  self: { username: string, deviceKey: Uint8Array }
  directory: Directory
  progress: Progress
  sealer: Sealer
  hasServer: () => boolean
  emit: (event: NodeEvent) => void
  /** Something is owed to these devices now. */
  owed: (devices: string[]) => void
  tasks: Tasks
}

// Without these, whether a user exists cannot be known now; what is written to that name waits.
const NOBODY_TO_ASK = ['ERR_NO_SERVER', 'ERR_TIMEOUT', 'ERR_CLOSED', 'ERR_OVERLOADED', 'ERR_UNKNOWN_OUTCOME', 'ERR_RATE_LIMITED'] as const

export class Outgoing {
  /** Names that are asked for again after a while. */
  private readonly waiting = new Set<string>()
  /** How many messages wait for a user's devices to be known: that need not be looked up for each message. */
  private readonly pending = new Map<string, number>()

  constructor (private readonly components: OutgoingComponents) {}

  /**
   * Keeps a text and begins to deliver it, once for an id that is given.
   *
   * @throws ERR_LIMIT, ERR_USAGE, ERR_NOT_FOUND, ERR_IDENTITY_CHANGED, ERR_CONFLICT; nothing was kept then
   */
  async send (to: string, text: string, id?: string): Promise<MessageRow> {
    encodeText(text)
    return await this.sendBody(to, { kind: 'text', text }, id)
  }

  /**
   * As {@link send}, for whatever can be sent.
   *
   * @param kept writes of the caller's that are to be one with the message's; none where it was sent before
   */
  async sendBody (to: string, body: MessageBody, id?: string, kept: (tx: Transaction, id: string) => void = () => {}): Promise<MessageRow> {
    const { lane, clock, random, self, hasServer, welcomed } = this.components
    if ((await findContact(lane, to))?.identity === 'changed') await this.components.directory.lookAgain(to)
    assertIdentity(to, await findContact(lane, to))
    if (await findRecord(lane, to) === undefined && hasServer()) await this.find(to)
    const now = clock.now()
    return await lane.write(async (tx) => {
      const before = await findGiven(tx, { id, from: self.username, conversation: to, body })
      if (before !== undefined) return before
      const contact = await findContact(tx, to)
      assertIdentity(to, contact)
      const recipient = await findRecord(tx, to)
      const pending = await this.countPending(tx, to)
      await this.assertRoom(tx, to, recipient, pending)
      const sent: SentDetails = { state: 'queued', steps: [{ state: 'queued', atMs: now }], devices: {} }
      const row = await addMessage(tx, {
        id: id ?? toHex(random.bytes(16)),
        from: self.username,
        to,
        conversation: to,
        body,
        sentAtMs: now,
        receivedAtMs: now,
        via: null,
        read: true,
        sent
      })
      kept(tx, row.id)
      if (contact !== undefined) putTalked(tx, to, { ...contact, lastMessageAtMs: now }, welcomed)
      if (recipient === undefined || pending > 0) {
        await addPending(tx, to, row.cursor, row.id)
        this.pending.set(to, pending + 1)
        tx.afterCommit(() => { this.resolveLater(to) })
      } else await this.fanOut(tx, { ...row, sent }, recipient)
      return row
    })
  }

  /** @throws ERR_LIMIT too much waits for each of the recipient's devices, or for these to be known */
  private async assertRoom (tx: Transaction, username: string, record: VerifiedAccountRecord | undefined, pending: number): Promise<void> {
    if (pending < maxOutboxEntries) {
      const others = record?.devices.filter(({ deviceKey }) => !constantTimeEqual(deviceKey, this.components.self.deviceKey)) ?? []
      if (others.length === 0) return
      for (const { deviceKey } of others) if (!await isFull(tx, toHex(deviceKey), maxOutboxEntries - pending)) return
    }
    throw new P2pChatError('ERR_LIMIT', `${maxOutboxEntries} messages wait for ${username} already: write again once some have arrived (limit maxOutboxEntries).`)
  }

  private async countPending (tx: Transaction, username: string): Promise<number> {
    const count = this.pending.get(username) ?? await countPending(tx, username)
    this.pending.set(username, count)
    return count
  }

  /** A server could not say whether the name exists: it is asked again. Without a server, the next one is. */
  private resolveLater (username: string): void {
    const { clock, tasks, hasServer } = this.components
    if (this.waiting.has(username) || !hasServer()) return
    this.waiting.add(username)
    clock.schedule(pendingRetryMs, () => {
      this.waiting.delete(username)
      tasks.run(async () => { await this.resolvePending(username) })
    }, { unref: true })
  }

  /** Brings on their way what was written to a name before anybody could be asked for its devices; again after a while when it fails. */
  async resolvePending (username: string): Promise<void> {
    try {
      await this.resolve(username)
    } catch (error) {
      this.resolveLater(username)
      throw error
    }
  }

  private async resolve (username: string): Promise<void> {
    const { lane, self, directory, clock, welcomed } = this.components
    try {
      await directory.record(username, recordFreshMs)
    } catch (error) {
      if (!isP2pChatError(error, 'ERR_NOT_FOUND')) throw error
      await this.giveUp(username)
      return
    }
    while (await lane.write(async (tx) => {
      const recipient = await findRecord(tx, username)
      const contact = await findContact(tx, username)
      if (recipient === undefined || contact === undefined || contact.identity === 'changed') return false
      const pending = await listPending(tx, username, maxEntriesAtOnce)
      this.pending.delete(username)
      for (const { cursor, messageId } of pending) {
        removePending(tx, username, cursor)
        const row = await findMessage(tx, self.username, messageId)
        if (row?.sent !== undefined) await this.fanOut(tx, { ...row, sent: row.sent }, recipient)
      }
      if (pending.length > 0) putTalked(tx, username, { ...contact, lastMessageAtMs: clock.now() }, welcomed)
      return pending.length === maxEntriesAtOnce
    })) {
      // One page after the other.
    }
  }

  /**
   * An account has new devices: what was sent to it since they came also goes to them; to our own, all that was sent.
   * When they came is not what their record says alone, or whoever takes over an account could have its old messages
   * sent again: it was after the record before was last vouched for.
   *
   * @param confirmedAtMs when that was
   */
  async includeDevices (tx: Transaction, record: VerifiedAccountRecord, added: CertifiedDevice[], confirmedAtMs: number): Promise<void> {
    const { self, clock } = this.components
    const others = added.filter(({ deviceKey }) => !constantTimeEqual(deviceKey, self.deviceKey))
    if (others.length === 0) return
    const nowMs = clock.now()
    // A time that is still to come is of a clock that is, or was, wrong: theirs says nothing, ours not more than that.
    const addedAtMs = Math.min(...others.map((device) => device.addedAtMs <= nowMs ? device.addedAtMs : -Infinity))
    const since = Math.max(confirmedAtMs <= nowMs ? confirmedAtMs : nowMs - maxUnconfirmedMs, addedAtMs) - newDeviceOverlapMs
    if (record.username === self.username) await this.copyToOwn(tx, record, others.map(({ deviceKey }) => toHex(deviceKey)), since)
    const filter = (row: MessageRow): boolean => row.sent !== undefined && isSendable(row.body) && row.sentAtMs >= since
    for (const row of await readConversation(tx, record.username, { limit: maxOverlapMessages, filter, sinceMs: since })) {
      if (row.sent !== undefined) await this.fanOut(tx, { ...row, sent: row.sent }, record)
    }
  }

  private async copyToOwn (tx: Transaction, own: VerifiedAccountRecord, devices: string[], since: number): Promise<void> {
    const filter = ({ sent, body, sentAtMs }: MessageRow): boolean => sent?.copiedTo !== undefined && sent.copiedTo < own.version && isSendable(body) && sentAtMs >= since
    for (const { username, contact } of await listContacts(tx)) {
      if (username === own.username || contact.lastMessageAtMs === null || contact.lastMessageAtMs < since) continue
      for (const row of await readConversation(tx, username, { limit: maxOverlapMessages, filter, sinceMs: since })) {
        if (row.sent !== undefined) await copyToOwn(tx, { message: { ...row, sent: row.sent }, devices, own })
      }
    }
    tx.afterCommit(() => { this.components.owed(devices) })
  }

  private async fanOut (tx: Transaction, message: MessageRow & { sent: SentDetails }, recipient: VerifiedAccountRecord): Promise<void> {
    const { clock, self, sealer, owed } = this.components
    const own = await findRecord(tx, self.username)
    if (own === undefined) throw new P2pChatError('ERR_STORE_CORRUPT', 'The home lacks its own account record; sign in again.')
    const enqueued = await fanOut(tx, { deviceKey: self.deviceKey, message, recipient, own, nowMs: clock.now() })
    // With the message on the disk in one go, it may leave at once.
    for (const { device, numbered } of enqueued) await sealer.seal(tx, device, numbered, own)
    tx.afterCommit(() => { owed(enqueued.map(({ device }) => device)) })
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
      this.pending.delete(username)
      for (const { cursor, messageId } of await listPending(tx, username)) {
        removePending(tx, username, cursor)
        await progress.abandon(tx, messageId, clock.now())
      }
    })
    emit({ event: 'error', code: 'ERR_NOT_FOUND', message: `There is no user ${username}; what you wrote to that name was not sent.` })
  }
}

function isSendable ({ kind }: MessageBody): boolean {
  return kind === 'text' || kind === 'file'
}
