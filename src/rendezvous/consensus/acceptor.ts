/**
 * One acceptor's part in CASPaxos, for one register: what it promised and what it accepted. Pure; the new slot must be on
 * the disk before the vote is told to anybody.
 *
 * D. Rystsov, "CASPaxos: Replicated State Machines without logs", 2018, §2.2.
 */
import type { Register } from '../registers/index.js'
import { compareBallots, LOWEST_BALLOT, type Ballot } from './ballot.js'

export interface Accepted {
  ballot: Ballot
  register: Register
}

export interface Slot {
  promised: Ballot
  accepted: Accepted | undefined
}

export type Vote =
  /** `accepted`: what was accepted before. */
  | { vote: 'granted', accepted: Accepted | undefined }
  | { vote: 'outbid', promised: Ballot }

export const EMPTY_SLOT: Slot = { promised: LOWEST_BALLOT, accepted: undefined }

/** Promises to take nothing below `ballot`. The same request once more is granted once more. */
export function prepare (slot: Slot, ballot: Ballot): { slot: Slot, vote: Vote } {
  if (compareBallots(ballot, slot.promised) < 0) return outbid(slot)
  return { slot: { ...slot, promised: ballot }, vote: { vote: 'granted', accepted: slot.accepted } }
}

/** Takes `register`, unless a higher ballot was promised meanwhile. */
export function accept (slot: Slot, ballot: Ballot, register: Register): { slot: Slot, vote: Vote } {
  if (compareBallots(ballot, slot.promised) < 0) return outbid(slot)
  return { slot: { promised: ballot, accepted: { ballot, register } }, vote: { vote: 'granted', accepted: slot.accepted } }
}

function outbid (slot: Slot): { slot: Slot, vote: Vote } {
  return { slot, vote: { vote: 'outbid', promised: slot.promised } }
}
