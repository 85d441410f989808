import { P2pChatError } from '../../../src/errors.js'
import { peerIdFromEd25519 } from '../../../src/overlay/peer-id.js'
import { readRosterHistory, signRoster, type RosterHistory } from '../../../src/overlay/pool/roster.js'
import { createConsensus, type Consensus, type ConsensusComponents } from '../../../src/rendezvous/consensus/index.js'
import { silentLogger, type Clock, type Timer } from '../../../src/runtime.js'
import { createMemoryDisk, type MemoryDisk } from '../../../src/store/index.js'
import { FakeClock, settle } from '../../helpers/fake-clock.js'
import { SeededRandom } from '../../helpers/seeded-random.js'
import { keyOf, makeChain, seedOf } from '../../overlay/pool/roster-chain.js'

/** A server by the number of its seed. */
export function peerIdOf (number: number): string {
  return peerIdFromEd25519(keyOf(number))
}

/** A first roster in which these servers vote. */
export function firstHistory (numbers: number[], acceptors: number[] = numbers): RosterHistory {
  const { chain, poolId } = makeChain([{ servers: numbers, acceptors, signers: numbers }])
  return readRosterHistory(poolId, chain)
}

const stepMs = 50

/** Time goes by only while nothing else happens, and then at once: waiting in vain costs nothing. */
class IdleClock implements Clock {
  readonly #clock = new FakeClock()
  #running = false

  now (): number {
    return this.#clock.now()
  }

  monotonicMs (): number {
    return this.#clock.monotonicMs()
  }

  schedule (delayMs: number, fn: () => void): Timer {
    const timer = this.#clock.schedule(delayMs, fn)
    if (!this.#running) void this.#run()
    return timer
  }

  async #run (): Promise<void> {
    this.#running = true
    await settle()
    while (this.#clock.pending > 0) await this.#clock.advance(stepMs)
    this.#running = false
  }
}

interface Running {
  disk: MemoryDisk
  consensus: Consensus
  chain: Uint8Array
}

/** Servers in one process that answer each other at once, over the bytes of the wire. */
export class Servers {
  readonly #clock = new IdleClock()
  readonly #running = new Map<string, Running>()
  /** Servers that nobody reaches. */
  readonly down = new Set<string>()
  /** Servers that answer last. */
  readonly slow = new Set<string>()
  #starts = 0

  constructor (readonly first: RosterHistory) {}

  async start (number: number, change: Partial<ConsensusComponents> = {}): Promise<Consensus> {
    const self = peerIdOf(number)
    const disk = this.#running.get(self)?.disk ?? createMemoryDisk()
    const chain = this.#running.get(self)?.chain ?? this.first.chain
    const consensus = createConsensus({
      self,
      store: disk.open(),
      clock: this.#clock,
      random: new SeededRandom(`${number} ${this.#starts++}`),
      logger: silentLogger,
      history: readRosterHistory(this.first.poolId, chain),
      saveChain: async (chain) => {
        const running = this.#running.get(self)
        if (running !== undefined) running.chain = chain
      },
      sign: (roster) => signRoster(seedOf(number), roster).signature,
      derive: () => [],
      derivedTables: [],
      call: async (peerId, method, body) => await this.#call(self, peerId, method, body),
      ...change
    })
    this.#running.set(self, { disk, consensus, chain })
    return consensus
  }

  /** Ends a process with all that it had not synced. */
  crash (number: number): void {
    this.#running.get(peerIdOf(number))?.disk.crash()
  }

  /** Calls of a server that reach nobody any more once so many were made. */
  limited (number: number, left: { calls: number }): ConsensusComponents['call'] {
    return async (peerId, method, body) => {
      if (left.calls-- <= 0) throw new P2pChatError('ERR_UNREACHABLE', 'The cable was cut.')
      return await this.#call(peerIdOf(number), peerId, method, body)
    }
  }

  async #call (from: string, to: string, method: string, body: Uint8Array): Promise<Uint8Array> {
    const handler = this.#running.get(to)?.consensus.handlers[method]
    if (handler === undefined || this.down.has(to) || this.down.has(from)) throw new P2pChatError('ERR_UNREACHABLE', `${to} cannot be reached.`)
    if (this.slow.has(to)) await settle()
    return await handler(from, body)
  }
}
