/**
 * One round of a proposer on one register: prepare at a quorum, choose, accept at a quorum. Pure: votes go in, and out
 * comes what they mean. A round belongs to one version of the roster; when that changes, another round begins.
 */
import { equals } from 'uint8arrays/equals'
import { isQuorum, type Quorum } from '../../overlay/index.js'
import type { Register } from '../registers/index.js'
import type { Accepted, Vote } from './acceptor.js'
import { compareBallots, type Ballot } from './ballot.js'

export interface Round {
  quorum: Quorum
  ballot: Ballot
  phase: 'prepare' | 'accept'
  /** Who granted this phase, with what it had accepted before. */
  granted: ReadonlyMap<string, Accepted | undefined>
}

export type RoundStep =
  | { kind: 'waiting', round: Round }
  /** What is to be kept or built on. Nothing else may be proposed than a successor of it, or itself. */
  | { kind: 'prepared', current: Accepted | undefined }
  /** It is chosen: whatever happens, every later round sees it or what was built on it. */
  | { kind: 'accepted' }
  | { kind: 'outbid', promised: Ballot }

export function startRound (quorum: Quorum, ballot: Ballot): Round {
  return { quorum, ballot, phase: 'prepare', granted: new Map() }
}

export function acceptPhase (round: Round): Round {
  return { ...round, phase: 'accept', granted: new Map() }
}

/** @param vote the answer of `from` in this phase of this round */
export function takeVote (round: Round, from: string, vote: Vote): RoundStep {
  if (vote.vote === 'outbid') return { kind: 'outbid', promised: vote.promised }
  const granted = new Map(round.granted).set(from, vote.accepted)
  if (!isQuorum(round.quorum, new Set(granted.keys()))) return { kind: 'waiting', round: { ...round, granted } }
  return round.phase === 'accept' ? { kind: 'accepted' } : { kind: 'prepared', current: highest([...granted.values()]) }
}

/** What was accepted under the highest ballot. */
export function highest (accepted: ReadonlyArray<Accepted | undefined>): Accepted | undefined {
  return accepted.reduce((best, one) => best === undefined || (one !== undefined && compareBallots(one.ballot, best.ballot) > 0) ? one : best, undefined)
}

/** Whether all of a quorum accepted the same: then it is chosen, or nothing is. */
export function isUnanimous (accepted: ReadonlyArray<Accepted | undefined>): boolean {
  const [first, ...others] = accepted
  return others.every((one) => one === undefined || first === undefined ? one === first : compareBallots(one.ballot, first.ballot) === 0)
}

export type Decision =
  | { kind: 'write', register: Register }
  /** It was written before: it is enough to make sure that it stays. */
  | { kind: 'written' }
  | { kind: 'conflict' }

/** What a compare-and-set does with what is there. */
export function decideCompareAndSet (current: Register | undefined, expectedVersion: number, value: Uint8Array): Decision {
  const version = expectedVersion + 1
  if ((current?.version ?? 0) === expectedVersion) return { kind: 'write', register: { version, value } }
  return current?.version === version && equals(current.value, value) ? { kind: 'written' } : { kind: 'conflict' }
}
