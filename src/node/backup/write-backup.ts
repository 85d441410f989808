/** From a home to a file. The home may be in use: the rows are those of one moment. */
import { dirname, isAbsolute } from 'node:path'
import { fromString } from 'uint8arrays/from-string'
import type { StretchPassword } from '../../crypto/backup.js'
import { isP2pChatError, P2pChatError } from '../../errors.js'
import type { Clock, Random } from '../../runtime.js'
import type { KeyValueStore } from '../../store/index.js'
import { assertStrongPassword } from '../account/password.js'
import type { BackupInfo, BackupRequest } from '../chat-node.js'
import type { Disk } from '../files/disk.js'
import { isMessageKey } from '../history/messages.js'
import { SELF } from '../home/account-state.js'
import type { Lane, Reader } from '../home/lane.js'
import { jsonTable } from '../home/table.js'
import { isKept } from './contents.js'
import { PartsWriter } from './parts.js'
import { encodeRow } from './rows.js'

export interface BackupComponents {
  store: KeyValueStore
  lane: Lane
  disk: Disk
  clock: Clock
  random: Random
  stretch: StretchPassword
}

/** The row before all others. */
export interface BackupHead { username: string, madeAtMs: number }
const backedUpTable = jsonTable<{ atMs: number }>('backed-up')
export const HEAD_KEY = 'backup/head'

/**
 * @throws ERR_USAGE (no absolute path, or something is there already), ERR_WEAK_PASSWORD, ERR_STORE_IO (the file),
 * ERR_STORE_CORRUPT (the home)
 */
export async function writeBackup (components: BackupComponents, username: string, { path, password }: BackupRequest): Promise<Omit<BackupInfo, 'queued'>> {
  const { store, lane, disk, clock, random, stretch } = components
  if (!isAbsolute(path)) throw new P2pChatError('ERR_USAGE', 'The path of a backup must be absolute.')
  assertStrongPassword(password, username)
  const file = await disk.create(path)
  if (file === undefined) throw new P2pChatError('ERR_USAGE', `There is a file ${path} already, and a backup overwrites nothing. Name another one.`)
  const head: BackupHead = { username, madeAtMs: clock.now() }
  let messages = 0
  let bytes: number
  try {
    const parts = await PartsWriter.begin(file, password, random, { stretch })
    await parts.write(encodeRow([HEAD_KEY, fromString(JSON.stringify(head))]))
    for await (const row of store.range()) {
      if (!isKept(row[0])) continue
      if (isMessageKey(row[0])) messages++
      await parts.write(encodeRow(row))
    }
    bytes = await parts.end()
    await file.close()
    await disk.syncFolder(dirname(path))
  } catch (error) {
    await file.close()
    await disk.remove(path)
    throw error
  }
  try {
    await lane.write((tx) => { backedUpTable.put(tx, { atMs: head.madeAtMs }, SELF) })
  } catch (error) {
    // A home that cannot be written to needs its backup most; the mark only serves the advice to make one.
    if (!isP2pChatError(error)) throw error
  }
  return { path, bytes, messages }
}

/** When the newest backup was made. */
export async function findBackup (reader: Reader): Promise<number | undefined> {
  return (await backedUpTable.get(reader, SELF))?.atMs
}
