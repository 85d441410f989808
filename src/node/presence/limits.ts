/** Names a server is asked to watch at once; contacts beyond it, oldest talk first, show as offline. */
export const maxWatched = 500
/** Contacts that come to be known in one burst are asked for together. */
export const watchDelayMs = 500
/** … and again when the server could not say: after twice as long each time, and this much at most. */
export const maxWatchDelayMs = 60_000
/** A server that dies has its clients elsewhere within about two seconds: until then they are not said to have gone. */
export const leavingGraceMs = 5_000
