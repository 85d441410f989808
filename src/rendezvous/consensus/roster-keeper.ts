import { decidersOf, extendRosterHistory, quorumOf, votersOf, type Quorum, type Roster, type RosterHistory } from '../../overlay/index.js'
import type { Space } from './slots.js'

export interface RosterKeeperComponents {
  /** this server's PeerId */
  self: string
  /** as it was saved */
  history: RosterHistory
  /** Resolves once the chain is on the disk. */
  save: (chain: Uint8Array) => Promise<void>
}

/**
 * The newest roster that this server knows. It is on the disk before it counts, and what was begun under the one before
 * has ended by then: an acceptor never answers by an older roster again.
 */
export class RosterKeeper {
  readonly #components: RosterKeeperComponents
  readonly #listeners = new Set<(roster: Roster) => void>()
  readonly #inside = new Set<Promise<unknown>>()
  #installing: Promise<void> | undefined
  #history: RosterHistory
  #quorum: Quorum

  constructor (components: RosterKeeperComponents) {
    this.#components = components
    this.#history = components.history
    this.#quorum = quorumOf(components.history.newest)
  }

  get history (): RosterHistory {
    return this.#history
  }

  get roster (): Roster {
    return this.#history.newest
  }

  /** Who decides on registers. */
  get quorum (): Quorum {
    return this.#quorum
  }

  /** The roster that counts now, and who decides by it on registers or on the next roster. */
  configuration (space: Space): { version: number, quorum: Quorum } {
    return { version: this.roster.version, quorum: space === 'rosters' ? decidersOf(this.roster) : this.#quorum }
  }

  /** Whether this server has a vote on registers. */
  get votes (): boolean {
    return votersOf(this.#quorum).includes(this.#components.self)
  }

  /** Calls `listener` after each newer roster. */
  onChange (listener: (roster: Roster) => void): void {
    this.#listeners.add(listener)
  }

  /** Runs a task during which the roster stays the same. */
  async steady<T> (task: () => Promise<T>): Promise<T> {
    while (this.#installing !== undefined) await this.#installing.catch(() => {})
    const running = task()
    this.#inside.add(running)
    try {
      return await running
    } finally {
      this.#inside.delete(running)
    }
  }

  /**
   * Takes over what is newer in this chain.
   *
   * @throws what extendRosterHistory says, or the disk
   */
  async install (chain: Uint8Array): Promise<void> {
    while (this.#installing !== undefined) await this.#installing.catch(() => {})
    const next = extendRosterHistory(this.#history, chain)
    if (next.newest.version <= this.roster.version) return
    this.#installing = this.#replace(next)
    try {
      await this.#installing
    } finally {
      this.#installing = undefined
    }
    for (const listener of this.#listeners) listener(this.roster)
  }

  async #replace (next: RosterHistory): Promise<void> {
    await Promise.allSettled(this.#inside)
    await this.#components.save(next.chain)
    this.#history = next
    this.#quorum = quorumOf(next.newest)
  }
}
