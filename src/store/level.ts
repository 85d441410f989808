/**
 * A store on LevelDB. Batches that are asked for while another is being written go to the disk together: one write and
 * one sync for all of them.
 */
import { crc32 } from 'node:zlib'
import { Level } from 'level'
import { concat } from 'uint8arrays/concat'
import { asP2pChatError, P2pChatError } from '../errors.js'
import { assertKey } from './keys.js'
import { maxGroupBytes, rangePage } from './limits.js'
import type { KeyValueStore, Operation, RangeOptions } from './key-value.js'

/** LevelDB verifies nothing when it reads: each value carries the CRC-32 of its key and itself at its end. */
const CHECKSUM_BYTES = 4

/** How LevelDB words that a file of the database is gone. */
const MISSING_PART = /does not exist|No such file/

interface LevelOptions {
  folder: string
  /** False: fails when there is no database. */
  createIfMissing: boolean
}

interface Waiting {
  operations: readonly Operation[]
  sync: boolean
  resolve: () => void
  reject: (error: P2pChatError) => void
}

/**
 * Opens a LevelDB database.
 *
 * @throws ERR_STORE_LOCKED, ERR_STORE_CORRUPT, ERR_STORE_IO
 */
export async function openLevel (options: LevelOptions): Promise<KeyValueStore> {
  const db = new Level<string, Uint8Array>(options.folder, { keyEncoding: 'utf8', valueEncoding: 'view' })
  try {
    await db.open({ createIfMissing: options.createIfMissing })
  } catch (error) {
    throw storeError(error)
  }
  return new LevelStore(db)
}

class LevelStore implements KeyValueStore {
  readonly #db: Level<string, Uint8Array>
  #waiting: Waiting[] = []
  #writing: Promise<void> | undefined
  #closing: Promise<void> | undefined
  /** Why no batch is taken any more. */
  #failed: P2pChatError | undefined

  constructor (db: Level<string, Uint8Array>) {
    this.#db = db
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
    const sealed = operations.map(seal)
    await new Promise<void>((resolve, reject) => {
      this.#waiting.push({ operations: sealed, sync, resolve, reject })
      this.#writing ??= this.#writeAll()
    })
  }

  async * range (options: RangeOptions = {}): AsyncGenerator<[string, Uint8Array]> {
    this.#assertOpen()
    const iterator = this.#db.iterator({ ...options, limit: options.limit ?? -1 })
    try {
      for (;;) {
        const entries = await iterator.nextv(rangePage)
        if (entries.length === 0) return
        for (const [key, value] of entries) yield [key, unsealed(key, value)]
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
  }

  async #writeAll (): Promise<void> {
    // One turn of the microtask queue: what is asked for together is written together.
    await Promise.resolve()
    while (this.#waiting.length > 0) await this.#writeGroup(this.#takeGroup())
    this.#writing = undefined
  }

  #takeGroup (): Waiting[] {
    let bytes = 0
    let count = 0
    for (const { operations } of this.#waiting) {
      bytes += bytesOf(operations)
      if (count > 0 && bytes > maxGroupBytes) break
      count++
    }
    return this.#waiting.splice(0, count)
  }

  async #writeGroup (group: Waiting[]): Promise<void> {
    try {
      if (this.#failed !== undefined) throw this.#failed
      const operations = group.flatMap(({ operations }) => operations.map(levelOperation))
      await this.#db.batch(operations, { sync: group.some(({ sync }) => sync) })
    } catch (error) {
      // After a failed write the end of LevelDB's log is unknown: writing behind it could lose more.
      this.#failed ??= storeError(error)
      for (const { reject } of group) reject(this.#failed)
      return
    }
    for (const { resolve } of group) resolve()
  }

  #assertOpen (): void {
    if (this.#closing !== undefined) throw new P2pChatError('ERR_CLOSED', 'The store is closed.')
  }
}

function seal (operation: Operation): Operation {
  assertKey(operation.key)
  if (operation.type === 'delete') return operation
  return { ...operation, value: concat([operation.value, checksum(operation.key, operation.value)]) }
}

function unsealed (key: string, stored: Uint8Array): Uint8Array {
  const value = new Uint8Array(stored.buffer, stored.byteOffset, Math.max(0, stored.byteLength - CHECKSUM_BYTES))
  const expected = checksum(key, value)
  const found = stored.subarray(value.byteLength)
  if (found.byteLength !== CHECKSUM_BYTES || !expected.every((byte, index) => byte === found[index])) {
    throw new P2pChatError('ERR_STORE_CORRUPT', 'The store is damaged: a value does not match its checksum. Restore a backup.')
  }
  return value
}

function checksum (key: string, value: Uint8Array): Uint8Array {
  const out = new Uint8Array(CHECKSUM_BYTES)
  const ofKey = crc32(key)
  // For an array that never had memory, zlib forgets what it is told to go on from.
  new DataView(out.buffer).setUint32(0, value.byteLength === 0 ? ofKey : crc32(value, ofKey))
  return out
}

function levelOperation (operation: Operation): { type: 'put', key: string, value: Uint8Array } | { type: 'del', key: string } {
  return operation.type === 'put' ? operation : { type: 'del', key: operation.key }
}

function bytesOf (operations: readonly Operation[]): number {
  return operations.reduce((sum, operation) => sum + operation.key.length + (operation.type === 'put' ? operation.value.byteLength : 0), 0)
}

/** What LevelDB threw, as one of our codes. */
function storeError (error: unknown): P2pChatError {
  if (error instanceof P2pChatError) return error
  const codes = codesOf(error)
  if (codes.includes('LEVEL_LOCKED')) return new P2pChatError('ERR_STORE_LOCKED', 'Another process uses this store.', { cause: error })
  const beneath = asP2pChatError(deepest(error)).message
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
