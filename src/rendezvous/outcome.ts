/** What the outcomes of registers and mailboxes that are nobody's answer look like to whoever asked. */
import { P2pChatError } from '../errors.js'
import type { Overloaded, Unknown } from './registers/index.js'

export function asError (outcome: Overloaded | Unknown): P2pChatError {
  if (outcome.outcome === 'unknown') {
    return new P2pChatError('ERR_UNKNOWN_OUTCOME', 'The server could not make sure that this was kept. Try again.')
  }
  const { retryAfterMs, alternatives } = outcome
  return new P2pChatError('ERR_OVERLOADED', 'This server has too much to do. Try again later, or another one.', { retryAfterMs, alternatives })
}
