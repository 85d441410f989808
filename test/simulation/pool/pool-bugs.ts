/** Deliberate mistakes in a server, for the tests of the simulation itself: it must find each of them. */
import { votersOf, type Quorum } from '../../../src/overlay/index.js'
import { AcceptorServer } from '../../../src/rendezvous/consensus/acceptor-server.js'
import { DiskLife } from '../../../src/rendezvous/consensus/disk-life.js'
import { createConsensus, type Consensus, type ConsensusComponents } from '../../../src/rendezvous/consensus/index.js'
import type { ServerSide, Standing } from '../../../src/rendezvous/consensus/messages.js'
import { Peers } from '../../../src/rendezvous/consensus/peers.js'
import { Proposer, type Configure } from '../../../src/rendezvous/consensus/proposer.js'
import { createReplicatedRegisters } from '../../../src/rendezvous/consensus/replicated-registers.js'
import { RosterChanger } from '../../../src/rendezvous/consensus/roster-changer.js'
import { RosterKeeper } from '../../../src/rendezvous/consensus/roster-keeper.js'
import { remoteServer, serverHandlers } from '../../../src/rendezvous/consensus/wire.js'
import { WitnessBook } from '../../../src/rendezvous/consensus/witness-book.js'
import type { LocalMailboxes } from '../../../src/rendezvous/mailboxes/beside.js'
import type { ReplicationLimits, Rosters } from '../../../src/rendezvous/replication/index.js'
import { timesOf, type KeepingTimes } from '../../../src/rendezvous/steady-clock.js'
import type { Clock } from '../../../src/runtime.js'
import type { KeyValueStore } from '../../../src/store/index.js'

export type PoolBug =
  | 'no sync'
  | 'quorum of one'
  | 'acceptors from live discovery'
  | 'replica sets from live discovery'
  | 'acknowledgement before storage'
  | 'promises forgotten after a restore'
  | 'acknowledgements forgotten too early'
  | 'what was missed is not fetched'
  | 'clocks are believed'

/** What a mistaken server reaches for. */
export interface Surroundings {
  /** PeerIds that answer now, one's own among them, as a look into the DHT would give them. */
  reachable: () => string[]
}

export function storeOf (bug: PoolBug | undefined, store: KeyValueStore): KeyValueStore {
  return bug === 'no sync' ? unsynced(store) : store
}

export function consensusOf (bug: PoolBug | undefined, components: ConsensusComponents, { reachable }: Surroundings): Consensus {
  switch (bug) {
    case 'quorum of one': return wired(components, { quorum: ({ sets, rule }) => ({ rule, sets: sets.map((set) => set.includes(components.self) ? [components.self] : set.slice(0, 1)) }) })
    case 'acceptors from live discovery': return wired(components, { quorum: () => ({ rule: 'majority', sets: [reachable()] }) })
    case 'promises forgotten after a restore': return wired(components, { book: new GullibleBook(components.store) })
    case 'what was missed is not fetched': return { ...createConsensus(components), catchUp: async () => 0 }
    default: return createConsensus(components)
  }
}

export function rostersOf (bug: PoolBug | undefined, rosters: Rosters, { reachable }: Surroundings): Rosters {
  if (bug !== 'replica sets from live discovery') return rosters
  return {
    ...rosters,
    current: () => {
      const roster = rosters.current()
      const there = reachable()
      return { ...roster, servers: roster.servers.filter(({ peerId }) => there.includes(peerId)) }
    }
  }
}

export function mailLimitsOf (bug: PoolBug | undefined): Partial<ReplicationLimits> {
  if (bug === 'quorum of one') return { writeQuorum: 1 }
  if (bug === 'acknowledgements forgotten too early') return { tombstoneMs: 500 }
  return {}
}

export function timesOfServer (bug: PoolBug | undefined, times: KeepingTimes, clock: Clock): KeepingTimes {
  return bug === 'clocks are believed' ? timesOf(clock) : times
}

export function mailboxesOf (bug: PoolBug | undefined, mailboxes: LocalMailboxes, expiresAtMs: () => number): LocalMailboxes {
  return bug === 'acknowledgement before storage' ? eager(mailboxes, expiresAtMs) : mailboxes
}

class GullibleBook extends WitnessBook {
  override heard (): boolean {
    return true
  }

  override async witness (_server: string, standing: Standing): Promise<Standing> {
    return standing
  }
}

/** As createConsensus wires it, with quorums or a book of one's own. */
function wired (components: ConsensusComponents, change: { quorum?: (right: Quorum) => Quorum, book?: WitnessBook }): Consensus {
  const { self, store, clock, random, logger, history, call } = components
  const keeper = new RosterKeeper({ self, history, save: components.saveChain })
  const book = change.book ?? new WitnessBook(store)
  const life = new DiskLife({ ...components, incarnation: 1, voters: () => votersOf(keeper.quorum), quorum: () => keeper.configuration('rosters').quorum, witness: async (peerId, standing) => await server(peerId).witness(self, standing) })
  const own = new AcceptorServer({ ...components, keeper, life, book })
  const server = (peerId: string): ServerSide => peerId === self ? own : remoteServer(async (method, body) => await call(peerId, method, body))
  const peers = new Peers({ keeper, book, server })
  const configuration: Configure = (space) => ({ version: keeper.roster.version, quorum: change.quorum?.(keeper.quorum) ?? keeper.configuration(space).quorum })
  const proposer = new Proposer({ peers, configuration, clock, random })
  return {
    heardTransfer: { atMs: undefined },
    registers: createReplicatedRegisters({ proposer, peers, configuration }),
    roster: keeper,
    changer: new RosterChanger({ keeper, proposer, peers, server, clock, logger }),
    life,
    catchUp: async () => 0,
    handlers: serverHandlers(own)
  }
}

/** Says of every batch that it is synced, and syncs none. */
export function unsynced (store: KeyValueStore): KeyValueStore {
  return {
    get: async (key) => await store.get(key),
    batch: async (operations) => { await store.batch(operations, { sync: false }) },
    range: (options) => store.range(options),
    close: async () => { await store.close() }
  }
}

/** Says that an entry is stored while it is being stored. */
function eager (mailboxes: LocalMailboxes, expiresAtMs: () => number): LocalMailboxes {
  return {
    append: async (entry) => await mailboxes.append(entry),
    appendWith: async (entry, beside) => {
      mailboxes.appendWith(entry, beside).catch(() => {})
      return { outcome: 'stored', replicas: 1, servers: 1, expiresAtMs: expiresAtMs() }
    },
    appendShared: async (entry) => await mailboxes.appendShared(entry),
    appendSharedWith: async (entry, besides) => await mailboxes.appendSharedWith(entry, besides),
    read: async (mailbox, options) => await mailboxes.read(mailbox, options),
    acknowledge: async (mailbox, entryIds, acknowledgement, beside) => await mailboxes.acknowledge(mailbox, entryIds, acknowledgement, beside),
    remove: async (mailbox, beside) => { await mailboxes.remove(mailbox, beside) },
    find: async (mailbox, entryId) => await mailboxes.find(mailbox, entryId),
    sweep: async () => { await mailboxes.sweep() },
    onAppended: (listener) => mailboxes.onAppended(listener),
    totals: async () => await mailboxes.totals()
  }
}
