/**
 * Delivery for one signed-in device: wires inbox, senders, receipts and mailbox, and says when each has to work. The
 * rules are in the files it wires.
 */
import { isP2pChatError, P2pChatError } from '../../errors.js'
import type { SelfEnd } from '../../crypto/x3dh.js'
import type { Channel, Network, RequestContext } from '../../overlay/network.js'
import { ed25519FromPeerId } from '../../overlay/peer-id.js'
import { decode, encode } from '../../protocol/codec.js'
import { maxEnvelopeBytes, maxFrameBytes } from '../../protocol/limits.js'
import { DeliverRequest, DeliverResponse, PrekeyTakeResponse } from '../../protocol/pb/service.js'
import { findDevice, type VerifiedAccountRecord } from '../../records/index.js'
import type { Clock, Logger, Random } from '../../runtime.js'
import type { NodeEvent, Via } from '../chat-node.js'
import { assertIdentity, findContact, findRecord, putContact, type TakenRecord } from '../contacts/contacts.js'
import type { Directory } from '../contacts/directory.js'
import { addMessage, findMessage, readConversation, type MessageRow, type SentDetails } from '../history/messages.js'
import { fromHex, toHex } from '../home/hex.js'
import type { HomeDevice } from '../home/account-state.js'
import type { Lane, Transaction } from '../home/lane.js'
import { readMailNotification, type SeenUser } from '../pool/requests.js'
import type { Prekeys } from '../prekeys/prekeys.js'
import { Sessions } from '../sessions/sessions.js'
import { DeviceSender } from './device-sender.js'
import { fanOut } from './fan-out.js'
import { devicesWithParked, inChainsOf, markReceiptDue, putInChain } from './in-chain.js'
import { Inbox, type Taken } from './inbox.js'
import { addressFreshMs, maxDeliverEnvelopes, maxOverlapMessages, newDeviceOverlapMs, recordFreshMs, resendAnswerMs, resendRequestMs } from './limits.js'
import { Mailbox } from './mailbox.js'
import { addPending, devicesWithEntries, enqueue, findOutChain, listOutChains, listPending, removePending, usersWithPending } from './outbox.js'
import { encodeSystem, encodeText } from './payload.js'
import { Peers } from './peers.js'
import { Progress } from './progress.js'
import { Receipts } from './receipts.js'
import { Shelf } from './shelf.js'

export interface DeliveryComponents {
  lane: Lane
  clock: Clock
  random: Random
  logger: Logger
  network: Network
  directory: Directory
  prekeys: Prekeys
  device: HomeDevice
  self: SelfEnd
  poolChannel: () => Channel | undefined
  emit: (event: NodeEvent) => void
}

export class Delivery {
  private readonly sessions: Sessions
  private readonly shelf: Shelf
  private readonly progress: Progress
  private readonly peers: Peers
  private readonly inbox: Inbox
  private readonly receipts: Receipts
  private readonly mailbox: Mailbox
  private readonly senders = new Map<string, DeviceSender>()
  private readonly tasks = new Set<Promise<void>>()
  /** When a device was last asked for a new session, and last given one, by device and direction. */
  private readonly lastReset = new Map<string, number>()
  private stopped = false

  constructor (private readonly components: DeliveryComponents) {
    const { lane, clock, random, logger, network, directory, prekeys, device, self, poolChannel, emit } = components
    const { username } = self
    this.sessions = new Sessions({ clock, random, prekeys })
    this.shelf = new Shelf({ clock, logger, username, emit, met: (name) => { this.background(async () => { await this.meet(name) }) } })
    this.progress = new Progress({ clock, username, emit })
    this.peers = new Peers({ network, clock, logger, addressesOf: async (hex) => await this.addressesOf(hex) })
    this.inbox = new Inbox({
      lane,
      logger,
      self,
      sessions: this.sessions,
      shelf: this.shelf,
      effects: {
        recordOutdated: (name) => { this.refreshSoon(name) },
        needNewSession: (name, hex) => { this.background(async () => { await this.askToSealAgain(name, hex) }) },
        sealAgain: (hex) => { this.background(async () => { await this.sealAgain(hex) }) },
        receiptDue: (hex) => { this.receipts.schedule(hex) },
        receiptArrived: async (hex, receipt, tx, via) => { await this.progress.receipt(tx, hex, receipt, via) },
        identityChanged: (name) => { this.tellIdentityChanged(name) }
      }
    })
    this.receipts = new Receipts({ lane, clock, random, logger, deviceKey: self.deviceKey, sessions: this.sessions, peers: this.peers, poolChannel })
    this.mailbox = new Mailbox({
      logger,
      device: { seed: device.seed, publicKey: device.deviceKey },
      take: async (envelopes) => await this.takeAll(envelopes, 'mailbox')
    })
    this.directory = directory
  }

  private readonly directory: Directory

  /** Goes on with what an earlier run left. */
  async start (): Promise<void> {
    for (const device of await devicesWithEntries(this.components.lane)) await this.triggerDevice(device)
    await this.receipts.scheduleAll()
  }

  /** Waits for what is under way; nothing is begun any more. What is left stays in the outbox. */
  async stop (): Promise<void> {
    await this.receipts.stop()
    this.stopped = true
    await Promise.all([...this.senders.values()].map(async (sender) => { await sender.stop() }))
    await this.mailbox.settle()
    await Promise.allSettled(this.tasks)
  }

  /** This device is attached to a server: empties its mailbox and brings what waited. */
  async onServer (channel: Channel): Promise<void> {
    await this.mailbox.open(channel)
    await this.receipts.scheduleAll()
    for (const username of await usersWithPending(this.components.lane)) this.background(async () => { await this.resolvePending(username) })
    for (const sender of this.senders.values()) sender.trigger()
  }

  onMail (body: Uint8Array, channel: Channel): void {
    this.background(async () => { await this.mailbox.pushed(channel, readMailNotification(body)) })
  }

  /** Somebody came, went, or changed devices. */
  onPresence (users: SeenUser[]): void {
    for (const user of users) {
      this.directory.forget(user.username)
      this.background(async () => {
        const known = await findRecord(this.components.lane, user.username)
        if (known !== undefined && user.recordVersion > known.version) await this.directory.refresh(user.username)
      })
    }
  }

  /**
   * Keeps a text and begins to deliver it.
   *
   * @throws ERR_LIMIT, ERR_USAGE, ERR_NOT_FOUND, ERR_IDENTITY_CHANGED; nothing was kept then
   */
  async send (to: string, text: string): Promise<MessageRow> {
    const { lane, clock, random, self, poolChannel } = this.components
    encodeText(text)
    assertIdentity(to, await findContact(lane, to))
    if (await findRecord(lane, to) === undefined && poolChannel() !== undefined) await this.findRecipient(to)
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
      const waiting = await listPending(tx, to)
      const recipient = await findRecord(tx, to)
      if (recipient === undefined || waiting.length > 0) await addPending(tx, to, row.cursor, row.id)
      else await this.fanOut(tx, { ...row, sent }, recipient)
      return row
    })
  }

  /** Everything of this account up to now was read: says so to the devices that sent it. */
  async markRead (username: string): Promise<void> {
    await this.components.lane.write(async (tx) => {
      const contact = await findContact(tx, username)
      if (contact !== undefined && contact.unread > 0) putContact(tx, username, { ...contact, unread: 0 })
      for (const { device, chain } of await inChainsOf(tx, username)) {
        if (chain.readThrough >= chain.expected - 1) continue
        const read = { ...chain, readThrough: chain.expected - 1 }
        putInChain(tx, device, read)
        await markReceiptDue(tx, device, read)
        tx.afterCommit(() => { this.receipts.schedule(device) })
      }
    })
  }

  /** After an identity was accepted: what was parked meanwhile is taken. */
  async retryParked (): Promise<void> {
    for (const device of await devicesWithParked(this.components.lane)) await this.inbox.retryParked(device)
  }

  /** After an identity was accepted: what waited for it goes out. */
  async resume (username: string): Promise<void> {
    await this.resolvePending(username)
    for (const { device, chain } of await listOutChains(this.components.lane)) {
      if (chain.username === username) await this.triggerDevice(device)
    }
  }

  /** Runs in the transaction that takes an account's record. */
  async onRecord (tx: Transaction, before: VerifiedAccountRecord | undefined, taken: TakenRecord): Promise<void> {
    const { record } = taken
    if (taken.kind === 'changed') {
      if (taken.firstSight) tx.afterCommit(() => { this.tellIdentityChanged(record.username) })
      return
    }
    for (const { deviceKey } of before?.devices ?? []) {
      if (findDevice(record, deviceKey) !== undefined) continue
      await this.progress.dropDevice(tx, toHex(deviceKey))
      await this.sessions.endAll(tx, toHex(deviceKey))
    }
    for (const device of before === undefined ? [] : taken.added) {
      const since = device.addedAtMs - newDeviceOverlapMs
      const recent = await readConversation(tx, record.username, { limit: maxOverlapMessages, filter: (row) => row.sent !== undefined && row.body.kind === 'text' && row.sentAtMs >= since })
      for (const row of recent) if (row.sent !== undefined) await this.fanOut(tx, { ...row, sent: row.sent }, record)
    }
  }

  /** The hourly chores. */
  async upkeep (): Promise<void> {
    const { lane } = this.components
    for (const device of await devicesWithEntries(lane)) await lane.write(async (tx) => { await this.progress.expire(tx, device) })
    await lane.write(async (tx) => { await this.sessions.sweep(tx) })
  }

  /** peer/deliver: envelopes from the device at the other end, answered with the receipt that covers them. */
  async handleDeliver (body: Uint8Array, context: RequestContext): Promise<Uint8Array> {
    const { envelopes } = decode(DeliverRequest, body, maxFrameBytes, 'A delivery')
    if (envelopes.length > maxDeliverEnvelopes || envelopes.some((envelope) => envelope.byteLength > maxEnvelopeBytes)) {
      throw new P2pChatError('ERR_LIMIT', `A delivery may hold at most ${maxDeliverEnvelopes} envelopes of ${maxEnvelopeBytes} bytes.`)
    }
    const sender = ed25519FromPeerId(context.channel.remotePeer)
    this.peers.seen(toHex(sender))
    await this.takeAll(envelopes, context.channel.via, sender)
    const receipt = await this.receipts.takeForAnswer(toHex(sender))
    return encode(DeliverResponse, { receipts: receipt === undefined ? [] : [receipt] })
  }

  /** peer/receipt */
  async handleReceipt (body: Uint8Array, context: RequestContext): Promise<Uint8Array> {
    await this.inbox.take(body, context.channel.via, ed25519FromPeerId(context.channel.remotePeer))
    return new Uint8Array(0)
  }

  /** peer/bundle: a bundle of this device with a fresh one-time prekey. */
  async handleBundle (): Promise<Uint8Array> {
    const { lane, prekeys } = this.components
    return await lane.write(async (tx) => {
      const { signed } = await prekeys.currentSigned(tx)
      return encode(PrekeyTakeResponse, { signedPrekey: signed, oneTimePrekey: await prekeys.makeDirect(tx) })
    })
  }

  /** A device opened a direct channel: what is owed to it goes that way now. */
  onPeer (channel: Channel): void {
    const device = toHex(ed25519FromPeerId(channel.remotePeer))
    this.peers.seen(device)
    this.senders.get(device)?.restart()
  }

  private async takeAll (envelopes: Uint8Array[], via: Via, sender?: Uint8Array): Promise<Taken[]> {
    const strangers = new Set<string>()
    for (const envelope of envelopes) {
      const username = await this.inbox.strangerIn(envelope)
      if (username !== undefined) strangers.add(username)
    }
    await Promise.all([...strangers].map(async (username) => { await this.tryRefresh(username) }))
    return await Promise.all(envelopes.map(async (envelope) => await this.inbox.take(envelope, via, sender)))
  }

  private async fanOut (tx: Transaction, message: MessageRow & { sent: SentDetails }, recipient: VerifiedAccountRecord): Promise<void> {
    const { clock, self } = this.components
    const own = await this.ownRecord()
    const devices = await fanOut(tx, { deviceKey: self.deviceKey, message, recipient, own, nowMs: clock.now() })
    tx.afterCommit(() => { for (const device of devices) this.background(async () => { await this.triggerDevice(device) }) })
  }

  private async findRecipient (username: string): Promise<void> {
    try {
      await this.directory.refresh(username)
    } catch (error) {
      // Whether the user exists cannot be known now; the message waits.
      if (!isP2pChatError(error, 'ERR_NO_SERVER', 'ERR_TIMEOUT', 'ERR_CLOSED', 'ERR_OVERLOADED', 'ERR_UNKNOWN_OUTCOME')) throw error
    }
  }

  private async resolvePending (username: string): Promise<void> {
    const { lane, emit, self, clock } = this.components
    try {
      await this.directory.record(username, recordFreshMs)
    } catch (error) {
      if (!isP2pChatError(error, 'ERR_NOT_FOUND')) throw error
      await lane.write(async (tx) => {
        for (const { cursor, messageId } of await listPending(tx, username)) {
          removePending(tx, username, cursor)
          await this.progress.abandon(tx, messageId, clock.now())
        }
      })
      emit({ event: 'error', code: 'ERR_NOT_FOUND', message: `There is no user ${username}; what you wrote to that name was not sent.` })
      return
    }
    await lane.write(async (tx) => {
      const recipient = await findRecord(tx, username)
      if (recipient === undefined || (await findContact(tx, username))?.identity === 'changed') return
      for (const { cursor, messageId } of await listPending(tx, username)) {
        removePending(tx, username, cursor)
        const row = await findMessage(tx, self.username, messageId)
        if (row?.sent !== undefined) await this.fanOut(tx, { ...row, sent: row.sent }, recipient)
      }
      const contact = await findContact(tx, username)
      if (contact !== undefined) putContact(tx, username, { ...contact, talked: true, lastMessageAtMs: clock.now() })
    })
  }

  private async triggerDevice (device: string): Promise<void> {
    const existing = this.senders.get(device)
    if (existing !== undefined) {
      existing.trigger()
      return
    }
    const chain = await findOutChain(this.components.lane, device)
    if (chain === undefined || this.stopped || this.senders.has(device)) {
      this.senders.get(device)?.trigger()
      return
    }
    const { lane, clock, random, logger, self, poolChannel } = this.components
    const sender = new DeviceSender(device, chain.username, {
      lane,
      clock,
      random,
      logger,
      self,
      sessions: this.sessions,
      peers: this.peers,
      progress: this.progress,
      poolChannel,
      ownRecord: async () => await this.ownRecord(),
      recordOf: async (username) => await this.writableRecord(username),
      recordOutdated: (username) => { this.refreshSoon(username) },
      takeReceipt: async (envelope, from) => { await this.inbox.take(envelope, 'direct', fromHex(from)) }
    })
    this.senders.set(device, sender)
    sender.trigger()
  }

  private async writableRecord (username: string): Promise<VerifiedAccountRecord | undefined> {
    if ((await findContact(this.components.lane, username))?.identity === 'changed') return undefined
    return await findRecord(this.components.lane, username)
  }

  private async ownRecord (): Promise<VerifiedAccountRecord> {
    const record = await findRecord(this.components.lane, this.components.self.username)
    if (record === undefined) throw new P2pChatError('ERR_STORE_CORRUPT', 'The home lacks its own account record; sign in again.')
    return record
  }

  private async addressesOf (device: string): Promise<string[]> {
    const chain = await findOutChain(this.components.lane, device)
    return chain === undefined ? [] : await this.directory.addressesOf(chain.username, device, addressFreshMs)
  }

  /** We could not read a device: it is told so in a session of our making. */
  private async askToSealAgain (username: string, device: string): Promise<void> {
    if (!this.mayReset(`ask ${device}`, resendRequestMs)) return
    const { lane, clock, random } = this.components
    await lane.write(async (tx) => {
      // The sessions here are of no use to the other end any more, or there are none.
      await this.sessions.endAll(tx, device)
      await this.progress.sealAgain(tx, device)
      await enqueue(tx, device, username, { messageId: '', wireId: random.bytes(16), content: encodeSystem({ resend: true }), conversation: new Uint8Array(0), sentAtMs: clock.now() })
    })
    await this.triggerDevice(device)
    this.senders.get(device)?.restart()
  }

  private async sealAgain (device: string): Promise<void> {
    if (!this.mayReset(`answer ${device}`, resendAnswerMs)) return
    await this.components.lane.write(async (tx) => { await this.progress.sealAgain(tx, device) })
    await this.triggerDevice(device)
    this.senders.get(device)?.restart()
  }

  private mayReset (key: string, intervalMs: number): boolean {
    const now = this.components.clock.now()
    if (now - (this.lastReset.get(key) ?? Number.NEGATIVE_INFINITY) < intervalMs) return false
    this.lastReset.set(key, now)
    return true
  }

  private async meet (username: string): Promise<void> {
    await this.tryRefresh(username)
    await this.components.lane.write(async (tx) => {
      const contact = await findContact(tx, username)
      if (contact !== undefined) putContact(tx, username, { ...contact, talked: true, lastMessageAtMs: this.components.clock.now() })
    })
  }

  private refreshSoon (username: string): void {
    this.background(async () => { await this.tryRefresh(username) })
  }

  private async tryRefresh (username: string): Promise<void> {
    try {
      await this.directory.refresh(username)
    } catch (error) {
      if (!isP2pChatError(error)) throw error
      this.components.logger.info({ username, code: error.code }, 'a record could not be looked up')
    }
  }

  private tellIdentityChanged (username: string): void {
    this.components.emit({
      event: 'identity-changed',
      username,
      message: `The identity of ${username} has changed: somebody else may be using this name. Nothing is sent or shown until you compare safety numbers and run \`p2pchat verify ${username} --accept\`.`
    })
  }

  private background (work: () => Promise<void>): void {
    if (this.stopped) return
    const task = work().catch((error: unknown) => {
      const known = isP2pChatError(error)
      this.components.logger[known ? 'info' : 'error']({ code: known ? error.code : undefined, error: known ? undefined : error }, 'a task of the delivery failed')
    }).finally(() => { this.tasks.delete(task) })
    this.tasks.add(task)
  }
}
