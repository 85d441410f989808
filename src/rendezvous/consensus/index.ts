/**
 * Registers and roster of a pool, decided by its acceptors (docs/pool.md). Nothing here opens a stream: the caller
 * carries bytes between servers, and hands over the store, time and chance.
 *
 * - acceptor.ts, round.ts: CASPaxos, pure
 * - acceptor-server.ts, slots.ts, disk-life.ts, witness-book.ts: what an acceptor keeps on its disk
 * - proposer.ts, replicated-registers.ts: the registers
 * - roster-plan.ts (pure), may-enter.ts, former-servers.ts, roster-keeper.ts, roster-changer.ts, recovery.ts: the roster
 * - heard-transfer.ts: whether another server is at it to write every register again
 * - catch-up.ts: what was decided while an acceptor was away
 * - messages.ts, wire.ts, peers.ts: between servers
 */
import { votersOf, type RosterHistory } from '../../overlay/index.js'
import type { Clock, Logger, Random } from '../../runtime.js'
import type { KeyValueStore, Operation } from '../../store/index.js'
import { AcceptorServer } from './acceptor-server.js'
import { catchUp } from './catch-up.js'
import { DiskLife } from './disk-life.js'
import { HeardTransfer } from './heard-transfer.js'
import type { ServerSide } from './messages.js'
import { Peers } from './peers.js'
import { Proposer, type Configure, type VotePhase, type VoteResult } from './proposer.js'
import { createReplicatedRegisters, type ReplicatedRegisters } from './replicated-registers.js'
import { RosterChanger } from './roster-changer.js'
import { RosterKeeper } from './roster-keeper.js'
import { remoteServer, serverHandlers, type ServerHandler } from './wire.js'
import { WitnessBook } from './witness-book.js'

export { formerServers } from './former-servers.js'
export { assertMayEnter } from './may-enter.js'
export { recoverRoster } from './recovery.js'
export type { VotePhase, VoteResult } from './proposer.js'
export type { ReplicatedRegisters } from './replicated-registers.js'
export { chooseAcceptors, type RosterChange } from './roster-plan.js'
export type { RosterChanger } from './roster-changer.js'
export type { RosterKeeper } from './roster-keeper.js'
export type { ServerHandler } from './wire.js'

export interface ConsensusComponents {
  /** this server's PeerId */
  self: string
  /** Written by this process alone. */
  store: KeyValueStore
  clock: Clock
  random: Random
  logger: Logger
  /** The roster as it was saved. */
  history: RosterHistory
  /** Resolves once the RosterChain is on the disk. */
  saveChain: (chain: Uint8Array) => Promise<void>
  /** This server's signature on the bytes of a roster. */
  sign: (roster: Uint8Array) => Uint8Array
  /** Writes that follow from a new value of a register, made in one batch with it at each acceptor. */
  derive: (name: string, previous: Uint8Array | undefined, next: Uint8Array) => Operation[]
  /** Tables that `derive` writes to. */
  derivedTables: readonly string[]
  /** Asks another server one method of /p2pchat/server/1; rejects when there is no answer in time. */
  call: (peerId: string, method: string, body: Uint8Array) => Promise<Uint8Array>
  /** Pool addresses of servers that may take what this one is too busy for. */
  alternatives?: () => string[]
  /** One more for every disk this server has had. Default: 1. */
  incarnation?: number
  /** Default: limits.unwitnessedWrites. */
  unwitnessedWrites?: number
  /** This server's disk was found to be an old copy. */
  onRetired?: () => void
  /** Told what became of each asking of the acceptors, for the operator's figures. */
  onVote?: (phase: VotePhase, result: VoteResult) => void
}

export interface Consensus {
  registers: ReplicatedRegisters
  roster: RosterKeeper
  changer: RosterChanger
  life: DiskLife
  /** Fetches what was decided without this server, if it votes. Returns how many registers that were. */
  catchUp: (signal?: AbortSignal) => Promise<number>
  heardTransfer: Pick<HeardTransfer, 'atMs'>
  /** The methods to serve to other servers of the roster, and to nobody else; from the start on. */
  handlers: Record<string, ServerHandler>
}

/** Wires one server's part. It votes once `life.wake()` has resolved; its own operations may start at once. */
export function createConsensus (components: ConsensusComponents): Consensus {
  const { self, store, clock, random, logger, history, call } = components
  const keeper = new RosterKeeper({ self, history, save: components.saveChain })
  const book = new WitnessBook(store)
  const life = new DiskLife({
    self,
    store,
    clock,
    logger,
    incarnation: components.incarnation ?? 1,
    unwitnessedWrites: components.unwitnessedWrites,
    onRetired: components.onRetired,
    voters: () => votersOf(keeper.quorum),
    quorum: () => keeper.configuration('rosters').quorum,
    witness: async (peerId, standing) => await server(peerId).witness(self, standing)
  })
  const own = new AcceptorServer({ ...components, keeper, life, book })
  const server = (peerId: string): ServerSide => peerId === self ? own : remoteServer(async (method, body) => await call(peerId, method, body))
  const peers = new Peers({ keeper, book, server })
  const configuration: Configure = (space) => keeper.configuration(space)
  const heardTransfer = new HeardTransfer(keeper, clock)
  const proposer = new Proposer({ peers, configuration, clock, random, onVote: components.onVote })
  return {
    registers: createReplicatedRegisters({ proposer, peers, configuration, alternatives: components.alternatives }),
    roster: keeper,
    changer: new RosterChanger({ keeper, proposer, peers, server, clock, logger }),
    life,
    catchUp: async (signal) => life.state === 'voting' && keeper.votes ? await catchUp({ self, peers, proposer, configuration, clock }, signal) : 0,
    heardTransfer,
    handlers: serverHandlers(own, (from, rosterVersion, after) => { heardTransfer.page(from, rosterVersion, after) })
  }
}
