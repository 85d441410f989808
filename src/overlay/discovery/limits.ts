/** How often a server tells the DHT that it still serves the pool: three times before providerValidityMs is over. */
export const announceIntervalMs = 10 * 60 * 1000
/** After a new DHT server: several come at once when a pool starts. */
export const announceDelayMs = 500
/** One announcement; then the next occasion is waited for. */
export const announceTimeoutMs = 30_000
/** How long a client waits for one of its entry addresses to bring it into the DHT: longer than checking one may take. */
export const joinTimeoutMs = 2000
/** How often it looks whether that has happened. */
export const joinPollMs = 50
/** One lookup in the DHT. */
export const lookupTimeoutMs = 10_000
