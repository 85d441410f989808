import type { ConnectionState } from '../../node/chat-node.js'
import { safeLine } from './safe-text.js'
import { inWords } from './time.js'

export function connectionWords (connection: ConnectionState): string {
  switch (connection.kind) {
    case 'no-pool': return 'no pool is known'
    case 'connecting': return 'connecting'
    case 'connected': return `connected to ${safeLine(connection.server)}`
    case 'offline': return `no server is reachable; trying again in ${inWords(connection.retryAfterMs)}`
  }
}
