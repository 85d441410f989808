/**
 * One client: a home, its pool and its account. It decides what exists when (a pool session once a pool is known, a
 * delivery while somebody is signed in), and lets each know what concerns it. What may be asked of it: client-node.ts.
 */
import { setMaxListeners } from 'node:events'
import { isP2pChatError, P2pChatError } from '../errors.js'
import type { Channel, Network, RequestHandler, Service } from '../overlay/index.js'
import { FILE_PROTOCOL, PEER_PROTOCOL, POOL_PROTOCOL } from '../protocol/ids.js'
import { findDevice, type VerifiedAccountRecord } from '../records/index.js'
import { sleep, type Clock, type Logger, type Random, type Timer } from '../runtime.js'
import type { KeyValueStore } from '../store/index.js'
import { AccountCalls } from './account/account-calls.js'
import type { PasswordWork } from './account/password-work.js'
import type { NodeSettings } from './chat-node.js'
import { findRecord, takeRecord } from './contacts/contacts.js'
import { Directory } from './contacts/directory.js'
import type { Delivery } from './delivery/delivery.js'
import { upkeepIntervalMs } from './delivery/limits.js'
import { EventHub } from './events/event-hub.js'
import { Events } from './events/events.js'
import { endWhenHomeFails } from './events/home-failure.js'
import { maxFileFrameBytes } from './files/limits.js'
import type { GroupService } from './groups/index.js'
import { accountTable, findAccount, notSignedIn, poolTable, SELF, type HomeAccount, type HomeDevice } from './home/account-state.js'
import type { Lane } from './home/lane.js'
import { firstServerRetryMs, maxServerPatienceMs, maxServerRetryMs, serverPatienceMs, serverTimeoutMs } from './limits.js'
import { askServer } from './pool/ask.js'
import { attachDevice } from './pool/attachment.js'
import { forServers } from './pool/for-servers.js'
import { noServer, type PoolState } from './pool/pool-connection.js'
import { PoolNews } from './pool/pool-news.js'
import { Reachability } from './pool/reachability.js'
import { throughServers } from './pool/relay-addresses.js'
import { PoolSession, type PoolSessionComponents } from './pool/pool-session.js'
import * as requests from './pool/requests.js'
import { Prekeys } from './prekeys/prekeys.js'
import { Presence } from './presence/presence.js'
import { findSettings } from './settings.js'
import { SignedIn, type FileComponents } from './signed-in.js'

export interface ClientComponents {
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

export class Client {
  protected readonly hub = new EventHub()
  protected readonly prekeys: Prekeys
  protected readonly directory: Directory
  protected readonly eventLog: Events
  protected readonly presence: Presence
  protected readonly accounts: AccountCalls
  protected readonly poolNews: PoolNews
  protected readonly reachability: Reachability
  /** Those settings that say who may know, or write to, this device. */
  protected privacy: Pick<NodeSettings, 'relayOnly' | 'contacts' | 'receipts'> = { relayOnly: false, contacts: 'open', receipts: true }
  protected pool: PoolSession | undefined
  protected account: HomeAccount | undefined
  protected signedIn: SignedIn | undefined
  /** Aborted, and replaced, when whoever is signed in is no longer. */
  protected signedOut = makeSignedOut()
  /** How long a server may be unable to read the mailbox before another one is tried: longer each time that it did not help. */
  private patienceMs = serverPatienceMs
  private upkeepTimer: Timer | undefined
  private starting: Promise<void> | undefined
  private stopping: Promise<void> | undefined

  constructor (protected readonly components: ClientComponents) {
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
      usable: async (addresses, username) => await this.mayShowAddress(username) ? addresses : throughServers(addresses, this.pool?.servers ?? [])
    })
    this.reachability = new Reachability({
      clock,
      logger,
      network,
      // A locator is for everybody on the pool, also for who has to ask first.
      isRelayOnly: () => this.privacy.relayOnly || this.privacy.contacts === 'request',
      publish: async (channel) => { await this.attach(channel) }
    })
    network.relays?.knowServers((peerId) => this.isServer(peerId))
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
    endWhenHomeFails(lane.failed, this.hub)
    this.eventLog = new Events({ lane, clock, hub: this.hub, username: () => this.account?.username })
    network.serve(POOL_PROTOCOL, this.poolService())
    network.serve(PEER_PROTOCOL, this.peerService())
    network.serveBulk(FILE_PROTOCOL, { maxFrameBytes: maxFileFrameBytes, accept: async (stream) => { await this.requireSignedIn().acceptFile(stream) } })
  }

  /** Asked again it is the same start. @throws ERR_CLOSED: it was stopped */
  async start (): Promise<void> {
    if (this.stopping !== undefined) throw new P2pChatError('ERR_CLOSED', 'The node was stopped; open the home anew.')
    this.starting ??= this.begin()
    await this.starting
  }

  private async begin (): Promise<void> {
    const { lane, network } = this.components
    this.setPrivacy(await findSettings(lane, ''))
    await network.start()
    this.account = await findAccount(lane)
    if (this.account?.signedIn === true) await this.startSignedIn(this.makeSignedIn(this.account))
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

  private poolService (): Service {
    return forServers({
      requests: {
        'mailbox/receipts': async (body) => await this.requireSignedIn().delivery.onReceipts(body)
      },
      notifications: {
        'mailbox/mail': async (body, channel) => { await this.signedIn?.delivery.onMail(body, channel) },
        'groups/head': (body) => { this.signedIn?.book.onHead(body) },
        'directory/presence': async (body) => { await this.presence.onTold(requests.readPresence(body)) },
        'pool/leaving': (body, channel) => { this.pool?.onLeaving(body, channel) }
      }
    }, (peerId) => this.isServer(peerId))
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
        'peer/addresses': whileSignedIn(async ({ delivery }, body, context) => await delivery.peerService.addresses(body, context)),
        'peer/group-head': whileSignedIn(async (signedIn, body, context) => await signedIn.answerHead(body, context))
      },
      onOpen: (channel) => { this.signedIn?.delivery.onPeer(channel) }
    }
  }

  protected openPool (pool: PoolSession['pool']): void {
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

  protected setPrivacy ({ relayOnly, contacts, receipts }: NodeSettings): void {
    this.privacy = { relayOnly, contacts, receipts }
    this.components.network.relays?.restrict(relayOnly)
  }

  /** A server is used once it has proven a roster that names it, so none that is in use is missing here. */
  private isServer (peerId: string): boolean {
    return this.pool?.servers.some((server) => server.peerId === peerId) === true
  }

  /** Whether somebody may learn this device's address, as whom it dials directly does. */
  private async mayShowAddress (username: string): Promise<boolean> {
    if (this.privacy.relayOnly) return false
    return this.privacy.contacts === 'open' || await this.signedIn?.gate.isWelcome(this.components.lane, username) === true
  }

  private async attach (channel: Channel): Promise<void> {
    const { account, prekeys, reachability } = this
    if (account?.signedIn !== true) return
    try {
      await this.takeOwnRecord(await attachDevice({ ...this.components, prekeys, reachability }, channel, account.username))
    } catch (error) {
      // A server's word alone signs nobody out: takeOwnRecord does, when the account itself says that this device is gone.
      if (isP2pChatError(error, 'ERR_NOT_PERMITTED')) await this.takeOwnRecord((await requests.lookup(channel, account.username)).record)
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
  private async onServer (channel: Channel, retryMs: number, failingSinceMs?: number): Promise<void> {
    const { signedIn } = this
    if (signedIn === undefined) return
    const { clock, logger } = this.components
    signedIn.delivery.goOn()
    try {
      await this.presence.watch(channel)
      await signedIn.onServer(channel)
      this.patienceMs = serverPatienceMs
    } catch (error) {
      if (!channel.closed.aborted) logger.warn({ code: isP2pChatError(error) ? error.code : undefined, error: isP2pChatError(error) ? undefined : error }, 'the mailbox could not be read')
      if (!isP2pChatError(error, ...SERVER_CANNOT_NOW)) {
        await channel.close()
        return
      }
      const sinceMs = failingSinceMs ?? clock.monotonicMs()
      if (error.code === 'ERR_UNKNOWN_OUTCOME' && clock.monotonicMs() - sinceMs >= this.patienceMs && this.pool?.giveUp(channel) === true) {
        this.patienceMs = Math.min(maxServerPatienceMs, 2 * this.patienceMs)
      }
      // Until another server can do better, and this device is there: what goes, goes on here.
      await sleep(clock, Math.max(retryMs, error.retryAfterMs ?? 0), channel.closed).catch(() => {})
      if (!channel.closed.aborted && this.pool?.connection.channel() === channel) void this.onServer(channel, Math.min(maxServerRetryMs, retryMs * 2), sinceMs)
    }
  }

  private async becomeSignedIn (username: string, record: VerifiedAccountRecord): Promise<void> {
    const { lane, clock } = this.components
    const account: HomeAccount = { username, accountKey: record.accountKey, poolId: this.requirePool().pool.poolId, signedIn: true }
    const signedIn = this.makeSignedIn(account)
    await lane.write(async (tx) => {
      const before = await findRecord(tx, record.username)
      accountTable.put(tx, account, SELF)
      // Devices may have come and gone while this one was signed out.
      await signedIn.delivery.onRecord(tx, before, await takeRecord(tx, record, clock.now()))
    })
    this.account = account
    await this.startSignedIn(signedIn)
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

  protected async setSignedOut (): Promise<void> {
    const { account } = this
    if (account === undefined) return
    const signedOut: HomeAccount = { ...account, signedIn: false }
    await this.components.lane.write((tx) => { accountTable.put(tx, signedOut, SELF) })
    this.account = signedOut
    this.reachability.stop()
    const { signedIn } = this
    this.signedIn = undefined
    await signedIn?.stop()
    this.signedOut.abort()
    this.signedOut = makeSignedOut()
  }

  protected async startSignedIn (signedIn: SignedIn): Promise<void> {
    await this.signedIn?.stop()
    this.signedIn = signedIn
    await signedIn.start()
  }

  private makeSignedIn (account: HomeAccount): SignedIn {
    return new SignedIn({
      ...this.components,
      account,
      directory: this.directory,
      prekeys: this.prekeys,
      poolChannel: () => this.pool?.connection.channel(),
      channel: async () => await this.channel(),
      online: async (usernames) => await this.presence.askOnline(usernames),
      contactsPolicy: () => this.privacy.contacts,
      isRelayOnly: () => this.privacy.relayOnly,
      emit: (event) => { this.hub.emit(event) }
    })
  }

  private scheduleUpkeep (): void {
    this.upkeepTimer = this.components.clock.schedule(upkeepIntervalMs, () => {
      const channel = this.pool?.connection.channel()
      Promise.all([this.signedIn?.upkeep(), channel === undefined ? undefined : this.attach(channel)])
        .catch((error: unknown) => { this.components.logger.warn({ error }, 'the upkeep failed') })
        .finally(() => { if (this.stopping === undefined) this.scheduleUpkeep() })
    }, { unref: true })
  }

  protected async channel (timeoutMs = serverTimeoutMs): Promise<Channel> {
    return await this.requirePool().connection.waitForChannel(timeoutMs)
  }

  /** As {@link askServer}. */
  protected async ask<T> (work: (channel: Channel) => Promise<T>): Promise<T> {
    return await askServer({ clock: this.components.clock, channel: async () => await this.channel() }, work)
  }

  protected requirePool (): PoolSession {
    if (this.pool === undefined) throw noServer(new P2pChatError('ERR_USAGE', 'No pool is known.'))
    return this.pool
  }

  protected requireDelivery (): Delivery {
    return this.requireSignedIn().delivery
  }

  protected requireGroups (): GroupService {
    return this.requireSignedIn().groups
  }

  protected requireSignedIn (): SignedIn {
    if (this.signedIn === undefined) throw notSignedIn()
    return this.signedIn
  }
}

/** As many listen to it as there are events() under way. */
function makeSignedOut (): AbortController {
  const signedOut = new AbortController()
  setMaxListeners(0, signedOut.signal)
  return signedOut
}

/** Nobody but this account's key can say another thing about it: the server lies, or is of another pool. */
function forgedOwnRecord (): P2pChatError {
  return new P2pChatError('ERR_INVALID_RECORD', 'The server gave a forged record of this account; another server is tried.')
}
