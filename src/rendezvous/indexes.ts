/** What is looked up by something else than a register's name: rows that every acceptor writes together with the value. */
import type { Operation } from '../store/index.js'
import { deriveDeviceIndex, deviceIndexTables } from './accounts/index.js'
import { deriveMemberIndex, memberIndexTables } from './groups/index.js'

/** Writes that follow from a new value of a register. */
export function deriveIndexes (name: string, previous: Uint8Array | undefined, next: Uint8Array): Operation[] {
  return [...deriveDeviceIndex(name, previous, next), ...deriveMemberIndex(name, previous, next)]
}

/** Tables that deriveIndexes writes to. */
export const derivedTables: readonly string[] = [...deviceIndexTables, ...memberIndexTables]
