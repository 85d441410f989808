/**
 * A disk has one life. Every synced write of an acceptor is counted on the disk, and the others are told how far it is,
 * at the latest every `unwitnessedWrites`; when the acceptor starts it asks them how far it was. A disk that is behind
 * was restored from the past: it has forgotten promises, and never votes again.
 */
import { isQuorum, type Quorum } from '../../overlay/index.js'
import { P2pChatError } from '../../errors.js'
import { sleep, type Clock, type Logger } from '../../runtime.js'
import { keyOf, type KeyValueStore, type Operation } from '../../store/index.js'
import { unwitnessedWrites, wakePatienceMs, wakeRetryMs } from './limits.js'
import type { Standing } from './messages.js'
import { decodeStanding, encodeStanding } from './standing.js'
import { isBehind } from './witness-book.js'

const STANDING_KEY = keyOf('acceptor', 'standing')
const RETIRED_KEY = keyOf('acceptor', 'retired')

export interface DiskLifeComponents {
  self: string
  store: KeyValueStore
  clock: Clock
  logger: Logger
  /** One more for every disk this server has had. */
  incarnation: number
  /** Who is told, and asked. */
  voters: () => string[]
  /** Which of them are enough: those who could end a change of acceptors whose new ones are lost. */
  quorum: () => Quorum
  /** Tells a server how far this disk is, and learns how far it was ever heard to be. Rejects when there is no answer. */
  witness: (server: string, standing: Standing) => Promise<Standing>
  /** Default: limits.unwitnessedWrites. */
  unwitnessedWrites?: number
  /** Told once when this disk is found to be an old copy, and at every start after that. */
  onRetired?: (() => void) | undefined
}

export class DiskLife {
  readonly #components: DiskLifeComponents
  readonly #maxUnwitnessed: number
  #state: 'new' | 'waking' | 'voting' | 'retired' = 'new'
  /** Counted, and perhaps not on the disk yet. */
  #writes = 0
  /** On the disk. */
  #synced = 0
  /** A quorum knows of it. */
  #witnessed = 0
  #telling: Promise<void> | undefined
  /** The newest batch under way; those before it end before it. */
  #newest: Promise<void> = Promise.resolve()

  constructor (components: DiskLifeComponents) {
    this.#components = components
    this.#maxUnwitnessed = components.unwitnessedWrites ?? unwitnessedWrites
  }

  get state (): 'new' | 'waking' | 'voting' | 'retired' {
    return this.#state
  }

  get standing (): Standing {
    return { incarnation: this.#components.incarnation, writes: this.#synced }
  }

  /** Resolves once this disk may vote, or never will. Rejects with ERR_ABORTED when `signal` aborts first. */
  async wake (signal?: AbortSignal): Promise<void> {
    const { store } = this.#components
    this.#state = 'waking'
    const stored = await store.get(STANDING_KEY)
    const standing = stored === undefined ? undefined : decodeStanding(stored)
    if (standing?.incarnation === this.#components.incarnation) this.#writes = this.#synced = standing.writes
    if (await store.get(RETIRED_KEY) !== undefined) this.#setRetired()
    else await this.#askAll(signal)
  }

  /**
   * Makes a synced write, counted in the same batch.
   *
   * @throws ERR_UNREACHABLE when too few others could be told how far this disk is; what the store says
   */
  async write (operations: readonly Operation[]): Promise<void> {
    while (this.#writes >= this.#witnessed + this.#maxUnwitnessed) {
      // Others may only be told of what is on the disk; one that has refused takes no further batch.
      await this.#newest
      await this.#tell()
    }
    const { store, incarnation } = this.#components
    const writes = ++this.#writes
    if (writes >= this.#witnessed + this.#maxUnwitnessed / 2) this.#tell().catch(() => {})
    const batch = this.#newest = store.batch([...operations, { type: 'put', key: STANDING_KEY, value: encodeStanding({ incarnation, writes }) }], { sync: true })
    await batch
    this.#synced = Math.max(this.#synced, writes)
  }

  async #askAll (signal?: AbortSignal): Promise<void> {
    const { clock, self, quorum, voters: votersNow } = this.#components
    const patience = { isOver: false }
    const timer = clock.schedule(wakePatienceMs, () => { patience.isOver = true }, { unref: true })
    const answered = new Set([self])
    try {
      for (;;) {
        const voters = votersNow()
        await Promise.all(voters.filter((server) => !answered.has(server)).map(async (server) => { if (await this.#ask(server)) answered.add(server) }))
        if (this.#state === 'retired') return
        if (voters.every((server) => answered.has(server)) || (patience.isOver && isQuorum(quorum(), answered))) break
        await sleep(clock, wakeRetryMs, signal)
      }
    } finally {
      timer.cancel()
    }
    this.#witnessed = this.#synced
    this.#state = 'voting'
  }

  async #tell (): Promise<void> {
    this.#telling ??= this.#tellAll().finally(() => { this.#telling = undefined })
    await this.#telling
  }

  /** Goes on as soon as a quorum knows. */
  async #tellAll (): Promise<void> {
    const { self, quorum, voters } = this.#components
    const { writes } = this.standing
    const told = new Set([self])
    await new Promise<void>((resolve, reject) => {
      const check = (): void => { if (isQuorum(quorum(), told)) resolve() }
      check()
      Promise.all(voters().filter((server) => server !== self).map(async (server) => {
        if (await this.#ask(server)) told.add(server)
        check()
      })).then(() => { reject(new P2pChatError('ERR_UNREACHABLE', 'Too few of the other servers can be reached.')) }, reject)
    })
    if (this.#state === 'retired') throw new P2pChatError('ERR_STORE_FOREIGN', 'This disk is not the newest of its server.')
    this.#witnessed = Math.max(this.#witnessed, writes)
  }

  async #ask (server: string): Promise<boolean> {
    let furthest: Standing
    try {
      furthest = await this.#components.witness(server, this.standing)
    } catch {
      return false
    }
    if (isBehind(this.standing, furthest)) await this.#retire(server, furthest)
    return true
  }

  async #retire (server: string, furthest: Standing): Promise<void> {
    if (this.#state === 'retired') return
    this.#setRetired()
    const { store, logger } = this.#components
    logger.error({ server, standing: this.standing, furthest }, 'this disk is older than what was stored on it: an old copy was put back. Remove this server from the pool and let it join as a new one')
    await store.batch([{ type: 'put', key: RETIRED_KEY, value: new Uint8Array(0) }], { sync: true })
  }

  #setRetired (): void {
    this.#state = 'retired'
    this.#components.onRetired?.()
  }
}
