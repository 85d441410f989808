/**
 * A folder as a store: `p2pchat.json` says what it is, `db/` is the database, and the record `meta/schema` in it is the
 * version of what is in there. An older version is copied aside, then brought forward; a newer one is refused.
 */
import { chmod, cp, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fromString } from 'uint8arrays/from-string'
import { toString } from 'uint8arrays/to-string'
import { P2pChatError } from '../errors.js'
import { syncFolder, syncFile } from './durable-file.js'
import { keyOf } from './keys.js'
import { openLevel } from './level.js'
import { maxCheckedServerBytes, serverTableBytes } from './limits.js'
import { makeFolder } from './make-folder.js'
import { createMarker, markerFile, readMarker, writeMarker, type StoreKind } from './marker.js'
import { MIGRATIONS, type Migration } from './migrations.js'
import type { KeyValueStore } from './key-value.js'

const SCHEMA_KEY = keyOf('meta', 'schema')
/** The schema that a migration under way leads to. */
const MIGRATING_KEY = keyOf('meta', 'migrating')

export interface OpenStoreOptions {
  folder: string
  kind: StoreKind
  /** Default: those of this version of the program. The schema version is their number plus one. */
  migrations?: readonly Migration[]
  /** Opens what can be read of a damaged one, and forgets the rest: for who has nothing better. Default: false. */
  despiteDamage?: boolean
}

export type { StoreKind } from './marker.js'

/**
 * Opens `folder` as a store, making it (mode 0700) when there is none. A disk that does not give back what is on it is
 * damaged: advice to name another folder would have a server found a pool of its own.
 *
 * @throws ERR_STORE_FOREIGN: it is something else's; ERR_STORE_NEWER: a newer p2pchat wrote it; ERR_STORE_LOCKED:
 * another process has it open; ERR_STORE_CORRUPT; ERR_HOME (a home) or ERR_STORE_IO (a server): it cannot be written
 */
export async function openStore (options: OpenStoreOptions): Promise<KeyValueStore> {
  const { folder, kind } = options
  try {
    return await open(options)
  } catch (error) {
    throw withFolder(error, folder, kind)
  }
}

async function open ({ folder, kind, migrations = MIGRATIONS[kind], despiteDamage = false }: OpenStoreOptions): Promise<KeyValueStore> {
  await makeFolder(folder)
  const files = await readdir(folder)
  if (!files.includes(markerFile)) {
    if (files.some((name) => !isNobodys(name))) {
      throw new P2pChatError('ERR_STORE_FOREIGN', `${folder} holds files that are not p2pchat's. Name an empty or a new folder.`)
    }
    await closeToOthers(folder)
    await createMarker(folder, kind)
    // LevelDB would make it open to whom the process's mask lets in.
    await makeFolder(join(folder, 'db'))
  }
  const { ready } = await readMarker(folder, kind)
  const store = await openAtSchema({ folder, kind, migrations, despiteDamage }, !ready)
  if (ready) return store
  try {
    await writeMarker(folder, { kind, ready: true })
    return store
  } catch (error) {
    await store.close()
    throw error
  }
}

/** As far as it can be: a folder of somebody else's that this user may write to, as containers are given, stays as it is. */
async function closeToOthers (folder: string): Promise<void> {
  await chmod(folder, 0o700).catch((error: unknown) => {
    if (!CANNOT_CHANGE_MODE.has((error as NodeJS.ErrnoException).code ?? '')) throw error
  })
}

const CANNOT_CHANGE_MODE = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'EINVAL', 'ENOSYS'])

/** Whether a folder with such a file in it may be nobody's yet: a first start that was cut off leaves what was to be its marker. */
function isNobodys (name: string): boolean {
  return name === 'lost+found' || (name.startsWith(`${markerFile}.`) && name.endsWith('.new'))
}

async function openAtSchema ({ folder, kind, migrations, despiteDamage }: Required<OpenStoreOptions>, isNew: boolean): Promise<KeyValueStore> {
  const current = migrations.length + 1
  const store = await openLevel({ folder: join(folder, 'db'), createIfMissing: isNew, despiteDamage, ...kind === 'home' ? {} : { maxCheckedBytes: maxCheckedServerBytes, tableBytes: serverTableBytes } })
  try {
    const found = await readSchema(store)
    const migratingTo = Number(toString(await store.get(MIGRATING_KEY) ?? fromString('0')))
    if (!(migratingTo <= current)) throw new P2pChatError('ERR_STORE_NEWER', `A newer version of p2pchat began to bring ${folder} up to date, and was ended before it was done. Update p2pchat.`)
    if (found === current) return store
    if (found === undefined) {
      if (!isNew) throw new P2pChatError('ERR_STORE_CORRUPT', 'The store is damaged: it does not say its version.')
      await writeSchema(store, current)
      return store
    }
    if (found > current) {
      throw new P2pChatError('ERR_STORE_NEWER', `A newer version of p2pchat wrote ${folder} (schema ${found}, this one knows ${current}). Update p2pchat.`)
    }
    await store.close()
    await copyAside(folder, found)
    return await migrate(folder, migrations)
  } catch (error) {
    await store.close()
    throw error
  }
}

async function migrate (folder: string, migrations: readonly Migration[]): Promise<KeyValueStore> {
  const store = await openLevel({ folder: join(folder, 'db'), createIfMissing: false })
  try {
    for (let version = await readSchema(store) ?? 1; version <= migrations.length; version++) {
      // Before its first step: a binary that knows less would else take what is half done for its own.
      await store.batch([{ type: 'put', key: MIGRATING_KEY, value: fromString(String(version + 1)) }], { sync: true })
      await migrations[version - 1]?.(store)
      await store.batch([{ type: 'delete', key: MIGRATING_KEY }, { type: 'put', key: SCHEMA_KEY, value: fromString(String(version + 1)) }], { sync: true })
    }
    return store
  } catch (error) {
    await store.close()
    throw error
  }
}

/** The database as it was, under `db.schema-N`, on the disk before anything is changed; one that a migration left half done is not copied over it. */
async function copyAside (folder: string, schema: number): Promise<void> {
  const name = `db.schema-${schema}`
  if ((await readdir(folder)).includes(name)) return
  const unfinished = join(folder, `${name}.new`)
  await rm(unfinished, { recursive: true, force: true })
  await cp(join(folder, 'db'), unfinished, { recursive: true })
  for (const file of await readdir(unfinished)) await syncFile(join(unfinished, file))
  await syncFolder(unfinished)
  await rename(unfinished, join(folder, name))
  await syncFolder(folder)
}

async function readSchema (store: KeyValueStore): Promise<number | undefined> {
  const value = await store.get(SCHEMA_KEY)
  if (value === undefined) return undefined
  const schema = Number(toString(value))
  if (!Number.isSafeInteger(schema) || schema < 1) throw new P2pChatError('ERR_STORE_CORRUPT', 'The store is damaged: its version is none.')
  return schema
}

async function writeSchema (store: KeyValueStore, schema: number): Promise<void> {
  await store.batch([{ type: 'put', key: SCHEMA_KEY, value: fromString(String(schema)) }], { sync: true })
}

/** How Node and LevelDB word that a disk has a fault. */
const DISK_FAULT = /\bEIO\b|Input\/output error/

/** An old copy of a server's disk would take back what the server has promised to others since: only one alone may have it. */
const WHEN_DAMAGED: Record<StoreKind, string> = {
  home: 'Restore a backup, or sign in anew with another folder: --home.',
  server: 'If its pool has other servers, run `p2pchat pool remove SERVER --force` and `p2pchat pool invite` at one of them, and start this one with an empty folder: --data DIR --join TOKEN. If it is the only one, put a backup of the folder in its place; without one, --despite-damage starts with what can be read.'
}

/** ERR_STORE_CORRUPT of a store, with the folder in its message and what the user can do. */
export function damagedStore (error: P2pChatError, folder: string, kind: StoreKind): P2pChatError {
  return new P2pChatError('ERR_STORE_CORRUPT', `${folder}: ${error.message} ${WHEN_DAMAGED[kind]}`, { cause: error })
}

/** The same error with the folder in its message, and what the user can do. */
function withFolder (error: unknown, folder: string, kind: StoreKind): P2pChatError {
  const option = kind === 'home' ? '--home' : '--data'
  if (error instanceof P2pChatError && error.code === 'ERR_STORE_LOCKED') {
    return new P2pChatError('ERR_STORE_LOCKED', `Another p2pchat process uses ${folder}. End it, or name another folder with ${option}.`, { cause: error })
  }
  if (error instanceof P2pChatError && error.code === 'ERR_STORE_CORRUPT') {
    return damagedStore(error, folder, kind)
  }
  if (error instanceof P2pChatError && error.code !== 'ERR_STORE_IO') return error
  const reason = error instanceof Error ? error.message : String(error)
  if (DISK_FAULT.test(reason)) return damagedStore(new P2pChatError('ERR_STORE_CORRUPT', `The disk fails: ${reason}.`, { cause: error }), folder, kind)
  return new P2pChatError(kind === 'home' ? 'ERR_HOME' : 'ERR_STORE_IO', `${folder} cannot be used: ${reason} Make it writable, or name another folder with ${option}.`, { cause: error })
}
