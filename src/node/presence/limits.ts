/** Names a server is asked to watch at once; contacts beyond it, oldest talk first, show as offline. */
export const maxWatched = 500
/** Contacts that come to be known in one burst are asked for together. */
export const watchDelayMs = 500
