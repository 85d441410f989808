/** Newer heads that members' messages name: a server that still does not give one some seconds later is told of. */
import { isP2pChatError } from '../../../errors.js'
import { isGroupDevice, type GroupHead, type GroupState } from '../../../records/group/index.js'
import type { Tasks } from '../../delivery/tasks.js'
import type { Lane } from '../../home/lane.js'
import type { NamedHead } from '../types.js'
import { namedHeadMs } from './limits.js'
import type { States } from './states.js'
import type { Timers } from './timers.js'

export interface NamedHeadsComponents {
  lane: Lane
  states: States
  timers: Timers
  tasks: Tasks
  hasServer: () => boolean
  /** Reads the log to the head that the server has. */
  read: (id: string) => Promise<GroupState>
  /** The server's log ends at `served`, and a message of this member named a newer head long ago. */
  hidden: (id: string, by: string, served: GroupHead) => Promise<void>
}

export class NamedHeads {
  /** The newest that each member has named, by the name of its timer. */
  private readonly newest = new Map<string, NamedHead>()

  constructor (private readonly components: NamedHeadsComponents) {}

  /** A message with a right signature names this head. Only who is a member here is believed so far. */
  async note (id: string, named: NamedHead): Promise<void> {
    const { lane, states } = this.components
    if (!isHidden(await states.of(lane, id), named)) return
    const name = `named ${id} ${named.sender}`
    if (named.head.sequence >= (this.newest.get(name)?.head.sequence ?? 0)) this.newest.set(name, named)
    this.lookLater(name, id, named)
  }

  private lookLater (name: string, id: string, named: NamedHead): void {
    const { timers, tasks } = this.components
    timers.ensure(name, namedHeadMs, () => { tasks.run(async () => { await this.look(name, id, named) }) })
  }

  private async look (name: string, id: string, named: NamedHead): Promise<void> {
    const { lane, states, hasServer, read, hidden } = this.components
    let state = await states.of(lane, id)
    if (isHidden(state, named)) {
      if (!hasServer()) return this.lookLater(name, id, named)
      try {
        state = await read(id)
      } catch (error) {
        if (!isP2pChatError(error)) throw error
        // An update reads it, and nothing before.
        if (isP2pChatError(error, 'ERR_UNSUPPORTED')) {
          this.newest.delete(name)
          return
        }
        if (!isP2pChatError(error, 'ERR_NOT_PERMITTED', 'ERR_NOT_FOUND')) return this.lookLater(name, id, named)
      }
    }
    const newest = this.newest.get(name) ?? named
    this.newest.delete(name)
    if (state !== undefined && isHidden(state, named)) await hidden(id, named.sender, state.head)
    else await this.note(id, newest)
  }
}

/** Whether a member named a head that the log here does not reach. */
function isHidden (state: GroupState | undefined, { head, sender, senderDevice }: NamedHead): boolean {
  return state !== undefined && head.sequence > state.head.sequence && isGroupDevice(state, sender, senderDevice)
}
