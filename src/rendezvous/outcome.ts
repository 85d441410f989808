/** What the outcomes of registers and mailboxes that are nobody's answer look like to whoever asked. */
import { P2pChatError } from '../errors.js'
import type { Overloaded, Unknown } from './registers/index.js'

export function asError (outcome: Overloaded | Unknown): P2pChatError {
  if (outcome.outcome === 'unknown') {
    return new P2pChatError('ERR_UNKNOWN_OUTCOME', 'The server could not make sure that this was kept. Try again.')
  }
  const { retryAfterMs, alternatives, limit } = outcome
  if (limit !== undefined) return new P2pChatError('ERR_OVERLOADED', `This server keeps as much mail as it may (limit ${limit}). Try again later, or another server.`, { retryAfterMs, alternatives })
  return new P2pChatError('ERR_OVERLOADED', 'This server has too much to do. Try again later, or another one.', { retryAfterMs, alternatives })
}
