/** One search for a server: dials, a lookup in the DHT, and attaching over a slow link. Without any answer it ends sooner. */
export const searchTimeoutMs = 20_000
/** Who wants a server while a search is under way that began longer ago waits for the next one as well. */
export const maxSearchAgeMs = 1_000
/** Of the servers that are known, the next is tried as well when those before have not answered after this (RFC 8305 §5). */
export const headStartMs = 250
/** A better server gets longer before the next best: there is one to ask meanwhile. */
export const homeHeadStartMs = 750
/** What a better server gets to be dialled and to prove itself: twice what the one before has taken, within these bounds. */
export const minHomeTimeoutMs = 1_500
export const maxHomeTimeoutMs = 6_000
/** The question where home is, and for the pool's newest roster. */
export const askHomeTimeoutMs = 4_000
/** Attaching: a few round trips with synced writes; past it another server is tried. */
export const prepareTimeoutMs = 5_000
/** Servers that are tried in one search although those before refused: more would be a crowd going in circles. */
export const maxServerTries = 4
/** The first pause after a failed search: a restarted server is found again at once. */
export const firstRetryMs = 500
/** A channel that ends sooner was of no use: when that happens twice in a row, a pause comes first. */
export const steadyMs = 5_000
/** The longest pause: what somebody waits at most who has just got a network again. */
export const maxRetryMs = 15_000
/** A device at a server that does not keep its mailbox looks whether one that does is back: its mail waits there. */
export const homeRetryMs = 15_000
/** One that is at home asks now and then whether another has much less to do, as after a restart of all. */
export const homeCheckMs = 10 * 60_000
/** After a server had too much to do and this device went elsewhere, it stays there for so long: no back and forth. */
export const minRefusedMoveMs = 30_000
/** A server that ends may spread its clients over this time, whatever it says. */
export const maxSpreadMs = 10_000
/** After a move the old channel stays until its answers have come: looked at so often, and for so long at most. */
export const lingerTickMs = 250
export const maxLingerMs = 3_000
/** Servers remembered for the next start: the three of the mailbox, and enough others that they are not all gone. */
export const maxRemembered = 16
/** A pool has at most so many servers (the roster's limit), whatever one of them says. */
export const maxPoolServers = 50
/** How far the clocks of a server and of this device may be apart before its times are not believed. */
export const serverSlackMs = 24 * 60 * 60 * 1000
/** A device makes a new signed prekey each week; it may have been away for seven and a half more. */
export const maxPrekeyAgeMs = 60 * 24 * 60 * 60 * 1000
/** Contacts named in one line when no server can be reached. */
export const maxNamedContacts = 8
/** Addresses of its own that a device tells: a host has few networks. The rest of a locator's is for those through a relay. */
export const maxOwnAddresses = 12
/** What trying them may take: more than a server tries. */
export const dialBackAnswerMs = 4_000
/** When a slot at a relay is asked for again, the first time and at most. */
export const firstRelayRetryMs = 1_000
export const maxRelayRetryMs = 60_000
/** How long something that a user waits for is asked of one server after the other: past the time in which a frozen one is noticed. */
export const askTimeoutMs = 20_000
/** Before the same server is asked again; longer each time. */
export const askPauseMs = 250
