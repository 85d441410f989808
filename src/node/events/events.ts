/** What `listen` gives: first what the log holds after a cursor, then what happens, without a hole between the two. */
import { P2pChatError } from '../../errors.js'
import { parseOrderedInteger } from '../../store/keys.js'
import type { NodeEvent } from '../chat-node.js'
import { lastCursor, readLog } from '../history/messages.js'
import type { Lane } from '../home/lane.js'
import { jsonTable } from '../home/table.js'
import { eventOf } from './event-of.js'
import type { EventHub } from './event-hub.js'

const takenTable = jsonTable<number>('events-taken')
const logPage = 200

export interface EventsComponents {
  lane: Lane
  hub: EventHub
  /** this account; undefined before sign-in */
  username: () => string | undefined
}

export class Events {
  constructor (private readonly components: EventsComponents) {}

  /** @param after a cursor; undefined: where events were taken last @throws ERR_USAGE, ERR_OVERLOADED: taken too slowly */
  async * read (after: string | undefined, signal: AbortSignal): AsyncGenerator<NodeEvent> {
    const { lane, hub } = this.components
    let cursor = after === undefined ? await takenTable.get(lane, 'cursor') ?? 0 : await this.#known(parseCursor(after))
    // Subscribed before the log is read: what arrives meanwhile is in both, and told once.
    const live = hub.subscribe()
    try {
      for (;;) {
        const rows = signal.aborted ? [] : await readLog(lane, cursor, logPage)
        if (rows.length === 0) break
        for (const entry of rows) {
          cursor = entry.cursor
          const event = eventOf(entry.row, this.components.username() ?? '', cursor)
          if (event !== undefined) yield event
        }
      }
      for (;;) {
        const event = await live.next(signal)
        if (event === undefined) return
        const position = 'cursor' in event && event.cursor !== undefined ? parseCursor(event.cursor) : undefined
        if (position !== undefined && position <= cursor) continue
        if (position !== undefined) cursor = position
        yield event
      }
    } finally {
      live.close()
    }
  }

  /** A cursor of another home, or from before a restored backup, would hide what comes until the log is there. */
  async #known (cursor: number): Promise<number> {
    if (cursor > await lastCursor(this.components.lane)) throw new P2pChatError('ERR_USAGE', 'This home has no such cursor: it is of another home, or newer than the backup that was restored. Leave --after out to go on after what was printed last.')
    return cursor
  }

  async acknowledge (cursor: string): Promise<void> {
    const named = parseCursor(cursor)
    await this.components.lane.write(async (tx) => {
      // A cursor of another home must not hide what is still to come.
      const taken = Math.min(named, await lastCursor(tx))
      if (taken > (await takenTable.get(tx, 'cursor') ?? 0)) takenTable.put(tx, taken, 'cursor')
    })
  }
}

/** @throws ERR_USAGE */
export function parseCursor (cursor: string): number {
  try {
    return parseOrderedInteger(cursor)
  } catch (cause) {
    throw new P2pChatError('ERR_USAGE', 'That is not a cursor. Take one from the "cursor" field of an event.', { cause })
  }
}
