/** What people do to groups, as changes of their logs. */
import { epochCommitment } from '../../../crypto/group/index.js'
import { isP2pChatError, P2pChatError } from '../../../errors.js'
import { findDevice, type VerifiedAccountRecord } from '../../../records/index.js'
import { groupDevices, makeGroupEntry, maxAddedAtOnce, maxAddedBytes, maxRemovedAtOnce, type GroupAction, type GroupAuthor, type GroupState } from '../../../records/group/index.js'
import type { Channel } from '../../../overlay/network.js'
import type { Clock } from '../../../runtime.js'
import { assertIdentity, findContact, findRecord } from '../../contacts/contacts.js'
import type { Directory } from '../../contacts/directory.js'
import { toHex } from '../../home/hex.js'
import { askServer } from '../../pool/ask.js'
import { findGroup, foundGroup, type FoundGroup } from '../../pool/group-requests.js'
import type { Changes } from './changes.js'
import { devicesWithout, FreshSecret, type FreshSecretComponents } from './fresh-secret.js'
import type { Ledger } from './ledger.js'
import { maxAppendAttempts, maxAppendPauseMs, maxRemovalRaces, outcomeTimeoutMs } from './limits.js'
import type { LogReader } from './log-reader.js'
import { groupTable } from './tables.js'

export interface OperationsComponents extends FreshSecretComponents {
  clock: Clock
  author: GroupAuthor
  directory: Directory
  reader: LogReader
  ledger: Ledger
  changes: Changes
  /** waits for a server @throws ERR_NO_SERVER */
  channel: () => Promise<Channel>
  changed: (id: string) => void
}

export class Operations {
  constructor (private readonly components: OperationsComponents) {}

  /** Founds a group. Returns its id. @throws ERR_NAME_TAKEN, ERR_NO_SERVER, ERR_UNKNOWN_OUTCOME */
  async found (name: string, options: { inviteOnly: boolean, unlisted: boolean }): Promise<string> {
    const { lane, random, clock, author, ledger, changed, self } = this.components
    const accountRecord = await this.ownRecord()
    const secret = random.bytes(32)
    const entry = makeGroupEntry(author, undefined, clock.now(), { kind: 'found', name, ...options, accountRecord, commitment: epochCommitment(secret) })
    const id = toHex(entry.hash)
    const devices = accountRecord.devices.map((device) => ({ ...device, username: self.username }))
    await FreshSecret.of(this.components, secret, id).store(devices)
    await this.askToFound(entry.signed)
    await lane.write(async (tx) => { await ledger.take(tx, id, [entry]) })
    changed(id)
    return id
  }

  /** Joins the group of that name. Returns its id; undefined when there is none. @throws ERR_NOT_PERMITTED, ERR_USAGE, ERR_LIMIT */
  async join (name: string): Promise<string | undefined> {
    const found = await this.find(name)
    if (found === undefined) return undefined
    const id = toHex(found.groupId)
    // Who may not join may not read the log either.
    const known = await groupTable.get(this.components.lane, id)
    if (found.inviteOnly && known?.standing !== 'member') throw new P2pChatError('ERR_NOT_PERMITTED', 'This group is invite-only; ask one of its admins to add you.')
    this.components.reader.noteServed(id, found.head.sequence)
    await this.withNewestRecord(async () => {
      await this.components.changes.append(id, async (state) => {
        if (state.name !== name) throw new P2pChatError('ERR_INVALID_RECORD', `The server has led to another group than ${name}, or it was renamed just now; nothing was joined. Try again.`)
        return { kind: 'join', accountRecord: await this.ownRecord() }
      })
    })
    return id
  }

  async leave (id: string): Promise<void> {
    await this.components.changes.append(id, () => ({ kind: 'leave' }))
  }

  /**
   * Adds as many at once as one entry takes: each entry makes an epoch, and every member reads every entry.
   *
   * @returns why the others could not be added: ERR_NOT_FOUND (no such user), ERR_IDENTITY_CHANGED, ERR_USAGE (a member
   * already), ERR_LIMIT, and what keeps all that are left from being added
   * @throws ERR_NOT_PERMITTED, ERR_NO_SERVER; nobody was added then
   */
  async add (id: string, usernames: string[]): Promise<Map<string, P2pChatError>> {
    const refused = new Map<string, P2pChatError>()
    if (usernames.length === 0) return refused
    await this.assertAdmin(id, 'Only an admin can add or remove members.')
    const added = new Set<string>()
    try {
      for (let at = 0; at < usernames.length; at += maxAddedAtOnce) {
        const records = await this.recordsOf(usernames.slice(at, at + maxAddedAtOnce), refused)
        for (const batch of batches(records)) await this.addTogether(id, batch, { added, refused })
      }
    } catch (error) {
      if (!isP2pChatError(error)) throw error
      for (const username of usernames) if (!added.has(username) && !refused.has(username)) refused.set(username, error)
    }
    return refused
  }

  /** Removes members together with a new key for who stays. Many are removed by several entries, the last of which has the key. */
  async remove (id: string, usernames: string[]): Promise<void> {
    const names = [...new Set(usernames)].sort()
    for (let at = 0; at < names.length; at += maxRemovedAtOnce) {
      const some = names.slice(at, at + maxRemovedAtOnce)
      if (at + maxRemovedAtOnce < names.length) await this.components.changes.append(id, async (state) => await this.removal(id, state, some, undefined))
      else await this.removeWithKey(id, some)
    }
  }

  /** @param make what is to be done at this state; undefined: nothing */
  async change (id: string, make: (state: GroupState) => GroupAction | undefined): Promise<void> {
    await this.components.changes.append(id, make)
  }

  /**
   * In one entry, without those who are members by now; if something is the matter with one of them, such as a newer record,
   * each by itself, looked up again. @throws what keeps everybody from being added
   */
  private async addTogether (id: string, records: VerifiedAccountRecord[], so: { added: Set<string>, refused: Map<string, P2pChatError> }, isLast = false): Promise<void> {
    let members: GroupState['members'] = new Map()
    try {
      await this.components.changes.append(id, (state) => {
        members = state.members
        const accountRecords = records.filter(({ username }) => !members.has(username))
        return accountRecords.length === 0 ? undefined : { kind: 'add', accountRecords }
      })
      for (const { username } of records) {
        if (members.has(username)) so.refused.set(username, new P2pChatError('ERR_USAGE', `${username} is a member already.`))
        else so.added.add(username)
      }
    } catch (error) {
      if (!isP2pChatError(error, 'ERR_USAGE', 'ERR_NOT_FOUND', 'ERR_LIMIT', 'ERR_INVALID_RECORD')) throw error
      for (const { username } of records) {
        if (isLast) so.refused.set(username, error)
        else for (const record of await this.recordsOf([username], so.refused)) await this.addTogether(id, [record], so, true)
      }
    }
  }

  /** Their newest records, in the order of their names; of whom there is none, why not. */
  private async recordsOf (usernames: string[], refused: Map<string, P2pChatError>): Promise<VerifiedAccountRecord[]> {
    const { lane, directory } = this.components
    const found = await Promise.all(usernames.map(async (username) => {
      try {
        const { record } = await directory.refresh(username)
        assertIdentity(username, await findContact(lane, username))
        return [record]
      } catch (error) {
        if (!isP2pChatError(error)) throw error
        refused.set(username, error)
        return []
      }
    }))
    return found.flat().sort((a, b) => (a.username < b.username ? -1 : 1))
  }

  private async removeWithKey (id: string, usernames: string[]): Promise<void> {
    const { reader, changes } = this.components
    let fresh: FreshSecret | undefined
    for (let attempt = 1; attempt <= maxAppendAttempts; attempt++) {
      const state = await reader.read(id)
      // The rules, before anything is sealed to anybody.
      changes.assertAllowed(state, await this.removal(id, state, usernames, undefined))
      if (attempt <= maxRemovalRaces && (fresh === undefined || !await fresh.again(state, usernames))) {
        fresh = await FreshSecret.make(this.components, id, state, devicesWithout(state, usernames))
      }
      const commitment = attempt <= maxRemovalRaces ? fresh?.commitment : undefined
      const outcome = await changes.tryAt(id, state, await this.removal(id, state, usernames, commitment))
      if (outcome.kind === 'done') return
      await changes.pause(attempt)
    }
    throw new P2pChatError('ERR_OVERLOADED', 'The group is being changed by too many at once. Try again in a moment.', { retryAfterMs: 2_000 })
  }

  private async removal (id: string, state: GroupState, usernames: string[], commitment: Uint8Array | undefined): Promise<GroupAction> {
    const { lane, keys } = this.components
    const devices = groupDevices(state).filter(({ username }) => usernames.includes(username))
    const seen = await Promise.all(devices.map(async (device) => await keys.lastSeen(lane, id, state.epoch.number, device)))
    return { kind: 'remove', usernames, lastSeen: seen.filter((one) => one !== undefined), commitment }
  }

  private async find (name: string): Promise<FoundGroup | undefined> {
    try {
      return await askServer(this.components, async (channel) => await findGroup(channel, name))
    } catch (error) {
      if (!isP2pChatError(error, 'ERR_NOT_FOUND')) throw error
      return undefined
    }
  }

  /** The same entry again while its outcome is unknown: it is the same answer then. */
  private async askToFound (signed: Uint8Array): Promise<void> {
    const { clock, channel, changes } = this.components
    const untilMs = clock.monotonicMs() + outcomeTimeoutMs
    for (let attempt = 1; ; attempt++) {
      try {
        await foundGroup(await channel(), signed)
        return
      } catch (error) {
        const isUnknown = isP2pChatError(error, 'ERR_TIMEOUT', 'ERR_CLOSED', 'ERR_UNKNOWN_OUTCOME', 'ERR_OVERLOADED') || (attempt > 1 && isP2pChatError(error, 'ERR_NO_SERVER'))
        if (!isUnknown) throw error
        if (clock.monotonicMs() >= untilMs) throw new P2pChatError('ERR_UNKNOWN_OUTCOME', 'No server could say whether the group was made. See `p2pchat groups --mine` before you try again.', { cause: error })
        await changes.pause(maxAppendPauseMs)
      }
    }
  }

  private async assertAdmin (id: string, message: string): Promise<void> {
    const state = await this.components.reader.read(id)
    if (state.members.get(this.components.self.username)?.admin !== true) throw new P2pChatError('ERR_NOT_PERMITTED', message)
  }

  /** A server refuses an account record that is not the newest: then the newest is fetched, once. */
  private async withNewestRecord (work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      if (!isP2pChatError(error, 'ERR_INVALID_RECORD')) throw error
      await this.components.directory.refresh(this.components.self.username)
      await work()
    }
  }

  private async ownRecord (): Promise<VerifiedAccountRecord> {
    const { lane, self } = this.components
    const record = await findRecord(lane, self.username)
    if (record === undefined || findDevice(record, self.deviceKey) === undefined) throw new P2pChatError('ERR_NOT_PERMITTED', 'This device is not one of the account. Sign in again to make it one.')
    return record
  }
}

/** A field header and a length. */
const recordHeaderBytes = 4

/** In their order, each as many as one entry has room for. */
function batches (records: VerifiedAccountRecord[]): VerifiedAccountRecord[][] {
  const all: VerifiedAccountRecord[][] = []
  let bytes = 0
  for (const record of records) {
    const recordBytes = record.signed.byteLength + recordHeaderBytes
    bytes += recordBytes
    const last = all.at(-1)
    if (last !== undefined && bytes <= maxAddedBytes) last.push(record)
    else {
      all.push([record])
      bytes = recordBytes
    }
  }
  return all
}
