import { maxAddresses } from '../../protocol/limits.js'

const minute = 60_000

/** A hash cannot be guessed backwards, and neither can this. */
export const secretBytes = 32
export const inviteIdBytes = 16
/** Sixteen addresses of 400 characters, with their headers, an id and a secret. */
export const maxJoinRequestBytes = maxAddresses * 410 + 256
/** The founding token's code, and a pool address of sixteen addresses. */
export const maxTokenChars = 8_192
/** An OPAQUE setup is 128 bytes; room for a next version of it. */
export const maxSetupBytes = 1_024
/** One a removed server: a pool that removes more in its life than this has other troubles. */
export const maxSetups = 1_000
/** Tries to join from one address: a token is pasted, not guessed. */
export const joinsPerAddress = { burst: 20, refillMs: 10_000 }
/** Tries to join from everywhere: each reads a register. */
export const joinsInAll = { burst: 200, refillMs: 1_000 }
/** An invitation that is still good after a month was forgotten. */
export const maxInviteTtlMs = 30 * 24 * 60 * minute
/** How long a joiner goes on asking when servers do not answer or are busy. */
export const joinPatienceMs = minute
/** Pause between two rounds of asking, doubled up to the maximum. */
export const minJoinRetryMs = 250
export const maxJoinRetryMs = 5_000
/** How long one server may take to be dialled and to prove itself: the round trips of a slow link. */
export const proveTimeoutMs = 10_000
/** A compare-and-set, a change of the roster and a few reads, each of several round trips and syncs. */
export const admitTimeoutMs = 20_000
/** How often a server tries anew to get the pool's newest setup. */
export const secretsRetryMs = 2_000
/** How long after a removal the others wait for its new setup, before they make it: whoever removes takes a second. */
export const finishRemovalAfterMs = 15_000
/** How long a starting server waits to learn whether the founder's token is still good. */
export const tokenLookTimeoutMs = 1_000
