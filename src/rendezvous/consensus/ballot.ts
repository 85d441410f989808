/** Ballots order the rounds of all proposers on one register. Pure. */
export interface Ballot {
  /** 1 for the first round */
  counter: number
  /** 32 hexadecimal digits, made anew at each start of a proposer: no two rounds ever have the same ballot. */
  proposer: string
}

/** Below every round's; what a register was accepted under that one server wrote before there were rounds. */
export const LOWEST_BALLOT: Ballot = { counter: 0, proposer: '' }

/** Negative when `a` is lower, 0 when they are the same. */
export function compareBallots (a: Ballot, b: Ballot): number {
  if (a.counter !== b.counter) return a.counter - b.counter
  if (a.proposer === b.proposer) return 0
  return a.proposer < b.proposer ? -1 : 1
}
