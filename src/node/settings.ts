/** What a person may set. Kept in the home. */
import { isAbsolute } from 'node:path'
import { P2pChatError } from '../errors.js'
import type { NodeSettings } from './chat-node.js'
import { maxFileBytes } from './files/limits.js'
import type { Lane, Reader } from './home/lane.js'
import { jsonTable } from './home/table.js'
import { defaultAutoAcceptBytes } from './transfers/limits.js'

const table = jsonTable<Partial<NodeSettings>>('settings')
const KEY = 'files'

export async function findSettings (reader: Reader, downloadsFolder: string): Promise<NodeSettings> {
  return { autoAcceptBytes: defaultAutoAcceptBytes, downloadsFolder, relayOnly: false, contacts: 'open', receipts: true, ...await table.get(reader, KEY) }
}

/** @throws ERR_USAGE */
export async function changeSettings (lane: Lane, change: Partial<NodeSettings>): Promise<void> {
  const { autoAcceptBytes, downloadsFolder, relayOnly, contacts, receipts } = change
  if (autoAcceptBytes !== undefined && (!Number.isSafeInteger(autoAcceptBytes) || autoAcceptBytes < 0 || autoAcceptBytes > maxFileBytes)) {
    throw new P2pChatError('ERR_USAGE', `auto-accept takes a number of bytes from 0 to ${maxFileBytes}.`)
  }
  if (downloadsFolder !== undefined && !isAbsolute(downloadsFolder)) throw new P2pChatError('ERR_USAGE', 'The downloads folder must be a path from the root on.')
  if (relayOnly !== undefined && typeof relayOnly !== 'boolean') throw new P2pChatError('ERR_USAGE', 'relay-only is either on or off.')
  if (contacts !== undefined && contacts !== 'open' && contacts !== 'request') throw new P2pChatError('ERR_USAGE', 'contacts is either open or request.')
  if (receipts !== undefined && typeof receipts !== 'boolean') throw new P2pChatError('ERR_USAGE', 'receipts is either on or off.')
  await lane.write(async (tx) => {
    table.put(tx, {
      ...await table.get(tx, KEY),
      ...(autoAcceptBytes === undefined ? {} : { autoAcceptBytes }),
      ...(downloadsFolder === undefined ? {} : { downloadsFolder }),
      ...(relayOnly === undefined ? {} : { relayOnly }),
      ...(contacts === undefined ? {} : { contacts }),
      ...(receipts === undefined ? {} : { receipts })
    }, KEY)
  })
}
