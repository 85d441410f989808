import { equals } from 'uint8arrays/equals'
import { fromString } from 'uint8arrays/from-string'
import { toString } from 'uint8arrays/to-string'
import type { GroupState } from '../../records/group/index.js'
import { keyOf, partsOf, rangeUnder, type KeyValueStore, type Operation } from '../../store/index.js'
import { bytesOf, decodeHead, groupOfHead } from './group-registers.js'

const OF = 'group-of'
const HAS = 'group-has'
const LEFT = 'group-left'
const DOUBTFUL = 'group-unindexed'
/** What deriveMemberIndex writes to. */
export const memberIndexTables = [OF, HAS, LEFT, DOUBTFUL] as const
const nothing = new Uint8Array(0)

/**
 * The index of members, brought forward with every head that is written here. A head names who came and went since the one
 * before; when that one was not here, the group is marked, and its members are read from the fold before the index is used.
 */
export function deriveMemberIndex (name: string, previous: Uint8Array | undefined, next: Uint8Array): Operation[] {
  const groupId = groupOfHead(name)
  if (groupId === undefined) return []
  const head = decodeHead(next)
  const follows = previous === undefined ? head.sequence === 1 : equals(decodeHead(previous).hash, head.previousHash)
  if (!follows) return [{ type: 'put', key: keyOf(DOUBTFUL, groupId), value: nothing }]
  return [
    ...head.removed.flatMap((username) => remove(username, groupId)),
    ...head.removed.map((username): Operation => ({ type: 'put', key: keyOf(LEFT, groupId, username), value: fromString(String(head.sequence)) })),
    ...head.added.flatMap((username) => add(username, groupId))
  ]
}

export interface MemberIndexComponents {
  store: KeyValueStore
  /** The state of a group now; undefined when there is no such group. */
  fold: (groupId: Uint8Array) => Promise<GroupState | undefined>
}

/** Which groups an account is in. */
export class MemberIndex {
  readonly #components: MemberIndexComponents

  constructor (components: MemberIndexComponents) {
    this.#components = components
  }

  /** Ids of groups behind `after` (empty: from the start), in order. */
  async groupsOf (username: string, after: Uint8Array, limit: number): Promise<Uint8Array[]> {
    await this.#settle()
    const { gte, lt } = rangeUnder(OF, username)
    const found: Uint8Array[] = []
    // The space sorts behind the end of this key and before every longer one.
    for await (const [key] of this.#components.store.range({ gte: after.byteLength === 0 ? gte : `${keyOf(OF, username, after)} `, lt, limit })) {
      found.push(bytesOf(partsOf(key)[2] ?? ''))
    }
    return found
  }

  /** The entry with which an account was last seen to go from a group, if that was seen here. */
  async leftAt (groupId: Uint8Array, username: string): Promise<number | undefined> {
    const stored = await this.#components.store.get(keyOf(LEFT, groupId, username))
    return stored === undefined ? undefined : Number(toString(stored))
  }

  /** Reads anew what was marked. */
  async #settle (): Promise<void> {
    const { store, fold } = this.#components
    const doubtful: string[] = []
    for await (const [key] of store.range(rangeUnder(DOUBTFUL))) doubtful.push(key)
    for (const key of doubtful) {
      const groupId = bytesOf(partsOf(key)[1] ?? '')
      const members = new Set((await fold(groupId))?.members.keys())
      const operations: Operation[] = [{ type: 'delete', key }]
      for await (const [row] of store.range(rangeUnder(HAS, groupId))) {
        const username = partsOf(row)[2] ?? ''
        if (!members.has(username)) operations.push(...remove(username, groupId))
      }
      for (const username of members) operations.push(...add(username, groupId))
      await store.batch(operations, { sync: false })
    }
  }
}

function add (username: string, groupId: Uint8Array): Operation[] {
  return rows(username, groupId).map((key) => ({ type: 'put', key, value: nothing }))
}

function remove (username: string, groupId: Uint8Array): Operation[] {
  return rows(username, groupId).map((key) => ({ type: 'delete', key }))
}

function rows (username: string, groupId: Uint8Array): string[] {
  return [keyOf(OF, username, groupId), keyOf(HAS, groupId, username)]
}
