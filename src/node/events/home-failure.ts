import { isP2pChatError, P2pChatError } from '../../errors.js'
import type { EventHub } from './event-hub.js'

/**
 * A home that could not be written to once takes nothing more until it is opened anew: what comes stays with the servers.
 * Whoever listens is told so, and hears no more, so that it is not taken for silence.
 *
 * @param failed as of the home's lane
 */
export function endWhenHomeFails (failed: AbortSignal, hub: EventHub): void {
  failed.addEventListener('abort', () => {
    const reason: unknown = failed.reason
    if (!isP2pChatError(reason) || reason.code === 'ERR_CLOSED') return
    const error = new P2pChatError(reason.code, `This home cannot be written to any more (${reason.message}). Make room if its disk is full, then start p2pchat again; what comes meanwhile waits on the servers.`, { cause: reason })
    hub.emit({ event: 'error', code: error.code, message: error.message })
    hub.fail(error)
  }, { once: true })
}
