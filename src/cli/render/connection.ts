import type { ConnectionState } from '../../node/chat-node.js'
import { whatStillWorks } from '../../node/pool/pool-news.js'
import { safeLine } from './safe-text.js'
import { inWords } from './time.js'

export function connectionWords (connection: ConnectionState): string {
  switch (connection.kind) {
    case 'no-pool': return 'no pool is known'
    case 'connecting': return 'connecting'
    case 'connected': return `connected to ${safeLine(connection.server)}${connection.home ? '' : ', in place of the servers that keep this device\'s mail'}`
    case 'offline': return `${noServerWords(connection.direct)} Trying again in ${inWords(connection.retryAfterMs)}.`
    default: return safeLine((connection as { kind: string }).kind)
  }
}

/** @param direct usernames to whom messages go on without a server */
export function noServerWords (direct: readonly string[]): string {
  return safeLine(`Sorry, no rendezvous server is reachable. ${whatStillWorks(direct)}`, 2000)
}
