/**
 * Changes of a log: signed for the newest head, tried by compare-and-set, made anew while the rules allow when others
 * were quicker. One whose outcome is unknown is looked for in the log before anything else, so that none is made twice.
 */
import { constantTimeEqual } from '../../../crypto/bytes.js'
import { isP2pChatError, P2pChatError } from '../../../errors.js'
import type { Channel } from '../../../overlay/network.js'
import { foldEntry, makeGroupEntry, type GroupAction, type GroupAuthor, type GroupState, type VerifiedGroupEntry } from '../../../records/group/index.js'
import { sleep, type Clock, type Random } from '../../../runtime.js'
import { fromHex } from '../../home/hex.js'
import type { Lane } from '../../home/lane.js'
import { appendEntry } from '../../pool/group-requests.js'
import type { Ledger } from './ledger.js'
import { maxAppendAttempts, maxAppendPauseMs, outcomeTimeoutMs } from './limits.js'
import type { LogReader } from './log-reader.js'
import { entryTable } from './tables.js'

export interface ChangesComponents {
  lane: Lane
  clock: Clock
  random: Random
  author: GroupAuthor
  reader: Pick<LogReader, 'read'>
  ledger: Ledger
  /** waits for a server @throws ERR_NO_SERVER */
  channel: () => Promise<Channel>
  /** After the commit: an entry was taken. */
  changed: (id: string) => void
  /** A server says that it has one of ours. */
  appended: (id: string) => void
  signal: AbortSignal
}

export type Attempt =
  | { kind: 'done', state: GroupState }
  /** another entry has that place now */
  | { kind: 'lost' }

export class Changes {
  constructor (private readonly components: ChangesComponents) {}

  /**
   * @param make what is to be done at this state; undefined: nothing any more. What it throws ends it.
   * @returns the state after it
   * @throws what the rules say (ERR_NOT_PERMITTED, ERR_USAGE, ERR_NOT_FOUND, ERR_LIMIT), ERR_NAME_TAKEN, ERR_NO_SERVER
   * @throws ERR_UNKNOWN_OUTCOME when no server could be asked what became of it; ERR_OVERLOADED when others are always quicker
   */
  async append (id: string, make: (state: GroupState) => GroupAction | undefined | Promise<GroupAction | undefined>): Promise<GroupState> {
    for (let attempt = 1; attempt <= maxAppendAttempts; attempt++) {
      const state = await this.components.reader.read(id)
      const action = await make(state)
      if (action === undefined) return state
      const outcome = await this.tryAt(id, state, action)
      if (outcome.kind === 'done') return outcome.state
      await this.pause(attempt)
    }
    throw new P2pChatError('ERR_OVERLOADED', 'The group is being changed by too many at once. Try again in a moment.', { retryAfterMs: 2_000 })
  }

  /** One entry for one place in the log. @throws as append */
  async tryAt (id: string, state: GroupState, action: GroupAction): Promise<Attempt> {
    const { author, clock } = this.components
    const entry = makeGroupEntry(author, state.head, clock.now(), action)
    // The rules, before anybody is asked.
    foldEntry(state, entry)
    return await this.put(id, entry)
  }

  /** @throws what the rules say of it */
  assertAllowed (state: GroupState, action: GroupAction): void {
    const { author, clock } = this.components
    foldEntry(state, makeGroupEntry(author, state.head, clock.now(), action))
  }

  /** A random pause, longer after more attempts, so that not all who lost try again at once. */
  async pause (attempt: number): Promise<void> {
    const { clock, random, signal } = this.components
    const [a = 0] = random.bytes(1)
    await sleep(clock, Math.ceil(Math.min(maxAppendPauseMs, attempt * 10) * a / 256), signal)
  }

  private async put (id: string, entry: VerifiedGroupEntry): Promise<Attempt> {
    const { clock, channel } = this.components
    const untilMs = clock.monotonicMs() + outcomeTimeoutMs
    for (let attempt = 1; ; attempt++) {
      try {
        const server = await channel()
        await appendEntry(server, fromHex(id), entry.signed)
        this.components.appended(id)
        return await this.take(id, entry)
      } catch (error) {
        if (isP2pChatError(error, 'ERR_CONFLICT')) return attempt === 1 ? { kind: 'lost' } : await this.look(id, entry) ?? { kind: 'lost' }
        // A request that never left has no outcome to be known.
        const isUnknown = isP2pChatError(error, 'ERR_TIMEOUT', 'ERR_CLOSED', 'ERR_UNKNOWN_OUTCOME', 'ERR_OVERLOADED') || (attempt > 1 && isP2pChatError(error, 'ERR_NO_SERVER'))
        if (!isUnknown) throw error
        const found = await this.tryLook(id, entry)
        if (found !== undefined) return found
        if (clock.monotonicMs() >= untilMs) throw new P2pChatError('ERR_UNKNOWN_OUTCOME', 'No server could say whether the group was changed. Look at its log (`p2pchat group log NAME`) before you try again.', { cause: error })
        await this.pause(maxAppendAttempts)
      }
    }
  }

  /** Undefined: its place is still free, or nobody can be asked now. */
  private async tryLook (id: string, entry: VerifiedGroupEntry): Promise<Attempt | undefined> {
    try {
      return await this.look(id, entry)
    } catch (error) {
      if (!isP2pChatError(error)) throw error
      return undefined
    }
  }

  private async look (id: string, entry: VerifiedGroupEntry): Promise<Attempt | undefined> {
    const state = await this.components.reader.read(id)
    if (state.head.sequence < entry.sequence) return undefined
    const taken = await entryTable.get(this.components.lane, id, entry.sequence)
    return taken !== undefined && constantTimeEqual(taken.hash, entry.hash) ? { kind: 'done', state } : { kind: 'lost' }
  }

  private async take (id: string, entry: VerifiedGroupEntry): Promise<Attempt> {
    const { lane, ledger, changed } = this.components
    const { state, applied } = await lane.write(async (tx) => await ledger.take(tx, id, [entry]))
    if (applied.length > 0) changed(id)
    return { kind: 'done', state: state ?? await this.components.reader.read(id) }
  }
}
