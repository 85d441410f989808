/** What the home keeps of files that were sent, so that chunks can be sealed again later, and only the same. */
import { toHex } from '../../home/hex.js'
import type { Reader, Transaction } from '../../home/lane.js'
import { bytesTable, jsonTable, type Table } from '../../home/table.js'
import { encodeManifest, parseManifest } from '../manifest.js'
import type { PreparedFile } from './prepare.js'
import type { FileState } from './regular-file.js'

interface OutgoingRecord { path: string, state: FileState, manifest: Uint8Array }

/** by file id */
const outgoingTable: Table<OutgoingRecord> = jsonTable<OutgoingRecord>('file-out')
const outgoingLeavesTable: Table<Uint8Array> = bytesTable('file-out-leaves')

/** To be in the same transaction as the message that offers the file: before it is committed nothing may leave. */
export function saveOutgoing (tx: Transaction, { path, state, manifest, leaves }: PreparedFile): void {
  const id = toHex(manifest.fileId)
  outgoingTable.put(tx, { path, state, manifest: encodeManifest(manifest) }, id)
  outgoingLeavesTable.put(tx, leaves, id)
}

export async function loadOutgoing (reader: Reader, fileId: Uint8Array): Promise<PreparedFile | undefined> {
  const id = toHex(fileId)
  const record = await outgoingTable.get(reader, id)
  const leaves = await outgoingLeavesTable.get(reader, id)
  if (record === undefined || leaves === undefined) return undefined
  return { path: record.path, state: record.state, manifest: parseManifest(record.manifest), leaves }
}

/** Whether anything is kept of it. */
export async function hasOutgoing (reader: Reader, fileId: string): Promise<boolean> {
  return await outgoingTable.get(reader, fileId) !== undefined
}

/** Once nobody fetches it any more. */
export function deleteOutgoing (tx: Transaction, fileId: Uint8Array): void {
  const id = toHex(fileId)
  outgoingTable.delete(tx, id)
  outgoingLeavesTable.delete(tx, id)
}
