import { equals } from 'uint8arrays/equals'
import { P2pChatError } from '../../errors.js'
import { accountRecordsOf, foldEntry, verifyGroupEntry, type GroupHead, type GroupState, type VerifiedGroupEntry } from '../../records/group/index.js'
import type { Accounts } from '../accounts/index.js'
import { Lanes } from '../lanes.js'
import { maxRaces } from '../limits.js'
import type { GroupFolds } from './group-folds.js'
import { noSuchGroup, type GroupLog, type ReadHead } from './group-log.js'
import type { GroupNames } from './group-names.js'
import { hexOf, type StoredHead } from './group-registers.js'

export interface GroupsComponents {
  log: GroupLog
  names: GroupNames
  folds: GroupFolds
  accounts: Accounts
}

/** Who asks: an attached device. */
export interface Asker {
  username: string
  deviceKey: Uint8Array
}

/** Where a group's log is now, and who wants to know. */
export interface Moved {
  groupId: Uint8Array
  head: GroupHead
  /** members before and after the newest entry */
  usernames: string[]
}

/**
 * The groups of the pool: takes entries that the rules allow, in order. Everything is in registers, so that servers that
 * share them agree; lanes only spare this server races with itself.
 *
 * All methods throw ERR_UNKNOWN_OUTCOME and ERR_OVERLOADED.
 */
export class Groups {
  readonly #components: GroupsComponents
  readonly #lanes = new Lanes()
  readonly #listeners = new Set<(moved: Moved) => void>()

  constructor (components: GroupsComponents) {
    this.#components = components
  }

  /** Calls `listener` after every entry that was taken here. */
  onMoved (listener: (moved: Moved) => void): void {
    this.#listeners.add(listener)
  }

  /**
   * Makes a group: its name is reserved first, so that nothing is made under a name that is taken. Asked again it changes nothing.
   *
   * @param admit called once nothing but the name stands against it; what it throws refuses it
   * @throws ERR_NAME_TAKEN, ERR_NOT_PERMITTED (somebody else's entry), ERR_INVALID_RECORD, and what verifyGroupEntry says
   */
  async found (asker: Asker, signed: Uint8Array, admit: () => void): Promise<GroupHead> {
    const { log, names } = this.#components
    const entry = verifyGroupEntry(signed)
    assertOwn(entry, asker)
    if (entry.action.kind !== 'found') throw new P2pChatError('ERR_INVALID_RECORD', 'A group begins with the entry that founds it.')
    const { name } = entry.action
    const groupId = entry.hash
    return await this.#lanes.run(hexOf(groupId), async () => {
      if (await log.head(groupId) === undefined) {
        await this.#assertNewest(entry)
        admit()
        await names.reserve(name, groupId)
        await this.#take(entry, undefined, undefined, foldEntry(undefined, entry))
      }
      return placeOf(entry)
    })
  }

  /**
   * Appends an entry. Asked again with one that was taken it changes nothing.
   *
   * @param admit called once the rules allow it; what it throws refuses it
   * @throws ERR_NOT_FOUND, ERR_CONFLICT (the head has moved), ERR_NAME_TAKEN, and what applyEntry says
   */
  async append (asker: Asker, groupId: Uint8Array, signed: Uint8Array, admit: (entry: VerifiedGroupEntry) => void = () => {}): Promise<GroupHead> {
    const { log, names, folds } = this.#components
    const entry = verifyGroupEntry(signed)
    assertOwn(entry, asker)
    return await this.#lanes.run(hexOf(groupId), async () => {
      for (let race = 0; race < maxRaces; race++) {
        const head = await log.head(groupId)
        if (head === undefined) throw noSuchGroup()
        if (await log.has(groupId, entry, head)) {
          // Whoever took it may have died, or given up, before anybody was told.
          if (entry.sequence === head.sequence) this.#tell(await folds.at(groupId, head), head.removed)
          return placeOf(entry)
        }
        const before = await folds.at(groupId, head)
        // First the rules: they cost nothing, and refuse an entry for another place or another group.
        const after = foldEntry(before, entry)
        if (race === 0) admit(entry)
        await this.#assertNewest(entry)
        if (entry.action.kind === 'rename') await names.reserve(entry.action.name, groupId)
        if (await this.#take(entry, head, before, after)) return placeOf(entry)
      }
      throw new P2pChatError('ERR_CONFLICT', 'The group has changed since this was made for it; read its log again.')
    })
  }

  /** Where a group is, and what its log folds to, now. @throws ERR_NOT_FOUND */
  async now (groupId: Uint8Array): Promise<{ head: ReadHead, state: GroupState }> {
    const { log, folds } = this.#components
    const head = await log.head(groupId)
    if (head === undefined) throw noSuchGroup()
    return { head, state: await folds.at(groupId, head) }
  }

  /** Stores the entry and moves the head to it; false when the head has moved meanwhile. */
  async #take (entry: VerifiedGroupEntry, head: ReadHead | undefined, before: GroupState | undefined, after: GroupState): Promise<boolean> {
    const { log, folds } = this.#components
    await log.putEntry(after.groupId, entry)
    if (!await log.moveHead(after.groupId, head?.version ?? 0, storedHead(before, after))) return false
    await folds.advance(before, entry, after)
    this.#tell(after, before?.members.keys() ?? [])
    return true
  }

  #tell ({ groupId, head, members }: GroupState, before: Iterable<string>): void {
    const usernames = [...new Set([...before, ...members.keys()])]
    for (const listener of this.#listeners) listener({ groupId, head, usernames })
  }

  /** What the log alone cannot know: whether the record of who comes, or changes devices, is the newest there is. */
  async #assertNewest ({ action }: VerifiedGroupEntry): Promise<void> {
    await Promise.all(accountRecordsOf(action).map(async ({ username, signed }) => {
      const account = await this.#components.accounts.read(username)
      if (account === undefined) throw new P2pChatError('ERR_NOT_FOUND', `There is no user ${username}.`)
      if (!equals(account.record.signed, signed)) throw new P2pChatError('ERR_INVALID_RECORD', `This is not the newest account record of ${username}. Look it up again.`)
    }))
  }
}

/** Also for entries that are well signed: nobody carries them for somebody else. */
function assertOwn ({ author, authorDevice }: VerifiedGroupEntry, { username, deviceKey }: Asker): void {
  if (author !== username || !equals(authorDevice, deviceKey)) {
    throw new P2pChatError('ERR_NOT_PERMITTED', 'A device may only bring entries of its own.')
  }
}

function placeOf ({ sequence, hash }: VerifiedGroupEntry): GroupHead {
  return { sequence, hash }
}

function storedHead (before: GroupState | undefined, after: GroupState): StoredHead {
  const was = before?.members ?? new Map<string, unknown>()
  return {
    ...after.head,
    previousHash: before?.head.hash ?? new Uint8Array(0),
    name: after.name,
    members: after.members.size,
    inviteOnly: after.inviteOnly,
    unlisted: after.unlisted,
    checkpointSequence: after.checkpointSequence,
    added: [...after.members.keys()].filter((username) => !was.has(username)),
    removed: [...was.keys()].filter((username) => !after.members.has(username))
  }
}
