import { fromString } from 'uint8arrays/from-string'
import { asP2pChatError, P2pChatError } from '../../errors.js'
import { decidersOf, formatPoolAddress, isMultiaddrText, isQuorum, quorumOf, type Roster, type RosterServer } from '../../overlay/index.js'
import { maxAddresses } from '../../protocol/limits.js'
import type { Clock, Logger } from '../../runtime.js'
import type { OpaqueServer } from '../../crypto/opaque/server.js'
import { SignUps, type SignUpState } from '../accounts/index.js'
import { chooseAcceptors, formerServers, type Consensus } from '../consensus/index.js'
import { formatJoinToken, type Invites } from '../join/index.js'
import type { Links } from '../links/index.js'
import type { BlobDrainProgress } from '../blob-replication/index.js'
import type { DrainProgress } from '../replication/index.js'
import { diagnose } from './doctor.js'
import { decodeFigures } from './figures.js'
import { decodeReach } from './handlers.js'
import { figuresTimeoutMs, reachTimeoutMs } from './limits.js'
import { assertLost, recoverPool } from './recovery.js'
import { removeServer } from './removal.js'
import type { DrainStatus, Finding, MadeToken, PoolAdmin, PoolStatus, ServerFigures, ServerStatus } from './types.js'

export interface PoolAdminComponents {
  /** one's own PeerId */
  self: string
  consensus: Pick<Consensus, 'roster' | 'changer' | 'registers'>
  links: Links
  invites: Invites
  opaque: OpaqueServer
  /** This server's own. */
  figures: () => Promise<ServerFigures>
  /** What is in the way of removing a server, of each kind of state that is handed over. */
  drains: Array<(peerId: string) => Omit<DrainProgress, 'mailboxesInAll' | 'mailboxesLeft'> & Partial<DrainProgress & Pick<BlobDrainProgress, 'bytesLeft'>>>
  clock: Clock
  logger: Logger
}

/** What an operator can do at one server of the pool. */
export function createPoolAdmin (components: PoolAdminComponents): PoolAdmin {
  const admin = new MemberAdmin(components)
  return {
    status: async () => await admin.status(),
    invite: async (ttlMs) => await admin.invite(ttlMs),
    drain: async (peerId) => await admin.drain(peerId),
    remove: async (peerId, options) => { await admin.remove(peerId, options) },
    signUp: async (set) => await admin.signUp(set),
    recover: async (lost, recoveryKey) => { await admin.recover(lost, recoveryKey) },
    doctor: async () => await admin.doctor()
  }
}

class MemberAdmin implements PoolAdmin {
  readonly #components: PoolAdminComponents

  constructor (components: PoolAdminComponents) {
    this.#components = components
  }

  async status (): Promise<PoolStatus> {
    const { self } = this.#components
    const roster = this.#roster
    const servers = await Promise.all(roster.servers.map(async ({ peerId, state, acceptor, addresses }, index): Promise<ServerStatus> => ({
      number: index + 1, peerId, self: peerId === self, state, acceptor, addresses, figures: await this.#figures(peerId)
    })))
    const up = servers.filter(({ figures }) => figures !== null)
    const sum = (of: (figures: ServerFigures) => number): number => up.reduce((total, { figures }) => total + (figures === null ? 0 : of(figures)), 0)
    const voting = new Set(up.filter(({ figures }) => figures?.vote === 'voting').map(({ peerId }) => peerId))
    const registers = up.flatMap(({ acceptor, figures }) => acceptor && figures !== null ? [figures.registers] : [])
    return {
      poolId: roster.poolId,
      pool: poolAddressOf(roster),
      name: roster.name,
      rosterVersion: roster.version,
      phase: roster.phase,
      acceptors: roster.servers.filter(({ acceptor }) => acceptor).length,
      acceptorsUp: servers.filter(({ acceptor, figures }) => acceptor && figures?.vote === 'voting').length,
      canDecide: isQuorum(decidersOf(roster), voting),
      signUp: isQuorum(quorumOf(roster), voting) ? await this.signUp().catch(() => null) : null,
      registers: registers.length === 0 ? null : Math.max(...registers),
      envelopes: sum(({ envelopes }) => envelopes),
      underReplicated: sum(({ underReplicated }) => underReplicated),
      mailboxesInAll: sum(({ mailboxesInAll }) => mailboxesInAll),
      mailboxesLeft: sum(({ mailboxesLeft }) => mailboxesLeft),
      filesUnderReplicated: Math.max(0, ...up.map(({ figures }) => figures?.filesUnderReplicated ?? 0)),
      fileBytesLeft: sum(({ fileBytesLeft }) => fileBytesLeft),
      servers
    }
  }

  async invite (ttlMs: number): Promise<MadeToken> {
    const { invites } = this.#components
    const { inviteId, secret, expiresAtMs } = await invites.make(ttlMs)
    const { poolId, servers } = this.#roster
    return { token: formatJoinToken({ poolId, addresses: addressesOf(this.#ownFirst(servers)), inviteId, secret }), expiresAtMs }
  }

  async signUp (set?: string): Promise<SignUpState> {
    const signUps = new SignUps(this.#components.consensus.registers)
    if (set === undefined) return await signUps.state()
    if (set !== 'open' && set !== 'closed') throw new P2pChatError('ERR_USAGE', 'New accounts are either open or closed.')
    await signUps.set(set)
    this.#components.logger.info({ signUp: set }, 'whether new accounts are taken was set')
    return set
  }

  async drain (peerId: string): Promise<DrainStatus> {
    const { consensus } = this.#components
    const entry = this.#listed(peerId)
    if (entry.state !== 'draining') await consensus.changer.change({ kind: 'state', peerId, state: 'draining' })
    return this.#drainStatus(peerId)
  }

  async remove (peerId: string, { force }: { force: boolean }): Promise<void> {
    const { self, consensus, logger } = this.#components
    if (peerId === self) throw new P2pChatError('ERR_USAGE', 'A server cannot remove itself. Say it to another server of the pool: p2pchat pool remove … --data DIR')
    const isListed = this.#roster.servers.some((server) => server.peerId === peerId)
    const isFormer = formerServers(consensus.roster.history).some(({ server }) => server.peerId === peerId)
    if (isListed || !isFormer) {
      this.#listed(peerId)
      if (!force) this.#assertDrained(peerId)
    }
    await this.#takeOut(peerId)
    logger.info({ peerId, force, rosterVersion: this.#roster.version }, 'a server was removed')
  }

  async recover (lost: string[], recoveryKey: string): Promise<void> {
    const { consensus, logger } = this.#components
    if (!/^[0-9a-f]{64}$/i.test(recoveryKey)) throw new P2pChatError('ERR_BAD_CREDENTIALS', 'A recovery key is 64 hexadecimal digits. It is in the file "recovery-key" that the pool\'s first server wrote.')
    if (lost.length === 0) throw new P2pChatError('ERR_USAGE', 'Say which servers are lost: --lost SERVER')
    const former = new Set(formerServers(consensus.roster.history).map(({ server }) => server.peerId))
    for (const peerId of lost) if (!former.has(peerId)) this.#listed(peerId)
    const { servers } = await this.status()
    const components = { ...this.#components, retired: new Set(servers.filter(({ figures }) => figures?.vote === 'retired').map(({ peerId }) => peerId)) }
    // Those that do not vote as well: nothing else would keep a live one from being taken out.
    assertLost(components, lost)
    const votes = this.#roster.servers.some(({ peerId, acceptor, nextAcceptor }) => lost.includes(peerId) && (acceptor || nextAcceptor))
    if (votes || this.#roster.phase === 'recovering') await recoverPool(components, lost, fromString(recoveryKey.toLowerCase(), 'base16'))
    // Those that answer first: nobody is to choose them to vote in the place of another one.
    const { retired } = components
    for (const peerId of [...lost].sort((a, b) => Number(retired.has(b)) - Number(retired.has(a)))) {
      await this.#takeOut(peerId, (other) => lost.includes(other) || retired.has(other))
    }
    logger.warn({ lost, rosterVersion: this.#roster.version }, 'the pool goes on without servers that are lost')
  }

  async doctor (): Promise<Finding[]> {
    const { clock, consensus } = this.#components
    const askedMs = clock.now()
    const status = await this.status()
    return diagnose({ status, history: consensus.roster.history, nowMs: Math.round((askedMs + clock.now()) / 2), notReached: await this.#notReached(), drained: status.servers.filter(({ peerId, state }) => state === 'draining' && this.#drainStatus(peerId).isDrained).map(({ peerId }) => peerId) })
  }

  get #roster (): Roster {
    return this.#components.consensus.roster.roster
  }

  async #takeOut (peerId: string, isGone: (other: string) => boolean = () => false): Promise<void> {
    const { self, consensus, links } = this.#components
    await removeServer({
      ...this.#components,
      registers: consensus.registers,
      history: () => consensus.roster.history,
      change: async (change) => await consensus.changer.change(change),
      isThere: (other) => other === self || (!isGone(other) && links.isLinked(other))
    }, peerId)
  }

  /** @throws ERR_NOT_FOUND */
  #listed (peerId: string): RosterServer {
    const entry = this.#roster.servers.find((server) => server.peerId === peerId)
    if (entry === undefined) throw new P2pChatError('ERR_NOT_FOUND', `There is no server ${peerId} in the pool. See: p2pchat pool status`)
    return entry
  }

  async #figures (peerId: string): Promise<ServerFigures | null> {
    const { self, figures, links, logger } = this.#components
    try {
      return peerId === self ? await figures() : decodeFigures(await links.ask(peerId, 'admin/figures', new Uint8Array(0), { timeoutMs: figuresTimeoutMs }))
    } catch (error) {
      logger.debug({ peerId, error: asP2pChatError(error) }, 'a server does not say how it is')
      return null
    }
  }

  #drainStatus (peerId: string): DrainStatus {
    const { drains } = this.#components
    const all = drains.map((drain) => drain(peerId))
    const entry = this.#listed(peerId)
    const waiting = all.find(({ mayBeRemoved }) => !mayBeRemoved)
    const names = new Set(all.flatMap(({ waitingFor }) => waitingFor))
    // One that keeps its vote for want of others gives it up when it is removed.
    const isToVote = chooseAcceptors(this.#roster).includes(peerId)
    const reason = entry.acceptor !== isToVote || this.#roster.phase !== 'settled'
      ? 'it still votes'
      : waiting?.reason === 'taking over' ? `waiting for ${[...names].map((name) => this.#numberOf(name)).join(', ')}` : waiting?.reason
    return {
      peerId,
      isDrained: reason === undefined,
      reason,
      mailboxesInAll: all.reduce((total, { mailboxesInAll = 0 }) => total + mailboxesInAll, 0),
      mailboxesLeft: all.reduce((total, { mailboxesLeft = 0 }) => total + mailboxesLeft, 0),
      fileBytesLeft: all.reduce((total, { bytesLeft = 0 }) => total + bytesLeft, 0)
    }
  }

  #assertDrained (peerId: string): void {
    const number = this.#roster.servers.findIndex((server) => server.peerId === peerId) + 1
    const { state } = this.#listed(peerId)
    if (state === 'learner') return
    if (state !== 'draining') throw new P2pChatError('ERR_NOT_PERMITTED', `Server ${number} still keeps mail. Empty it first: p2pchat pool drain ${number}. If it is gone for good: p2pchat pool remove ${number} --force`)
    const { isDrained, reason } = this.#drainStatus(peerId)
    if (!isDrained) throw new P2pChatError('ERR_NOT_PERMITTED', `Server ${number} is not empty yet (${reason ?? ''}). Try again shortly. If it is gone for good: p2pchat pool remove ${number} --force`)
  }

  #numberOf (peerId: string): string {
    return `server ${this.#roster.servers.findIndex((server) => server.peerId === peerId) + 1}`
  }

  /** This server's addresses that no other server reaches, though one of them has tried. */
  async #notReached (): Promise<string[]> {
    const { links } = this.#components
    const answers = await Promise.allSettled(links.others().filter((peerId) => links.isLinked(peerId)).map(async (peerId) => decodeReach(await links.ask(peerId, 'admin/reach', new Uint8Array(0), { timeoutMs: reachTimeoutMs }))))
    const told = answers.flatMap((answer) => answer.status === 'fulfilled' ? [answer.value] : [])
    const reached = new Set(told.flatMap((answer) => answer.reached))
    return [...new Set(told.flatMap(({ notReached }) => notReached))].filter((address) => !reached.has(address))
  }

  #ownFirst (servers: readonly RosterServer[]): RosterServer[] {
    const { self } = this.#components
    return [...servers.filter(({ peerId }) => peerId === self), ...servers.filter(({ peerId, state }) => peerId !== self && state !== 'draining')]
  }
}

/** What clients give to --pool: as many addresses of all servers as it takes, the first of each before the second of any. */
function poolAddressOf (roster: Roster): string {
  const servers = roster.servers.filter(({ state }) => state !== 'draining')
  return formatPoolAddress({ poolId: roster.poolId, addresses: addressesOf(servers.length === 0 ? roster.servers : servers) })
}

function addressesOf (servers: readonly RosterServer[]): string[] {
  const all = servers.map(({ peerId, addresses }) => addresses.filter(isMultiaddrText).map((address) => address.includes('/p2p/') ? address : `${address}/p2p/${peerId}`))
  const rounds = Array.from({ length: maxAddresses }, (_, round) => all.flatMap((addresses) => addresses.slice(round, round + 1)))
  return rounds.flat().slice(0, maxAddresses)
}
