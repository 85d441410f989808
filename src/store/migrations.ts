import type { KeyValueStore } from './key-value.js'
import type { StoreKind } from './marker.js'

/**
 * Brings a store from one schema version to the next. It may be cut off at any point and is then run again from its
 * start, so it must leave alone what it already brought forward.
 */
export type Migration = (store: KeyValueStore) => Promise<void>

/** From version 1 on, in order, for each kind of store. */
export const MIGRATIONS: Record<StoreKind, readonly Migration[]> = {
  home: [],
  server: []
}
