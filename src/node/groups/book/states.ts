/** The folded states of groups, from memory or else from the home: the stored state and the entries since. */
import { P2pChatError } from '../../../errors.js'
import { foldEntry, readStoredGroupState, sameHead, verifyGroupEntry, type GroupState } from '../../../records/group/index.js'
import type { Reader } from '../../home/lane.js'
import { maxCachedMembers, maxCachedStates } from './limits.js'
import { entryTable, groupTable, stateTable } from './tables.js'

export class States {
  /** The newest of each group last; the group that was used last at the end. */
  private readonly cache = new Map<string, GroupState[]>()
  /** Members of the newest of each group: those before share most of them. */
  private members = 0

  /** The state at the head that the reader sees; undefined when the group is not known. @throws ERR_STORE_CORRUPT */
  async of (reader: Reader, id: string): Promise<GroupState | undefined> {
    const row = await groupTable.get(reader, id)
    if (row === undefined) return undefined
    const states = this.cache.get(id) ?? []
    const cached = states.find((state) => sameHead(state.head, row.head))
    if (cached !== undefined) {
      this.keep(id, states)
      return cached
    }
    const stored = await stateTable.get(reader, id)
    if (stored === undefined) throw damaged()
    let state = readStoredGroupState(stored)
    for (const { value } of await entryTable.list(reader, [id], { after: state.head.sequence, before: row.head.sequence + 1 })) {
      state = foldEntry(state, verifyGroupEntry(value.signed))
    }
    if (!sameHead(state.head, row.head)) throw damaged()
    this.remember(id, state)
    return state
  }

  /** A state says the same wherever it is used, so it may be remembered before it is durable. */
  remember (id: string, state: GroupState): void {
    const states = (this.cache.get(id) ?? []).filter((other) => !sameHead(other.head, state.head))
    this.keep(id, [...states, state].slice(-maxCachedStates))
    for (const oldest of this.cache.keys()) {
      if (this.members <= maxCachedMembers || oldest === id) return
      this.drop(oldest)
    }
  }

  private keep (id: string, states: GroupState[]): void {
    this.drop(id)
    this.cache.set(id, states)
    this.members += sizeOf(states)
  }

  private drop (id: string): void {
    this.members -= sizeOf(this.cache.get(id) ?? [])
    this.cache.delete(id)
  }
}

/** Also a group that nobody is in any more takes a place. */
function sizeOf (states: GroupState[]): number {
  return states.length === 0 ? 0 : Math.max(1, states.at(-1)?.members.size ?? 0)
}

function damaged (): P2pChatError {
  return new P2pChatError('ERR_STORE_CORRUPT', 'The home holds a damaged log of a group; restore it from a copy.')
}
