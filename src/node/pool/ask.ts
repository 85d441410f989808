import { isP2pChatError, type P2pChatError } from '../../errors.js'
import type { Channel } from '../../overlay/network.js'
import { sleep, type Clock } from '../../runtime.js'
import { askPauseMs, askTimeoutMs } from './limits.js'

export interface AskComponents {
  clock: Clock
  /** waits for a server @throws ERR_NO_SERVER */
  channel: () => Promise<Channel>
}

/** The next server may do better, or the same one in a moment: a server that learns that it cannot sends its clients on. */
export const ASK_AGAIN = ['ERR_CLOSED', 'ERR_UNREACHABLE', 'ERR_OVERLOADED', 'ERR_UNKNOWN_OUTCOME'] as const

/**
 * Does something at a server, and does it again from its beginning at the next one when the server is lost, full or cannot
 * say, until the time is over. For what may be done twice: readings, logins, and writes that carry their own id.
 *
 * @throws ERR_NO_SERVER, or what `work` threw at last
 */
export async function askServer<T> ({ clock, channel }: AskComponents, work: (channel: Channel) => Promise<T>): Promise<T> {
  const untilMs = clock.monotonicMs() + askTimeoutMs
  for (let attempt = 1; ; attempt++) {
    const server = await channel()
    try {
      return await work(server)
    } catch (error) {
      if (!isP2pChatError(error, ...ASK_AGAIN)) throw error
      await pauseBeforeAsking(clock, server, error, attempt, untilMs)
    }
  }
}

/** Until it may be asked again: at once when the server is gone, as the next one is asked. @throws the error itself when the time is over */
export async function pauseBeforeAsking (clock: Clock, server: Channel, error: P2pChatError, attempt: number, untilMs: number): Promise<void> {
  const pauseMs = server.closed.aborted ? 0 : Math.max(error.retryAfterMs ?? 0, askPauseMs * attempt)
  if (clock.monotonicMs() + pauseMs >= untilMs) throw error
  if (pauseMs === 0) return
  await sleep(clock, pauseMs, server.closed).catch(() => {
    // It is gone meanwhile.
  })
}
