/**
 * One client: a home, its pool and its account, as a ChatNode. It decides what exists when (a pool session once a pool
 * is known, a delivery while somebody is signed in) and hands every call to who knows.
 */
import { isP2pChatError, P2pChatError } from '../errors.js'
import { safetyNumber } from '../crypto/safety-number.js'
import { tripleDesEngine } from '../crypto/triple-des/index.js'
import type { Channel, Network, RequestHandler, Service } from '../overlay/index.js'
import { FILE_PROTOCOL, PEER_PROTOCOL, POOL_PROTOCOL } from '../protocol/ids.js'
import { parseUsername } from '../protocol/names.js'
import { findDevice, type VerifiedAccountRecord } from '../records/index.js'
import { sleep, type Clock, type Logger, type Random, type Timer } from '../runtime.js'
import type { KeyValueStore } from '../store/index.js'
import { AccountCalls } from './account/account-calls.js'
import type { PasswordWork } from './account/password-work.js'
import type * as api from './chat-node.js'
import { acceptShown, findContact, findRecord, keyToCompare, noteShown, takeRecord } from './contacts/contacts.js'
import { Directory } from './contacts/directory.js'
import type { Delivery } from './delivery/delivery.js'
import { upkeepIntervalMs } from './delivery/limits.js'
import { waitFor } from './delivery/wait.js'
import { EventHub } from './events/event-hub.js'
import { Events } from './events/events.js'
import { maxFileFrameBytes } from './files/limits.js'
import type { GroupService } from './groups/index.js'
import { accountTable, findAccount, notSignedIn, poolTable, requireAccount, SELF, type HomeAccount, type HomeDevice } from './home/account-state.js'
import type { Lane } from './home/lane.js'
import { defaultUserPage, firstServerRetryMs, maxServerRetryMs, serverTimeoutMs } from './limits.js'
import { askServer } from './pool/ask.js'
import { attachDevice } from './pool/attachment.js'
import { noServer, type PoolState } from './pool/pool-connection.js'
import { PoolNews } from './pool/pool-news.js'
import { Reachability } from './pool/reachability.js'
import { throughServers } from './pool/relay-addresses.js'
import { keepPool, PoolSession, type PoolSessionComponents } from './pool/pool-session.js'
import * as requests from './pool/requests.js'
import { Prekeys } from './prekeys/prekeys.js'
import { Presence } from './presence/presence.js'
import { contactsOf, historyOf, limitsOf, traceOf } from './queries.js'
import { SignedIn, type FileComponents } from './signed-in.js'
import { findSettings } from './transfers/settings.js'

export interface ClientNodeComponents {
  /** closed when the node stops */
  store: KeyValueStore
  lane: Lane
  clock: Clock
  random: Random
  logger: Logger
  network: Network
  device: HomeDevice
  passwordWork: PasswordWork
  discovery: PoolSessionComponents['discovery']
  /** Shown in the account's list of devices when the user gives no label. */
  deviceLabel: string
  files: FileComponents
}

/** It answers, but not this: it is not the mailbox's server, or too many others are away. */
const SERVER_CANNOT_NOW = ['ERR_OVERLOADED', 'ERR_UNKNOWN_OUTCOME'] as const

export class ClientNode implements api.ChatNode {
  private readonly hub = new EventHub()
  private readonly prekeys: Prekeys
  private readonly directory: Directory
  private readonly eventLog: Events
  private readonly presence: Presence
  private readonly accounts: AccountCalls
  private readonly poolNews: PoolNews
  private readonly reachability: Reachability
  /** Only servers of the pool may learn this device's address. */
  private relayOnly = false
  private pool: PoolSession | undefined
  private account: HomeAccount | undefined
  private signedIn: SignedIn | undefined
  private upkeepTimer: Timer | undefined
  private stopping: Promise<void> | undefined

  constructor (private readonly components: ClientNodeComponents) {
    const { lane, clock, random, logger, device, network } = components
    this.prekeys = new Prekeys({ clock, random, device })
    this.directory = new Directory({
      lane,
      clock,
      logger,
      channel: () => this.pool?.connection.channel(),
      onRecord: async (tx, before, taken) => {
        if (taken.kind === 'changed' && taken.record.username === this.account?.username) throw forgedOwnRecord()
        await this.signedIn?.delivery.onRecord(tx, before, taken)
        if (before === undefined) tx.afterCommit(() => { this.presence.watchSoon() })
      },
      usable: (addresses) => this.relayOnly ? throughServers(addresses, this.pool?.servers ?? []) : addresses
    })
    this.reachability = new Reachability({
      clock,
      logger,
      network,
      isRelayOnly: () => this.relayOnly,
      publish: async (channel) => { await this.attach(channel) }
    })
    this.presence = new Presence({
      lane,
      clock,
      logger,
      username: () => (this.account?.signedIn === true ? this.account.username : undefined),
      channel: () => this.pool?.connection.channel(),
      emit: (event) => { this.hub.emit(event) },
      onSeen: async (users) => {
        await this.signedIn?.delivery.onPresence(users)
        this.signedIn?.transfers.onPresence(users.filter(({ online }) => online).map(({ username }) => username))
      }
    })
    this.accounts = new AccountCalls({
      ...components,
      poolId: () => this.requirePool().pool.poolId,
      poolChannel: () => this.pool?.connection.channel(),
      channel: async () => await this.channel(),
      becomeSignedIn: async (username, record) => { await this.becomeSignedIn(username, record) },
      takeOwnRecord: async (record) => { await this.takeOwnRecord(record) }
    })
    this.poolNews = new PoolNews({
      clock,
      logger,
      poolId: () => this.pool?.pool.poolId,
      reachable: async () => await this.signedIn?.delivery.reachable() ?? [],
      emit: (event) => { this.hub.emit(event) }
    })
    this.eventLog = new Events({ lane, hub: this.hub, username: () => this.account?.username })
    network.serve(POOL_PROTOCOL, this.poolService())
    network.serve(PEER_PROTOCOL, this.peerService())
    network.serveBulk(FILE_PROTOCOL, { maxFrameBytes: maxFileFrameBytes, accept: async (stream) => { await this.requireSignedIn().acceptFile(stream) } })
  }

  async start (): Promise<void> {
    const { lane, network } = this.components
    this.setRelayOnly((await findSettings(lane, '')).relayOnly)
    await network.start()
    this.account = await findAccount(lane)
    if (this.account?.signedIn === true) await this.startSignedIn(this.account)
    const pool = await poolTable.get(lane, SELF)
    if (pool === undefined) this.signedIn?.onNoServer()
    else this.openPool(pool)
    this.scheduleUpkeep()
  }

  async stop (): Promise<void> {
    this.stopping ??= this.end()
    await this.stopping
  }

  private async end (): Promise<void> {
    this.upkeepTimer?.cancel()
    this.presence.stop()
    this.reachability.stop()
    await this.signedIn?.stop()
    await this.pool?.connection.stop()
    await this.components.network.stop()
    this.hub.close()
    await this.components.lane.close()
    await this.components.store.close()
  }

  async status (): Promise<api.NodeStatus> {
    const limits = await limitsOf(this.components.lane, null)
    return {
      account: this.account === undefined ? null : await this.accounts.info(this.account),
      connection: await this.poolNews.connection(this.pool?.connection.current()),
      queued: limits.find((limit) => limit.name === 'unacknowledged')?.used ?? 0,
      cipher: tripleDesEngine()
    }
  }

  async usePool (addresses: string[]): Promise<void> {
    const pool = await keepPool(this.components.lane, addresses, this.account?.poolId)
    await this.pool?.connection.stop()
    this.openPool(pool)
  }

  async connect (timeoutMs: number): Promise<void> {
    await this.channel(timeoutMs)
  }

  async signUp (request: api.SignUpRequest): Promise<{ username: string, recoveryKey: string }> {
    return await this.accounts.signUp(request)
  }

  async signIn (request: api.SignInRequest): Promise<{ username: string, newDevice: boolean }> {
    return await this.accounts.signIn(request)
  }

  async recover (request: api.RecoverRequest): Promise<{ username: string }> {
    return await this.accounts.recover(request)
  }

  async signOut (): Promise<void> {
    await requireAccount(this.components.lane)
    await this.setSignedOut()
    await this.pool?.connection.reconnect()
  }

  async whoAmI (): Promise<api.AccountInfo> {
    return await this.accounts.info(await requireAccount(this.components.lane))
  }

  async devices (): Promise<api.DeviceInfo[]> {
    return await this.accounts.devices()
  }

  async removeDevice (request: { id: string, password: string }): Promise<void> {
    await this.accounts.removeDevice(request)
  }

  async changePassword (request: { oldPassword: string, newPassword: string }): Promise<void> {
    await this.accounts.changePassword(request)
  }

  async users (request: api.UsersRequest): Promise<api.UserPage> {
    await requireAccount(this.components.lane)
    const { prefix = '', after = '', limit = defaultUserPage, onlineOnly = false } = request
    const page = await this.ask(async (channel) => await requests.listUsers(channel, { prefix: prefix.toLowerCase(), after: after.toLowerCase(), limit, onlineOnly }))
    return { users: page.users.map(({ username, online }) => ({ username, online })), more: page.more }
  }

  async contacts (): Promise<api.ContactInfo[]> {
    await requireAccount(this.components.lane)
    return await contactsOf(this.components.lane, (username) => this.presence.isOnline(username))
  }

  async safetyNumber (request: { username: string }): Promise<api.SafetyNumber> {
    const { lane } = this.components
    const account = await requireAccount(lane)
    const username = parseUsername(request.username)
    // The lookup takes whatever channel there is then.
    if (await findContact(lane, username) === undefined) await this.ask(async () => await this.directory.refresh(username))
    const contact = await findContact(lane, username)
    if (contact === undefined) throw new P2pChatError('ERR_NOT_FOUND', `There is no user ${username}.`)
    const accountKey = keyToCompare(contact)
    await lane.write(async (tx) => { await noteShown(tx, username, accountKey) })
    return { username, number: safetyNumber(account, { username, accountKey }), identity: contact.identity }
  }

  async acceptIdentity (request: { username: string }): Promise<void> {
    const { lane } = this.components
    await requireAccount(lane)
    const username = parseUsername(request.username)
    await lane.write(async (tx) => {
      const before = await findRecord(tx, username)
      await acceptShown(tx, username)
      const record = await findRecord(tx, username)
      // The devices of the identity before are not written to any more.
      if (record !== undefined) await this.signedIn?.delivery.onRecord(tx, before, { kind: 'current', record, added: [], confirmedAtMs: this.components.clock.now() })
    })
    await this.signedIn?.delivery.resume(username)
  }

  async send (request: { to: string, text: string }): Promise<{ id: string, state: api.MessageState }> {
    const row = await this.requireDelivery().send(parseUsername(request.to), request.text)
    return { id: row.id, state: row.sent?.state ?? 'queued' }
  }

  async wait (request: api.WaitRequest): Promise<api.StatusEvent> {
    const { lane, clock } = this.components
    const { username } = await requireAccount(lane)
    return await waitFor({ reader: lane, clock, hub: this.hub, username }, request)
  }

  async history (request: api.HistoryRequest): Promise<api.HistoryEntry[]> {
    const { username } = await requireAccount(this.components.lane)
    if (request.group !== undefined) await this.signedIn?.groupsKnown()
    return await historyOf(this.components.lane, username, request, this.signedIn?.book)
  }

  async markRead (request: { user?: string, group?: string }): Promise<void> {
    const { user, group } = request
    if ((user === undefined) === (group === undefined)) throw new P2pChatError('ERR_USAGE', 'Name either a user or a group.')
    if (group === undefined) await this.requireDelivery().markRead(parseUsername(user ?? ''))
    else await this.requireGroups().markRead(group)
  }

  async trace (request: { id: string }): Promise<api.MessageTrace> {
    const { username } = await requireAccount(this.components.lane)
    return await traceOf(this.components.lane, username, request.id)
  }

  async limits (): Promise<api.LimitInfo[]> {
    const record = this.account === undefined ? undefined : await findRecord(this.components.lane, this.account.username)
    return await limitsOf(this.components.lane, record?.devices.length ?? null)
  }

  async * events (request: { after?: string }, signal: AbortSignal): AsyncGenerator<api.NodeEvent> {
    await requireAccount(this.components.lane)
    yield * this.eventLog.read(request.after, signal)
  }

  async acknowledgeEvents (request: { cursor: string }): Promise<void> {
    await this.eventLog.acknowledge(request.cursor)
  }

  groupCreate: api.ChatNode['groupCreate'] = async (request) => await this.requireGroups().groupCreate(request)
  groupJoin: api.ChatNode['groupJoin'] = async (request) => await this.requireGroups().groupJoin(request)
  groupLeave: api.ChatNode['groupLeave'] = async (request) => await this.requireGroups().groupLeave(request)
  groupMembers: api.ChatNode['groupMembers'] = async (request) => await this.requireGroups().groupMembers(request)
  groupLog: api.ChatNode['groupLog'] = async (request) => await this.requireGroups().groupLog(request)
  groupVerify: api.ChatNode['groupVerify'] = async (request) => await this.requireGroups().groupVerify(request)
  groupAdd: api.ChatNode['groupAdd'] = async (request) => await this.requireGroups().groupAdd(request)
  groupRemove: api.ChatNode['groupRemove'] = async (request) => await this.requireGroups().groupRemove(request)
  groupPromote: api.ChatNode['groupPromote'] = async (request) => await this.requireGroups().groupPromote(request)
  groupDemote: api.ChatNode['groupDemote'] = async (request) => await this.requireGroups().groupDemote(request)
  groupRename: api.ChatNode['groupRename'] = async (request) => await this.requireGroups().groupRename(request)
  groupPolicy: api.ChatNode['groupPolicy'] = async (request) => await this.requireGroups().groupPolicy(request)
  groupSend: api.ChatNode['groupSend'] = async (request) => await this.requireGroups().groupSend(request)
  sendFile: api.ChatNode['sendFile'] = async (request) => {
    const { transfers, groupsKnown } = this.requireSignedIn()
    if (request.groups !== undefined) await groupsKnown()
    return await transfers.sendFile(request)
  }

  acceptFile: api.ChatNode['acceptFile'] = async (request) => { await this.requireSignedIn().transfers.acceptFile(request) }
  declineFile: api.ChatNode['declineFile'] = async (request) => { await this.requireSignedIn().transfers.declineFile(request) }
  pauseFile: api.ChatNode['pauseFile'] = async (request) => { await this.requireSignedIn().transfers.pauseFile(request) }
  resumeFile: api.ChatNode['resumeFile'] = async (request) => { await this.requireSignedIn().transfers.resumeFile(request) }
  transfers: api.ChatNode['transfers'] = async (request) => await this.requireSignedIn().transfers.transfers(request)
  waitFile: api.ChatNode['waitFile'] = async (request) => await this.requireSignedIn().transfers.waitFile(request)
  filePreview: api.ChatNode['filePreview'] = async (request) => await this.requireSignedIn().transfers.filePreview(request)
  settings: api.ChatNode['settings'] = async () => await this.requireSignedIn().transfers.settings()
  changeSettings: api.ChatNode['changeSettings'] = async (request) => {
    const settings = await this.requireSignedIn().transfers.changeSettings(request)
    if (settings.relayOnly !== this.relayOnly) {
      this.setRelayOnly(settings.relayOnly)
      await this.reachability.changed()
    }
    return settings
  }

  groups: api.ChatNode['groups'] = async (request) => await this.requireGroups().groups(request)
  myGroups: api.ChatNode['myGroups'] = async (request) => await this.requireGroups().myGroups(request)

  private poolService (): Service {
    return {
      requests: {},
      notifications: {
        'mailbox/mail': async (body, channel) => { await this.signedIn?.delivery.onMail(body, channel) },
        'groups/head': (body) => { this.signedIn?.book.onHead(body) },
        'directory/presence': async (body) => { await this.presence.onSeen(requests.readPresence(body)) },
        'pool/leaving': (body, channel) => { this.pool?.onLeaving(body, channel) }
      }
    }
  }

  private peerService (): Service {
    const whileSignedIn = (handle: (signedIn: SignedIn, ...args: Parameters<RequestHandler>) => Promise<Uint8Array>): RequestHandler => {
      return async (body, context) => await handle(this.requireSignedIn(), body, context)
    }
    return {
      requests: {
        'peer/deliver': whileSignedIn(async ({ delivery }, body, context) => await delivery.peerService.deliver(body, context)),
        'peer/receipt': whileSignedIn(async ({ delivery }, body, context) => await delivery.peerService.receipt(body, context)),
        'peer/bundle': whileSignedIn(async ({ delivery }, _body, context) => await delivery.peerService.bundle(context)),
        'peer/group-head': whileSignedIn(async (signedIn, body, context) => await signedIn.answerHead(body, context))
      },
      onOpen: (channel) => { this.signedIn?.delivery.onPeer(channel) }
    }
  }

  private openPool (pool: PoolSession['pool']): void {
    const { lane, clock, random, logger, network, device, discovery } = this.components
    this.pool = new PoolSession(pool, {
      lane,
      clock,
      random,
      logger,
      network,
      mailbox: device.deviceKey,
      discovery,
      prepare: async (channel) => { await this.attach(channel) },
      onState: (state) => { this.onPoolState(state) }
    })
    this.pool.connection.start()
  }

  private setRelayOnly (relayOnly: boolean): void {
    this.relayOnly = relayOnly
    const mayKnow = (peerId: string): boolean => this.pool?.servers.some((server) => server.peerId === peerId) === true
    this.components.network.relays?.restrict(relayOnly ? mayKnow : undefined)
  }

  private async attach (channel: Channel): Promise<void> {
    const { account, prekeys, reachability } = this
    if (account?.signedIn !== true) return
    try {
      await this.takeOwnRecord(await attachDevice({ ...this.components, prekeys, reachability }, channel, account.username))
    } catch (error) {
      // A server's word alone signs nobody out: takeOwnRecord does, when the account itself says that this device is gone.
      if (isP2pChatError(error, 'ERR_NOT_PERMITTED')) await this.takeOwnRecord((await requests.lookup(channel, account.username, this.components.clock.now())).record)
      if (this.account?.signedIn === true) throw error
    }
  }

  private onPoolState (state: PoolState): void {
    if (state.kind === 'connected') void this.onServer(state.channel, firstServerRetryMs)
    if (state.kind === 'connected' && this.account?.signedIn === true) this.reachability.onServer(state.channel)
    else if (state.kind !== 'connecting') this.presence.clear()
    if (state.kind === 'offline') this.signedIn?.onNoServer()
    if (state.kind !== 'stopped') this.poolNews.tell(state)
  }

  /** After attaching: the mailbox, then who is there. A server on which this fails is given up for another try. */
  private async onServer (channel: Channel, retryMs: number): Promise<void> {
    const { signedIn } = this
    if (signedIn === undefined) return
    const { clock, logger } = this.components
    signedIn.delivery.goOn()
    try {
      await this.presence.watch(channel)
      await signedIn.onServer(channel)
    } catch (error) {
      if (!channel.closed.aborted) logger.warn({ code: isP2pChatError(error) ? error.code : undefined, error: isP2pChatError(error) ? undefined : error }, 'the mailbox could not be read')
      if (!isP2pChatError(error, ...SERVER_CANNOT_NOW)) {
        await channel.close()
        return
      }
      // Another server could do no better now, or this device is on its way to one: what goes, goes on here.
      await sleep(clock, Math.max(retryMs, error.retryAfterMs ?? 0), channel.closed).catch(() => {})
      if (!channel.closed.aborted && this.pool?.connection.channel() === channel) void this.onServer(channel, Math.min(maxServerRetryMs, retryMs * 2))
    }
  }

  private async becomeSignedIn (username: string, record: VerifiedAccountRecord): Promise<void> {
    const { lane } = this.components
    const account: HomeAccount = { username, accountKey: record.accountKey, poolId: this.requirePool().pool.poolId, signedIn: true }
    await lane.write(async (tx) => {
      accountTable.put(tx, account, SELF)
      await takeRecord(tx, record, this.components.clock.now())
    })
    this.account = account
    await this.startSignedIn(account)
    // A fresh channel is attached before anything else is done on it.
    await this.requirePool().connection.reconnect()
    await this.channel().catch((error: unknown) => {
      // The account is made; the connection goes on trying.
      if (!isP2pChatError(error, 'ERR_NO_SERVER')) throw error
    })
  }

  private async takeOwnRecord (record: VerifiedAccountRecord): Promise<void> {
    const { lane, clock } = this.components
    await lane.write(async (tx) => {
      const before = await findRecord(tx, record.username)
      const taken = await takeRecord(tx, record, clock.now())
      if (taken.kind === 'changed') throw forgedOwnRecord()
      await this.signedIn?.delivery.onRecord(tx, before, taken)
    })
    if (findDevice(record, this.components.device.deviceKey) !== undefined) return
    this.hub.emit({ event: 'error', code: 'ERR_NOT_PERMITTED', message: 'This device is no longer one of the account. Sign in again to make it one.' })
    await this.setSignedOut()
  }

  private async setSignedOut (): Promise<void> {
    const { account } = this
    if (account === undefined) return
    const signedOut: HomeAccount = { ...account, signedIn: false }
    await this.components.lane.write((tx) => { accountTable.put(tx, signedOut, SELF) })
    this.account = signedOut
    this.reachability.stop()
    const { signedIn } = this
    this.signedIn = undefined
    await signedIn?.stop()
  }

  private async startSignedIn (account: HomeAccount): Promise<void> {
    await this.signedIn?.stop()
    const signedIn = this.signedIn = new SignedIn({
      ...this.components,
      account,
      directory: this.directory,
      prekeys: this.prekeys,
      poolChannel: () => this.pool?.connection.channel(),
      channel: async () => await this.channel(),
      online: async (usernames) => await this.presence.askOnline(usernames),
      emit: (event) => { this.hub.emit(event) }
    })
    await signedIn.start()
  }

  private scheduleUpkeep (): void {
    this.upkeepTimer = this.components.clock.schedule(upkeepIntervalMs, () => {
      const channel = this.pool?.connection.channel()
      Promise.all([this.signedIn?.upkeep(), channel === undefined ? undefined : this.attach(channel)])
        .catch((error: unknown) => { this.components.logger.warn({ error }, 'the upkeep failed') })
        .finally(() => { if (this.stopping === undefined) this.scheduleUpkeep() })
    }, { unref: true })
  }

  private async channel (timeoutMs = serverTimeoutMs): Promise<Channel> {
    return await this.requirePool().connection.waitForChannel(timeoutMs)
  }

  /** As {@link askServer}. */
  private async ask<T> (work: (channel: Channel) => Promise<T>): Promise<T> {
    return await askServer({ clock: this.components.clock, channel: async () => await this.channel() }, work)
  }

  private requirePool (): PoolSession {
    if (this.pool === undefined) throw noServer(new P2pChatError('ERR_USAGE', 'No pool is known.'))
    return this.pool
  }

  private requireDelivery (): Delivery {
    return this.requireSignedIn().delivery
  }

  private requireGroups (): GroupService {
    return this.requireSignedIn().groups
  }

  private requireSignedIn (): SignedIn {
    if (this.signedIn === undefined) throw notSignedIn()
    return this.signedIn
  }
}

/** Nobody but this account's key can say another thing about it: the server lies, or is of another pool. */
function forgedOwnRecord (): P2pChatError {
  return new P2pChatError('ERR_INVALID_RECORD', 'The server gave a forged record of this account; another server is tried.')
}
