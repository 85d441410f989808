/** Where the mailbox of a device is read: by how many clients each of its three servers has. */
import { toString } from 'uint8arrays/to-string'
import { asP2pChatError, P2pChatError } from '../../errors.js'
import { peerIdFromEd25519, type Roster, type RosterServer } from '../../overlay/index.js'
import type { Channel, RequestHandler } from '../../overlay/network.js'
import { ed25519FromPeerId } from '../../overlay/peer-id.js'
import { decode, encode } from '../../protocol/codec.js'
import { HomeLoad } from '../../protocol/pb/server-home.js'
import { HomeRequest, HomeResponse, LeavingNotification } from '../../protocol/pb/service.js'
import { sleep, type Clock, type Logger, type Timer } from '../../runtime.js'
import { assertBytes } from '../fields.js'
import { maxSmallBodyBytes } from '../limits.js'
import type { Links, ServerHandler } from '../links/index.js'
import { method } from '../method.js'
import { Homes } from '../replication/index.js'
import { storingServers } from '../replication/placement.js'
import { cutOffMs, lastAnswersMs, leaveGraceMs, leavePollMs, loadIntervalMs, loadTimeoutMs, maxSpreadMs, minRosterLookMs, minTellingChange, spreadPerClientMs, stayLoadFactor, stayLoadMargin, tellingChangePart, unheardMs } from './limits.js'

export interface HomeServiceComponents {
  /** one's own PeerId */
  self: string
  /** The newest that this server knows. */
  roster: () => Roster
  /** Asks other servers for the roster until this version is known. */
  refreshRoster: (version: number) => Promise<void>
  /** PeerIds of the servers that keep a mailbox, in the order of placement. */
  replicasOf: (mailbox: Uint8Array) => string[]
  links: Pick<Links, 'ask' | 'others' | 'onLink'>
  /** Devices that are attached here. */
  clients: () => number
  isAttached: (channel: Channel) => boolean
  /** Open channels of clients. */
  channels: () => Channel[]
  /** Pool addresses of servers. */
  poolAddressesOf: (peerIds: readonly string[]) => string[]
  /** Throws when a peer asks too often. */
  mayAsk: (peerId: string) => void
  clock: Clock
  logger: Logger
}

type State =
  | { kind: 'stopped' }
  | { kind: 'running', timer: Timer }
  /** `refuses`: takes no clients any more; otherwise it is the last that they are to try */
  | { kind: 'leaving', timer: Timer, refuses: boolean }

export class HomeService {
  readonly #components: HomeServiceComponents
  readonly #homes = new Homes()
  #state: State = { kind: 'stopped' }
  #leaving: Promise<void> | undefined
  #isHandedOver = false
  /** Too many others are not heard of for anybody to be served here; undefined: enough are. */
  #cutOff: { sinceMs: number, isTold: boolean } | undefined
  #told = 0
  #lookedAtMs = -Infinity
  /** When each server last said how many clients it has. */
  readonly #heardAtMs = new Map<string, number>()

  constructor (components: HomeServiceComponents) {
    this.#components = components
    components.links.onLink((peerId, isUp) => {
      if (!isUp) this.#homes.forget(peerId)
      else if (this.#state.kind !== 'stopped') void this.#tell(peerId)
    })
  }

  /** What clients may ask, with these methods among it. Nobody may settle here any more once this server leaves for good. */
  serve (requests: Record<string, RequestHandler>): Record<string, RequestHandler> {
    const attach = requests['directory/attach']
    return {
      ...requests,
      ...attach === undefined
        ? {}
        : {
            'directory/attach': async (body, context) => {
              if (!this.#components.isAttached(context.channel)) this.#assertStaying(context.channel)
              return await attach(body, context)
            }
          },
      'pool/home': method({
        request: HomeRequest,
        response: HomeResponse,
        maxBytes: maxSmallBodyBytes,
        answer: async ({ mailbox, rosterVersion, sent }, { channel }) => {
          assertBytes(mailbox, 32, 'A mailbox')
          if (peerIdFromEd25519(mailbox) !== channel.remotePeer) throw new P2pChatError('ERR_NOT_PERMITTED', 'A device may ask for its own home only.')
          if (rosterVersion > BigInt(Number.MAX_SAFE_INTEGER)) throw new P2pChatError('ERR_INVALID_RECORD', 'That is no version of a roster.')
          this.#components.mayAsk(channel.remotePeer)
          await this.#assertNewest(Number(rosterVersion))
          const homes = this.#choose(mailbox, sent || this.#components.isAttached(channel))
          return { homes: this.#servers(homes), here: homes[0] === this.#components.self, rosterVersion: BigInt(this.#components.roster().version) }
        }
      })
    }
  }

  /** For other servers. */
  get handlers (): Record<string, ServerHandler> {
    return {
      'home/load': async (asker, body) => {
        this.#heard(asker, body)
        return this.#load()
      }
    }
  }

  start (): void {
    if (this.#state.kind !== 'stopped') return
    this.#state = { kind: 'running', timer: this.#schedule() }
    this.#tellAll()
  }

  stop (): void {
    if (this.#state.kind !== 'stopped') this.#state.timer.cancel()
    this.#state = { kind: 'stopped' }
    this.#cutOff = undefined
  }

  /**
   * Sends every client to another server, takes none any more, and resolves once they have gone, after a few seconds at
   * most. While there is no other server it keeps them. A second call meanwhile waits for the same end;
   * a later one sends those that are still here.
   */
  async leave (): Promise<void> {
    await this.#beginLeaving(true)
  }

  /** As leave, but for who reaches no server that can do more it is there: it can still read what it keeps. */
  async standBack (): Promise<void> {
    await this.#beginLeaving(false)
  }

  async #beginLeaving (refuses: boolean): Promise<void> {
    const state = this.#state
    if (state.kind === 'running') {
      this.#state = { kind: 'leaving', timer: state.timer, refuses }
    } else if (state.kind === 'leaving' && refuses) state.refuses = true
    else return
    this.#leaving ??= this.#leave().finally(() => { this.#leaving = undefined })
    await this.#leaving
  }

  async #leave (): Promise<void> {
    const { links, clients, clock } = this.#components
    await Promise.all(links.others().map(async (peerId) => { await this.#tell(peerId, loadTimeoutMs) }))
    if (clients() === 0 || !this.#isGoing()) return
    const spreadMs = this.#handOver()
    const untilMs = clock.monotonicMs() + spreadMs + leaveGraceMs
    while (clients() > 0 && clock.monotonicMs() < untilMs) await sleep(clock, leavePollMs)
    await sleep(clock, lastAnswersMs)
  }

  /** The newest roster has other servers keep some mailboxes: no new mail comes here for their devices any more. */
  rosterChanged (): void {
    const { self, roster, replicasOf, channels, isAttached } = this.#components
    if (this.#state.kind === 'stopped') return
    this.#sendAllAway(channels().filter((channel) => {
      const mailbox = isAttached(channel) ? mailboxOf(channel) : undefined
      return mailbox !== undefined && !replicasOf(mailbox).includes(self)
    }), storingServers(roster()).length)
  }

  /** @throws ERR_OVERLOADED, with servers that are up to date: a disk that is an old copy leads nobody astray */
  async #assertNewest (version: number): Promise<void> {
    const { clock, roster, refreshRoster, links, poolAddressesOf } = this.#components
    if (version <= roster().version) return
    if (clock.monotonicMs() - this.#lookedAtMs >= minRosterLookMs) {
      this.#lookedAtMs = clock.monotonicMs()
      await refreshRoster(version)
    }
    if (version <= roster().version) return
    throw new P2pChatError('ERR_OVERLOADED', `This server knows version ${roster().version} of the pool's roster, and not version ${version} yet. Go to another one.`, { retryAfterMs: minRosterLookMs, alternatives: poolAddressesOf(links.others()) })
  }

  /** It leaves, and somebody else is there. */
  #isGoing (): boolean {
    return this.#state.kind === 'leaving' && this.#isOneThere(this.#components.links.others())
  }

  #isRefusing (): boolean {
    return this.#state.kind === 'leaving' && this.#state.refuses && this.#isGoing()
  }

  #isOneThere (peerIds: readonly string[]): boolean {
    return peerIds.some((peerId) => this.#homes.load(peerId) !== Infinity)
  }

  /** @throws ERR_OVERLOADED with other servers once this one leaves for good */
  #assertStaying (channel: Channel): void {
    const mailbox = mailboxOf(channel)
    if (!this.#isRefusing() || mailbox === undefined) return
    throw new P2pChatError('ERR_OVERLOADED', 'This server serves nobody any more. Go to another one.', { retryAfterMs: 0, alternatives: this.#components.poolAddressesOf(this.#elsewhere(mailbox)) })
  }

  #handOver (): number {
    const { clients, channels, logger } = this.#components
    this.#isHandedOver = true
    logger.info({ clients: clients() }, 'the clients are handed over')
    return this.#sendAllAway(channels())
  }

  /**
   * @param senders servers that send clients away at the same time
   * @returns over how long they go, in milliseconds
   */
  #sendAllAway (channels: readonly Channel[], senders = 1): number {
    const spreadMs = senders * Math.min(maxSpreadMs, Math.max(0, channels.length - 1) * spreadPerClientMs)
    for (const channel of channels) this.#sendAway(channel, spreadMs)
    return spreadMs
  }

  #sendAway (channel: Channel, spreadMs: number): void {
    const mailbox = mailboxOf(channel)
    if (mailbox === undefined) return
    const body = encode(LeavingNotification, { alternatives: this.#servers(this.#elsewhere(mailbox)), spreadMs })
    channel.notify('pool/leaving', body).catch((error: unknown) => {
      this.#components.logger.debug({ error: asP2pChatError(error), peer: channel.remotePeer }, 'a client could not be told to go')
    })
  }

  /** The least loaded first. Who has settled here goes elsewhere only for a good reason. */
  #choose (mailbox: Uint8Array, isSettled: boolean): string[] {
    const { self, replicasOf, clients } = this.#components
    if (this.#isRefusing()) return this.#elsewhere(mailbox)
    if (changedMuch(this.#told, clients())) this.#tellAll()
    const peerIds = replicasOf(mailbox)
    const isSecondBest = this.#state.kind === 'leaving' && this.#isOneThere(peerIds.filter((peerId) => peerId !== self))
    // Whoever reaches none of the others is no worse off here.
    if (isSecondBest || this.#cutOff?.isTold === true) return [...this.#elsewhere(mailbox), ...peerIds.filter((peerId) => peerId === self)]
    if (isSettled && peerIds.includes(self)) {
      const least = Math.min(...peerIds.map((peerId) => this.#homes.load(peerId)))
      if (this.#homes.load(self) <= least * stayLoadFactor + stayLoadMargin) return [self, ...peerIds.filter((peerId) => peerId !== self)]
    }
    return this.#homes.choose(toString(mailbox, 'base16'), { peerIds })
  }

  /** While the others may be a majority without this server, clients are better off there: once it has lasted, they are told. */
  #lookAround (): void {
    const { self, roster, clock, channels, logger } = this.#components
    const storing = storingServers(roster())
    const unheard = storing.filter(({ peerId }) => peerId !== self && !this.#isHeardWithin(unheardMs, peerId))
    if (unheard.length <= storing.length / 2) {
      this.#cutOff = undefined
      return
    }
    this.#cutOff ??= { sinceMs: clock.monotonicMs(), isTold: false }
    if (this.#cutOff.isTold || clock.monotonicMs() - this.#cutOff.sinceMs < cutOffMs) return
    this.#cutOff.isTold = true
    logger.warn({ unheard: unheard.length, servers: storing.length }, 'most servers are not heard of: the clients are told to try them')
    this.#sendAllAway(channels())
  }

  /** Its other servers; where it has none, whoever is there. */
  #elsewhere (mailbox: Uint8Array): string[] {
    const { self, replicasOf, links } = this.#components
    const own = replicasOf(mailbox).filter((peerId) => peerId !== self)
    return this.#homes.choose(toString(mailbox, 'base16'), { peerIds: own.length > 0 ? own : links.others() })
  }

  #servers (peerIds: readonly string[]): Array<Pick<RosterServer, 'serverKey' | 'addresses'>> {
    const { servers } = this.#components.roster()
    return peerIds.flatMap((wanted) => servers.filter(({ peerId }) => peerId === wanted)).map(({ serverKey, addresses }) => ({ serverKey, addresses }))
  }

  #schedule (): Timer {
    return this.#components.clock.schedule(loadIntervalMs, () => {
      if (this.#state.kind === 'stopped') return
      this.#state.timer = this.#schedule()
      // An answer is a report as well: of two servers only one has to ask.
      this.#tellAll((peerId) => !this.#isHeardWithin(loadIntervalMs / 2, peerId))
      // Others may have come, or be back, since it began to leave.
      if (!this.#isGoing()) this.#isHandedOver = false
      else if (!this.#isHandedOver) this.#handOver()
      this.#lookAround()
    }, { unref: true })
  }

  #tellAll (isToldNow: (peerId: string) => boolean = () => true): void {
    const { self, clients, links } = this.#components
    this.#told = clients()
    this.#homes.report(self, this.#told)
    for (const peerId of links.others()) if (isToldNow(peerId)) void this.#tell(peerId)
  }

  #isHeardWithin (ms: number, peerId: string): boolean {
    return this.#components.clock.monotonicMs() - (this.#heardAtMs.get(peerId) ?? -Infinity) < ms
  }

  /** Never rejects: one that does not answer soon is no home until it does. */
  async #tell (peerId: string, timeoutMs?: number): Promise<void> {
    const { links, clock } = this.#components
    const forget = (): void => { this.#homes.forget(peerId) }
    const late = clock.schedule(loadTimeoutMs, forget, { unref: true })
    try {
      this.#heard(peerId, await links.ask(peerId, 'home/load', this.#load(), { timeoutMs }))
    } catch {
      forget()
    } finally {
      late.cancel()
    }
  }

  #load (): Uint8Array {
    return encode(HomeLoad, { clients: this.#components.clients(), leaving: this.#state.kind !== 'running' })
  }

  #heard (peerId: string, body: Uint8Array): void {
    const { clients, leaving } = decode(HomeLoad, body, maxSmallBodyBytes, 'A load')
    this.#heardAtMs.set(peerId, this.#components.clock.monotonicMs())
    if (leaving) this.#homes.forget(peerId)
    else this.#homes.report(peerId, clients)
  }
}

function changedMuch (before: number, now: number): boolean {
  return Math.abs(now - before) >= Math.max(minTellingChange, before * tellingChangePart)
}

/** The device key inside the channel's PeerId; undefined for a peer with another kind of key, which has no mailbox. */
function mailboxOf (channel: Channel): Uint8Array | undefined {
  try {
    return ed25519FromPeerId(channel.remotePeer)
  } catch {
    return undefined
  }
}
