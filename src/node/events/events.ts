/** What `listen` gives: first what the log holds after a cursor, then what happens, without a hole between the two. */
import { isP2pChatError, P2pChatError } from '../../errors.js'
import type { Clock } from '../../runtime.js'
import { parseOrderedInteger } from '../../store/keys.js'
import type { EventsRequest, NodeEvent } from '../chat-node.js'
import { lastCursor, readLog } from '../history/messages.js'
import type { Lane } from '../home/lane.js'
import { eventOf } from './event-of.js'
import type { EventHub } from './event-hub.js'
import { beginConsumer, homeTaken, noteTaken } from './taken.js'

const logPage = 200

export interface EventsComponents {
  lane: Lane
  clock: Clock
  hub: EventHub
  /** this account; undefined before sign-in */
  username: () => string | undefined
}

export class Events {
  constructor (private readonly components: EventsComponents) {}

  /** @throws ERR_USAGE, ERR_LIMIT (too many consumers) */
  async * read (request: EventsRequest, signal: AbortSignal): AsyncGenerator<NodeEvent> {
    const { hub } = this.components
    let cursor = await this.#begin(request)
    while (!signal.aborted && !hub.isClosed) {
      try {
        for await (const event of this.#readOnce(cursor, signal)) {
          if ('cursor' in event && event.cursor !== undefined) cursor = parseCursor(event.cursor)
          yield event
        }
        return
      } catch (error) {
        // The node stopped while the log was read.
        if (hub.isClosed && isP2pChatError(error, 'ERR_CLOSED')) return
        // Events came faster than they were taken: those with a cursor are in the log.
        if (!isP2pChatError(error, 'ERR_OVERLOADED')) throw error
      }
    }
  }

  /** @throws ERR_OVERLOADED: taken too slowly */
  async * #readOnce (after: number, signal: AbortSignal): AsyncGenerator<NodeEvent> {
    const { lane, hub } = this.components
    let cursor = after
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

  async #begin ({ after, consumer }: EventsRequest): Promise<number> {
    const { lane, clock } = this.components
    const from = after === undefined ? undefined : await this.#known(parseCursor(after))
    if (consumer === undefined) return from ?? await homeTaken(lane)
    return await lane.write(async (tx) => await beginConsumer(tx, consumer, from, clock))
  }

  /** A cursor of another home, or from before a restored backup, would hide what comes until the log is there. */
  async #known (cursor: number): Promise<number> {
    if (cursor > await lastCursor(this.components.lane)) throw new P2pChatError('ERR_USAGE', 'This home has no such cursor: it is of another home, or newer than the backup that was restored. Leave --after out to go on after what was printed last.')
    return cursor
  }

  /** @throws ERR_USAGE, ERR_LIMIT (too many consumers) */
  async acknowledge ({ cursor, consumer }: { cursor: string, consumer?: string }): Promise<void> {
    const named = parseCursor(cursor)
    const { lane, clock } = this.components
    await lane.write(async (tx) => {
      // Lost, it has events told once more.
      tx.repeatable()
      await noteTaken(tx, consumer, named, clock)
    })
  }
}

/** `0` stands before everything. @throws ERR_USAGE */
export function parseCursor (cursor: string): number {
  if (cursor === '0') return 0
  try {
    return parseOrderedInteger(cursor)
  } catch (cause) {
    throw new P2pChatError('ERR_USAGE', 'That is not a cursor. Take one from the "cursor" field of an event.', { cause })
  }
}
