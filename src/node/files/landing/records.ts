/** What the home keeps of files that come in: enough to go on after a kill or a power cut. */
import { chunkBytes, chunkCount } from '../../../crypto/file/index.js'
import { bytesTable, jsonTable, type Table } from '../../home/table.js'
import type { Reader, Transaction } from '../../home/lane.js'
import { parseOrderedInteger } from '../../../store/keys.js'
import { ChunkSet } from './chunk-set.js'

export type IncomingRecord =
  /** chunks go into the temporary file in `folder` */
  | { state: 'fetching', manifest: Uint8Array, folder: string }
  /** all chunks are there and right; the file is about to get its name */
  | { state: 'naming', manifest: Uint8Array, folder: string, name: string }
  | { state: 'landed', path: string }

/** by transfer id */
export const incomingTable: Table<IncomingRecord> = jsonTable<IncomingRecord>('file-in')
/** by transfer id and segment: the bits of a ChunkSet */
export const chunksTable: Table<Uint8Array> = bytesTable('file-in-chunks')
/** by transfer id and piece: leaf hashes that were verified */
export const leavesTable: Table<Uint8Array> = bytesTable('file-in-leaves')

/** Forgets which chunks and leaf hashes there were. */
export async function deleteParts (tx: Transaction, id: string): Promise<void> {
  for (const table of [chunksTable, leavesTable]) {
    for (const key of await table.keys(tx, [id])) table.delete(tx, ...key)
  }
}

/** How much of a file of so many bytes is there for good. */
export async function durableBytesOf (reader: Reader, id: string, bytes: number): Promise<number> {
  const known = new ChunkSet(chunkCount(bytes))
  for (const { key, value } of await chunksTable.list(reader, [id])) known.addSegment(parseOrderedInteger(key[1] ?? ''), value)
  return Math.min(bytes, known.count * chunkBytes)
}

/** Nobody asks any more for a file that has landed; what is still coming is left alone. */
export async function forgetLanded (tx: Transaction, id: string): Promise<void> {
  if ((await incomingTable.get(tx, id))?.state === 'landed') incomingTable.delete(tx, id)
}

export interface Incoming { id: string, record: IncomingRecord }

/** All files that were begun, also those that have landed. */
export async function listIncoming (reader: Reader): Promise<Incoming[]> {
  return (await incomingTable.list(reader, [])).map(({ key, value }) => ({ id: key[0] ?? '', record: value }))
}
