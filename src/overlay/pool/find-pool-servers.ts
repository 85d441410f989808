import { asP2pChatError, type P2pChatError } from '../../errors.js'
import { sleep, type Clock } from '../../runtime.js'
import { AsyncQueue } from '../async-queue.js'
import type { Network, PeerAddress, PoolDiscovery } from '../network.js'
import { candidateTimeoutMs, candidateTurnMs, maxParallelChecks } from './limits.js'
import { openPoolChannel, type PoolServer } from './pool-channel.js'
import type { RosterHistory } from './roster.js'

export interface FindPoolServersOptions {
  discovery: PoolDiscovery
  network: Network
  poolId: string
  clock: Clock
  /** How many servers are wanted; the search stops there. */
  enough: number
  signal?: AbortSignal
  /** The highest roster version seen so far. Default: 0. */
  minVersion?: number
  /** What was verified before need not be again. */
  known?: RosterHistory | undefined
  /** For each candidate. Default: candidateTimeoutMs. Of those that take longer than candidateTurnMs there may be more than maxParallelChecks. */
  timeoutMs?: number
  /** How long the candidates before have to answer (or to fail) until the next is tried as well. Default: 0, all at once. */
  headStartMs?: number
  /** Told of every candidate that was not taken, with the reason. */
  onRefused?: (peer: PeerAddress, error: P2pChatError) => void
}

/**
 * Channels to servers that have proven to belong to the pool, soonest first, until there are enough or nothing more is
 * to be found (then it simply ends). Candidates are checked in parallel, each under its own deadline; one that is slow makes
 * room for others, and is taken if it answers first all the same. Who stops iterating leaves nothing open behind but what was
 * handed out.
 */
export async function * findPoolServers (options: FindPoolServersOptions): AsyncGenerator<PoolServer> {
  const { enough, signal } = options
  const controller = new AbortController()
  const onAbort = (): void => { controller.abort(signal?.reason) }
  if (signal?.aborted === true) onAbort()
  signal?.addEventListener('abort', onAbort, { once: true })
  const found = new AsyncQueue<PoolServer>()
  const search = new Search(options, controller.signal, found)
  const searching = search.run().finally(() => { found.end() })
  let count = 0
  try {
    for await (const server of found) {
      if (server.channel.closed.aborted) continue
      count++
      yield server
      if (count >= enough) return
    }
    if (search.failure !== undefined && !controller.signal.aborted) throw search.failure
  } finally {
    signal?.removeEventListener('abort', onAbort)
    controller.abort()
    await searching
    await Promise.all(found.clear().map(async ({ channel }) => { await channel.close() }))
  }
}

interface Tried {
  addresses: Set<string>
  taken: boolean
}

class Search {
  /** Why the discovery ended early, if it did. */
  failure: P2pChatError | undefined
  readonly #options: FindPoolServersOptions
  readonly #signal: AbortSignal
  readonly #found: AsyncQueue<PoolServer>
  readonly #tried = new Map<string, Tried>()
  readonly #checks = new Set<Promise<void>>()
  /** Turns of candidates, each of which ends with the check, or sooner. */
  readonly #turns = new Set<Promise<void>>()
  #count = 0

  constructor (options: FindPoolServersOptions, signal: AbortSignal, found: AsyncQueue<PoolServer>) {
    this.#options = options
    this.#signal = signal
    this.#found = found
  }

  /** Ends when every candidate has been checked. Never rejects. */
  async run (): Promise<void> {
    try {
      await this.#checkAll()
    } catch (error) {
      this.failure = asP2pChatError(error)
    }
    await Promise.all(this.#checks)
  }

  async #checkAll (): Promise<void> {
    for await (const peer of this.#options.discovery.find(this.#signal)) {
      const tried = this.#tryOnce(peer)
      if (tried === undefined) continue
      await this.#turn()
      if (this.#signal.aborted || this.#count >= this.#options.enough) break
      const check = this.#check(peer, tried).finally(() => { this.#checks.delete(check) })
      this.#checks.add(check)
      const turn = this.#upTo(candidateTurnMs, [check]).finally(() => { this.#turns.delete(turn) })
      this.#turns.add(turn)
    }
  }

  /** Waits until one more candidate may be tried beside those that are being tried. */
  async #turn (): Promise<void> {
    const { headStartMs = 0 } = this.#options
    if (headStartMs > 0 && this.#turns.size > 0) await this.#upTo(headStartMs, this.#turns)
    while (this.#turns.size >= maxParallelChecks && !this.#signal.aborted) await Promise.race(this.#turns)
  }

  /** Until one of these has come to its end, and no longer than this. */
  async #upTo (maxMs: number, ends: Iterable<Promise<void>>): Promise<void> {
    const over = new AbortController()
    const onAbort = (): void => { over.abort() }
    this.#signal.addEventListener('abort', onAbort, { once: true })
    const time = sleep(this.#options.clock, maxMs, over.signal).catch(() => {
      // One of them was sooner.
    })
    await Promise.race([time, ...ends])
    over.abort()
    this.#signal.removeEventListener('abort', onAbort)
  }

  /** Undefined when there is nothing to try: a peer is tried again only under addresses that were not tried. */
  #tryOnce (peer: PeerAddress): Tried | undefined {
    if (peer.peerId === this.#options.network.peerId) return undefined
    const tried = this.#tried.get(peer.peerId) ?? { addresses: new Set(), taken: false }
    const isNew = !this.#tried.has(peer.peerId) || peer.addresses.some((address) => !tried.addresses.has(address))
    this.#tried.set(peer.peerId, tried)
    for (const address of peer.addresses) tried.addresses.add(address)
    return isNew && !tried.taken ? tried : undefined
  }

  async #check (peer: PeerAddress, tried: Tried): Promise<void> {
    const { network, poolId, clock, minVersion = 0, known, timeoutMs = candidateTimeoutMs, onRefused } = this.#options
    try {
      const server = await openPoolChannel(network, peer, poolId, { clock, signal: this.#signal, timeoutMs, minVersion, known, isTaken: () => tried.taken })
      if (tried.taken) return
      if (this.#signal.aborted) await server.channel.close()
      else {
        tried.taken = true
        this.#count++
        this.#found.push(server)
      }
    } catch (error) {
      if (!this.#signal.aborted) onRefused?.(peer, asP2pChatError(error))
    }
  }
}
