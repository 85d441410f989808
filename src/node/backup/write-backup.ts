/** From a home to a file. The home may be in use: the rows are those of one moment. */
import { dirname, isAbsolute } from 'node:path'
import { fromString } from 'uint8arrays/from-string'
import type { StretchPassword } from '../../crypto/backup.js'
import { isP2pChatError, P2pChatError } from '../../errors.js'
import type { Clock, Random } from '../../runtime.js'
import type { KeyValueStore } from '../../store/index.js'
import { assertStrongPassword } from '../account/password.js'
import type { BackupInfo, BackupRequest } from '../chat-node.js'
import type { Disk, DiskFile } from '../files/disk.js'
import { isMessageKey } from '../history/messages.js'
import { SELF } from '../home/account-state.js'
import type { Lane, Reader } from '../home/lane.js'
import { toHex } from '../home/hex.js'
import { jsonTable } from '../home/table.js'
import { isKept } from './contents.js'
import { countLeftBehind } from './left-behind.js'
import { PartsWriter } from './parts.js'
import { encodeRow } from './rows.js'

export interface BackupComponents {
  store: KeyValueStore
  lane: Lane
  disk: Disk
  clock: Clock
  random: Random
  stretch: StretchPassword
  /** Nobody waits for it any more: what was written of it is removed. */
  signal: AbortSignal
}

/** The row before all others. `waiting`: messages that came and were not shown yet, which are not in it. */
export interface BackupHead { username: string, madeAtMs: number, waiting: number }
const backedUpTable = jsonTable<{ atMs: number }>('backed-up')
export const HEAD_KEY = 'backup/head'

/**
 * Until it is whole it is called `PATH.part-` and 8 digits of its own, as another home may be writing one of this name, too.
 *
 * @throws ERR_USAGE (no absolute path, or something is there already), ERR_WEAK_PASSWORD, ERR_STORE_IO (the file),
 * ERR_STORE_CORRUPT (the home), the signal's reason
 */
export async function writeBackup (components: BackupComponents, username: string, { path, password }: BackupRequest): Promise<Omit<BackupInfo, 'queued'>> {
  const { lane, disk, clock, random } = components
  if (!isAbsolute(path)) throw new P2pChatError('ERR_USAGE', 'The path of a backup must be absolute.')
  assertStrongPassword(password, username)
  if (await disk.size(path) !== undefined) throw isThere(path)
  const { waiting, files } = await countLeftBehind(lane)
  const head: BackupHead = { username, madeAtMs: clock.now(), waiting }
  const unfinished = `${path}.part-${toHex(random.bytes(4))}`
  const file = await disk.create(unfinished)
  if (file === undefined) throw isThere(unfinished)
  let counted: Pick<BackupInfo, 'bytes' | 'messages'>
  try {
    counted = await writeRows(components, file, head, password).finally(async () => { await file.close() })
    if (!await disk.link(unfinished, path)) throw isThere(path)
    await disk.syncFolder(dirname(path))
  } finally {
    await disk.remove(unfinished)
  }
  try {
    await lane.write((tx) => { backedUpTable.put(tx, { atMs: head.madeAtMs }, SELF) })
  } catch (error) {
    // A home that cannot be written to needs its backup most; the mark only serves the advice to make one.
    if (!isP2pChatError(error)) throw error
  }
  return { path, ...counted, waiting, files }
}

/** Synced. */
async function writeRows ({ store, random, stretch, signal }: BackupComponents, file: DiskFile, head: BackupHead, password: string): Promise<Pick<BackupInfo, 'bytes' | 'messages'>> {
  const parts = await PartsWriter.begin(file, password, random, { stretch })
  await parts.write(encodeRow([HEAD_KEY, fromString(JSON.stringify(head))]))
  let messages = 0
  for await (const row of store.range()) {
    signal.throwIfAborted()
    if (!isKept(row[0])) continue
    if (isMessageKey(row[0])) messages++
    await parts.write(encodeRow(row))
  }
  return { bytes: await parts.end(), messages }
}

function isThere (path: string): P2pChatError {
  return new P2pChatError('ERR_USAGE', `There is a file ${path} already, and a backup overwrites nothing. Name another one.`)
}

/** When the newest backup was made. */
export async function findBackup (reader: Reader): Promise<number | undefined> {
  return (await backedUpTable.get(reader, SELF))?.atMs
}
