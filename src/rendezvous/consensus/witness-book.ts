import { keyOf, type KeyValueStore } from '../../store/index.js'
import type { Standing } from './messages.js'
import { decodeStanding, encodeStanding } from './standing.js'

const TABLE = 'witness'

/**
 * How far the disks of other acceptors were when they were last heard of: a disk that is behind that has come back from
 * the past, and must not vote.
 */
export class WitnessBook {
  readonly #store: KeyValueStore
  readonly #heard = new Map<string, Standing>()

  constructor (store: KeyValueStore) {
    this.#store = store
  }

  /** The least that an answer to a request sent now must show. */
  floor (server: string): Standing | undefined {
    return this.#heard.get(server)
  }

  /** Takes note of an answer; false when it comes from a disk of the past. */
  heard (server: string, standing: Standing, floor: Standing | undefined): boolean {
    if (floor !== undefined && isBehind(standing, floor)) return false
    const known = this.#heard.get(server)
    if (known === undefined || isBehind(known, standing)) this.#heard.set(server, standing)
    return true
  }

  /** Keeps what `server` says of itself, synced, and returns the furthest that was ever heard of it. */
  async witness (server: string, standing: Standing): Promise<Standing> {
    const key = keyOf(TABLE, server)
    const stored = await this.#store.get(key)
    const kept = stored === undefined ? undefined : decodeStanding(stored)
    if (kept === undefined || isBehind(kept, standing)) await this.#store.batch([{ type: 'put', key, value: encodeStanding(standing) }], { sync: true })
    return [kept, this.#heard.get(server)].reduce<Standing>((furthest, one) => one !== undefined && isBehind(furthest, one) ? one : furthest, standing)
  }
}

/** Whether `a` was passed before `b`. */
export function isBehind (a: Standing, b: Standing): boolean {
  return a.incarnation < b.incarnation || (a.incarnation === b.incarnation && a.writes < b.writes)
}
