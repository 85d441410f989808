/** LevelDB's MANIFEST: which tables a database has, and from which log on the rest of it is in logs. */
import { ByteReader } from './byte-reader.js'
import { Damage } from './damage.js'

const COMPARATOR = 1
const LOG_NUMBER = 2
const NEXT_FILE_NUMBER = 3
const LAST_SEQUENCE = 4
const COMPACT_POINTER = 5
const DELETED_FILE = 6
const NEW_FILE = 7
const PREVIOUS_LOG_NUMBER = 9

export interface Manifest {
  /** Logs before it are in tables; 0: there never was one. */
  logNumber: number
  /** Their sizes in bytes, by their numbers. */
  tables: Map<number, number>
}

/** @param edits the records of the MANIFEST. @throws Damage */
export function readManifest (edits: readonly Uint8Array[]): Manifest {
  const manifest: Manifest = { logNumber: -1, tables: new Map() }
  for (const edit of edits) apply(manifest, new ByteReader(edit))
  if (manifest.logNumber === -1) throw new Damage('it names no log')
  return manifest
}

function apply (manifest: Manifest, edit: ByteReader): void {
  const deleted: number[] = []
  const added: Array<[number, number]> = []
  while (!edit.isAtEnd) {
    const tag = edit.varint()
    switch (tag) {
      case COMPARATOR:
        edit.take(edit.varint())
        break
      case LOG_NUMBER:
        manifest.logNumber = edit.varint()
        break
      case NEXT_FILE_NUMBER:
      case LAST_SEQUENCE:
      case PREVIOUS_LOG_NUMBER:
        edit.varint()
        break
      case COMPACT_POINTER:
        edit.varint()
        edit.take(edit.varint())
        break
      case DELETED_FILE:
        edit.varint()
        deleted.push(edit.varint())
        break
      case NEW_FILE: {
        edit.varint()
        added.push([edit.varint(), edit.varint()])
        edit.take(edit.varint())
        edit.take(edit.varint())
        break
      }
      default: throw new Damage(`it says what is not known (${tag})`)
    }
  }
  // A table that only moves to another level is both.
  for (const table of deleted) manifest.tables.delete(table)
  for (const [table, bytes] of added) manifest.tables.set(table, bytes)
}
