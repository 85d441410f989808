/** Which of a roster's servers decide together. Pure. */
import type { Roster } from './roster-record.js'

export interface Quorum {
  /** PeerIds; each of these sets must agree. */
  sets: string[][]
  /** How many of a set agree for it. */
  rule: 'majority' | 'all'
}

/** Who decides on registers. */
export function quorumOf (roster: Roster): Quorum {
  const acceptors = roster.servers.filter((server) => server.acceptor).map((server) => server.peerId)
  if (roster.phase === 'recovering') return { sets: [acceptors], rule: 'all' }
  if (roster.phase === 'settled') return { sets: [acceptors], rule: 'majority' }
  return { sets: [acceptors, roster.servers.filter((server) => server.nextAcceptor).map((server) => server.peerId)], rule: 'majority' }
}

/**
 * Who decides on the next roster, and signs it. While acceptors change these are the ones of before alone, so that the
 * change can be taken back when the new ones are lost over it.
 */
export function decidersOf (roster: Roster): Quorum {
  const { sets, rule } = quorumOf(roster)
  return { sets: sets.slice(0, 1), rule }
}

/** Whether these make a quorum. */
export function isQuorum (quorum: Quorum, peers: ReadonlySet<string>): boolean {
  return quorum.sets.every((set) => {
    const count = set.filter((peer) => peers.has(peer)).length
    return count >= (quorum.rule === 'all' ? set.length : Math.floor(set.length / 2) + 1)
  })
}

/** All that have a vote, each once. */
export function votersOf (quorum: Quorum): string[] {
  return [...new Set(quorum.sets.flat())]
}
