/** One search for a server: a few rounds of dials and a lookup in the DHT; the user has been told by then. */
export const searchTimeoutMs = 10_000
/** The first pause after a failed search: a restarted server is found again at once. */
export const firstRetryMs = 500
/** A channel that ends sooner was of no use: when that happens twice in a row, a pause comes first. */
export const steadyMs = 5_000
/** The longest pause: what somebody waits at most who has just got a network again. */
export const maxRetryMs = 15_000
/** Servers remembered for the next start. */
export const maxRemembered = 8
/** A pool has at most so many servers (the roster's limit), whatever one of them says. */
export const maxPoolServers = 50
/** How far the clocks of a server and of this device may be apart before its times are not believed. */
export const serverSlackMs = 24 * 60 * 60 * 1000
/** A device makes a new signed prekey each week; it may have been away for seven and a half more. */
export const maxPrekeyAgeMs = 60 * 24 * 60 * 60 * 1000
