/** The requests between servers (`/p2pchat/server/1`) as bytes: what server.proto says, in both directions. */
import { fromString } from 'uint8arrays/from-string'
import { toString } from 'uint8arrays/to-string'
import { P2pChatError } from '../../errors.js'
import { decode, encode, type MessageType } from '../../protocol/codec.js'
import * as enums from '../../protocol/enums.js'
import { maxFrameBytes } from '../../protocol/limits.js'
import * as pb from '../../protocol/pb/server.js'
import type { Register } from '../registers/index.js'
import type { Accepted, Vote } from './acceptor.js'
import { LOWEST_BALLOT, type Ballot } from './ballot.js'
import { maxRegisterNameChars, maxServerRequestBytes } from './limits.js'
import type { Answer, ListRequest, NamesRequest, Refusal, ServerSide, Standing, VoteAnswer, VoteRequest } from './messages.js'

/** Answers one method for the server that asks, given by its PeerId. */
export type ServerHandler = (from: string, body: Uint8Array) => Promise<Uint8Array>
/** Asks a server one method; rejects when there is no answer in time. */
export type Call = (method: string, body: Uint8Array) => Promise<Uint8Array>

const PROPOSER_BYTES = 16
const NAME = new RegExp(`^[\\x20-\\x2e\\x30-\\x7e]{1,${maxRegisterNameChars}}$`)
const REFUSALS: Record<Refusal, number> = { 'old roster': enums.Refusal.OLD_ROSTER, 'unknown roster': enums.Refusal.UNKNOWN_ROSTER, 'not voting': enums.Refusal.NOT_VOTING }
const SPACES: Record<VoteRequest['place']['space'], number> = { registers: enums.Space.REGISTERS, rosters: enums.Space.ROSTERS }

/**
 * The methods that every server of a pool serves to the others. Who may ask them at all is the caller's to see to.
 *
 * @param onTouched told of who asks for names of registers that were touched, under which roster, and behind which name
 */
export function serverHandlers (side: ServerSide, onTouched: (from: string, rosterVersion: number, after: string) => void = () => {}): Record<string, ServerHandler> {
  const vote = (kind: VoteRequest['kind']): ServerHandler => async (_from, body) =>
    encode(pb.VoteResponse, voteResponse(await side.vote(voteRequest(kind, read(pb.VoteRequest, body)))))
  const names = (of: NamesRequest['of']): ServerHandler => async (from, body) => {
    const { rosterVersion, prefix, after, limit } = read(pb.NamesRequest, body)
    if (of === 'touched') onTouched(from, safe(rosterVersion), after)
    return encode(pb.NamesResponse, answerOf(await side.names({ rosterVersion: safe(rosterVersion), of, prefix, after, limit }), ({ names, more }) => ({ names, more })))
  }
  return {
    'consensus/peek': vote('peek'),
    'consensus/prepare': vote('prepare'),
    'consensus/accept': vote('accept'),
    'consensus/names': names('touched'),
    'consensus/derived': names('derived'),
    'consensus/ballots': async (_from, body) => {
      const { rosterVersion, after, limit } = read(pb.NamesRequest, body)
      const answer = await side.ballots({ rosterVersion: safe(rosterVersion), after, limit })
      return encode(pb.BallotsResponse, answerOf(answer, ({ ballots, more }) => ({ more, ballots: ballots.map(({ name, accepted }) => ({ name, accepted: accepted === undefined ? undefined : ballotOut(accepted) })) })))
    },
    'consensus/list': async (_from, body) => {
      const { rosterVersion, prefix, after, limit } = read(pb.ListRequest, body)
      const answer = await side.list({ rosterVersion: safe(rosterVersion), prefix, after, limit })
      return encode(pb.ListResponse, answerOf(answer, ({ registers, more }) => ({ more, registers: registers.map(({ name, accepted }) => ({ name, accepted: acceptedOut(accepted) })) })))
    },
    'consensus/witness': async (from, body) => {
      const furthest = await side.witness(from, standingIn(read(pb.WitnessRequest, body).standing))
      return encode(pb.WitnessResponse, { furthest: standingOut(furthest) })
    },
    'roster/sign': async (_from, body) => {
      const { rosterVersion, roster } = read(pb.SignRosterRequest, body)
      return encode(pb.SignRosterResponse, answerOf(await side.sign({ rosterVersion: safe(rosterVersion), roster }), ({ signature }) => ({ signature })))
    },
    'roster/chain': async () => await side.chain(),
    'roster/install': async (_from, body) => {
      await side.install(body)
      return new Uint8Array(0)
    }
  }
}

/** A server at the other end of `call`. */
export function remoteServer (call: Call): ServerSide {
  return {
    vote: async (request) => {
      const response = receive(pb.VoteResponse, await call(`consensus/${request.kind}`, encode(pb.VoteRequest, voteRequestOut(request))))
      return answered(response, () => ({ vote: voteIn(response) }))
    },
    list: async (request) => {
      const response = receive(pb.ListResponse, await call('consensus/list', encode(pb.ListRequest, listOut(request))))
      return answered(response, () => ({ more: response.more, registers: response.registers.map(({ name, accepted }) => ({ name: nameIn(name), accepted: required(acceptedIn(accepted)) })) }))
    },
    names: async (request) => {
      const method = request.of === 'touched' ? 'consensus/names' : 'consensus/derived'
      const response = receive(pb.NamesResponse, await call(method, encode(pb.NamesRequest, listOut(request))))
      return answered(response, () => ({ names: response.names, more: response.more }))
    },
    ballots: async (request) => {
      const response = receive(pb.BallotsResponse, await call('consensus/ballots', encode(pb.NamesRequest, listOut({ ...request, prefix: '' }))))
      return answered(response, () => ({ more: response.more, ballots: response.ballots.map(({ name, accepted }) => ({ name: nameIn(name), accepted: accepted === undefined ? undefined : ballotIn(accepted) })) }))
    },
    sign: async ({ rosterVersion, roster }) => {
      const response = receive(pb.SignRosterResponse, await call('roster/sign', encode(pb.SignRosterRequest, { rosterVersion: BigInt(rosterVersion), roster })))
      return answered(response, () => ({ signature: response.signature }))
    },
    witness: async (_server, standing) => {
      const response = receive(pb.WitnessResponse, await call('consensus/witness', encode(pb.WitnessRequest, { standing: standingOut(standing) })))
      return standingIn(response.furthest)
    },
    chain: async () => await call('roster/chain', new Uint8Array(0)),
    install: async (chain) => { await call('roster/install', chain) }
  }
}

function voteRequest (kind: VoteRequest['kind'], message: pb.VoteRequest): VoteRequest {
  const place = { space: spaceIn(message.space), name: nameIn(message.name) }
  const rosterVersion = safe(message.rosterVersion)
  if (kind === 'peek') return { kind, rosterVersion, place }
  const ballot = ballotIn(required(message.ballot))
  if (kind === 'prepare') return { kind, rosterVersion, place, ballot }
  return { kind, rosterVersion, place, ballot, register: { version: safe(message.version), value: message.value } }
}

function spaceIn (number: number): VoteRequest['place']['space'] {
  return required((['registers', 'rosters'] as const).find((space) => SPACES[space] === number))
}

function voteRequestOut (request: VoteRequest): Partial<pb.VoteRequest> {
  const { space, name } = request.place
  const register: Register | undefined = request.kind === 'accept' ? request.register : undefined
  return {
    rosterVersion: BigInt(request.rosterVersion),
    space: SPACES[space],
    name,
    ballot: request.kind === 'peek' ? undefined : ballotOut(request.ballot),
    version: BigInt(register?.version ?? 0),
    value: register === undefined ? undefined : new Uint8Array(register.value)
  }
}

function voteResponse (answer: VoteAnswer): Partial<pb.VoteResponse> {
  return answerOf(answer, ({ vote }) => vote.vote === 'outbid'
    ? { outbid: ballotOut(vote.promised) }
    : { accepted: vote.accepted === undefined ? undefined : acceptedOut(vote.accepted) })
}

function listOut ({ rosterVersion, prefix, after, limit }: ListRequest | Omit<NamesRequest, 'of'>): Partial<pb.ListRequest> & Partial<pb.NamesRequest> {
  return { rosterVersion: BigInt(rosterVersion), prefix, after, limit }
}

/** The fields that all answers share, and those of this one. */
function answerOf<T, Fields> (answer: Answer<T>, fields: (answered: T) => Fields): { standing: pb.Standing, refusal: number } | (Fields & { standing: pb.Standing, refusal: number }) {
  const standing = standingOut(answer.standing)
  if (answer.kind === 'refused') return { standing, refusal: REFUSALS[answer.why] }
  return { ...fields(answer), standing, refusal: enums.Refusal.NONE }
}

function answered<T> (response: { standing?: pb.Standing, refusal: number }, fields: () => T): Answer<T> {
  const standing = standingIn(response.standing)
  if (response.refusal === enums.Refusal.NONE) return { kind: 'answered', standing, ...fields() }
  const why = (Object.keys(REFUSALS) as Refusal[]).find((refusal) => REFUSALS[refusal] === response.refusal)
  // For a reason of a later version: all the same, no vote.
  return { kind: 'refused', why: why ?? 'not voting', standing }
}

function voteIn ({ outbid, accepted }: pb.VoteResponse): Vote {
  return outbid === undefined ? { vote: 'granted', accepted: acceptedIn(accepted) } : { vote: 'outbid', promised: ballotIn(outbid) }
}

function acceptedOut ({ ballot, register }: Accepted): pb.AcceptedRegister {
  return { ballot: ballotOut(ballot), version: BigInt(register.version), value: new Uint8Array(register.value) }
}

function acceptedIn (message: pb.AcceptedRegister | undefined): Accepted | undefined {
  if (message === undefined) return undefined
  return { ballot: ballotIn(required(message.ballot)), register: { version: safe(message.version), value: message.value } }
}

function ballotOut ({ counter, proposer }: Ballot): pb.Ballot {
  return { counter: BigInt(counter), proposer: new Uint8Array(fromString(proposer, 'base16')) }
}

function ballotIn ({ counter, proposer }: pb.Ballot): Ballot {
  if (proposer.byteLength === 0 && counter === 0n) return LOWEST_BALLOT
  if (proposer.byteLength !== PROPOSER_BYTES) throw invalid()
  return { counter: safe(counter), proposer: toString(proposer, 'base16') }
}

function standingOut ({ incarnation, writes }: Standing): pb.Standing {
  return { incarnation: BigInt(incarnation), writes: BigInt(writes) }
}

function standingIn (message: pb.Standing | undefined): Standing {
  const { incarnation, writes } = required(message)
  return { incarnation: safe(incarnation), writes: safe(writes) }
}

function nameIn (name: string): string {
  if (!NAME.test(name)) throw invalid()
  return name
}

function read<T> (type: MessageType<T>, body: Uint8Array): T {
  return decode(type, body, maxServerRequestBytes, 'A request of a server')
}

function receive<T> (type: MessageType<T>, body: Uint8Array): T {
  return decode(type, body, maxFrameBytes, 'An answer of a server')
}

function safe (value: bigint): number {
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw invalid()
  return Number(value)
}

function required<T> (value: T | undefined): T {
  if (value === undefined) throw invalid()
  return value
}

function invalid (): P2pChatError {
  return new P2pChatError('ERR_INVALID_RECORD', 'A message of a server has a field that is missing or out of bounds; it was refused.')
}
