/** The folded states of groups, from memory or else from the home: the stored state and the entries since. */
import { P2pChatError } from '../../../errors.js'
import { foldEntry, readStoredGroupState, sameHead, verifyGroupEntry, type GroupState } from '../../../records/group/index.js'
import type { Reader } from '../../home/lane.js'
import { maxCachedGroups, maxCachedStates } from './limits.js'
import { entryTable, groupTable, stateTable } from './tables.js'

export class States {
  /** The newest of each group last; the group that was used last at the end. */
  private readonly cache = new Map<string, GroupState[]>()

  /** The state at the head that the reader sees; undefined when the group is not known. @throws ERR_STORE_CORRUPT */
  async of (reader: Reader, id: string): Promise<GroupState | undefined> {
    const row = await groupTable.get(reader, id)
    if (row === undefined) return undefined
    const cached = this.cache.get(id)?.find((state) => sameHead(state.head, row.head))
    if (cached !== undefined) return cached
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
    this.cache.delete(id)
    this.cache.set(id, [...states, state].slice(-maxCachedStates))
    const [oldest] = this.cache.keys()
    if (this.cache.size > maxCachedGroups && oldest !== undefined) this.cache.delete(oldest)
  }
}

function damaged (): P2pChatError {
  return new P2pChatError('ERR_STORE_CORRUPT', 'The home holds a damaged log of a group; restore it from a copy.')
}
