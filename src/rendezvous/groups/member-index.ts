import { equals } from 'uint8arrays/equals'
import { asP2pChatError, isP2pChatError } from '../../errors.js'
import type { GroupState } from '../../records/group/index.js'
import type { Logger } from '../../runtime.js'
import { keyOf, parseOrderedInteger, partsOf, rangeUnder, type KeyValueStore, type Operation } from '../../store/index.js'
import { listScanPage, maxDoubtfulGroups } from '../limits.js'
import { asError } from '../outcome.js'
import type { IndexedRegisters } from '../registers/index.js'
import { readOwnRegister } from '../registers/store-registers.js'
import { bytesOf, decodeHead, groupOfHead, headName, hexOf, type StoredHead } from './group-registers.js'

const OF = 'group-of'
const HAS = 'group-has'
const LEFT = 'group-left'
const DOUBTFUL = 'group-unindexed'
/** What deriveMemberIndex writes to. */
export const memberIndexTables = [OF, HAS, LEFT, DOUBTFUL] as const
const nothing = new Uint8Array(0)
/** Sorts behind the end of a key and before every longer one. */
const AFTER_KEY = ' '

/**
 * The index of members, brought forward with every head that an acceptor takes in. A head names who came and went since
 * the one before; when that one was not taken in here, the group is marked as doubtful at this place in its log: only the
 * fold knows its members, until the rows were made anew.
 */
export function deriveMemberIndex (name: string, previous: Uint8Array | undefined, next: Uint8Array): Operation[] {
  const groupId = groupOfHead(name)
  if (groupId === undefined) return []
  const head = decodeHead(next)
  const before = previous === undefined ? undefined : decodeHead(previous)
  if (before !== undefined && equals(before.hash, head.hash)) return []
  const follows = before === undefined ? head.sequence === 1 : equals(before.hash, head.previousHash)
  const left = head.removed.map((username): Operation => ({ type: 'put', key: keyOf(LEFT, groupId, username, head.sequence), value: nothing }))
  if (!follows) return [...left, { type: 'put', key: keyOf(DOUBTFUL, groupId, head.sequence), value: nothing }]
  return [...left, ...head.removed.flatMap((username) => remove(username, groupId)), ...head.added.flatMap((username) => add(username, groupId))]
}

export interface MemberIndexComponents {
  registers: IndexedRegisters
  /** Of this server alone: the rows here, if it is an acceptor. */
  store: KeyValueStore
  /** The state of a group now; undefined when there is no such group. Rejects with ERR_STORE_CORRUPT or ERR_UNSUPPORTED when its log cannot be folded. */
  fold: (groupId: Uint8Array) => Promise<GroupState | undefined>
  logger: Logger
}

/**
 * Which groups an account is in. What acceptors have of it is put together: an account that came with some entry is in the
 * rows of a majority, or the group is doubtful there. Groups that it has left may be named for as long as an acceptor has
 * not caught up; whoever reads such a log is told where the account went.
 *
 * All methods throw ERR_UNKNOWN_OUTCOME and ERR_OVERLOADED.
 */
export class MemberIndex {
  readonly #components: MemberIndexComponents
  #settling: Promise<void> | undefined
  /** Groups of which it was told that their logs cannot be folded. */
  readonly #unfoldable = new Set<string>()

  constructor (components: MemberIndexComponents) {
    this.#components = components
  }

  /** Ids of groups behind `after` (empty: from the start), in order. */
  async groupsOf (username: string, after: Uint8Array, limit: number): Promise<Uint8Array[]> {
    // After a change of acceptors that is every group, which nobody here waits for.
    this.settle().catch((error: unknown) => { this.#components.logger.debug({ error: asP2pChatError(error) }, 'the index of groups could not be made anew; it is tried again') })
    const marked = await this.#doubtful()
    // Those who came to vote doubt every group. Who voted before has the rows, and need not be in the majority that answers first.
    const ofAll = marked === 'too many'
    const doubtful = ofAll ? [] : marked
    const from = after.byteLength === 0 ? undefined : `${keyOf(OF, username, after)}${AFTER_KEY}`
    // As many more as may turn out to be none.
    const keys = await this.#keys(rangeUnder(OF, username).gte, { after: from, ofAll }, limit + doubtful.length)
    const found = new Set(keys.map((key) => partsOf(key)[2] ?? ''))
    for (const group of doubtful) {
      const members = group > hexOf(after) ? await this.#membersOf(group) : new Map()
      if (members === 'unknown') continue
      if (members.has(username)) found.add(group)
      else found.delete(group)
    }
    return [...found].sort().slice(0, limit).map(bytesOf)
  }

  /** By the fold; 'unknown' when the log cannot be folded here, and there are only the rows, which may be wrong. */
  async #membersOf (group: string): Promise<ReadonlyMap<string, unknown> | 'unknown'> {
    try {
      return (await this.#components.fold(bytesOf(group)))?.members ?? new Map()
    } catch (error) {
      if (!isUnfoldable(error)) throw error
      return 'unknown'
    }
  }

  /** The entry with which an account was last seen to go from a group. */
  async leftAt (groupId: Uint8Array, username: string): Promise<number | undefined> {
    const last = (await this.#keys(rangeUnder(LEFT, groupId, username).gte)).at(-1)
    return last === undefined ? undefined : parseOrderedInteger(partsOf(last)[3] ?? '')
  }

  /** Makes the doubtful rows of this server anew, but for those of groups whose logs cannot be folded here: they stay doubtful. */
  async settle (): Promise<void> {
    this.#settling ??= this.#settle().finally(() => { this.#settling = undefined })
    await this.#settling
  }

  async #settle (): Promise<void> {
    const { store, logger } = this.#components
    const groups = new Set<string>()
    for await (const [key] of store.range(rangeUnder(DOUBTFUL))) groups.add(partsOf(key)[1] ?? '')
    for (const group of groups) {
      await this.#settleGroup(bytesOf(group)).catch((error: unknown) => {
        if (!isUnfoldable(error)) throw error
        if (!this.#unfoldable.has(group)) logger.warn({ group, error: asP2pChatError(error) }, 'the log of a group cannot be folded')
        this.#unfoldable.add(group)
      })
    }
  }

  /**
   * The marks go when no head was taken in meanwhile, and none that the fold does not reach: the row of an account that
   * came with such a one may have been taken away here. Then the next time will do.
   */
  async #settleGroup (groupId: Uint8Array): Promise<void> {
    const { store, fold } = this.#components
    const before = await this.#headHere(groupId)
    const state = await fold(groupId)
    if (state === undefined) return
    const { members, head } = state
    const operations: Operation[] = []
    for await (const [row] of store.range(rangeUnder(HAS, groupId))) {
      const username = partsOf(row)[2] ?? ''
      if (!members.has(username)) operations.push(...remove(username, groupId))
    }
    for (const username of members.keys()) operations.push(...add(username, groupId))
    // Synced: a power cut may take what is not and keep what is written later, and without its mark nobody makes a row anew.
    await store.batch(operations, { sync: true })
    const after = await this.#headHere(groupId)
    if (before?.sequence !== after?.sequence || (after?.sequence ?? 0) > head.sequence) return
    const marks: Operation[] = []
    for await (const [key] of store.range(rangeUnder(DOUBTFUL, groupId))) marks.push({ type: 'delete', key })
    await store.batch(marks.filter(({ key }) => parseOrderedInteger(partsOf(key)[2] ?? '') <= head.sequence), { sync: false })
  }

  /** The head that this server has taken in as an acceptor, chosen or not. */
  async #headHere (groupId: Uint8Array): Promise<StoredHead | undefined> {
    const register = await readOwnRegister(this.#components.store, headName(groupId))
    return register === undefined ? undefined : decodeHead(register.value)
  }

  /** Ids of groups whose rows somewhere are not to be believed; 'too many' to be folded. */
  async #doubtful (): Promise<string[] | 'too many'> {
    const groups = new Set<string>()
    for await (const key of this.#pages(rangeUnder(DOUBTFUL).gte)) {
      groups.add(partsOf(key)[1] ?? '')
      if (groups.size > maxDoubtfulGroups) return 'too many'
    }
    return [...groups]
  }

  /** Keys of the index with this prefix, so many where there are. */
  async #keys (prefix: string, from: { after?: string | undefined, ofAll?: boolean } = {}, atLeast = Infinity): Promise<string[]> {
    const keys: string[] = []
    for await (const key of this.#pages(prefix, from)) {
      keys.push(key)
      if (keys.length >= atLeast) break
    }
    return keys
  }

  /** Read page by page, as far as somebody wants them. */
  async * #pages (prefix: string, { after, ofAll = false }: { after?: string | undefined, ofAll?: boolean } = {}): AsyncGenerator<string> {
    let from = after
    do {
      const list = await this.#components.registers.derived(prefix, { after: from, limit: listScanPage, ofAll })
      if (list.outcome !== 'listed') throw asError(list)
      yield * list.keys
      from = list.next
    } while (from !== undefined)
  }
}

/** It is the log that is damaged, or has an entry that only a later version knows: asking again changes nothing. */
function isUnfoldable (error: unknown): boolean {
  return isP2pChatError(error, 'ERR_STORE_CORRUPT') || isP2pChatError(error, 'ERR_UNSUPPORTED')
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
