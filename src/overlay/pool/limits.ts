import { maxFrameBytes } from '../../protocol/limits.js'

/** Servers in one roster: "1 to ~50 ordinary machines". */
export const maxServers = 50
/** The longest multiaddr worth carrying: a DNS name of 253 characters, a port and a PeerId. */
export const maxAddressChars = 400
/** The pool's name, shown to people. */
export const maxPoolNameBytes = 64
/** A chain travels in one answer, with room for the frame around it. */
export const maxRosterChainBytes = maxFrameBytes - 4096
/** Versions of a roster in one chain: the smallest version is about 200 bytes. */
export const maxRosterVersions = 5000
/** After this a candidate that is dialled and proves itself has the next one beside it: a frozen server costs this and no more. */
export const candidateTurnMs = 1500
/** How long it may take all the same: seven round trips of a slow link, by satellite say. */
export const candidateTimeoutMs = 10_000
/** Candidates checked at the same time: more would be dials for nothing once enough have answered. */
export const maxParallelChecks = 4
