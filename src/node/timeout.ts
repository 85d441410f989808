import { P2pChatError } from '../errors.js'

/** @throws ERR_USAGE: no number of milliseconds */
export function checkTimeout (timeoutMs: number): void {
  if (typeof timeoutMs !== 'number' || !(timeoutMs >= 0)) throw new P2pChatError('ERR_USAGE', 'The timeout must be a number of milliseconds, 0 or more.')
}
