/** Prekeys: what a device leaves at the server so that others can write to it while it is away. */
export { prekeyHandlers } from './handlers.js'
export { PrekeyShelf } from './prekey-shelf.js'
