/** What the roster wants, seen from one server. Pure: whoever takes the step, and however many do, the result is the same. */
import type { Roster } from '../../overlay/index.js'
import { chooseAcceptors, type RosterChange } from '../consensus/index.js'

export type StewardStep =
  | { kind: 'none' }
  /** End the change of acceptors that is under way. */
  | { kind: 'finish' }
  | { kind: 'change', change: RosterChange }

export interface StewardView {
  /** this server's PeerId */
  self: string
  roster: Roster
  /** multiaddrs under which this server can be dialled now */
  addresses: readonly string[]
  /** Whether there is a channel to a server. */
  isLinked: (peerId: string) => boolean
  /** How long this roster has been the newest here. */
  sinceMs: number
  /** How long a change of acceptors may take before the old ones are taken again because the new ones do not answer. */
  takeBackAfterMs: number
  /** For how long this server has tried to end it and come no further: one that is there and does not vote, as its disk is an old one, is not missing. */
  failingMs: number
}

export function nextStewardStep (view: StewardView): StewardStep {
  const { roster, self } = view
  const isThere = (peerId: string): boolean => peerId === self || view.isLinked(peerId)
  if (roster.phase !== 'settled') {
    const missing = roster.servers.filter(({ nextAcceptor, peerId }) => nextAcceptor && !isThere(peerId))
    const waitedMs = Math.max(view.failingMs, missing.length > 0 ? view.sinceMs : 0)
    if (roster.phase === 'joint' && waitedMs >= view.takeBackAfterMs) return { kind: 'change', change: { kind: 'take-back' } }
    return { kind: 'finish' }
  }
  const own = roster.servers.find(({ peerId }) => peerId === self)
  if (own !== undefined && view.addresses.length > 0 && !sameAddresses(own.addresses, view.addresses)) {
    return { kind: 'change', change: { kind: 'add', server: { ...own, addresses: [...view.addresses] } } }
  }
  const learner = roster.servers.find(({ state, peerId }) => state === 'learner' && isThere(peerId))
  if (learner !== undefined) return { kind: 'change', change: { kind: 'state', peerId: learner.peerId, state: 'member' } }
  const wanted = chooseAcceptors(roster)
  const now = roster.servers.filter(({ acceptor }) => acceptor).map(({ peerId }) => peerId)
  const isOther = wanted.length !== now.length || wanted.some((peerId) => !now.includes(peerId))
  // Once the joint version is decided nothing goes on without the new ones.
  if (isOther && wanted.length > 0 && wanted.every(isThere)) return { kind: 'change', change: { kind: 'acceptors', peerIds: wanted } }
  return { kind: 'none' }
}

/** Who acts first: the servers in the order of the roster, those that vote before the others. */
export function stewardRank (roster: Roster, self: string): number {
  const order = [...roster.servers.filter(({ acceptor }) => acceptor), ...roster.servers.filter(({ acceptor }) => !acceptor)]
  return Math.max(0, order.findIndex(({ peerId }) => peerId === self))
}

function sameAddresses (a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((address) => b.includes(address))
}
