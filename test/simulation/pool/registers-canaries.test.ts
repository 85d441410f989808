/** Mistakes that the simulation must find within a bounded number of seeds: a test of the test. */
import assert from 'node:assert/strict'
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
import type { KeyValueStore } from '../../../src/store/index.js'
import { RegistersScenario, type RegistersScenarioInit } from './registers-scenario.js'
import type { MakeConsensus, RegistersServer } from './registers-server.js'

const maxSeeds = 60

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
    registers: createReplicatedRegisters({ proposer, peers, configuration }),
    roster: keeper,
    changer: new RosterChanger({ keeper, proposer, peers, server, clock, logger }),
    life,
    handlers: serverHandlers(own)
  }
}

/** Tells of a batch before it is on the disk. */
function hasty (store: KeyValueStore): KeyValueStore {
  return {
    get: async (key) => await store.get(key),
    batch: async (operations) => { await store.batch(operations, { sync: false }) },
    range: (options) => store.range(options),
    close: async () => { await store.close() }
  }
}

/** Those that answer now, as a look into the DHT would give them. */
function reachable (server: RegistersServer): string[] {
  const { network } = server.world
  return [...server.all.values()]
    .filter((other) => other.running !== undefined && !other.node.isFrozen && !network.isCut(server.name, other.name) && !network.isCut(other.name, server.name))
    .map(({ peerId }) => peerId)
}

const threeAcceptors: RegistersScenarioInit = { servers: 3, acceptors: 3, operations: 200, faults: 0.15, changes: 0 }

const quorumOfOne: MakeConsensus = (components) => wired(components, { quorum: ({ sets, rule }) => ({ rule, sets: sets.map((set) => set.includes(components.self) ? [components.self] : set.slice(0, 1)) }) })

const canaries: Array<{ name: string, make: MakeConsensus }> = [
  { name: 'an acceptor that answers before it has synced', make: (components) => createConsensus({ ...components, store: hasty(components.store) }) },
  { name: 'a quorum of one', make: quorumOfOne },
  { name: 'acceptors taken from live discovery', make: (components, server) => wired(components, { quorum: () => ({ rule: 'majority', sets: [reachable(server)] }) }) },
  { name: 'promises forgotten after a restore', make: (components) => wired(components, { book: new GullibleBook(components.store) }) }
]

/** What is wrong with what the callers saw, if anything; something else may break before that. */
async function findings (seed: string, make: MakeConsensus): Promise<{ problem: string | undefined, trace: readonly string[] }> {
  const scenario = new RegistersScenario(seed, { ...threeAcceptors, make })
  const { trace } = scenario.world
  await scenario.run().catch(() => {})
  try {
    scenario.check()
    return { problem: undefined, trace }
  } catch (error) {
    return { problem: String(error).split('\n')[0], trace }
  }
}

describe('canaries: the simulation of registers finds', () => {
  for (const { name, make } of canaries) {
    it(name, async function () {
      this.timeout(0)
      for (let seed = 0; seed < maxSeeds; seed++) {
        const { problem } = await findings(`canary ${seed}`, make)
        if (problem === undefined) continue
        console.log(`      seed ${seed}: ${problem}`)
        return
      }
      throw new Error(`${maxSeeds} seeds have not shown it.`)
    })
  }

  it('the same thing again with a seed that fails, on the same way', async () => {
    const first = await findings('canary 0', quorumOfOne)
    assert.notEqual(first.problem, undefined)
    assert.deepEqual(await findings('canary 0', quorumOfOne), first)
  })
})
