/** What servers of a pool ask each other about registers and roster. wire.ts turns them into bytes. */
import type { Register } from '../registers/index.js'
import type { Accepted, Vote } from './acceptor.js'
import type { Ballot } from './ballot.js'
import type { Space } from './slots.js'

/** How far an acceptor's disk is; neither number ever falls. */
export interface Standing {
  /** One more for every disk this server has had. */
  incarnation: number
  /** Synced writes so far. */
  writes: number
}

/** Why an acceptor does not take part. */
export type Refusal = 'old roster' | 'unknown roster' | 'not voting'

/** An answer by the roster that was asked under, or why there is none. */
export type Answer<T> =
  | ({ kind: 'answered', standing: Standing } & T)
  | { kind: 'refused', why: Refusal, standing: Standing }

export interface Place {
  space: Space
  name: string
}

export type VoteRequest = { rosterVersion: number, place: Place } & (
  | { kind: 'peek' }
  | { kind: 'prepare', ballot: Ballot }
  | { kind: 'accept', ballot: Ballot, register: Register }
)
export type VoteAnswer = Answer<{ vote: Vote }>

export interface ListRequest {
  rosterVersion: number
  prefix: string
  /** '': from the start */
  after: string
  limit: number
}
export interface Listed {
  name: string
  accepted: Accepted
}
export type ListAnswer = Answer<{ registers: Listed[], more: boolean }>

export interface NamesRequest {
  rosterVersion: number
  /** Names of registers that were touched, or keys of an index that begin with `prefix`. */
  of: 'touched' | 'derived'
  prefix: string
  after: string
  limit: number
}
export type NamesAnswer = Answer<{ names: string[], more: boolean }>

export interface BallotsRequest {
  rosterVersion: number
  after: string
  limit: number
}
/** The ballot under which a register was accepted last; undefined when something was promised only. */
export interface RegisterBallot {
  name: string
  accepted: Ballot | undefined
}
export type BallotsAnswer = Answer<{ ballots: RegisterBallot[], more: boolean }>

export interface SignRequest {
  rosterVersion: number
  /** the roster that was decided to follow it */
  roster: Uint8Array
}
export type SignAnswer = Answer<{ signature: Uint8Array }>

/** Every server of the pool, this one included, as the others see it. */
export interface ServerSide {
  vote: (request: VoteRequest) => Promise<VoteAnswer>
  list: (request: ListRequest) => Promise<ListAnswer>
  names: (request: NamesRequest) => Promise<NamesAnswer>
  ballots: (request: BallotsRequest) => Promise<BallotsAnswer>
  sign: (request: SignRequest) => Promise<SignAnswer>
  /** The furthest that was ever heard of `server`, which says that it stands at `standing`. */
  witness: (server: string, standing: Standing) => Promise<Standing>
  /** RosterChain */
  chain: () => Promise<Uint8Array>
  install: (chain: Uint8Array) => Promise<void>
}
