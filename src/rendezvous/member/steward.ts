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
  /** How long this roster has been the newest here, and no other server was heard to come further with ending it. */
  idleMs: number
  /** Whether one was heard at all. */
  isHeard: boolean
  /** How long a change of acceptors may take before the old ones are taken again because the new ones do not answer. */
  takeBackAfterMs: number
  /** How long whoever began it, or ends it already, has to be heard of. */
  finishAfterMs: number
  /** For how long this server has tried to end it and come no further: one that is there and does not vote, as its disk is an old one, is not missing. */
  failingMs: number
}

export function nextStewardStep (view: StewardView): StewardStep {
  const { roster, self } = view
  const isThere = (peerId: string): boolean => peerId === self || view.isLinked(peerId)
  if (roster.phase !== 'settled') {
    const missing = roster.servers.filter(({ nextAcceptor, peerId }) => nextAcceptor && !isThere(peerId))
    // Others do not hear who is at it, and cannot do it without those that vote.
    if (!isVoter(roster, self)) return { kind: 'none' }
    const waitedMs = Math.max(view.failingMs, missing.length > 0 ? view.idleMs : 0)
    if (roster.phase === 'joint' && waitedMs >= view.takeBackAfterMs) return { kind: 'change', change: { kind: 'take-back' } }
    // All registers are written for it: one server does that, which is mostly at it already, and the next one when it comes no further.
    const before = stewardOrder(roster).filter((peerId) => isVoter(roster, peerId) && isThere(peerId)).indexOf(self)
    const patienceMs = view.isHeard ? (before + 1) * view.takeBackAfterMs : before * view.takeBackAfterMs + view.finishAfterMs
    return view.idleMs >= patienceMs ? { kind: 'finish' } : { kind: 'none' }
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
  return Math.max(0, stewardOrder(roster).indexOf(self))
}

function stewardOrder ({ servers }: Roster): string[] {
  return [...servers.filter(({ acceptor }) => acceptor), ...servers.filter(({ acceptor }) => !acceptor)].map(({ peerId }) => peerId)
}

function isVoter ({ servers }: Roster, self: string): boolean {
  return servers.some(({ peerId, acceptor, nextAcceptor }) => peerId === self && (acceptor || nextAcceptor))
}

function sameAddresses (a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((address) => b.includes(address))
}
