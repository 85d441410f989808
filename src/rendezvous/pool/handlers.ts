import { P2pChatError } from '../../errors.js'
import type { RequestHandler } from '../../overlay/network.js'
import { ROSTER_METHOD } from '../../overlay/index.js'
import { retryWhenOverloadedMs } from '../limits.js'
import type { Membership } from './pool-state.js'

/** The methods pool/*. @param membership throws while the server has not made its pool yet */
export function poolHandlers (membership: () => Membership): Record<string, RequestHandler> {
  return {
    [ROSTER_METHOD]: async () => membership().chain
  }
}

export function stillStarting (): P2pChatError {
  return new P2pChatError('ERR_OVERLOADED', 'This server is still starting. Try again shortly.', { retryAfterMs: retryWhenOverloadedMs })
}
