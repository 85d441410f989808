import { signRecord } from '../../../src/crypto/signed-record.js'
import { P2pChatError } from '../../../src/errors.js'
import { readRosterHistory, type RosterHistory } from '../../../src/overlay/pool/roster.js'
import type { Roster } from '../../../src/overlay/index.js'
import { createConsensus, type Consensus, type ConsensusComponents } from '../../../src/rendezvous/consensus/index.js'
import { requestTimeoutMs } from '../../../src/rendezvous/consensus/limits.js'
import { silentLogger } from '../../../src/runtime.js'
import { keyOf, seedOf } from '../../overlay/pool/roster-chain.js'
import { peerIdFromEd25519 } from '../../../src/overlay/peer-id.js'
import type { SimNode, SimProcess } from './sim-node.js'
import type { PoolWorld } from './world.js'

const CHAIN_KEY = 'pool/roster'
/** Small, so that a restored disk has hidden little. */
export const unwitnessedWrites = 8

/** Makes one server's part out of its components; a canary makes it with a mistake in it. */
export type MakeConsensus = (components: ConsensusComponents, server: RegistersServer) => Consensus

/** A machine of the simulated pool, with registers and roster on it and nothing else. */
export class RegistersServer {
  readonly peerId: string
  readonly serverKey: Uint8Array
  readonly node: SimNode
  consensus: Consensus | undefined
  /** The newest that is on its disk. */
  roster: Roster

  constructor (
    readonly world: PoolWorld,
    readonly number: number,
    private readonly first: RosterHistory,
    /** All machines of the pool, by PeerId. */
    readonly all: Map<string, RegistersServer>,
    private readonly make: MakeConsensus
  ) {
    this.serverKey = cachedKey(number)
    this.roster = first.newest
    this.peerId = cachedPeerId(number)
    this.node = world.addNode(`s${number}`, async (process) => { await this.#boot(process) })
    all.set(this.peerId, this)
  }

  get name (): string {
    return this.node.name
  }

  /** What runs on it now; undefined while it is down. */
  get running (): Consensus | undefined {
    return this.node.process === undefined ? undefined : this.consensus
  }

  async #boot (process: SimProcess): Promise<void> {
    this.consensus = undefined
    const stored = await process.store.get(CHAIN_KEY)
    const history = stored === undefined ? this.first : readRosterHistory(this.first.poolId, stored)
    this.roster = history.newest
    const consensus = this.consensus = this.make({
      self: this.peerId,
      store: process.store,
      clock: process.clock,
      random: process.random,
      logger: { ...silentLogger, error: (_fields, message) => { this.world.log(`${this.name} says: ${message}`) } },
      history,
      saveChain: async (chain) => { await process.store.batch([{ type: 'put', key: CHAIN_KEY, value: chain }], { sync: true }) },
      sign: (roster) => signRecord('p2pchat/1 roster', seedOf(this.number), roster).signature,
      derive: () => [],
      derivedTables: [],
      call: async (peerId, method, body) => {
        const name = this.all.get(peerId)?.name
        if (name === undefined) throw new P2pChatError('ERR_UNREACHABLE', `Nobody knows ${peerId}.`)
        return await process.request(name, method, body, { timeoutMs: requestTimeoutMs })
      },
      unwitnessedWrites
    }, this)
    consensus.roster.onChange((roster) => {
      this.roster = roster
      this.world.log(`${this.name} has roster ${roster.version} (${roster.phase}: ${roster.servers.filter(({ acceptor }) => acceptor).map(({ peerId }) => this.all.get(peerId)?.name).join(' ')})`)
    })
    process.serve(async (from, method, body) => {
      const peerId = [...this.all.values()].find(({ name }) => name === from)?.peerId ?? ''
      const handler = consensus.handlers[method]
      if (handler === undefined) throw new P2pChatError('ERR_UNSUPPORTED', `There is no ${method}.`)
      return await handler(peerId, body)
    })
    // It goes on while the machine already runs; a crash ends it.
    consensus.life.wake().then(() => { this.world.log(`${this.name} is ${consensus.life.state}`) }, () => {})
  }
}

export const makeConsensus: MakeConsensus = (components) => createConsensus(components)

const keys = new Map<number, Uint8Array>()
function cachedKey (number: number): Uint8Array {
  const known = keys.get(number) ?? keyOf(number)
  keys.set(number, known)
  return known
}

const peerIds = new Map<number, string>()
export function cachedPeerId (number: number): string {
  const known = peerIds.get(number) ?? peerIdFromEd25519(cachedKey(number))
  peerIds.set(number, known)
  return known
}
