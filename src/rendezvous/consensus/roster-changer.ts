import { P2pChatError } from '../../errors.js'
import { appendRoster, decidersOf, encodeRoster, hasRoomFor, isQuorum, maxRosterChainBytes, type Roster, type RosterHistory } from '../../overlay/index.js'
import type { Clock, Logger } from '../../runtime.js'
import { orderedInteger } from '../../store/index.js'
import { gather } from './gather.js'
import { maxListedNames, transferParallel } from './limits.js'
import { assertMayEnter } from './may-enter.js'
import type { ServerSide } from './messages.js'
import type { Peers } from './peers.js'
import type { Proposer } from './proposer.js'
import { namesAtQuorum } from './replicated-registers.js'
import type { RosterKeeper } from './roster-keeper.js'
import { assertFollows, assertRosterKnownWhole, nextStep, unfinishedStep, type RosterBody, type RosterChange, type RosterStep } from './roster-plan.js'

export interface RosterChangerComponents {
  keeper: RosterKeeper
  proposer: Proposer
  peers: Peers
  server: (peerId: string) => ServerSide
  clock: Clock
  logger: Logger
}

/** Changes the roster: decides each version under the one before, and has every register written again where that is due. */
export class RosterChanger {
  readonly #components: RosterChangerComponents
  /** The version under which registers are written again, and the last name of which all before are. */
  #transferred = { version: 0, after: '' }
  #transferring: { version: number, done: Promise<void> } | undefined

  constructor (components: RosterChangerComponents) {
    this.#components = components
  }

  /** How far registers are written again for a change of acceptors: it changes with every page of them. */
  get progress (): string {
    return `${this.#transferred.version} ${this.#transferred.after}`
  }

  /**
   * Brings a change about, after whatever was left half done. It may be called again after any failure, by any server.
   *
   * @throws ERR_UNREACHABLE when too few servers answer, and it is unknown how far it came; ERR_LIMIT when the list has no
   * room for it; what nextStep and assertMayEnter say
   */
  async change (change: RosterChange): Promise<Roster> {
    const { keeper } = this.#components
    if (change.kind === 'acceptors') await this.#bringUpToDate(change.peerIds)
    if (change.kind === 'state' && change.state === 'member') await this.#bringUpToDate([change.peerId])
    for (;;) {
      // Each time: it may have been removed, or the last room taken, while this one waited for the others.
      if (change.kind === 'add') assertMayEnter(keeper.history, change.server.peerId)
      const step = nextStep(keeper.roster, change)
      if (step.kind === 'done') return keeper.roster
      await this.#take(step)
    }
  }

  /** All registers are being taken over by a change of acceptors, here. */
  get isTransferring (): boolean {
    return this.#transferring !== undefined
  }

  /** Ends a change of acceptors that somebody began. */
  async finish (): Promise<Roster> {
    const { keeper } = this.#components
    for (;;) {
      const step = unfinishedStep(keeper.roster)
      if (step.kind === 'done') return keeper.roster
      await this.#take(step)
    }
  }

  async #take (step: Exclude<RosterStep, { kind: 'done' }>): Promise<void> {
    const { keeper, logger } = this.#components
    const { version } = keeper.roster
    assertRosterKnownWhole(keeper.history)
    if (step.kind === 'transfer') await this.#transfer(version)
    if (keeper.roster.version !== version) return
    await this.#decide(step.next)
    logger.info({ version: keeper.roster.version, phase: keeper.roster.phase }, 'the roster has changed')
  }

  /** One version more: this one, or one that somebody else had decided before. */
  async #decide (body: RosterBody): Promise<void> {
    const { keeper, proposer, clock } = this.#components
    const history = keeper.history
    const { version } = history.newest
    const next: Roster = { ...history.newest, ...body, version: version + 1, createdAtMs: clock.now(), previousHash: history.newestHash }
    assertFollows(history.newest, next)
    const bytes = encodeRoster(next)
    assertRoom(history, next, bytes)
    const decided = await proposer.propose(
      { space: 'rosters', name: orderedInteger(version + 1) },
      (current) => current === undefined ? { version: 1, value: bytes } : undefined,
      version)
    if (keeper.roster.version !== version) return
    if (decided.outcome !== 'done' || decided.current === undefined) throw unreachable()
    await keeper.install(await this.#signed(history, decided.current.value))
    this.#spread(history.newest, keeper.roster)
  }

  /** The chain with the signatures of a quorum on what was decided. */
  async #signed (history: RosterHistory, roster: Uint8Array): Promise<Uint8Array> {
    const { peers, keeper } = this.#components
    const { version, servers } = history.newest
    const quorum = decidersOf(history.newest)
    const signatures = new Map<string, { signer: Uint8Array<ArrayBuffer>, signature: Uint8Array<ArrayBuffer> }>()
    const isEnough = await gather(
      quorum,
      async (server) => await peers.ask(server, async (side) => await side.sign({ rosterVersion: version, roster })),
      (server, { signature }) => {
        const signer = servers.find(({ peerId }) => peerId === server)?.serverKey
        if (signer !== undefined) signatures.set(server, { signer: new Uint8Array(signer), signature: new Uint8Array(signature) })
        return isQuorum(quorum, new Set(signatures.keys())) || undefined
      })
    if (isEnough === true) return appendRoster(history, roster, [...signatures.values()]).chain
    // Somebody else may have come further with it.
    if (keeper.roster.version > version) return keeper.history.chain
    throw unreachable()
  }

  /** All who want the same change wait for one transfer. */
  async #transfer (version: number): Promise<void> {
    if (this.#transferring?.version === version) {
      await this.#transferring.done
      return
    }
    const transferring = this.#transferring = { version, done: this.#transferAll(version) }
    try {
      await transferring.done
    } finally {
      if (this.#transferring === transferring) this.#transferring = undefined
    }
  }

  /** Every register that was ever touched goes through a round of its own under this version, whatever it has. Goes on where it has failed. */
  async #transferAll (version: number): Promise<void> {
    const { keeper } = this.#components
    if (this.#transferred.version !== version) this.#transferred = { version, after: '' }
    for (;;) {
      const { after } = this.#transferred
      const listing = await namesAtQuorum({ configuration: () => ({ version, quorum: keeper.quorum }), peers: this.#components.peers }, { of: 'touched', prefix: '', after, limit: maxListedNames })
      if (keeper.roster.version !== version) return
      if (listing === undefined) throw unreachable()
      for (let at = 0; at < listing.names.length; at += transferParallel) {
        await Promise.all(listing.names.slice(at, at + transferParallel).map(async (name) => { await this.#transferOne(name, version) }))
      }
      if (listing.next === undefined || keeper.roster.version !== version) return
      this.#transferred = { version, after: listing.next }
    }
  }

  async #transferOne (name: string, version: number): Promise<void> {
    const { keeper, proposer } = this.#components
    const { outcome } = await proposer.propose({ space: 'registers', name }, () => undefined, version)
    if (outcome !== 'done' && keeper.roster.version === version) throw unreachable()
  }

  /** Those who shall vote or store must be there, with what they have to keep on their disks: from then on others wait for them. */
  async #bringUpToDate (peerIds: readonly string[]): Promise<void> {
    const { keeper, server } = this.#components
    await Promise.all(peerIds.map(async (peerId) => { await server(peerId).install(keeper.history.chain) }))
  }

  /** Tells all who are concerned; whoever misses it hears it when it is next asked. */
  #spread (before: Roster, after: Roster): void {
    const { keeper, server } = this.#components
    for (const peerId of new Set([...before.servers, ...after.servers].map((one) => one.peerId))) {
      server(peerId).install(keeper.history.chain).catch(() => {})
    }
  }
}

/** What is decided must be installed, so it is not begun where it cannot be. Some room is kept for taking servers out. */
function assertRoom (history: RosterHistory, next: Roster, bytes: Uint8Array): void {
  const isLarger = next.servers.length > history.newest.servers.length
  if (hasRoomFor(history, bytes, isLarger ? maxRosterChainBytes / 4 : 0)) return
  throw new P2pChatError('ERR_LIMIT', `The pool has had so many servers that ${isLarger ? 'no further one can be added' : 'its list cannot be changed any more'} (limit maxRosterChainBytes). Found a new pool.`)
}

function unreachable (): P2pChatError {
  return new P2pChatError('ERR_UNREACHABLE', 'Too few servers of the pool can be reached to change its roster. Try again; what was begun is not lost.')
}
