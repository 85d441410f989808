import type { Clock } from '../../runtime.js'
import type { RosterKeeper } from './roster-keeper.js'

/** When another server last came further with writing every register again, by the pages of names that it asks all who vote for. */
export class HeardTransfer {
  readonly #keeper: Pick<RosterKeeper, 'roster'>
  readonly #clock: Clock
  #version = 0
  #atMs = 0
  /** The last name of which all before are written again, by PeerId of who writes. */
  readonly #furthest = new Map<string, string>()

  constructor (keeper: Pick<RosterKeeper, 'roster'>, clock: Clock) {
    this.#keeper = keeper
    this.#clock = clock
  }

  /** The server `from` asks for names behind `after`. */
  page (from: string, rosterVersion: number, after: string): void {
    if (rosterVersion !== this.#keeper.roster.version) return
    if (this.#version !== rosterVersion) this.#furthest.clear()
    this.#version = rosterVersion
    const before = this.#furthest.get(from)
    if (before !== undefined && after <= before) return
    this.#furthest.set(from, after)
    this.#atMs = this.#clock.monotonicMs()
  }

  /** By the monotonic clock; undefined when nobody was heard by the roster of now. */
  get atMs (): number | undefined {
    return this.#version === this.#keeper.roster.version ? this.#atMs : undefined
  }
}
