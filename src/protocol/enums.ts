/**
 * The values of the enums in the .proto files. Fields carry them as plain numbers: a decoder of enums refuses a whole message
 * for one value that it does not know, and every later version may have more of them. Whoever reads one says what an unknown one
 * means.
 */
export const EnvelopeKind = { MESSAGE: 0, RECEIPT: 1, GROUP_MESSAGE: 2, GROUP_RECEIPT: 3 } as const
export const RosterPhase = { SETTLED: 0, JOINT: 1, RECOVERING: 2 } as const
export const ServerState = { MEMBER: 0, LEARNER: 1, DRAINING: 2 } as const
export const Space = { REGISTERS: 0, ROSTERS: 1 } as const
export const Refusal = { NONE: 0, OLD_ROSTER: 1, UNKNOWN_ROSTER: 2, NOT_VOTING: 3 } as const
export const VoteState = { NOT_VOTING: 0, VOTING: 1, RETIRED: 2 } as const
export const ServerBlobOutcome = { UNKNOWN: 0, DONE: 1, STALE: 2, CONFLICT: 3, REFUSED: 4, FULL: 5, ABSENT: 6, REMOVED: 7 } as const
export const ReplicaOutcome = { UNKNOWN: 0, DONE: 1, STALE: 2, OVERLOADED: 3, REFUSED: 4, GONE: 5, SUPERSEDED: 6 } as const
