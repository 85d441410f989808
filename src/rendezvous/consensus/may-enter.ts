import { P2pChatError } from '../../errors.js'
import { maxServers, type RosterHistory } from '../../overlay/index.js'
import { formerServers } from './former-servers.js'

/**
 * Whether a server may be put into the roster that is the newest here; one that is in it may.
 *
 * @throws ERR_NOT_IN_POOL: it was in it once, and was removed; ERR_LIMIT: there is no room
 */
export function assertMayEnter (history: RosterHistory, peerId: string): void {
  const { servers } = history.newest
  if (servers.some((server) => server.peerId === peerId)) return
  if (formerServers(history).some(({ server }) => server.peerId === peerId)) {
    throw new P2pChatError('ERR_NOT_IN_POOL', 'This server was removed from the pool, and a disk has one life. Join with a new, empty folder (--data).')
  }
  if (servers.length >= maxServers) {
    throw new P2pChatError('ERR_LIMIT', `A pool has at most ${maxServers} servers (limit maxServers). Remove one that is gone for good: p2pchat pool remove SERVER`)
  }
}
