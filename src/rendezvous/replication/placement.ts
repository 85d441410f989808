/** Which servers keep a mailbox: rendezvous hashing, so that a change of one server moves only what was on it. */
import { compare } from 'uint8arrays/compare'
import { lpAll, sha256 } from '../../crypto/bytes.js'

export interface PlacedServer {
  /** base58 PeerId, which follows from the key */
  peerId: string
  /** Ed25519 public key, 32 bytes */
  serverKey: Uint8Array
  /** Only members store: a learner is not filled yet, a draining one is being emptied. */
  state: 'member' | 'learner' | 'draining'
}

/** What placement needs to know of a roster. */
export interface RosterView {
  version: number
  servers: readonly PlacedServer[]
}

/**
 * The `count` storing servers with the highest SHA-256(lp(label) ‖ lp(key) ‖ lp(server key)), highest first; all of
 * them where there are fewer.
 *
 * @param key of a mailbox: its device key, 32 bytes
 * @param label what kind of thing is placed
 */
export function replicasOf (key: Uint8Array, roster: RosterView, count: number, label = 'p2pchat/1 mailbox-placement'): PlacedServer[] {
  return storingServers(roster)
    .map((server) => ({ server, score: sha256(lpAll(label, key, server.serverKey)) }))
    .sort((a, b) => compare(b.score, a.score))
    .slice(0, count)
    .map(({ server }) => server)
}

export function storingServers ({ servers }: RosterView): PlacedServer[] {
  return servers.filter(({ state }) => state === 'member')
}

/** Who stores, or stores no more and is being emptied: of both it counts how far they were complete, as long as older rosters do. */
export function serversToHear ({ servers }: RosterView): PlacedServer[] {
  return servers.filter(({ state }) => state !== 'learner')
}
