/** Reads logs from the server: from our head on, or for a newcomer to a long one from a checkpoint. Every entry is verified. */
import { constantTimeEqual } from '../../../crypto/bytes.js'
import { isP2pChatError, P2pChatError } from '../../../errors.js'
import type { Channel } from '../../../overlay/network.js'
import { isGroupDevice, placeOfGroupEntry, startFromCheckpoint, verifyGroupEntry, type GroupHead, type GroupState, type VerifiedGroupEntry } from '../../../records/group/index.js'
import type { Clock, Logger } from '../../../runtime.js'
import { findContact } from '../../contacts/contacts.js'
import { fromHex } from '../../home/hex.js'
import type { Lane } from '../../home/lane.js'
import { askServer } from '../../pool/ask.js'
import { readCheckpoint, readEntries } from '../../pool/group-requests.js'
import type { Ledger } from './ledger.js'
import { maxWholeLogEntries, readPageBytes } from './limits.js'
import type { States } from './states.js'
import { entryTable, groupTable } from './tables.js'

export interface LogReaderComponents {
  lane: Lane
  clock: Clock
  logger: Logger
  self: { username: string, deviceKey: Uint8Array }
  states: States
  ledger: Ledger
  /** waits for a server @throws ERR_NO_SERVER */
  channel: () => Promise<Channel>
  /** After the commit: entries were taken. */
  changed: (id: string) => void
  /** A server showed another log than ours. */
  forked: (id: string, head: GroupHead) => Promise<void>
  /** A server's log is a part of ours. */
  behind: (channel: Channel, id: string, served: GroupHead) => Promise<void>
  /** A server says that this account may not read the log any more. */
  shutOut: (id: string) => Promise<void>
  /** It may. */
  readable: (id: string, state: GroupState) => Promise<void>
}

interface Turn { current: Promise<GroupState>, next?: Promise<GroupState> }

export class LogReader {
  private readonly turns = new Map<string, Turn>()
  /** What servers said of how long the logs are, where they are not known here. */
  private readonly served = new Map<string, number>()

  constructor (private readonly components: LogReaderComponents) {}

  /**
   * Reads to the head that the server has now. Calls for one group share what begins after them.
   *
   * @throws ERR_NO_SERVER, ERR_NOT_FOUND, ERR_NOT_PERMITTED, ERR_INVALID_RECORD and the like (what the server gave was refused), ERR_TIMEOUT
   * @throws ERR_UNSUPPORTED: a member has made an entry that only a later version understands; nothing is sent to the group then
   */
  async read (id: string): Promise<GroupState> {
    const turn = this.turns.get(id)
    if (turn === undefined) {
      const current = this.run(id).finally(() => { this.turned(id) })
      this.turns.set(id, { current })
      return await current
    }
    // What is under way may have asked before what the caller wants to see was there.
    turn.next ??= turn.current.catch(() => {}).then(async () => await this.run(id)).finally(() => { this.turned(id) })
    return await turn.next
  }

  /** A server named a head. */
  noteServed (id: string, sequence: number): void {
    this.served.set(id, Math.max(sequence, this.served.get(id) ?? 0))
  }

  private turned (id: string): void {
    const next = this.turns.get(id)?.next
    if (next === undefined) this.turns.delete(id)
    else this.turns.set(id, { current: next })
  }

  private async run (id: string): Promise<GroupState> {
    const { lane, logger } = this.components
    try {
      return await askServer(this.components, async (channel) => await this.readOn(channel, id))
    } catch (error) {
      if (isP2pChatError(error, 'ERR_NOT_PERMITTED') && (await groupTable.get(lane, id))?.standing === 'member') await this.components.shutOut(id)
      logger.info({ group: id, code: isP2pChatError(error) ? error.code : undefined }, 'the log of a group could not be read')
      throw error
    }
  }

  private async readOn (channel: Channel, id: string): Promise<GroupState> {
    const { lane, states, ledger, changed } = this.components
    if (await groupTable.get(lane, id) === undefined && (this.served.get(id) ?? 0) > maxWholeLogEntries && await this.beginAtCheckpoint(channel, id)) changed(id)
    for (;;) {
      const after = (await groupTable.get(lane, id))?.head.sequence ?? 0
      const page = await readEntries(channel, fromHex(id), after, readPageBytes)
      if (page.entries.length > 0) await this.take(id, page.entries)
      const state = await states.of(lane, id)
      if (state === undefined) throw withheld()
      if (state.head.sequence >= page.head.sequence) {
        await this.compare(channel, id, state, page.head)
        this.served.delete(id)
        if ((await groupTable.get(lane, id))?.later !== undefined) {
          await lane.write(async (tx) => { await ledger.goOn(tx, id) })
          changed(id)
        }
        await this.components.readable(id, state)
        return state
      }
      // Entries that are here already are passed over: who gives none but these would be asked for ever.
      if (state.head.sequence <= after) throw withheld()
    }
  }

  private async take (id: string, signed: Uint8Array[]): Promise<void> {
    const { lane, ledger, changed } = this.components
    const { entries, malformed } = verified(signed)
    const later = isP2pChatError(malformed, 'ERR_UNSUPPORTED') ? signed[entries.length] : undefined
    const { applied, refused, state, stopped } = await lane.write(async (tx) => {
      const taken = await ledger.take(tx, id, entries)
      const stopped = later === undefined || taken.state === undefined ? 'no entry' : await ledger.stopAt(tx, id, taken.state, placeOfGroupEntry(later))
      return { ...taken, stopped }
    })
    if (applied.length > 0 || stopped === 'new') changed(id)
    const error = refused ?? malformed
    if (error === undefined) return
    if (stopped !== 'no entry') throw error
    const next = entries.find(({ sequence }) => state === undefined || sequence > state.head.sequence)
    if (state !== undefined && next !== undefined && isP2pChatError(error, 'ERR_CONFLICT') && isGroupDevice(state, next.author, next.authorDevice)) {
      await this.components.forked(id, { sequence: next.sequence, hash: next.hash })
    }
    throw new P2pChatError('ERR_INVALID_RECORD', 'The server gave a log of the group that is not right; what is wrong in it was refused. Try another server.', { cause: error })
  }

  /** A server may have lost the newest; it may not have another entry in the place of one of ours. */
  private async compare (channel: Channel, id: string, state: GroupState, served: GroupHead): Promise<void> {
    const ours = served.sequence === state.head.sequence ? state.head.hash : (await entryTable.get(this.components.lane, id, served.sequence))?.hash
    if (ours !== undefined && !constantTimeEqual(ours, served.hash)) return await this.components.forked(id, served)
    if (ours !== undefined && served.sequence < state.head.sequence) await this.components.behind(channel, id, served)
  }

  /** Whether the log here begins at a checkpoint now. One that is not right is passed over: the whole log is read then. */
  private async beginAtCheckpoint (channel: Channel, id: string): Promise<boolean> {
    const { lane, ledger, logger, self } = this.components
    const groupId = fromHex(id)
    try {
      const checkpoint = await readCheckpoint(channel, groupId, 0)
      if (checkpoint === undefined) return false
      const { entries: [signed, ...rest] } = await readEntries(channel, groupId, checkpoint.sequence - 1, readPageBytes)
      if (signed === undefined) return false
      const start = startFromCheckpoint(groupId, signed, checkpoint.state)
      // Mail of the time since it was added waits for this device, and is judged by the entries of that time.
      if (isGroupDevice(start.state, self.username, self.deviceKey)) return false
      const admin = await findContact(lane, start.admin)
      if (admin !== undefined && !constantTimeEqual(admin.accountKey, start.adminAccountKey)) {
        logger.warn({ group: id, admin: start.admin }, 'a checkpoint is signed by another account of that name than the one that is pinned')
        return false
      }
      await lane.write(async (tx) => {
        if (await groupTable.get(tx, id) === undefined) await ledger.begin(tx, id, start, verifyGroupEntry(signed))
      })
      if (rest.length > 0) await this.take(id, rest)
      return true
    } catch (error) {
      if (!isP2pChatError(error, 'ERR_NOT_FOUND', 'ERR_NOT_PERMITTED', 'ERR_INVALID_RECORD', 'ERR_INVALID_SIGNATURE', 'ERR_CONFLICT', 'ERR_LIMIT')) throw error
      return false
    }
  }
}

/** Entries up to the first that is none. */
export function verified (signed: Uint8Array[]): { entries: VerifiedGroupEntry[], malformed?: P2pChatError } {
  const entries: VerifiedGroupEntry[] = []
  for (const one of signed) {
    try {
      entries.push(verifyGroupEntry(one))
    } catch (error) {
      if (!isP2pChatError(error)) throw error
      return { entries, malformed: error }
    }
  }
  return { entries }
}

function withheld (): P2pChatError {
  return new P2pChatError('ERR_INVALID_RECORD', 'The server names a head of the group whose entries it does not give. Try another server.')
}
