/**
 * Walks a log from its found entry up to the checkpoint that this home began at, at leisure: only then is what the
 * checkpoint's admin said of the time before known to be right.
 */
import { constantTimeEqual } from '../../../crypto/bytes.js'
import { isP2pChatError, P2pChatError } from '../../../errors.js'
import type { Channel } from '../../../overlay/network.js'
import { foldEntry, type GroupState, type VerifiedGroupEntry } from '../../../records/group/index.js'
import { sleep, type Clock, type Logger } from '../../../runtime.js'
import { fromHex, toHex } from '../../home/hex.js'
import type { Lane } from '../../home/lane.js'
import { readEntries } from '../../pool/group-requests.js'
import { readPageBytes, walkPauseMs } from './limits.js'
import { verified } from './log-reader.js'
import { entryTable, groupTable } from './tables.js'

export interface WalkerComponents {
  lane: Lane
  clock: Clock
  logger: Logger
  poolChannel: () => Channel | undefined
  signal: AbortSignal
  /** The log from its beginning does not lead to the checkpoint: it was another membership. */
  forked: (id: string, head: { sequence: number, hash: Uint8Array }) => Promise<void>
}

export class Walker {
  private readonly walking = new Set<string>()

  constructor (private readonly components: WalkerComponents) {}

  /** Begins again at the first entry if it was interrupted before. */
  async walk (id: string): Promise<void> {
    const { lane, logger } = this.components
    const row = await groupTable.get(lane, id)
    if (row?.start.kind !== 'checkpoint' || this.walking.has(id)) return
    this.walking.add(id)
    try {
      await this.walkTo(id, row.start.sequence)
    } catch (error) {
      if (!isP2pChatError(error)) throw error
      logger.info({ group: id, code: error.code }, 'a log could not be walked to its beginning')
    } finally {
      this.walking.delete(id)
    }
  }

  private async walkTo (id: string, end: number): Promise<void> {
    const { clock, poolChannel, signal } = this.components
    let state: GroupState | undefined
    while (state === undefined || state.head.sequence < end) {
      const channel = poolChannel()
      if (channel === undefined) return
      const page = await readEntries(channel, fromHex(id), state?.head.sequence ?? 0, readPageBytes)
      const { entries, malformed } = verified(page.entries)
      const before = entries.filter(({ sequence }) => sequence <= end)
      if (malformed !== undefined && before.length === entries.length) throw malformed
      if (before.length === 0) throw new P2pChatError('ERR_NOT_FOUND', 'The server does not give the beginning of a log.')
      const next = foldAll(id, state, before)
      await this.keep(id, before, end)
      state = next
      await sleep(clock, walkPauseMs, signal)
    }
    await this.finish(id, state, end)
  }

  /** Entries are kept for the listing; nothing else follows from them. */
  private async keep (id: string, entries: VerifiedGroupEntry[], end: number): Promise<void> {
    await this.components.lane.write((tx) => {
      for (const { sequence, signed, hash } of entries) {
        if (sequence < end) entryTable.put(tx, { signed, hash, epoch: 0, due: false }, id, sequence)
      }
    })
  }

  private async finish (id: string, state: GroupState, end: number): Promise<void> {
    const { lane, logger, forked } = this.components
    const same = await lane.write(async (tx) => {
      const row = await groupTable.get(tx, id)
      const ours = await entryTable.get(tx, id, end)
      if (row?.start.kind !== 'checkpoint' || ours === undefined) return true
      if (!constantTimeEqual(ours.hash, state.head.hash)) return false
      groupTable.put(tx, { ...row, start: { kind: 'found' } }, id)
      return true
    })
    if (same) logger.debug({ group: id }, 'a log was walked from its first entry')
    else await forked(id, state.head)
  }
}

function foldAll (id: string, from: GroupState | undefined, entries: VerifiedGroupEntry[]): GroupState {
  let state = from
  for (const entry of entries) state = foldEntry(state, entry)
  if (state === undefined || toHex(state.groupId) !== id) throw new P2pChatError('ERR_INVALID_RECORD', 'The log of another group was given for this one, and was refused.')
  return state
}
