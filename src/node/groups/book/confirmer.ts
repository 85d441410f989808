/**
 * Holds a server's word that a change is in the log against the log itself, some seconds later. What it does not have is
 * brought to it again, the same bytes: then it was lost, by a disk or by a lie, and not by us. Only entries of this device:
 * servers take them from nobody else.
 */
import { isP2pChatError } from '../../../errors.js'
import type { Channel } from '../../../overlay/network.js'
import type { GroupHead } from '../../../records/group/index.js'
import type { Logger } from '../../../runtime.js'
import type { Tasks } from '../../delivery/tasks.js'
import { fromHex } from '../../home/hex.js'
import type { Lane } from '../../home/lane.js'
import { appendEntry } from '../../pool/group-requests.js'
import { confirmAppendMs, maxBroughtAgain, maxConfirmMs } from './limits.js'
import { entryTable } from './tables.js'
import type { Timers } from './timers.js'

export interface ConfirmerComponents {
  lane: Lane
  logger: Logger
  timers: Timers
  tasks: Tasks
  read: (id: string) => Promise<unknown>
  /** What was brought again is not there either. */
  dropped: (id: string) => Promise<void>
}

export class Confirmer {
  /** How often in a row a server was found not to have what it had taken. */
  private readonly rounds = new Map<string, number>()

  constructor (private readonly components: ConfirmerComponents) {}

  /** A server says that it has taken an entry of this device. */
  appended (id: string): void {
    const { timers, tasks, read } = this.components
    timers.ensure(`confirm ${id}`, Math.min(maxConfirmMs, confirmAppendMs * 2 ** (this.rounds.get(id) ?? 0)), () => {
      tasks.run(async () => {
        const before = this.rounds.get(id)
        await read(id)
        if (this.rounds.get(id) === before) this.rounds.delete(id)
      })
    })
  }

  /** A server's log ends before ours, and is the same up to there. */
  async behind (channel: Channel, id: string, served: GroupHead): Promise<void> {
    const { lane, logger } = this.components
    const lacking = await entryTable.list(lane, [id], { after: served.sequence, limit: maxBroughtAgain })
    for (const { value: { signed, own } } of lacking) {
      if (own !== true) return
      try {
        await appendEntry(channel, fromHex(id), signed)
      } catch (error) {
        if (!isP2pChatError(error)) throw error
        logger.info({ group: id, code: error.code }, 'what a server lost of a log could not be brought again')
        return
      }
    }
    if (lacking.length === 0) return
    const rounds = (this.rounds.get(id) ?? 0) + 1
    this.rounds.set(id, rounds)
    if (rounds === 2) await this.components.dropped(id)
    this.appended(id)
  }
}
