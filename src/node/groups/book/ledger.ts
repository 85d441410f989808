/** Takes entries of logs into the home: what they change of members' devices, keys, pinned accounts and history is one transaction. */
import { constantTimeEqual, sha256 } from '../../../crypto/bytes.js'
import { isP2pChatError, P2pChatError } from '../../../errors.js'
import type { VerifiedAccountRecord } from '../../../records/index.js'
import { accountRecordsOf, encodeGroupState, foldEntry, isGroupDevice, type CheckpointStart, type GroupEntryPlace, type GroupState, type VerifiedGroupEntry } from '../../../records/group/index.js'
import type { Clock, Logger } from '../../../runtime.js'
import { findRecord, takeRecord, type TakenRecord } from '../../contacts/contacts.js'
import { toHex } from '../../home/hex.js'
import { stampNow } from '../../home/home-time.js'
import type { Reader, Transaction } from '../../home/lane.js'
import type { Admission } from '../../contacts/admission.js'
import { endInvitation, putInvitation } from '../invitations.js'
import type { GroupChange } from '../types.js'
import type { Keys } from './keys.js'
import { stateEveryEntries } from './limits.js'
import type { States } from './states.js'
import { noteAllStays, noteStays } from './stays.js'
import { entryTable, groupTable, stateTable, type GroupRow } from './tables.js'
import { tellEntry } from './texts.js'

export interface LedgerComponents {
  clock: Clock
  logger: Logger
  self: { username: string, deviceKey: Uint8Array }
  states: States
  keys: Keys
  putChange: (tx: Transaction, change: GroupChange) => Promise<void>
  /** After the commit: an invitation has ended, so there is room for what was left in the mailbox. */
  answered: () => void
  /** What the user lets somebody do who is not asked for. */
  admissionOf: (reader: Reader, username: string) => Promise<Admission>
  /** Runs in the transaction that takes an account's record. */
  onRecord: (tx: Transaction, before: VerifiedAccountRecord | undefined, taken: TakenRecord) => Promise<void>
}

export interface TakenEntries {
  state: GroupState | undefined
  applied: VerifiedGroupEntry[]
  /** why the next one was not taken */
  refused?: P2pChatError
}

export class Ledger {
  constructor (private readonly components: LedgerComponents) {}

  /** Takes entries, in order, as far as they are right. Those that are here already are passed over. */
  async take (tx: Transaction, id: string, entries: VerifiedGroupEntry[]): Promise<TakenEntries> {
    const { states, keys, clock } = this.components
    const times = { nowMs: clock.now(), stampMs: await stampNow(tx, clock) }
    let row = await groupTable.get(tx, id)
    let state = await states.of(tx, id)
    const applied: VerifiedGroupEntry[] = []
    let refused: P2pChatError | undefined
    for (const entry of entries) {
      if (state !== undefined && entry.sequence <= state.head.sequence) continue
      const next = this.fold(id, state, entry)
      if (next instanceof P2pChatError) {
        refused = next
        break
      }
      this.putEntry(tx, id, entry, next)
      await noteStays(tx, id, state, entry)
      await keys.step(tx, id, state, next, entry)
      await this.noteInvitation(tx, id, next.name, entry)
      await this.tell(tx, id, state, next, entry)
      row = this.rowAfter(row, state, next, entry, times)
      state = next
      applied.push(entry)
    }
    if (row !== undefined && state !== undefined && applied.length > 0) {
      await this.takeRecords(tx, state, namedIn(applied))
      this.keep(tx, id, row, state)
    }
    return { state, applied, ...(refused === undefined ? {} : { refused }) }
  }

  /**
   * Notes that the log goes on with what only a later version understands: nothing is sent until it is read.
   *
   * @returns `no entry`: none of its members made that
   */
  async stopAt (tx: Transaction, id: string, state: GroupState, { sequence, previousHash, author, authorDevice, hash }: GroupEntryPlace): Promise<'new' | 'known' | 'no entry'> {
    const { clock, putChange } = this.components
    const row = await groupTable.get(tx, id)
    const isNext = sequence === state.head.sequence + 1 && constantTimeEqual(previousHash, state.head.hash)
    if (row === undefined || !isNext || !isGroupDevice(state, author, authorDevice)) return 'no entry'
    if (row.later !== undefined && constantTimeEqual(row.later.hash, hash)) return 'known'
    groupTable.put(tx, { ...row, later: { sequence, hash } }, id)
    if (row.standing !== 'member') return 'new'
    const text = `${author} has changed ${row.name} by a newer version of p2pchat: until one is installed here, messages to the group wait.`
    await putChange(tx, { group: { id, name: row.name }, kind: 'unsupported', by: author, users: [], text, hash: sha256(new TextEncoder().encode('unsupported'), hash), atMs: clock.now() })
    return 'new'
  }

  /** The log was read to its head. */
  async goOn (tx: Transaction, id: string): Promise<void> {
    const row = await groupTable.get(tx, id)
    if (row?.later === undefined) return
    const { later, ...rest } = row
    groupTable.put(tx, rest, id)
  }

  /** Begins the log of a group at a checkpoint. What was here of it before is replaced. */
  async begin (tx: Transaction, id: string, { state, admin }: CheckpointStart, entry: VerifiedGroupEntry): Promise<void> {
    const nowMs = this.components.clock.now()
    this.putEntry(tx, id, entry, state)
    noteAllStays(tx, id, state)
    this.components.keys.beginAt(tx, id, state)
    await this.takeRecords(tx, state, [...state.members.keys()])
    const isMember = state.members.has(this.components.self.username)
    this.keep(tx, id, {
      name: state.name,
      standing: isMember ? 'member' : 'outside',
      head: state.head,
      stateSequence: 0,
      start: { kind: 'checkpoint', sequence: entry.sequence, admin },
      epochSinceMs: nowMs,
      ...(state.epoch.dueHash === undefined ? {} : { dueSinceMs: nowMs }),
      ...(isMember ? {} : { outSinceMs: await stampNow(tx, this.components.clock) })
    }, state)
  }

  private putEntry (tx: Transaction, id: string, { signed, hash, sequence, author, authorDevice }: VerifiedGroupEntry, after: GroupState): void {
    const { username, deviceKey } = this.components.self
    const isOwn = author === username && constantTimeEqual(authorDevice, deviceKey)
    entryTable.put(tx, { signed, hash, epoch: after.epoch.number, due: after.epoch.dueHash !== undefined, ...(isOwn ? { own: true } : {}) }, id, sequence)
  }

  private fold (id: string, state: GroupState | undefined, entry: VerifiedGroupEntry): GroupState | P2pChatError {
    if (state === undefined && toHex(entry.hash) !== id) return new P2pChatError('ERR_INVALID_RECORD', 'The log of another group was given for this one, and was refused.')
    try {
      return foldEntry(state, entry)
    } catch (error) {
      if (isP2pChatError(error)) return error
      throw error
    }
  }

  private rowAfter (row: GroupRow | undefined, before: GroupState | undefined, next: GroupState, { action }: VerifiedGroupEntry, { nowMs, stampMs }: { nowMs: number, stampMs: number }): GroupRow {
    const { dueHash, number } = next.epoch
    const was = row?.standing ?? 'outside'
    const standing = standingAfter(was, next, this.components.self.username, action.kind === 'remove')
    const isNewlyDue = dueHash !== undefined && (before?.epoch.dueHash === undefined || !constantTimeEqual(before.epoch.dueHash, dueHash))
    const dueSinceMs = dueHash === undefined ? undefined : isNewlyDue ? nowMs : row?.dueSinceMs ?? nowMs
    const outSinceMs = standing === 'member' ? undefined : was === 'member' || row === undefined ? stampMs : row.outSinceMs ?? stampMs
    return {
      name: next.name,
      standing,
      head: next.head,
      stateSequence: row?.stateSequence ?? 0,
      start: row?.start ?? { kind: 'found' },
      epochSinceMs: number === before?.epoch.number ? row?.epochSinceMs ?? nowMs : nowMs,
      ...(dueSinceMs === undefined ? {} : { dueSinceMs }),
      ...(row?.later === undefined ? {} : { later: row.later }),
      ...(outSinceMs === undefined ? {} : { outSinceMs })
    }
  }

  private keep (tx: Transaction, id: string, row: GroupRow, state: GroupState): void {
    const isStale = row.stateSequence === 0 || state.head.sequence - row.stateSequence >= stateEveryEntries
    if (isStale) stateTable.put(tx, encodeGroupState(state), id)
    groupTable.put(tx, { ...row, head: state.head, stateSequence: isStale ? state.head.sequence : row.stateSequence }, id)
    this.components.states.remember(id, state)
  }

  private async noteInvitation (tx: Transaction, id: string, name: string, { action, author, hash }: VerifiedGroupEntry): Promise<void> {
    const { username } = this.components.self
    if (action.kind === 'join' && author === username) await this.letIn(tx, id)
    if (action.kind === 'add' && action.accountRecords.some((record) => record.username === username)) await this.invite(tx, { id, name }, author, hash)
  }

  private async letIn (tx: Transaction, id: string): Promise<void> {
    if (await endInvitation(tx, id)) tx.afterCommit(() => { this.components.answered() })
  }

  private async invite (tx: Transaction, group: { id: string, name: string }, by: string, hash: Uint8Array): Promise<void> {
    const { self, clock, admissionOf, putChange } = this.components
    const admission = by === self.username ? 'welcome' : await admissionOf(tx, by)
    if (admission === 'welcome') {
      await this.letIn(tx, group.id)
      return
    }
    putInvitation(tx, group.id, { by })
    if (admission === 'blocked') return
    const text = `${by} added you to ${group.name}. What is said there waits: \`p2pchat group join ${group.name}\` shows it, \`p2pchat group leave ${group.name}\` leaves.`
    await putChange(tx, { group, kind: 'invited', by, users: [self.username], text, hash: sha256(new TextEncoder().encode('invited'), hash), atMs: clock.now() })
  }

  /** A line in the group's conversation, of what happened while this device was in it. */
  private async tell (tx: Transaction, id: string, before: GroupState | undefined, next: GroupState, entry: VerifiedGroupEntry): Promise<void> {
    const { username, deviceKey } = this.components.self
    const isHere = isGroupDevice(next, username, deviceKey) || (before !== undefined && isGroupDevice(before, username, deviceKey))
    const { kind, users, text } = tellEntry(entry, before)
    if (!isHere || kind === 'checkpoint' || kind === 'epoch') return
    await this.components.putChange(tx, { group: { id, name: next.name }, kind, by: entry.author, users, text, hash: entry.hash, atMs: entry.createdAtMs })
  }

  /** Members' account keys are pinned at first use; what is older than, or contradicts, what is known here is no reason to stop the log. */
  private async takeRecords (tx: Transaction, state: GroupState, usernames: Iterable<string>): Promise<void> {
    const { self, clock, logger, onRecord } = this.components
    for (const username of usernames) {
      const record = state.members.get(username)?.accountRecord
      if (record === undefined || username === self.username) continue
      try {
        const before = await findRecord(tx, username)
        await onRecord(tx, before, await takeRecord(tx, record, clock.now()))
      } catch (error) {
        if (!isP2pChatError(error, 'ERR_INVALID_RECORD')) throw error
        logger.info({ username }, 'the log of a group has another record of a member than this device')
      }
    }
  }
}

function standingAfter (was: GroupRow['standing'], next: GroupState, self: string, isRemoval: boolean): GroupRow['standing'] {
  if (next.members.has(self)) return 'member'
  if (was === 'outside') return 'outside'
  if (next.members.size === 0) return 'ended'
  return was === 'member' ? (isRemoval ? 'removed' : 'left') : was
}

/** Whose account records the entries bring. */
function namedIn (entries: VerifiedGroupEntry[]): Set<string> {
  return new Set(entries.flatMap(({ action }) => accountRecordsOf(action)).map(({ username }) => username))
}
