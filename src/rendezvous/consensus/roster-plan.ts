/**
 * How one roster becomes another. Pure: from the roster that is and what is wanted follows the next step, whoever takes
 * it and whatever they had done before, so that anybody can go on after a crash.
 */
import { P2pChatError } from '../../errors.js'
import type { Roster, RosterHistory, RosterServer } from '../../overlay/index.js'
import { assertKnownWhole } from '../../protocol/codec.js'
import { Roster as RosterMessage } from '../../protocol/pb/pool.js'

export type RosterChange =
  /** Adds a server that stores nothing yet, or brings its entry up to date (addresses). */
  | { kind: 'add', server: Pick<RosterServer, 'peerId' | 'serverKey' | 'addresses'> }
  | { kind: 'state', peerId: string, state: RosterServer['state'] }
  /** Who votes. */
  | { kind: 'acceptors', peerIds: readonly string[] }
  /** Leaves the acceptors as they were before the change that is under way: for when the new ones do not answer. */
  | { kind: 'take-back' }
  /** Takes a server out that does not vote. */
  | { kind: 'remove', peerId: string }
  | { kind: 'opaque-setup', version: number }

/** The part of a roster that a change is about. */
export type RosterBody = Pick<Roster, 'servers' | 'phase' | 'opaqueSetupVersion'>

export type RosterStep =
  | { kind: 'done' }
  | { kind: 'propose', next: RosterBody }
  /** `next` may be proposed once every register has been written again under the roster that is. */
  | { kind: 'transfer', next: RosterBody }

/**
 * @throws ERR_NOT_FOUND: a server that is not in the roster; ERR_NOT_PERMITTED: a server that votes cannot be removed, nor
 * the last one that stores
 */
export function nextStep (roster: Roster, change: RosterChange): RosterStep {
  if (change.kind === 'take-back') return roster.phase === 'joint' ? { kind: 'propose', next: takenBack(roster) } : { kind: 'done' }
  if (roster.phase !== 'settled') return { kind: 'transfer', next: settled(roster) }
  const body = bodyOf(roster)
  switch (change.kind) {
    case 'add': return propose(roster, { ...body, servers: added(roster, change.server) })
    case 'state':
      if (change.state !== 'member') assertOthersStore(roster, change.peerId)
      return propose(roster, { ...body, servers: changed(roster, change.peerId, (server) => ({ ...server, state: change.state })) })
    case 'acceptors': return startAcceptorChange(roster, change.peerIds)
    case 'remove': {
      if (roster.servers.some((server) => server.peerId === change.peerId && server.acceptor)) {
        throw new P2pChatError('ERR_NOT_PERMITTED', 'A server that votes cannot be removed. Choose other acceptors first.')
      }
      assertOthersStore(roster, change.peerId)
      return propose(roster, { ...body, servers: roster.servers.filter((server) => server.peerId !== change.peerId) })
    }
    case 'opaque-setup': return propose(roster, { ...body, opaqueSetupVersion: Math.max(roster.opaqueSetupVersion, change.version) })
  }
}

/** To be asked before anything is done for a successor of the newest roster. @throws ERR_UNSUPPORTED when a later version wrote more into it than this one knows */
export function assertRosterKnownWhole ({ versions }: RosterHistory): void {
  assertKnownWhole(RosterMessage, versions.at(-1)?.signed.roster ?? new Uint8Array(0), 'the list of the pool\'s servers')
}

/** Ends whatever change of acceptors is under way. */
export function unfinishedStep (roster: Roster): RosterStep {
  return roster.phase === 'settled' ? { kind: 'done' } : { kind: 'transfer', next: settled(roster) }
}

/**
 * For a lost majority: a roster in which only `survivors` vote, all of them together, to be signed with the recovery key.
 * The other servers stay in the roster without a vote.
 *
 * @throws ERR_NOT_FOUND when one of them does not vote now
 */
export function recoveryBody (roster: Roster, survivors: readonly string[]): RosterBody {
  for (const peerId of survivors) {
    if (!roster.servers.some((server) => server.peerId === peerId && (server.acceptor || server.nextAcceptor))) throw notFound(peerId)
  }
  return {
    ...bodyOf(roster),
    phase: 'recovering',
    servers: roster.servers.map((server) => ({ ...server, acceptor: survivors.includes(server.peerId), nextAcceptor: false }))
  }
}

/**
 * Who should vote: 1, 2, 3 or 5 of the servers that store. Those that vote stay; others are taken in the order of the
 * roster. Where only two store, one that is being emptied keeps its vote: of three voters one may die, of two none.
 */
export function chooseAcceptors (roster: Roster): string[] {
  const able = roster.servers.filter((server) => server.state === 'member')
  const leaving = able.length === 2 ? roster.servers.filter((server) => server.state === 'draining' && server.acceptor) : []
  const willing = [...able.filter((server) => server.acceptor), ...able.filter((server) => !server.acceptor), ...leaving]
  return willing.slice(0, able.length >= 5 ? 5 : 3).map((server) => server.peerId)
}

/**
 * What may follow a roster: acceptors change only by a joint version, and after a joint version or a recovery nothing
 * else comes before it has settled.
 *
 * @throws ERR_INVALID_RECORD
 */
export function assertFollows (roster: Roster, next: Roster): void {
  const [before, after] = [acceptorsOf(roster), acceptorsOf(next)]
  const allowed = roster.phase === 'joint'
    ? next.phase === 'settled' && (same(after, nextAcceptorsOf(roster)) || same(after, before))
    : same(after, before) && (next.phase === 'settled' || (next.phase === 'joint' && roster.phase === 'settled'))
  if (next.version !== roster.version + 1 || !allowed) {
    throw new P2pChatError('ERR_INVALID_RECORD', `A roster was refused: it cannot follow version ${roster.version}.`)
  }
}

function startAcceptorChange (roster: Roster, peerIds: readonly string[]): RosterStep {
  const wanted = new Set(peerIds)
  for (const peerId of wanted) if (!roster.servers.some((server) => server.peerId === peerId)) throw notFound(peerId)
  if (same(acceptorsOf(roster), [...wanted])) return { kind: 'done' }
  const servers = roster.servers.map((server) => ({ ...server, nextAcceptor: wanted.has(server.peerId) }))
  return { kind: 'propose', next: { ...bodyOf(roster), phase: 'joint', servers } }
}

function settled (roster: Roster): RosterBody {
  const servers = roster.servers.map((server) => ({ ...server, acceptor: roster.phase === 'joint' ? server.nextAcceptor : server.acceptor, nextAcceptor: false }))
  return { ...bodyOf(roster), phase: 'settled', servers }
}

/** Back to the acceptors of before: all that was chosen meanwhile is with a majority of them, too. */
function takenBack (roster: Roster): RosterBody {
  return { ...bodyOf(roster), phase: 'settled', servers: roster.servers.map((server) => ({ ...server, nextAcceptor: false })) }
}

function added (roster: Roster, { peerId, serverKey, addresses }: Pick<RosterServer, 'peerId' | 'serverKey' | 'addresses'>): RosterServer[] {
  if (roster.servers.some((server) => server.peerId === peerId)) return changed(roster, peerId, (server) => ({ ...server, addresses }))
  return [...roster.servers, { peerId, serverKey, addresses, state: 'learner', acceptor: false, nextAcceptor: false, incarnation: 1n }]
}

/** Here and not where somebody asks for it: two who ask at once, each for another server, would leave none between them. */
function assertOthersStore ({ servers }: Roster, peerId: string): void {
  const storing = servers.filter(({ state }) => state === 'member')
  if (storing.length === 1 && storing[0]?.peerId === peerId) {
    throw new P2pChatError('ERR_NOT_PERMITTED', 'That is the only server that keeps mail. Add another one first: p2pchat pool invite')
  }
}

function changed (roster: Roster, peerId: string, change: (server: RosterServer) => RosterServer): RosterServer[] {
  if (!roster.servers.some((server) => server.peerId === peerId)) throw notFound(peerId)
  return roster.servers.map((server) => server.peerId === peerId ? change(server) : server)
}

function propose (roster: Roster, next: RosterBody): RosterStep {
  return sameBody(bodyOf(roster), next) ? { kind: 'done' } : { kind: 'propose', next }
}

function bodyOf ({ servers, phase, opaqueSetupVersion }: Roster): RosterBody {
  return { servers, phase, opaqueSetupVersion }
}

function sameBody (a: RosterBody, b: RosterBody): boolean {
  const text = (body: RosterBody): string => JSON.stringify(body, (_, value: unknown) => typeof value === 'bigint' ? String(value) : value)
  return text(a) === text(b)
}

function acceptorsOf (roster: Roster): string[] {
  return roster.servers.filter((server) => server.acceptor).map((server) => server.peerId)
}

function nextAcceptorsOf (roster: Roster): string[] {
  return roster.servers.filter((server) => server.nextAcceptor).map((server) => server.peerId)
}

function same (a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((one) => b.includes(one))
}

function notFound (peerId: string): P2pChatError {
  return new P2pChatError('ERR_NOT_FOUND', `The server ${peerId} is not in the roster of the pool.`)
}
