/**
 * A store on LevelDB. Batches that are asked for while another is being written go to the disk together: one write and
 * one sync for all of them.
 */
import { crc32 } from 'node:zlib'
import { Level } from 'level'
import { asP2pChatError, P2pChatError } from '../errors.js'
import { openDriveCache, type DriveCache } from './drive-cache.js'
import { assertKey } from './keys.js'
import { checkLevelFiles } from './level-files/index.js'
import { looksForDamage, maxGroupBytes, rangePage } from './limits.js'
import type { KeyValueStore, Operation, RangeOptions } from './key-value.js'

/** LevelDB verifies nothing when it reads: each value carries the CRC-32 of its key and itself at its end. */
const CHECKSUM_BYTES = 4
/** For values up to the size of most envelopes. */
const scratch = new Uint8Array(16 * 1024)

/** How LevelDB words that a file of the database is gone. */
const MISSING_PART = /does not exist|No such file/

/** How systems word that they know no locks there (ENOLCK, ENOSYS, EOPNOTSUPP, EINVAL): LevelDB tells it as a lock that somebody holds. */
const NO_LOCKS = /: (No locks available|Function not implemented|Operation not supported|Invalid argument)$/i

interface LevelOptions {
  folder: string
  /** False: fails when there is no database, or a damaged one. */
  createIfMissing: boolean
  /** Opens a damaged one, too, with what can be read of it. Default: false. */
  despiteDamage?: boolean
  /** How many bytes of its tables are compared with their checksums. Default: none. */
  maxCheckedBytes?: number
  /** Bytes that are written before a table is made of them. Default: LevelDB's, 4 MiB. */
  tableBytes?: number
  /** Default: this system. */
  platform?: NodeJS.Platform
}

type ChainedBatch = ReturnType<Level<string, Uint8Array>['batch']>

/** Batches that go to the disk together. LevelDB has copied what is in it: an operation costs a tenth of one in an array. */
interface Group {
  writes: ChainedBatch
  bytes: number
  sync: boolean
  /** Rejects with what the disk said. */
  written: Promise<void>
  settle: (error?: P2pChatError) => void
}

/**
 * Opens a LevelDB database.
 *
 * @throws ERR_STORE_LOCKED, ERR_STORE_CORRUPT, ERR_STORE_IO
 */
export async function openLevel (options: LevelOptions): Promise<KeyValueStore> {
  if (!options.createIfMissing && options.despiteDamage !== true) await assertWhole(options)
  // It opens by itself after this turn, and would make what is missing.
  const db = new Level<string, Uint8Array>(options.folder, { keyEncoding: 'utf8', valueEncoding: 'view' })
  try {
    await db.open({ createIfMissing: options.createIfMissing, ...options.tableBytes === undefined ? {} : { writeBufferSize: options.tableBytes } })
  } catch (error) {
    throw storeError(error)
  }
  try {
    return new LevelStore(db, await openDriveCache(options.folder, options.platform))
  } catch (error) {
    await db.close()
    throw storeError(error)
  }
}

/**
 * Before it is opened: LevelDB would drop what is damaged, and delete the files that it was in.
 *
 * @throws ERR_STORE_LOCKED, ERR_STORE_CORRUPT
 */
async function assertWhole ({ folder, maxCheckedBytes = 0 }: LevelOptions): Promise<void> {
  let damage: string | undefined
  for (let look = 0; look < looksForDamage; look++) {
    await assertUnused(folder)
    damage = await checkLevelFiles(folder, maxCheckedBytes)
    if (damage === undefined) return
  }
  await assertUnused(folder)
  throw new P2pChatError('ERR_STORE_CORRUPT', `The store is damaged: ${damage}. Nothing in it was changed.`)
}

/**
 * While a process has a database open its files come and go. LevelDB takes the lock before it looks at them, and asked like
 * this it then refuses, whether there is a database or none.
 *
 * @throws ERR_STORE_LOCKED
 */
async function assertUnused (folder: string): Promise<void> {
  const error = await new Level(folder).open({ createIfMissing: false, errorIfExists: true }).catch((error: unknown) => error)
  if (codesOf(error).includes('LEVEL_LOCKED')) throw storeError(error)
}

class LevelStore implements KeyValueStore {
  readonly #db: Level<string, Uint8Array>
  readonly #driveCache: DriveCache | undefined
  /** In the order of the calls. */
  readonly #groups: Group[] = []
  #writing: Promise<void> | undefined
  #closing: Promise<void> | undefined
  /** Why no batch is taken any more. */
  #failed: P2pChatError | undefined

  constructor (db: Level<string, Uint8Array>, driveCache: DriveCache | undefined) {
    this.#db = db
    this.#driveCache = driveCache
  }

  async get (key: string): Promise<Uint8Array | undefined> {
    this.#assertOpen()
    assertKey(key)
    let stored: Uint8Array | undefined
    try {
      // Off LevelDB's cache or the system's: a thread switch would cost several times the read.
      stored = this.#db.getSync(key)
    } catch (error) {
      throw storeError(error)
    }
    return stored === undefined ? undefined : unsealed(key, stored)
  }

  async batch (operations: readonly Operation[], { sync }: { sync: boolean }): Promise<void> {
    this.#assertOpen()
    if (this.#failed !== undefined) throw this.#failed
    for (const { key } of operations) assertKey(key)
    const group = this.#groupFor(bytesOf(operations))
    for (const operation of operations) {
      if (operation.type === 'put') group.writes.put(operation.key, sealed(operation.key, operation.value))
      else group.writes.del(operation.key)
    }
    group.sync ||= sync
    await group.written
  }

  async * range ({ keysOnly = false, limit = -1, ...options }: RangeOptions = {}): AsyncGenerator<[string, Uint8Array]> {
    this.#assertOpen()
    const iterator = this.#db.iterator({ ...options, limit, values: !keysOnly })
    try {
      for (;;) {
        const entries = await iterator.nextv(rangePage)
        if (entries.length === 0) return
        for (const [key, value] of entries) yield [key, keysOnly ? new Uint8Array(0) : unsealed(key, value)]
      }
    } catch (error) {
      throw storeError(error)
    } finally {
      await iterator.close()
    }
  }

  async close (): Promise<void> {
    this.#closing ??= this.#end()
    await this.#closing
  }

  async #end (): Promise<void> {
    await this.#writing
    await this.#db.close()
    await this.#driveCache?.close()
  }

  /** The group that the next batch goes into. */
  #groupFor (bytes: number): Group {
    let group = this.#groups.at(-1)
    if (group === undefined || (group.bytes > 0 && group.bytes + bytes > maxGroupBytes)) {
      group = newGroup(this.#db.batch())
      this.#groups.push(group)
    }
    group.bytes += bytes
    this.#writing ??= this.#writeAll()
    return group
  }

  async #writeAll (): Promise<void> {
    while (this.#groups.length > 0) {
      // What else has arrived by now is written with it: a turn of the event loop is short beside a sync.
      await endOfTurn()
      const group = this.#groups.shift()
      if (group !== undefined) await this.#writeGroup(group)
    }
    this.#writing = undefined
  }

  async #writeGroup ({ writes, sync, settle }: Group): Promise<void> {
    try {
      if (this.#failed !== undefined) throw this.#failed
      await writes.write({ sync })
      if (sync) await this.#driveCache?.flush()
    } catch (error) {
      // After a failed write the end of LevelDB's log is unknown: writing behind it could lose more.
      this.#failed ??= storeError(error)
      settle(this.#failed)
      return
    }
    settle()
  }

  #assertOpen (): void {
    if (this.#closing !== undefined) throw new P2pChatError('ERR_CLOSED', 'The store is closed.')
  }
}

async function endOfTurn (): Promise<void> {
  await new Promise<void>((resolve) => { setImmediate(resolve) })
}

function newGroup (writes: ChainedBatch): Group {
  let settle: Group['settle'] = () => {}
  const written = new Promise<void>((resolve, reject) => {
    settle = (error) => {
      if (error === undefined) resolve()
      else reject(error)
    }
  })
  return { writes, bytes: 0, sync: false, written, settle }
}

/** LevelDB copies what it is given at once: the next value may lie in the same memory. */
function sealed (key: string, value: Uint8Array): Uint8Array {
  const length = value.byteLength + CHECKSUM_BYTES
  const out = length > scratch.byteLength ? new Uint8Array(length) : scratch.subarray(0, length)
  out.set(value)
  writeU32(out, value.byteLength, checksum(key, value))
  return out
}

function unsealed (key: string, stored: Uint8Array): Uint8Array {
  const value = new Uint8Array(stored.buffer, stored.byteOffset, Math.max(0, stored.byteLength - CHECKSUM_BYTES))
  if (stored.byteLength < CHECKSUM_BYTES || readU32(stored, value.byteLength) !== checksum(key, value)) {
    throw new P2pChatError('ERR_STORE_CORRUPT', 'The store is damaged: a value does not match its checksum.')
  }
  return value
}

function checksum (key: string, value: Uint8Array): number {
  const ofKey = crc32(key)
  // For an array that never had memory, zlib forgets what it is told to go on from.
  return value.byteLength === 0 ? ofKey : crc32(value, ofKey)
}

/** Big-endian. */
function writeU32 (bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24
  bytes[at + 1] = value >>> 16
  bytes[at + 2] = value >>> 8
  bytes[at + 3] = value
}

function readU32 (bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 24 | (bytes[at + 1] ?? 0) << 16 | (bytes[at + 2] ?? 0) << 8 | (bytes[at + 3] ?? 0)) >>> 0
}

function bytesOf (operations: readonly Operation[]): number {
  return operations.reduce((sum, operation) => sum + operation.key.length + (operation.type === 'put' ? operation.value.byteLength : 0), 0)
}

/** What LevelDB threw, as one of our codes. */
function storeError (error: unknown): P2pChatError {
  if (error instanceof P2pChatError) return error
  const codes = codesOf(error)
  const beneath = asP2pChatError(deepest(error)).message
  if (codes.includes('LEVEL_LOCKED') && NO_LOCKS.test(beneath)) return new P2pChatError('ERR_STORE_IO', `The file system has no locks: ${beneath}.`, { cause: error })
  if (codes.includes('LEVEL_LOCKED')) return new P2pChatError('ERR_STORE_LOCKED', 'Another process uses this store.', { cause: error })
  if (codes.includes('LEVEL_CORRUPTION') || MISSING_PART.test(beneath)) return new P2pChatError('ERR_STORE_CORRUPT', 'The store is damaged. Restore a backup.', { cause: error })
  if (codes.includes('LEVEL_DATABASE_NOT_OPEN') && !(error instanceof Error && error.cause !== undefined)) return new P2pChatError('ERR_CLOSED', 'The store is closed.', { cause: error })
  if (codes.includes('LEVEL_ITERATOR_NOT_OPEN')) return new P2pChatError('ERR_CLOSED', 'The store is closed.', { cause: error })
  return new P2pChatError('ERR_STORE_IO', `The disk refused: ${beneath}`, { cause: error })
}

function codesOf (error: unknown): string[] {
  if (!(error instanceof Error)) return []
  const code = (error as { code?: unknown }).code
  return [...(typeof code === 'string' ? [code] : []), ...codesOf(error.cause)]
}

function deepest (error: unknown): unknown {
  return error instanceof Error && error.cause !== undefined ? deepest(error.cause) : error
}
