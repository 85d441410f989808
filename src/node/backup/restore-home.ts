/** From a file to a home that nobody has used yet. The whole file is opened once before the first row is written. */
import { toString } from 'uint8arrays/to-string'
import { stretchBackupPassword, type StretchPassword } from '../../crypto/backup.js'
import { P2pChatError } from '../../errors.js'
import { openStore, type KeyValueStore, type Operation } from '../../store/index.js'
import { openRegularFile } from '../files/outgoing/regular-file.js'
import { asRestoredTalk, GROUP_TALK_SHELF } from '../groups/talk/index.js'
import { isMessageKey, MESSAGE_SHELF } from '../history/messages.js'
import { accountTable, findAccount, SELF } from '../home/account-state.js'
import { Lane } from '../home/lane.js'
import { isKept, KEPT_SHELVES } from './contents.js'
import { restoringTable } from './half-restored.js'
import { restoreBatchBytes } from './limits.js'
import { keyOfBackup, openParts, readHeader, type SealedBackup } from './parts.js'
import { asRestored } from './restored-message.js'
import { decodeRows } from './rows.js'
import { HEAD_KEY, type BackupHead } from './write-backup.js'

/** What of some shelves is other in a device that was restored. */
const RESTORED = new Map<string, (value: Uint8Array) => Uint8Array>([[MESSAGE_SHELF, asRestored], [GROUP_TALK_SHELF, asRestoredTalk]])

export interface RestoreHomeOptions {
  /** The new home's folder. */
  home: string
  /** The backup's. */
  path: string
  /** Asked for once it is known that there is a backup, and a home to put it in. */
  password: () => Promise<string>
  /** Where state is kept instead of in the folder, for tests. */
  openHome?: () => Promise<KeyValueStore>
  openFile?: typeof openRegularFile
  stretch?: StretchPassword
}

/** `madeAt`: ISO time of the backup; `waiting`: messages that the device before had and could not show yet, not in it */
export interface RestoredHome { username: string, madeAt: string, messages: number, waiting: number }

/**
 * @throws ERR_NOT_FOUND, ERR_USAGE (no file), ERR_NOT_PERMITTED (the home is somebody's), ERR_BAD_CREDENTIALS, ERR_STORE_FOREIGN,
 * ERR_STORE_CORRUPT, ERR_STORE_NEWER, and what opening a home throws
 */
export async function restoreHome (options: RestoreHomeOptions): Promise<RestoredHome> {
  const { home, path, openFile = openRegularFile, stretch = stretchBackupPassword } = options
  const { openHome = async () => await openStore({ folder: home, kind: 'home' }) } = options
  const file = await openFile(path, 'A backup is one file, made by `p2pchat backup`.')
  try {
    const backup = await readHeader(file)
    const store = await openHome()
    try {
      await assertUnused(store)
      const key = await keyOfBackup(backup, await options.password(), { stretch })
      const restored = await readHead(backup, key)
      await write(store, backup, key)
      key.fill(0)
      return restored
    } finally {
      await store.close()
    }
  } finally {
    await file.close()
  }
}

async function assertUnused (store: KeyValueStore): Promise<void> {
  const lane = new Lane(store)
  const account = await findAccount(lane)
  if (account !== undefined && await restoringTable.get(lane, SELF) === undefined) throw new P2pChatError('ERR_NOT_PERMITTED', `This home belongs to ${account.username}, and a backup overwrites nothing. Restore it into another one with --home DIR.`)
}

/** Reads all of it, so that what is damaged is known before anything is written. */
async function readHead (backup: SealedBackup, key: Uint8Array): Promise<RestoredHome> {
  let head: BackupHead | undefined
  let messages = 0
  for await (const [name, value] of decodeRows(openParts(backup, key))) {
    if (name === HEAD_KEY) head = JSON.parse(toString(value)) as BackupHead
    else if (!isKept(name)) throw new P2pChatError('ERR_STORE_NEWER', 'The backup holds what this version of p2pchat does not know. Update p2pchat.')
    else if (isMessageKey(name)) messages++
  }
  if (head === undefined) throw new P2pChatError('ERR_STORE_CORRUPT', 'The backup does not say whose it is. Take an older one.')
  return { username: head.username, madeAt: new Date(head.madeAtMs).toISOString(), messages, waiting: head.waiting }
}

async function write (store: KeyValueStore, backup: SealedBackup, key: Uint8Array): Promise<void> {
  const lane = new Lane(store)
  await lane.write((tx) => { restoringTable.put(tx, true, SELF) })
  await forgetRows(store)
  let batch: Operation[] = []
  let bytes = 0
  for await (const [name, value] of decodeRows(openParts(backup, key))) {
    if (name === HEAD_KEY) continue
    const row = RESTORED.get(name.slice(0, name.indexOf('/')))?.(value) ?? value
    batch.push({ type: 'put', key: name, value: row })
    bytes += row.byteLength
    if (bytes < restoreBatchBytes) continue
    await store.batch(batch, { sync: true })
    batch = []
    bytes = 0
  }
  await store.batch(batch, { sync: true })
  await lane.write(async (tx) => {
    const account = await findAccount(tx)
    if (account !== undefined) accountTable.put(tx, { ...account, signedIn: false }, SELF)
    restoringTable.delete(tx, SELF)
  })
  await lane.close()
}

/** What another restore left half done, maybe of another account. */
async function forgetRows (store: KeyValueStore): Promise<void> {
  for (const shelf of KEPT_SHELVES) {
    const keys: string[] = []
    for await (const [name] of store.range({ gte: `${shelf}/`, lt: `${shelf}0`, keysOnly: true })) keys.push(name)
    await store.batch(keys.map((name) => ({ type: 'delete', key: name })), { sync: false })
  }
}
