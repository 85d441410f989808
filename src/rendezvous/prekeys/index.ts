/**
 * Prekeys: what a device leaves at the pool so that others can write to it while it is away.
 *
 * - prekey-shelf.ts: what one server has on its disk
 * - pool-prekeys.ts: the shelves of a mailbox's servers as one; wire.ts: what they ask of each other
 * - handlers.ts: what clients ask
 */
export { prekeyHandlers } from './handlers.js'
export { PoolPrekeys, type PoolPrekeysComponents } from './pool-prekeys.js'
export { PrekeyShelf } from './prekey-shelf.js'
export type { Prekeys } from './types.js'
