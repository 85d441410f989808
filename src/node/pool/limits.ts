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
