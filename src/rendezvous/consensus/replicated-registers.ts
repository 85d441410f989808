import { Lanes } from '../lanes.js'
import type { IndexedRegisters, KeyList, Overloaded, Register, RegisterList, RegisterRead, RegisterWrite } from '../registers/index.js'
import { isUnanimous, highest, decideCompareAndSet, type Decision } from './round.js'
import { gather } from './gather.js'
import { maxListedNames, maxPendingOperations, retryWhenOverloadedMs } from './limits.js'
import type { Listed } from './messages.js'
import { mergePages, type Listing } from './pages.js'
import type { Peers } from './peers.js'
import type { Configure, Proposer } from './proposer.js'
import { isQuorum } from '../../overlay/index.js'

export interface ReplicatedRegistersComponents {
  proposer: Proposer
  peers: Peers
  configuration: Configure
  /** Pool addresses of servers that may take what this one is too busy for. */
  alternatives?: () => string[]
}

interface ListedPage { registers: Listed[], more: boolean }

/** Registers that a pool keeps together. */
export type ReplicatedRegisters = IndexedRegisters

/** Registers decided by the acceptors of the roster. Any number of servers may use them at the same time. */
export function createReplicatedRegisters (components: ReplicatedRegistersComponents): ReplicatedRegisters {
  return new PoolRegisters(components)
}

class PoolRegisters implements IndexedRegisters {
  readonly #components: ReplicatedRegistersComponents
  /** Own operations on one register wait for each other instead of outbidding each other. */
  readonly #lanes = new Lanes()
  #pending = 0

  constructor (components: ReplicatedRegistersComponents) {
    this.#components = components
  }

  async read (name: string): Promise<RegisterRead> {
    return await this.#limited(async () => {
      const peeked = await this.#components.proposer.peek(placeOf(name))
      if (peeked.kind === 'told') return { outcome: 'read', register: peeked.current }
      // A round costs each acceptor two syncs: acceptors that are too busy to answer must not be given more to do.
      if (peeked.kind === 'unknown') return { outcome: 'unknown' }
      return await this.#lanes.run(name, async () => {
        const proposed = await this.#components.proposer.propose(placeOf(name), () => undefined)
        return proposed.outcome === 'unknown' ? proposed : { outcome: 'read', register: proposed.current }
      })
    })
  }

  async compareAndSet (name: string, expectedVersion: number, value: Uint8Array): Promise<RegisterWrite> {
    return await this.#limited(async () => await this.#lanes.run(name, async () => await this.#compareAndSet(name, expectedVersion, value)))
  }

  async list (prefix: string, { after = '', limit }: { after?: string, limit: number }): Promise<RegisterList> {
    return await this.#limited(async () => {
      const pages = await this.#pages(prefix, after, Math.min(limit, maxListedNames))
      if (pages === undefined) return { outcome: 'unknown' }
      const { names, next } = mergePages(pages.map(({ registers, more }) => ({ names: registers.map(({ name }) => name), more })), limit)
      const registers: Array<Register & { name: string }> = []
      for (const name of names) {
        const accepted = pages.map((page) => page.registers.find((listed) => listed.name === name)?.accepted)
        const register = isUnanimous(accepted) ? highest(accepted)?.register : await this.#settled(name)
        if (register === 'unknown') return { outcome: 'unknown' }
        if (register !== undefined) registers.push({ name, ...register })
      }
      return { outcome: 'listed', page: { registers, next } }
    })
  }

  async derived (prefix: string, { after = '', limit, ofAll = false }: { after?: string, limit: number, ofAll?: boolean }): Promise<KeyList> {
    const listing = await namesAtQuorum(this.#components, { of: 'derived', prefix, after, limit }, ofAll)
    return listing === undefined ? { outcome: 'unknown' } : { outcome: 'listed', keys: listing.names, next: listing.next }
  }

  async #compareAndSet (name: string, expectedVersion: number, value: Uint8Array): Promise<RegisterWrite> {
    const last: { decision: Decision } = { decision: { kind: 'conflict' } }
    const proposed = await this.#components.proposer.propose(placeOf(name), (current) => {
      last.decision = decideCompareAndSet(current, expectedVersion, value)
      return last.decision.kind === 'write' ? last.decision.register : undefined
    })
    if (proposed.outcome === 'unknown') return proposed
    if (last.decision.kind !== 'conflict') return { outcome: 'written', version: expectedVersion + 1 }
    const { current, attempted } = proposed
    // An earlier round of this call may have come through after all, and have been built on since.
    if (attempted && current !== undefined && current.version > expectedVersion + 1) return { outcome: 'unknown' }
    return { outcome: 'conflict', current }
  }

  /** One register, when not all acceptors have the same of it. */
  async #settled (name: string): Promise<Register | undefined | 'unknown'> {
    const read = await this.read(name)
    return read.outcome === 'read' ? read.register : 'unknown'
  }

  /** The same part of the list from a quorum of acceptors. */
  async #pages (prefix: string, after: string, limit: number): Promise<ListedPage[] | undefined> {
    const { configuration, peers } = this.#components
    const { version, quorum } = configuration('registers')
    const pages = new Map<string, ListedPage>()
    return await gather(
      quorum,
      async (server) => await peers.ask(server, async (side) => await side.list({ rosterVersion: version, prefix, after, limit })),
      (server, page) => {
        pages.set(server, page)
        return isQuorum(quorum, new Set(pages.keys())) ? [...pages.values()] : undefined
      })
  }

  async #limited<T> (operation: () => Promise<T>): Promise<T | Overloaded> {
    if (this.#pending >= maxPendingOperations) {
      return { outcome: 'overloaded', retryAfterMs: retryWhenOverloadedMs, alternatives: this.#components.alternatives?.() ?? [] }
    }
    this.#pending++
    try {
      return await operation()
    } finally {
      this.#pending--
    }
  }
}

/**
 * What a quorum of acceptors lists together; undefined when there is none.
 *
 * @param ofAll waits for the others, too, until each has answered or is found not to
 */
export async function namesAtQuorum (
  { configuration, peers }: Pick<ReplicatedRegistersComponents, 'configuration' | 'peers'>,
  request: { of: 'touched' | 'derived', prefix: string, after: string, limit: number },
  ofAll = false
): Promise<Listing | undefined> {
  const { version, quorum } = configuration('registers')
  const pages = new Map<string, { names: string[], more: boolean }>()
  const listing = (): Listing | undefined => isQuorum(quorum, new Set(pages.keys())) ? mergePages([...pages.values()], request.limit) : undefined
  return await gather(
    quorum,
    async (server) => await peers.ask(server, async (side) => await side.names({ rosterVersion: version, ...request })),
    (server, page) => {
      pages.set(server, page)
      return ofAll ? undefined : listing()
    }) ?? listing()
}

function placeOf (name: string): { space: 'registers', name: string } {
  return { space: 'registers', name }
}
