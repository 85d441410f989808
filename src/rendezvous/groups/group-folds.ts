import { concat } from 'uint8arrays/concat'
import { isP2pChatError, asP2pChatError } from '../../errors.js'
import { encodeGroupState, foldEntry, readStoredGroupState, sameHead, verifyGroupEntry, type GroupState, type VerifiedGroupEntry } from '../../records/group/index.js'
import type { Logger } from '../../runtime.js'
import { keyOf, type KeyValueStore } from '../../store/index.js'
import { Lanes } from '../lanes.js'
import { maxCachedMembers, minSnapshotEntries } from '../limits.js'
import type { GroupLog } from './group-log.js'
import { corrupt, hexOf, type StoredHead } from './group-registers.js'

export interface GroupFoldsComponents {
  log: GroupLog
  /** Holds what can be made anew: not synced, and thrown away when it does not fit the log. */
  store: KeyValueStore
  logger: Logger
}

/** A state with where the newest stored copy of this group's state is. */
interface Cached {
  state: GroupState
  storedSequence: number
}

const SEQUENCE_BYTES = 8
const stateKey = (groupId: Uint8Array): string => keyOf('group-state', groupId)
const checkpointKey = (groupId: Uint8Array): string => keyOf('group-checkpoint', groupId)

/** What logs fold to: the groups used last in memory, each group now and then in the store, and all of it made anew when missing. */
export class GroupFolds {
  readonly #components: GroupFoldsComponents
  readonly #lanes = new Lanes()
  /** By group id, the one used last at the end. */
  readonly #cache = new Map<string, Cached>()
  #cachedMembers = 0

  constructor (components: GroupFoldsComponents) {
    this.#components = components
  }

  /**
   * The state at this head, or at a newer one.
   *
   * @throws ERR_STORE_CORRUPT the stored log is not one; ERR_UNSUPPORTED it has an entry of a kind that a later version knows; ERR_UNKNOWN_OUTCOME, ERR_OVERLOADED
   */
  async at (groupId: Uint8Array, head: StoredHead): Promise<GroupState> {
    const name = hexOf(groupId)
    return await this.#lanes.run(name, async () => {
      const cached = this.#cache.get(name) ?? await this.#load(groupId, head)
      if (cached !== undefined && cached.state.head.sequence >= head.sequence) return this.#remember(name, cached)
      const { state, storedSequence } = await this.#walkOn(groupId, cached, head)
      return this.#remember(name, await this.#keep({ state, storedSequence }))
    })
  }

  /** The head has moved here: `entry` was folded onto `before`. */
  async advance (before: GroupState | undefined, entry: VerifiedGroupEntry, state: GroupState): Promise<void> {
    const name = hexOf(state.groupId)
    await this.#lanes.run(name, async () => {
      if (before !== undefined && entry.action.kind === 'checkpoint') await this.#keepCheckpoint(before, entry.sequence)
      const storedSequence = this.#cache.get(name)?.storedSequence ?? 0
      this.#remember(name, await this.#keep({ state, storedSequence }))
    })
  }

  /** The state that the newest checkpoint speaks of, encoded; undefined without one. */
  async checkpoint (groupId: Uint8Array, head: StoredHead): Promise<Uint8Array | undefined> {
    const { checkpointSequence } = head
    if (checkpointSequence === 0) return undefined
    return await this.#lanes.run(hexOf(groupId), async () => {
      const stored = await this.#components.store.get(checkpointKey(groupId))
      if (stored !== undefined && sequenceOf(stored) === checkpointSequence) return stored.subarray(SEQUENCE_BYTES)
      const walked = await this.#walk(groupId, undefined, head, checkpointSequence - 1)
      return await this.#keepCheckpoint(walked, checkpointSequence)
    })
  }

  /** On from a state, which may turn out not to be on the log: then from the start. */
  async #walkOn (groupId: Uint8Array, from: Cached | undefined, head: StoredHead): Promise<Cached> {
    if (from === undefined) return { state: await this.#walk(groupId, undefined, head, head.sequence), storedSequence: 0 }
    try {
      return { ...from, state: await this.#walk(groupId, from.state, head, head.sequence) }
    } catch (error) {
      if (!isP2pChatError(error, 'ERR_STORE_CORRUPT')) throw error
      return { state: await this.#walk(groupId, undefined, head, head.sequence), storedSequence: 0 }
    }
  }

  /** Folds from a state (or the found entry) up to a sequence. A checkpoint's state that comes by is kept. */
  async #walk (groupId: Uint8Array, from: GroupState | undefined, head: StoredHead, upTo: number): Promise<GroupState> {
    let state = from
    for await (const { sequence, signed } of this.#components.log.entries(groupId, from?.head.sequence ?? 0, head)) {
      if (sequence > upTo) break
      if (sequence === head.checkpointSequence && state !== undefined) await this.#keepCheckpoint(state, sequence)
      state = refold(state, signed)
    }
    if (state === undefined || state.head.sequence !== upTo || (upTo === head.sequence && !sameHead(state.head, head))) throw corrupt('the log of a group does not lead to its head')
    return state
  }

  async #load (groupId: Uint8Array, head: StoredHead): Promise<Cached | undefined> {
    const stored = await this.#components.store.get(stateKey(groupId))
    if (stored === undefined) return undefined
    try {
      const state = readStoredGroupState(stored)
      const fits = state.head.sequence < head.sequence || sameHead(state.head, head)
      return fits ? { state, storedSequence: state.head.sequence } : undefined
    } catch {
      return undefined
    }
  }

  /** Stores the state when enough has happened since it was stored last. */
  async #keep ({ state, storedSequence }: Cached): Promise<Cached> {
    if (state.head.sequence - storedSequence < Math.max(minSnapshotEntries, state.members.size)) return { state, storedSequence }
    await this.#put(stateKey(state.groupId), encodeGroupState(state))
    return { state, storedSequence: state.head.sequence }
  }

  async #keepCheckpoint (before: GroupState, sequence: number): Promise<Uint8Array> {
    const encoded = encodeGroupState(before)
    const head = new Uint8Array(SEQUENCE_BYTES)
    new DataView(head.buffer).setBigUint64(0, BigInt(sequence))
    await this.#put(checkpointKey(before.groupId), concat([head, encoded]))
    return encoded
  }

  async #put (key: string, value: Uint8Array): Promise<void> {
    const { store, logger } = this.#components
    // Whoever asked is not told: what was decided is in the registers, and this can be made again.
    await store.batch([{ type: 'put', key, value }], { sync: false }).catch((error: unknown) => {
      logger.warn({ error: asP2pChatError(error) }, 'a copy of a group\'s state could not be kept')
    })
  }

  #remember (name: string, cached: Cached): GroupState {
    this.#forget(name)
    this.#cache.set(name, cached)
    this.#cachedMembers += weightOf(cached)
    for (const oldest of this.#cache.keys()) {
      if (this.#cachedMembers <= maxCachedMembers || oldest === name) break
      this.#forget(oldest)
    }
    return cached.state
  }

  #forget (name: string): void {
    const cached = this.#cache.get(name)
    if (cached === undefined) return
    this.#cachedMembers -= weightOf(cached)
    this.#cache.delete(name)
  }
}

function weightOf ({ state }: Cached): number {
  return state.members.size + 1
}

/** One step over an entry that was taken before. */
function refold (state: GroupState | undefined, signed: Uint8Array): GroupState {
  try {
    return foldEntry(state, verifyGroupEntry(signed))
  } catch (cause) {
    // Servers are updated one after the other, and a later one has taken it.
    if (isP2pChatError(cause, 'ERR_UNSUPPORTED')) throw cause
    throw corrupt('the log of a group cannot be folded', cause)
  }
}

function sequenceOf (stored: Uint8Array): number {
  return Number(new DataView(stored.buffer, stored.byteOffset).getBigUint64(0))
}
