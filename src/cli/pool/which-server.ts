import { P2pChatError } from '../../errors.js'
import type { ServerStatus } from '../../rendezvous/index.js'

/** What every Ed25519 PeerId begins with. */
const COMMON = '12D3KooW'
const PEER_ID = /^12D3KooW[1-9A-HJ-NP-Za-km-z]{44}$/

/** Whether it names a server whatever the list is: a number names another one once the list has changed. */
export function isPeerId (word: string): boolean {
  return PEER_ID.test(word)
}

/**
 * The PeerId of a server that somebody named: by its number in the list, a PeerId, or the beginning of one (that which
 * all have may be left out). A whole PeerId may also be one of a server that is not there any more.
 *
 * @throws ERR_NOT_FOUND, ERR_AMBIGUOUS
 */
export function whichServer (word: string, servers: ReadonlyArray<Pick<ServerStatus, 'number' | 'peerId'>>): string {
  if (isPeerId(word)) return word
  if (/^\d{1,2}$/.test(word)) {
    const numbered = servers.find(({ number }) => number === Number(word))
    if (numbered !== undefined) return numbered.peerId
    throw new P2pChatError('ERR_NOT_FOUND', `There is no server ${word} in the pool, but ${servers.length === 1 ? 'one' : `1 to ${servers.length}`}. See: p2pchat pool status`)
  }
  const found = word === '' ? [] : servers.filter(({ peerId }) => peerId.startsWith(word) || peerId.startsWith(`${COMMON}${word}`))
  const [first] = found
  if (first !== undefined && found.length === 1) return first.peerId
  if (first === undefined) throw new P2pChatError('ERR_NOT_FOUND', 'No server of the pool has a PeerId that begins so. See: p2pchat pool status')
  throw new P2pChatError('ERR_AMBIGUOUS', 'Several servers of the pool have a PeerId that begins so. Give more of it, or its number in: p2pchat pool status')
}
