import { readRosterHistory, signRoster, type Roster, type RosterHistory } from '../../../src/overlay/index.js'
import { isP2pChatError, P2pChatError } from '../../../src/errors.js'
import type { Consensus } from '../../../src/rendezvous/consensus/index.js'
import { HomeService } from '../../../src/rendezvous/home/index.js'
import { defaultLimits } from '../../../src/rendezvous/limits.js'
import type { ServerHandler } from '../../../src/rendezvous/links/index.js'
import { createStoreMailboxes } from '../../../src/rendezvous/mailboxes/store-mailboxes.js'
import { exchangeRosters, knownRosters } from '../../../src/rendezvous/member/known-rosters.js'
import { goByTimeOfOthers, timeHandlers } from '../../../src/rendezvous/member/pool-time.js'
import { RegisterUpkeep } from '../../../src/rendezvous/member/register-upkeep.js'
import { Stewardship } from '../../../src/rendezvous/member/stewardship.js'
import { createPoolMail, defaultReplicationLimits, type PoolMail } from '../../../src/rendezvous/replication/index.js'
import { noTimeYet, SteadyClock } from '../../../src/rendezvous/steady-clock.js'
import { silentLogger, type Logger } from '../../../src/runtime.js'
import { clientMethods, type ClientMethods } from './client-methods.js'
import { acknowledgementReader, serverIdentity } from './identities.js'
import { consensusOf, mailboxesOf, mailLimitsOf, rostersOf, storeOf, timesOfServer, type PoolBug } from './pool-bugs.js'
import { SimLinks } from './sim-links.js'
import type { SimNode, SimProcess } from './sim-node.js'
import type { PoolWorld } from './world.js'

const CHAIN_KEY = 'pool/roster'
/** Small, so that a copy of a disk is soon an old one. */
export const unwitnessedWrites = 24
const sweepIntervalMs = 30_000
/** Servers tell each other their load so many times more seldom than they do: of all that is sent it was a fifth. */
const loadsMoreSeldom = 5

/** What runs on a machine from a start to its end. */
export interface RunningPoolServer {
  process: SimProcess
  consensus: Consensus
  mail: PoolMail
  links: SimLinks
  times: SteadyClock
}

/** All servers that ever were, by PeerId. */
export type PoolServers = ReadonlyMap<string, PoolServer>

export interface PoolServerInit {
  world: PoolWorld
  /** tells its keys */
  number: number
  first: RosterHistory
  all: PoolServers
  bug: PoolBug | undefined
  /** Told of each roster that is on its disk. */
  onRoster: (roster: Roster) => void
}

/** A machine of the simulated pool: registers, roster, mail and homes on one disk, wired as a member of a pool is. */
export class PoolServer {
  readonly peerId: string
  readonly serverKey: Uint8Array
  readonly node: SimNode
  /** The newest roster that is on its disk. */
  roster: Roster
  /** Its disk is gone, damaged or of the past: it has to be taken out of the pool. */
  isSpoiled = false
  /** What it tells its clients is changed on the way. */
  lies: ((method: string, answer: Uint8Array) => Uint8Array) | undefined
  #liedAtMs = -Infinity
  readonly #init: PoolServerInit
  #running: RunningPoolServer | undefined
  /** What was read last off its disk: verifying it again at each start would only take time. */
  #history: RosterHistory

  constructor (init: PoolServerInit) {
    this.#init = init
    ;({ peerId: this.peerId, serverKey: this.serverKey } = serverIdentity(init.number))
    this.#history = init.first
    this.roster = init.first.newest
    this.node = init.world.addNode(`s${init.number}`, async (process) => { await this.#boot(process) })
  }

  get name (): string {
    return this.node.name
  }

  get address (): string {
    return `/ip4/10.0.0.${this.#init.number}/tcp/4001`
  }

  /** What runs on it now; undefined while it is down or not up yet. */
  get running (): RunningPoolServer | undefined {
    return this.node.process !== undefined && this.#running?.process === this.node.process ? this.#running : undefined
  }

  /** Whether what it has answered since then may be a lie. */
  hasLiedSince (ms: number): boolean {
    return this.#liedAtMs >= ms
  }

  async #boot (process: SimProcess): Promise<void> {
    const { world, all, bug, onRoster } = this.#init
    const { clock } = process
    const self = this.peerId
    const store = storeOf(bug, process.store)
    const stored = await store.get(CHAIN_KEY)
    const history = stored === undefined ? this.#init.first : this.#read(stored)
    this.roster = history.newest
    const logger: Logger = { ...silentLogger, error: (_fields, message) => { world.log(`${this.name} says: ${message}`) } }
    const links = new SimLinks({ process, self, servers: () => consensus.roster.roster.servers.map(({ peerId }) => peerId), nameOf: (peerId) => all.get(peerId)?.name })
    const ask = (peerId: string, method: string, body: Uint8Array): Promise<Uint8Array> => links.ask(peerId, method, body)
    const surroundings = { reachable: () => [self, ...links.others().filter((peerId) => this.#sees(peerId))] }
    const consensus: Consensus = consensusOf(bug, {
      self,
      store,
      clock,
      random: process.random,
      logger,
      history,
      saveChain: async (chain) => { await store.batch([{ type: 'put', key: CHAIN_KEY, value: chain }], { sync: true }) },
      sign: (roster) => signRoster(serverIdentity(this.#init.number).seed, roster).signature,
      derive: () => [],
      derivedTables: [],
      call: ask,
      unwitnessedWrites
    }, surroundings)
    const limits = { ...defaultLimits, ...defaultReplicationLimits, caughtUpMs: 0, ...mailLimitsOf(bug) }
    // As with a joiner that has just been let in: it goes by the others' time, not by its own clock.
    if (stored === undefined && !history.newest.servers.some(({ peerId }) => peerId === self)) await store.batch([noTimeYet()], { sync: true })
    const times = await SteadyClock.load(store, clock)
    const kept = timesOfServer(bug, times, clock)
    const rosters = knownRosters(consensus.roster, links, clock)
    const localMailboxes = mailboxesOf(bug, createStoreMailboxes({ store, clock, times: kept, limits }), () => clock.now() + limits.mailRetentionMs)
    const mail = await createPoolMail({
      peerId: self,
      store,
      localMailboxes,
      rosters: rostersOf(bug, rosters, surroundings),
      ask,
      poolAddressesOf: (peerIds) => [...peerIds],
      clock,
      times: kept,
      random: process.random.fork('mail'),
      logger,
      limits,
      isDiskOld: () => consensus.life.state === 'retired',
      readAcknowledgement: acknowledgementReader
    })
    const clients = new Set<string>()
    const home = new HomeService({
      self,
      roster: () => consensus.roster.roster,
      refreshRoster: async (version) => { await rosters.refresh(version) },
      replicasOf: mail.replicasOf,
      links,
      clients: () => clients.size,
      isAttached: ({ remotePeer }) => clients.has(remotePeer),
      channels: () => [],
      poolAddressesOf: (peerIds) => [...peerIds],
      mayAsk: () => {},
      clock: { ...clock, schedule: (delayMs, fn) => clock.schedule(loadsMoreSeldom * delayMs, fn) },
      logger
    })
    const registerUpkeep = new RegisterUpkeep({ consensus, links, clock, logger })
    const stewardship = new Stewardship({ self, consensus, links, clock, logger, addresses: () => [this.address] })
    consensus.roster.onChange((roster) => {
      this.roster = roster
      this.#history = consensus.roster.history
      onRoster(roster)
      world.log(`${this.name} has roster ${roster.version} (${roster.phase}: ${roster.servers.map((server) => `${all.get(server.peerId)?.name ?? '?'} ${server.state}${server.acceptor ? ' votes' : ''}`).join(', ')})`)
      mail.rosterChanged()
      stewardship.soon()
    })
    links.onLink((peerId, isUp) => {
      if (!isUp) return
      goByTimeOfOthers(times, links).then(async (isStepped) => { if (isStepped) await mail.mailboxes.sweep() }).catch(() => {})
      exchangeRosters(consensus.roster, links, peerId).catch(() => {})
    })
    this.#serve(process, links, consensus, { ...consensus.handlers, ...mail.handlers, ...home.handlers, ...timeHandlers(times) }, clientMethods({ consensus, mail, home, clients }))
    const running = this.#running = { process, consensus, mail, links, times }
    const awake = consensus.life.wake().then(() => {
      registerUpkeep.soon()
      world.log(`${this.name} is ${consensus.life.state}`)
    })
    awake.catch((error: unknown) => { if (!isP2pChatError(error)) throw error })
    mail.start()
    home.start()
    stewardship.start()
    this.#sweep(running)
  }

  #read (chain: Uint8Array): RosterHistory {
    if (Buffer.compare(chain, this.#history.chain) !== 0) this.#history = readRosterHistory(this.#init.first.poolId, chain)
    return this.#history
  }

  #sees (peerId: string): boolean {
    const { all, world: { network } } = this.#init
    const other = all.get(peerId)
    return other?.running !== undefined && !other.node.isFrozen && !network.isCut(this.name, other.name) && !network.isCut(other.name, this.name)
  }

  /** Servers of the roster may ask everything, everybody may ask for the roster or show one, and clients have methods of their own. */
  #serve (process: SimProcess, links: SimLinks, consensus: Consensus, servers: Record<string, ServerHandler>, clients: ClientMethods): void {
    const byName = new Map([...this.#init.all.values()].map((server) => [server.name, server.peerId]))
    process.serve(async (from, method, body) => {
      const client = clients[method]
      if (client !== undefined) {
        const answer = await client(body)
        if (this.lies === undefined) return answer
        this.#liedAtMs = this.#init.world.nowMs
        return this.lies(method, answer)
      }
      const asker = byName.get(from) ?? [...this.#init.all.values()].find(({ name }) => name === from)?.peerId ?? ''
      byName.set(from, asker)
      const isListed = consensus.roster.roster.servers.some(({ peerId }) => peerId === asker)
      if (isListed) links.heard(asker)
      else if (method !== 'roster/chain' && method !== 'roster/install') throw new P2pChatError('ERR_NOT_PERMITTED', 'Only servers of the pool may ask this.')
      const handler = servers[method]
      if (handler === undefined) throw new P2pChatError('ERR_UNSUPPORTED', `There is no ${method}.`)
      return await handler(asker, body)
    })
  }

  #sweep (running: RunningPoolServer): void {
    const { process, mail, links, times } = running
    const sweep = async (): Promise<void> => {
      await times.step()
      await goByTimeOfOthers(times, links)
      await mail.mailboxes.sweep()
    }
    process.clock.schedule(sweepIntervalMs, () => {
      sweep().catch(() => {}).finally(() => { this.#sweep(running) }).catch(() => {})
    })
  }
}
