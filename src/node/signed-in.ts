/** What there is while somebody is signed in: messages to people, groups, files. Wires them with each other. */
import { isP2pChatError, type P2pChatError } from '../errors.js'
import type { BulkStream, Channel, Network, RequestContext } from '../overlay/index.js'
import type { Clock, Logger, Random } from '../runtime.js'
import type { NodeEvent } from './chat-node.js'
import type { ContactsPolicy } from './contacts/admission.js'
import type { Directory } from './contacts/directory.js'
import { Gate } from './contacts/gate.js'
import { Delivery } from './delivery/delivery.js'
import { Book, createGroupTalk, FirstLook, GroupService, openPeersOf, type Talk } from './groups/index.js'
import type { HomeAccount, HomeDevice } from './home/account-state.js'
import type { Lane } from './home/lane.js'
import { toHex } from './home/hex.js'
import { stepHomeTime } from './home/home-time.js'
import type { Prekeys } from './prekeys/prekeys.js'
import { Transfers, type TransfersComponents } from './transfers/index.js'

export interface SignedInComponents {
  lane: Lane
  clock: Clock
  random: Random
  logger: Logger
  network: Network
  directory: Directory
  prekeys: Prekeys
  device: HomeDevice
  account: HomeAccount
  /** the server's channel if there is one now */
  poolChannel: () => Channel | undefined
  /** waits for a server @throws ERR_NO_SERVER */
  channel: () => Promise<Channel>
  /** Which of these accounts have a device online, as far as a server says. */
  online: (usernames: string[]) => Promise<Set<string>>
  emit: (event: NodeEvent) => void
  files: FileComponents
  /** Who may write; asked each time. */
  contactsPolicy: () => ContactsPolicy
  /** Whether nobody may learn this device's address; asked each time. */
  isRelayOnly: () => boolean
}

/** What files need of the machine. */
export type FileComponents = Pick<TransfersComponents, 'disk' | 'cipher' | 'spool' | 'openFile' | 'downloadsFolder' | 'maxFileBytes'>

export class SignedIn {
  readonly delivery: Delivery
  readonly book: Book
  readonly groups: GroupService
  readonly transfers: Transfers
  readonly gate: Gate
  readonly talk: Talk
  private readonly firstLook: FirstLook
  private readonly firstMail: FirstLook

  constructor (private readonly components: SignedInComponents) {
    const { lane, clock, random, logger, network, directory, prekeys, device, account, poolChannel, channel, online, emit, files, contactsPolicy, isRelayOnly } = components
    const { username, accountKey } = account
    const self = { username, deviceKey: device.deviceKey, seed: device.seed }
    const transfers = this.transfers = new Transfers({
      lane,
      clock,
      random,
      logger,
      ...files,
      network,
      directory,
      self: { username, device: toHex(device.deviceKey) },
      poolChannel,
      delivery: () => this.delivery,
      book: () => this.book,
      talk: () => this.talk,
      emit
    })
    const gate = this.gate = new Gate({ logger, username, policy: contactsPolicy, emit })
    const delivery = this.delivery = new Delivery({
      lane,
      clock,
      random,
      logger,
      network,
      directory,
      prekeys,
      device,
      self: { username, accountKey, deviceKey: device.deviceKey, identityKey: device.identityKey, identityPrivateKey: device.identityPrivate },
      poolChannel,
      emit,
      files: transfers,
      gate,
      isRelayOnly,
      groups: {
        groupContent: async (tx, sender, content) => { await this.book.groupContent(tx, sender, content) },
        takeMessage: async (envelope, via) => await this.talk.takeMessage(envelope, via),
        takeReceipt: async (envelope, via) => await this.talk.takeReceipt(envelope, via),
        receiptsFor: async (...args) => await this.talk.receiptsFor(...args),
        isMember: (hex) => this.talk.isMember(hex),
        ownRecordTaken: () => { this.book.ownRecordTaken() },
        resume: async () => { await this.talk.resume() },
        letIn: async (tx, name) => { await this.talk.letIn(tx, async (by) => by === name) }
      }
    })
    const book = this.book = new Book({
      lane,
      clock,
      random,
      logger,
      self,
      directory,
      mail: delivery.systemMail,
      poolChannel,
      channel,
      online,
      reach: async (name, key) => await delivery.reach(name, key),
      onRecord: async (tx, before, taken) => { await delivery.onRecord(tx, before, taken) },
      putChange: async (tx, change) => { await this.talk.putChange(tx, change) },
      answered: () => { delivery.lookAgain() },
      admissionOf: async (reader, username) => await gate.admissionOf(reader, username),
      emit
    })
    const talk = this.talk = createGroupTalk({
      lane,
      clock,
      random,
      logger,
      self,
      book,
      poolChannel,
      openPeers: openPeersOf(network),
      takeAnswer: async (envelope, hex, via) => { await delivery.takeAnswer(envelope, hex, via) },
      answered: () => { delivery.lookAgain() },
      files: transfers,
      roomMade: () => { delivery.roomMade() },
      emit
    })
    const firstLook = this.firstLook = new FirstLook(clock)
    this.firstMail = new FirstLook(clock)
    this.groups = new GroupService({ lane, clock, username, book, talk, firstLook, channel, online })
  }

  /** Goes on with what an earlier run left. */
  async start (): Promise<void> {
    await this.stepTime()
    await this.book.start()
    await this.delivery.start()
    await this.talk.start()
    await this.transfers.start()
  }

  /** Waits for what is under way; nothing is begun any more. */
  async stop (): Promise<void> {
    this.firstLook.end()
    this.firstMail.end()
    await this.transfers.stop()
    await this.talk.stop()
    await this.book.stop()
    await this.delivery.stop()
  }

  /** This device is attached to a server: the logs of its groups first, as mail may be of them. */
  async onServer (channel: Channel): Promise<void> {
    // What cannot be read now does not hold up what can be sent.
    const unread = await postponed(async () => { await this.book.onServer(channel) })
    // One that was lost meanwhile has not told everything.
    if (unread === undefined && !channel.closed.aborted) this.firstLook.end()
    const unfetched = await postponed(async () => { await this.delivery.onServer(channel) })
    const isRead = unfetched === undefined && !channel.closed.aborted
    if (isRead) this.firstMail.end()
    await this.book.afterMail(channel, isRead)
    await this.talk.onServer()
    this.transfers.onServer()
    if (unread !== undefined || unfetched !== undefined) throw unread ?? unfetched
  }

  /** No server can be reached now: groups are as they were when one was. */
  onNoServer (): void {
    this.firstLook.end()
    this.firstMail.end()
  }

  /** Until then a group may be missing that this account was added to since the last run. */
  readonly groupsKnown = async (): Promise<void> => {
    await this.firstLook.wait()
  }

  /** Until then mail may be unread that came since the last run. */
  async mailKnown (): Promise<void> {
    await this.firstMail.wait()
  }

  /** /p2pchat/file/1: a device asks for a file. */
  async acceptFile (stream: BulkStream): Promise<void> {
    await this.transfers.accept(stream)
  }

  /** This account has removed a device: its groups are told, in a bounded time. */
  async tellDevices (): Promise<void> {
    await this.book.tellDevices()
  }

  /** peer/group-head */
  async answerHead (body: Uint8Array, context: RequestContext): Promise<Uint8Array> {
    return await this.book.answerHead(body, context)
  }

  async upkeep (): Promise<void> {
    await this.stepTime()
    await this.delivery.upkeep()
    await this.book.upkeep()
    await this.talk.upkeep()
    await this.transfers.upkeep()
  }

  private async stepTime (): Promise<void> {
    await stepHomeTime(this.components.lane, this.components.clock)
  }
}

/** What a server could not do now; anything else is thrown. */
async function postponed (work: () => Promise<void>): Promise<P2pChatError | undefined> {
  try {
    await work()
    return undefined
  } catch (error) {
    if (isP2pChatError(error, 'ERR_OVERLOADED', 'ERR_UNKNOWN_OUTCOME')) return error
    throw error
  }
}
