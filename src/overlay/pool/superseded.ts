import type { Roster } from './roster-record.js'

/**
 * Whether a chain can do without a version between two others: it has the acceptors of the one before it, who signed it
 * as they sign the one after it; what is stored is stored where it was; and no server was in it alone, or left with it,
 * as who was in a pool once never enters it again, and must not have its secrets. So it changed addresses, let learners
 * in, or said who will vote.
 */
export function isSuperseded (before: Roster, roster: Roster, after: Roster): boolean {
  const known = new Map(before.servers.map((server) => [server.peerId, server]))
  const has = ({ servers }: Roster, peerId: string): boolean => servers.some((server) => server.peerId === peerId)
  return (before.phase === 'recovering') === (roster.phase === 'recovering') &&
    before.servers.every(({ peerId }) => has(roster, peerId)) &&
    roster.servers.every(({ peerId, state, acceptor }) => {
      const own = known.get(peerId)
      return own === undefined
        ? state === 'learner' && !acceptor && has(after, peerId)
        : state === own.state && acceptor === own.acceptor
    })
}
