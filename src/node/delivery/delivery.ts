/**
 * Delivery for one signed-in device: wires inbox, outgoing messages, senders, receipts and mailbox, and says when each
 * has to work. The rules are in the files it wires.
 */
import { isP2pChatError, P2pChatError } from '../../errors.js'
import type { SelfEnd } from '../../crypto/x3dh.js'
import type { Channel, Network } from '../../overlay/index.js'
import { constantTimeEqual } from '../../crypto/bytes.js'
import { ed25519FromPeerId, peerIdFromEd25519 } from '../../overlay/peer-id.js'
import { decode } from '../../protocol/codec.js'
import { PEER_PROTOCOL } from '../../protocol/ids.js'
import { maxFrameBytes } from '../../protocol/limits.js'
import { DeliverRequest } from '../../protocol/pb/service.js'
import { findDevice, type VerifiedAccountRecord } from '../../records/index.js'
import type { Clock, Logger, Random } from '../../runtime.js'
import type { NodeEvent, Via } from '../chat-node.js'
import { findRecord, listsDevice, type TakenRecord } from '../contacts/contacts.js'
import type { Directory } from '../contacts/directory.js'
import type { Gate } from '../contacts/gate.js'
import type { GroupContentTaker } from '../groups/types.js'
import type { MessageRow } from '../history/messages.js'
import type { HomeDevice } from '../home/account-state.js'
import { fromHex, toHex } from '../home/hex.js'
import type { Lane, Transaction } from '../home/lane.js'
import { maxOwnAddresses } from '../pool/limits.js'
import { readMailNotification, type SeenUser } from '../pool/requests.js'
import type { Prekeys } from '../prekeys/prekeys.js'
import { Sessions } from '../sessions/sessions.js'
import { tellNewDevices } from './device-news.js'
import { isReceipt } from './envelope.js'
import { devicesWithParked } from './in-chain.js'
import { Inbox, type GroupMail, type Taken, type InboxEffects } from './inbox.js'
import { addressFreshMs, maxIntroduced } from './limits.js'
import { Mailbox } from './mailbox.js'
import { devicesWithEntries, findOutChain, listOutChains, usersWithPending } from './outbox.js'
import { Outgoing } from './outgoing.js'
import { PeerService, type PeerServiceComponents } from './peer-service.js'
import { dialTimeoutMs, Peers } from './peers.js'
import { People } from './people.js'
import { Progress } from './progress.js'
import { Receipts } from './receipts.js'
import { Reception } from './reception.js'
import { Resets } from './resets.js'
import { Sealer } from './sealer.js'
import { Senders } from './senders.js'
import { Shelf } from './shelf.js'
import type { FileArrivals } from './body.js'
import { SystemMailer } from './system-mail.js'
import { Tasks } from './tasks.js'
import { Upgrades } from './upgrades.js'

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
  /** The groups of this account. */
  groups?: DeliveryGroups
  files?: DeliveryFiles
  /** Without it everybody is welcome. */
  gate?: Pick<Gate, 'admit' | 'isWelcome' | 'letIn'>
  /** Whether nobody may learn this device's address; asked each time. */
  isRelayOnly: () => boolean
}

/** What delivery hands to the groups: their mail, what devices say to each other about keys, and receipts for answers. */
export interface DeliveryGroups extends GroupMail, GroupContentTaker {
  receiptsFor: PeerServiceComponents['groupReceipts']
  /** Whether the device has shown in this run that it is a member's, so that it may hand over as much as a contact's. */
  isMember?: (device: string) => boolean
  /** After the commit: a record of this account was taken. */
  ownRecordTaken: () => void
  /** An identity was accepted, or the one before is back: what was held back of it is taken. */
  resume: () => Promise<void>
  /** Somebody is welcome now: so are groups that they have added this account to. */
  letIn?: (tx: Transaction, username: string) => Promise<void>
}

/** What delivery hands to the transfers: messages that carry files, and what devices say of those that were sent to them. */
export interface DeliveryFiles extends FileArrivals {
  fileReport: InboxEffects['fileReport']
}

export class Delivery {
  /** The requests of other devices. */
  readonly peerService: PeerService
  /** Says things of the node's own to other devices. */
  readonly systemMail: SystemMailer
  /** What the user answers about what has come. */
  readonly reception: Reception
  private readonly people: People
  private readonly sessions: Sessions
  private readonly progress: Progress
  private readonly peers: Peers
  private readonly upgrades: Upgrades
  private readonly inbox: Inbox
  private readonly outgoing: Outgoing
  private readonly receipts: Receipts
  private readonly mailbox: Mailbox
  private readonly senders: Senders
  private readonly resets: Resets
  private readonly tasks: Tasks

  constructor (private readonly components: DeliveryComponents) {
    const { lane, clock, random, logger, network, directory, prekeys, device, self, poolChannel, emit, groups, files, gate, isRelayOnly } = components
    const { username } = self
    const refreshSoon = (name: string): void => { this.tasks.run(async () => { await people.refresh(name) }) }
    const sessions = new Sessions({ clock, random, prekeys })
    const sealer = new Sealer({ self, sessions, random })
    const welcomed = (name: string): void => { this.tasks.run(async () => { await this.reception.welcome(name) }) }
    const people = this.people = new People({
      welcomed,
      lane,
      clock,
      logger,
      username,
      directory,
      sessions,
      ...(groups?.isMember === undefined ? {} : { isMember: (hex) => groups.isMember?.(hex) === true }),
      ...(gate === undefined ? {} : { gate })
    })
    const owed = (devices: string[]): void => { this.tasks.run(async () => { for (const hex of devices) await senders.more(hex) }) }
    const systemMail = this.systemMail = new SystemMailer({ lane, clock, random, owed })
    const progress = new Progress({
      clock,
      random,
      username,
      emit,
      settled: (hex, sequence, outcome) => { systemMail.settled(hex, sequence, outcome) },
      readsLeft: (hex) => { this.readOn(hex) },
      foundOlder: async (tx, name, hex) => {
        await resets.ask(tx, name, hex)
        tx.afterCommit(() => { owed([hex]) })
      }
    })
    const peers = new Peers({ network, clock, logger, addressesOf: async (hex) => await people.addressesOf(hex) })
    const receipts = new Receipts({
      lane,
      clock,
      random,
      logger,
      deviceKey: self.deviceKey,
      sessions,
      peers,
      poolChannel,
      isWelcome: async (reader, name) => await this.reception.isWelcome(reader, name)
    })
    const senders = new Senders(lane, {
      lane,
      clock,
      logger,
      self,
      sessions,
      sealer,
      peers,
      progress,
      poolChannel,
      ownRecord: async () => await people.ownRecord(),
      recordOf: async (name) => await people.writableRecord(name),
      recordOutdated: refreshSoon,
      takeReceipt: async (envelope, from, via) => { await this.takeAnswer(envelope, from, via) }
    })
    this.tasks = new Tasks(logger)
    const resets = new Resets({ lane, clock, random, sessions, progress, senders, people, tasks: this.tasks })
    this.sessions = sessions
    this.progress = progress
    this.peers = peers
    this.upgrades = new Upgrades({
      clock,
      logger,
      network,
      addressesOf: async (hex) => await people.addressesOfContact(hex),
      mayCall: async (hex) => !isRelayOnly() && await people.contactOf(hex) !== undefined
    })
    this.receipts = receipts
    this.senders = senders
    this.resets = resets
    const shelf = new Shelf({ clock, logger, username, emit, welcomed, met: (name) => { this.tasks.run(async () => { await people.meet(name) }) }, ...(files === undefined ? {} : { files }) })
    this.inbox = new Inbox({
      lane,
      clock,
      logger,
      self,
      sessions,
      shelf,
      effects: {
        recordOutdated: refreshSoon,
        receiptDue: (hex) => { receipts.schedule(hex) },
        roomMade: () => { this.mailbox.roomMade() },
        identityChanged: (name) => { this.tellIdentityChanged(name) },
        needNewSession: async (tx, name, hex) => { await resets.ask(tx, name, hex) },
        mayNeedNewSession: async (tx, name, hex) => { await resets.askUnlessItComes(tx, name, hex) },
        sealAgain: async (tx, hex) => { await resets.answer(tx, hex) },
        receiptArrived: async (tx, hex, receipt, via) => {
          if (await progress.receipt(tx, hex, receipt, via)) tx.afterCommit(() => { this.tasks.run(async () => { await senders.trigger(hex) }) })
          await resets.heard(tx, hex)
        },
        recordTaken: async (tx, before, taken) => { await this.onRecord(tx, before, taken) },
        groupContent: async (tx, sender, content) => { await groups?.groupContent(tx, sender, content) },
        fileReport: async (tx, sender, report) => { await files?.fileReport(tx, sender, report) },
        ...(gate === undefined ? {} : { admit: async (tx, arrived) => await gate.admit(tx, arrived) }),
        isWelcome: async (reader, name) => await this.reception.isWelcome(reader, name)
      },
      ...(groups === undefined ? {} : { groups })
    })
    this.outgoing = new Outgoing({
      welcomed,
      lane,
      clock,
      random,
      self,
      directory,
      progress,
      sealer,
      emit,
      tasks: this.tasks,
      hasServer: () => poolChannel() !== undefined,
      owed
    })
    this.mailbox = new Mailbox({
      clock,
      random,
      logger,
      device: { seed: device.seed, publicKey: device.deviceKey },
      take: async (envelopes) => await this.takeAll(envelopes, 'mailbox')
    })
    this.reception = new Reception({ lane, shelf, receipts, mailbox: this.mailbox, ...(gate === undefined ? {} : { gate }), ...(groups?.letIn === undefined ? {} : { letGroupsIn: groups.letIn }) })
    this.peerService = new PeerService({
      lane,
      clock,
      prekeys,
      peers,
      receipts,
      take: async (envelopes, via, sender) => await this.takeAll(envelopes, via, sender),
      isOfContact: async (device) => await people.isOfContact(device),
      isWelcome: async (device) => await people.isWelcome(device),
      addressesFor: async (device) => !isRelayOnly() && await people.mayLearnAddress(device) ? network.addresses().slice(0, maxOwnAddresses) : [],
      groupReceipts: async (...args) => await groups?.receiptsFor(...args) ?? []
    })
  }

  /** Goes on with what an earlier run left. */
  async start (): Promise<void> {
    const { lane } = this.components
    for (const hex of await devicesWithEntries(lane)) await lane.write(async (tx) => { await this.progress.finishDelivered(tx, hex) })
    await this.senders.start()
    await this.resets.start()
    await this.receipts.scheduleAll()
    for (const hex of await this.progress.halfRead(lane)) this.readOn(hex)
    // It may have died between what lets them be read and their turn.
    for (const hex of await devicesWithParked(lane)) this.tasks.run(async () => { await this.inbox.retryParked(hex) })
  }

  /** Waits for what is under way; nothing is begun any more. What is left stays in the outbox. */
  async stop (): Promise<void> {
    this.systemMail.stop()
    this.upgrades.stop()
    this.resets.stop()
    await this.receipts.stop()
    await this.senders.stop()
    await this.mailbox.stop()
    await this.tasks.stop()
  }

  /** What was under way when a server was lost goes on at the next one at once. */
  goOn (): void {
    this.senders.triggerAll()
  }

  /** This device is attached to a server: empties its mailbox and brings what waited, also when the mailbox cannot be read there now. */
  async onServer (channel: Channel): Promise<void> {
    const unread = await this.mailbox.open(channel).then(() => undefined, (error: unknown) => error)
    if (unread !== undefined && !isP2pChatError(unread, 'ERR_OVERLOADED', 'ERR_UNKNOWN_OUTCOME')) throw unread
    if (unread === undefined) await this.resets.askForMissing()
    await this.receipts.scheduleAll()
    for (const username of await usersWithPending(this.components.lane)) this.tasks.run(async () => { await this.outgoing.resolvePending(username) })
    this.senders.triggerAll()
    if (unread !== undefined) throw unread
  }

  /** Usernames of contacts to whom there is a direct channel now, in alphabetical order. */
  async reachable (): Promise<string[]> {
    const { lane, network, self } = this.components
    const names = new Set<string>()
    for (const channel of network.channels(PEER_PROTOCOL)) {
      const device = toHex(ed25519FromPeerId(channel.remotePeer))
      const username = await this.sessions.usernameOf(lane, device)
      if (username !== undefined && username !== self.username && await listsDevice(lane, username, device)) names.add(username)
    }
    return [...names].sort()
  }

  /** Resolves once it is taken, so that the channel reads no more than can be worked on. */
  async onMail (body: Uint8Array, channel: Channel): Promise<void> {
    await this.tasks.finish(async () => { await this.mailbox.pushed(channel, readMailNotification(body)) })
  }

  /**
   * The request mailbox/receipts: takes receipts that the server does not keep; answered once they are on the disk.
   *
   * @throws ERR_INVALID_RECORD something else is among them; ERR_OVERLOADED, ERR_CLOSED: the server keeps them
   */
  async onReceipts (body: Uint8Array): Promise<Uint8Array> {
    const { envelopes } = decode(DeliverRequest, body, maxFrameBytes, 'Receipts')
    if (!envelopes.every(isReceipt)) throw new P2pChatError('ERR_INVALID_RECORD', 'Only receipts can be handed over without a mailbox.')
    const taken = await Promise.all(envelopes.map(async (envelope) => await this.inbox.take(envelope, 'mailbox')))
    if (taken.some((one) => one !== 'taken')) throw new P2pChatError('ERR_OVERLOADED', 'Some receipts cannot be taken now; keep them.')
    return new Uint8Array(0)
  }

  /** A device opened a direct channel: what is owed to it goes that way now. */
  onPeer (channel: Channel): void {
    const device = toHex(ed25519FromPeerId(channel.remotePeer))
    this.peers.seen(device)
    this.senders.seen(device)
    this.upgrades.onPeer(channel, device)
  }

  /** A channel to a device of an account: the open one, else one dialled where the pool says that it is. */
  async reach (username: string, device: Uint8Array): Promise<Channel | undefined> {
    const { directory, network, logger } = this.components
    const open = this.peers.open(toHex(device))
    if (open !== undefined) return open
    const addresses = await directory.addressesOf(username, toHex(device), addressFreshMs)
    if (addresses.length === 0) return undefined
    try {
      return await network.connect({ peerId: peerIdFromEd25519(device), addresses }, PEER_PROTOCOL, { timeoutMs: dialTimeoutMs(addresses) })
    } catch (error) {
      if (!isP2pChatError(error)) throw error
      logger.debug({ username, code: error.code }, 'a device could not be reached directly')
      return undefined
    }
  }

  /** Somebody came, went, or changed devices. */
  async onPresence (users: SeenUser[]): Promise<void> {
    await Promise.all(users.map(async (user) => {
      this.components.directory.forget(user.username)
      await this.tasks.finish(async () => {
        const known = await findRecord(this.components.lane, user.username)
        if (known !== undefined && user.recordVersion > known.version) await this.people.refresh(user.username)
        // It may be somewhere else now, and in reach.
        if (!user.online) return
        for (const { deviceKey } of known?.devices ?? []) {
          this.peers.seen(toHex(deviceKey))
          await this.senders.trigger(toHex(deviceKey))
        }
      })
    }))
  }

  /** Takes an envelope that came in a device's answer to one of ours. */
  async takeAnswer (envelope: Uint8Array, device: string, via: Via): Promise<void> {
    await this.inbox.take(envelope, via, fromHex(device))
  }

  /** As {@link Outgoing.send}. */
  async send (...args: Parameters<Outgoing['send']>): Promise<MessageRow> {
    return await this.outgoing.send(...args)
  }

  /** As {@link Outgoing.sendBody}. */
  async sendBody (...args: Parameters<Outgoing['sendBody']>): Promise<MessageRow> {
    return await this.outgoing.sendBody(...args)
  }

  /** Somebody was accepted or blocked: what there was no room for until then is fetched. */
  lookAgain (): void {
    this.tasks.run(async () => { await this.mailbox.answered() })
  }

  /** There is room again for messages of groups that were left in the mailbox. */
  roomMade (): void {
    this.mailbox.roomMade()
  }

  /** An identity was accepted, or the one before is back: what was parked is taken, and what waited goes out. */
  async resume (username: string): Promise<void> {
    const { lane } = this.components
    for (const device of await devicesWithParked(lane)) await this.inbox.retryParked(device)
    await this.components.groups?.resume()
    await this.mailbox.answered()
    await this.outgoing.resolvePending(username)
    for (const { device, chain } of await listOutChains(lane)) {
      if (chain.username === username) await this.senders.trigger(device)
    }
  }

  /** Runs in the transaction that takes an account's record. */
  async onRecord (tx: Transaction, before: VerifiedAccountRecord | undefined, taken: TakenRecord): Promise<void> {
    const { record } = taken
    if (taken.kind === 'changed') {
      if (taken.firstSight) tx.afterCommit(() => { this.tellIdentityChanged(record.username) })
      return
    }
    if (taken.isBack === true) tx.afterCommit(() => { this.tasks.run(async () => { await this.resume(record.username) }) })
    if (before === undefined) return
    const { clock, random, self, emit } = this.components
    if (record.username === self.username && record.version !== before.version) tx.afterCommit(() => { this.components.groups?.ownRecordTaken() })
    await tellNewDevices(tx, { clock, random, username: self.username, deviceKey: self.deviceKey, emit }, before, taken)
    // First: what goes on to a new device has not expired with the one that it replaces.
    await this.outgoing.includeDevices(tx, record, taken.added, taken.confirmedAtMs)
    for (const { deviceKey } of before.devices) {
      if (findDevice(record, deviceKey) !== undefined) continue
      if (await this.progress.dropDevice(tx, toHex(deviceKey))) tx.afterCommit(() => { this.tasks.run(async () => { await this.dropRest(toHex(deviceKey)) }) })
      // Whoever had the name before says nothing more under it.
      if (constantTimeEqual(before.accountKey, record.accountKey)) await this.sessions.unlisted(tx, toHex(deviceKey))
      else await this.sessions.endAll(tx, toHex(deviceKey))
    }
    for (const { deviceKey } of taken.added) await this.sessions.listed(tx, toHex(deviceKey))
  }

  /** The chores of every twenty minutes. */
  async upkeep (): Promise<void> {
    const { lane } = this.components
    for (const device of await devicesWithEntries(lane)) {
      const chain = await findOutChain(lane, device)
      if (chain === undefined || await listsDevice(lane, chain.username, device)) await this.expire(device)
      else await this.dropRest(device)
    }
    await lane.write(async (tx) => { await this.sessions.sweep(tx) })
  }

  /** In pages: others write in between. */
  private async expire (device: string): Promise<void> {
    for (let after: number | undefined = 0; after !== undefined;) {
      const from: number = after
      const { owesHello, through } = await this.components.lane.write(async (tx) => await this.progress.expire(tx, device, from))
      if (owesHello) await this.senders.more(device)
      after = through
    }
  }

  /** Unless it is its account's again. */
  private async dropRest (device: string): Promise<void> {
    const { lane } = this.components
    const drop = async (tx: Transaction): Promise<boolean> => {
      const chain = await findOutChain(tx, device)
      return chain !== undefined && !await listsDevice(tx, chain.username, device) && await this.progress.dropDevice(tx, device)
    }
    while (await lane.write(drop)) {
      // One page after the other.
    }
  }

  private readOn (device: string): void {
    this.tasks.run(async () => {
      while (await this.components.lane.write(async (tx) => await this.progress.readOn(tx, device))) {
        // One page after the other.
      }
    })
  }

  private async takeAll (envelopes: Uint8Array[], via: Via, sender?: Uint8Array): Promise<Taken[]> {
    const unsure = new Set<string>()
    for (const envelope of envelopes) {
      const username = await this.inbox.toLookUp(envelope)
      // Beyond that they stay unanswered; in a mailbox every account may have its turn.
      if (username !== undefined && (sender === undefined || unsure.size < maxIntroduced)) unsure.add(username)
    }
    const answered = new Set<string>()
    await Promise.all([...unsure].map(async (username) => { if (await this.people.refresh(username)) answered.add(username) }))
    return await Promise.all(envelopes.map(async (envelope) => await this.inbox.take(envelope, via, sender, (username) => answered.has(username))))
  }

  private tellIdentityChanged (username: string): void {
    this.components.emit({
      event: 'identity-changed',
      username,
      message: `The identity of ${username} has changed: somebody else may be using this name. Nothing is sent or shown until you compare safety numbers and run \`p2pchat verify ${username} --accept\`.`
    })
  }
}
