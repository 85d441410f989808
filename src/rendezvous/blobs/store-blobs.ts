import { equals } from 'uint8arrays/equals'
import { toString } from 'uint8arrays/to-string'
import { isP2pChatError, P2pChatError } from '../../errors.js'
import type { Clock, Logger } from '../../runtime.js'
import type { BlobDisk, KeyValueStore, Operation } from '../../store/index.js'
import { Lanes } from '../lanes.js'
import { sweepBatch, type RendezvousLimits } from '../limits.js'
import type { Unknown } from '../registers/index.js'
import { honest, readerOf, writerOf } from './handles.js'
import type { BlobQuota, Blobs, BlobStatus, BlobTotals, BlobWriter, BlobReader, CreateOutcome, Foreign, Absent, NewBlob, RemoveOutcome } from './index.js'
import { blobOverheadBytes, maxDiskCalls } from './limits.js'
import { OpenBlob } from './open-blob.js'
import * as records from './records.js'
import { Room } from './room.js'
import { assertShape, chunkBytesOf } from './shape.js'
import { Turns } from './turns.js'

export interface StoreBlobsComponents {
  /** Written by this process alone. */
  store: KeyValueStore
  disk: BlobDisk
  clock: Clock
  logger: Logger
  limits: Pick<RendezvousLimits, 'maxBlobBytes' | 'maxBlobsPerAccount' | 'maxBlobBytesPerAccount' | 'maxStoredBlobBytes' | 'minFreeDiskBytes' | 'mailRetentionMs' | 'unfinishedBlobTtlMs'>
}

/** Files kept by one server: everything is synced before it is told. */
export class StoreBlobs implements Blobs {
  readonly #components: StoreBlobsComponents
  readonly #lanes = new Lanes()
  readonly #open = new Map<string, OpenBlob>()
  readonly #room: Room
  readonly #turns = new Turns(maxDiskCalls)
  #blobs = 0
  #starting: Promise<void> | undefined
  #closed = false

  constructor (components: StoreBlobsComponents) {
    this.#components = components
    this.#room = new Room(components.disk, components.limits)
  }

  /** Counts what is there, and deletes from the disk what no record tells of: a crash may leave that. */
  async start (): Promise<void> {
    this.#starting ??= this.#start()
    await this.#starting
  }

  /** Syncs what was taken; nothing is taken or read any more. */
  async close (): Promise<void> {
    this.#closed = true
    await Promise.all([...this.#open].map(async ([name, blob]) => {
      await this.#lanes.run(name, async () => { await blob.end(closed()) })
    }))
  }

  async create (blob: NewBlob): Promise<CreateOutcome> {
    assertShape(blob, this.#components.limits)
    return await this.#honest(async () => await this.#lanes.run(`account ${blob.username}`, async () =>
      await this.#lanes.run(records.diskName(blob.fileId), async () => await this.#create(blob))))
  }

  async status (fileId: Uint8Array): Promise<{ outcome: 'found', status: BlobStatus } | Absent | Unknown> {
    return await this.#honest<{ outcome: 'found', status: BlobStatus } | Absent>(async () => {
      const blob = await this.#acquire(fileId)
      if (blob === undefined) return { outcome: 'absent' }
      try {
        return { outcome: 'found', status: blob.status() }
      } finally {
        await this.#release(fileId, blob)
      }
    })
  }

  async quota (username: string): Promise<BlobQuota> {
    const { maxBlobBytes, maxBlobBytesPerAccount } = this.#components.limits
    return { maxBytes: maxBlobBytesPerAccount, usedBytes: (await this.#ofAccount(username)).bytes, maxBlobBytes }
  }

  async append (fileId: Uint8Array, username: string): Promise<{ outcome: 'open', writer: BlobWriter } | Absent | Foreign | Unknown> {
    return await this.#honest<{ outcome: 'open', writer: BlobWriter } | Absent | Foreign>(async () => {
      const blob = await this.#acquire(fileId)
      if (blob === undefined) return { outcome: 'absent' }
      if (blob.record.username !== username) {
        await this.#release(fileId, blob)
        return { outcome: 'foreign' }
      }
      return { outcome: 'open', writer: writerOf(blob, async () => { await this.#release(fileId, blob) }) }
    })
  }

  async read (fileId: Uint8Array): Promise<{ outcome: 'open', reader: BlobReader } | Absent | Unknown> {
    return await this.#honest<{ outcome: 'open', reader: BlobReader } | Absent>(async () => {
      const blob = await this.#acquire(fileId)
      return blob === undefined ? { outcome: 'absent' } : { outcome: 'open', reader: readerOf(blob, async () => { await this.#release(fileId, blob) }) }
    })
  }

  async remove (fileId: Uint8Array, username: string): Promise<RemoveOutcome> {
    return await this.#honest<RemoveOutcome>(async () => await this.#lanes.run(records.diskName(fileId), async () => {
      const record = await this.#record(fileId)
      if (record === undefined) return { outcome: 'absent' }
      if (record.username !== username) return { outcome: 'foreign' }
      await this.#remove(fileId)
      return { outcome: 'removed' }
    }))
  }

  async sweep (): Promise<void> {
    const { store, clock } = this.#components
    for (;;) {
      const due: string[] = []
      for await (const [key] of store.range({ ...records.dueRange(clock.now()), limit: sweepBatch })) due.push(key)
      for (const key of due) await this.#look(key)
      if (due.length < sweepBatch) return
    }
  }

  async totals (): Promise<BlobTotals> {
    await this.start()
    return { blobs: this.#blobs, bytes: this.#room.usedBytes - this.#blobs * blobOverheadBytes }
  }

  async #start (): Promise<void> {
    const { store, disk, logger } = this.#components
    const known = new Set<string>()
    for await (const [key, value] of store.range(records.blobRange())) {
      const record = records.decodeBlob(value)
      known.add(records.diskName(records.fileIdOfKey(key)))
      this.#blobs++
      this.#room.count(blobOverheadBytes + record.keptChunks * chunkBytesOf(record))
    }
    const orphans = (await disk.list()).filter((name) => !known.has(name))
    for (const name of orphans) await disk.remove(name)
    if (orphans.length > 0) logger.info({ files: orphans.length }, 'files that nobody knows any more were removed')
  }

  async #create (blob: NewBlob): Promise<CreateOutcome> {
    const { store, disk, clock, limits } = this.#components
    const { fileId, username, chunks, sealedBytes, root } = blob
    const before = await this.#record(fileId)
    if (before !== undefined) {
      const isSame = before.username === username && before.chunks === chunks && before.sealedBytes === sealedBytes && equals(before.root, root)
      if (!isSame) return { outcome: 'conflict' }
      const status = await this.#statusOf(fileId)
      if (status !== undefined) return { outcome: 'there', status }
    }
    const refused = await this.#refusal(blob)
    if (refused !== undefined) return refused
    try {
      await this.#room.assert(blobOverheadBytes + sealedBytes)
      await (await disk.create(records.diskName(fileId))).close()
    } catch (error) {
      if (isP2pChatError(error, 'ERR_OVERLOADED')) return { outcome: 'full', reason: error }
      throw error
    }
    const now = clock.now()
    const dueAtMs = now + Math.min(limits.unfinishedBlobTtlMs, limits.mailRetentionMs)
    const record: records.BlobRecord = { username, chunks, sealedBytes, root, keptChunks: 0, changedAtMs: now, dueAtMs }
    await store.batch([
      { type: 'put', key: records.blobKey(fileId), value: records.encodeBlob(record) },
      { type: 'put', key: records.ownerKey(username, fileId), value: new Uint8Array(0) },
      { type: 'put', key: records.dueKey(dueAtMs, fileId), value: new Uint8Array(0) }
    ], { sync: true })
    this.#blobs++
    this.#room.count(blobOverheadBytes)
    const status = await this.#statusOf(fileId)
    return status === undefined ? { outcome: 'unknown' } : { outcome: 'there', status }
  }

  /** Why the account may not leave one more of this size. */
  async #refusal ({ username, sealedBytes }: NewBlob): Promise<Extract<CreateOutcome, { outcome: 'refused' }> | undefined> {
    const { clock, limits } = this.#components
    const { blobs, bytes, nextExpiryMs } = await this.#ofAccount(username)
    const used = { maxBlobsPerAccount: blobs + 1, maxBlobBytesPerAccount: bytes + blobOverheadBytes + sealedBytes }
    for (const limit of ['maxBlobsPerAccount', 'maxBlobBytesPerAccount'] as const) {
      if (used[limit] > limits[limit]) return { outcome: 'refused', limit, max: limits[limit], retryAfterMs: Math.max(1, nextExpiryMs - clock.now()) }
    }
    return undefined
  }

  /** What the files of an account take, as declared, and when the first of them expires. */
  async #ofAccount (username: string): Promise<{ blobs: number, bytes: number, nextExpiryMs: number }> {
    const sum = { blobs: 0, bytes: 0, nextExpiryMs: this.#components.clock.now() }
    const expiries: number[] = []
    for await (const [key] of this.#components.store.range(records.ownerRange(username))) {
      const record = await this.#record(records.fileIdOfKey(key))
      if (record === undefined) continue
      sum.blobs++
      sum.bytes += blobOverheadBytes + record.sealedBytes
      expiries.push(this.#expiresAtMs(record))
    }
    return expiries.length === 0 ? sum : { ...sum, nextExpiryMs: Math.min(...expiries) }
  }

  /** Expired: it goes. Else it is looked at again when it will have. */
  async #look (key: string): Promise<void> {
    const { store, clock } = this.#components
    const fileId = records.fileIdOfKey(key)
    await this.#lanes.run(records.diskName(fileId), async () => {
      const open = this.#open.get(records.diskName(fileId))
      const record = open?.record ?? await this.#record(fileId)
      if (record === undefined) {
        await store.batch([{ type: 'delete', key }], { sync: false })
        return
      }
      const expiresAtMs = this.#expiresAtMs(record)
      if (expiresAtMs <= clock.now()) {
        await this.#remove(fileId)
        return
      }
      open?.setDue(expiresAtMs)
      await store.batch([
        { type: 'delete', key },
        { type: 'put', key: records.dueKey(expiresAtMs, fileId), value: new Uint8Array(0) },
        { type: 'put', key: records.blobKey(fileId), value: records.encodeBlob({ ...open?.record ?? record, dueAtMs: expiresAtMs }) }
      ], { sync: false })
    })
  }

  /** In its lane. The records go first: a file without one is an orphan, a record without its file a lie. */
  async #remove (fileId: Uint8Array): Promise<void> {
    const { store, disk } = this.#components
    const name = records.diskName(fileId)
    const open = this.#open.get(name)
    if (open !== undefined) {
      await open.end(gone())
      this.#open.delete(name)
    }
    const record = await this.#record(fileId)
    if (record === undefined) return
    const operations: Operation[] = [
      { type: 'delete', key: records.blobKey(fileId) },
      { type: 'delete', key: records.ownerKey(record.username, fileId) },
      { type: 'delete', key: records.dueKey(record.dueAtMs, fileId) }
    ]
    for await (const [key] of store.range(records.pieceRange(fileId))) operations.push({ type: 'delete', key })
    await store.batch(operations, { sync: true })
    this.#blobs--
    this.#room.give(blobOverheadBytes + record.keptChunks * chunkBytesOf(record))
    await disk.remove(name)
  }

  async #acquire (fileId: Uint8Array): Promise<OpenBlob | undefined> {
    const name = records.diskName(fileId)
    return await this.#lanes.run(name, async () => {
      const blob = this.#open.get(name) ?? await this.#load(fileId)
      if (blob === undefined) return undefined
      this.#open.set(name, blob)
      blob.users++
      return blob
    })
  }

  async #release (fileId: Uint8Array, blob: OpenBlob): Promise<void> {
    const name = records.diskName(fileId)
    blob.users--
    await this.#lanes.run(name, async () => {
      if (blob.users > 0 || this.#open.get(name) !== blob || this.#closed) return
      this.#open.delete(name)
      await blob.end()
    })
  }

  async #load (fileId: Uint8Array): Promise<OpenBlob | undefined> {
    const { store, disk, clock, logger } = this.#components
    if (this.#closed) throw closed()
    await this.start()
    const record = await this.#record(fileId)
    if (record === undefined) return undefined
    const file = await disk.open(records.diskName(fileId))
    if (file === undefined) {
      logger.error({ fileId: toString(fileId, 'base16') }, 'a file is not on the disk any more and is forgotten')
      await this.#remove(fileId)
      return undefined
    }
    const pieces = new Map<number, records.PieceRecord>()
    for await (const [key, value] of store.range(records.pieceRange(fileId))) pieces.set(records.pieceOfKey(key), records.decodePiece(value))
    return new OpenBlob({ store, clock, logger, room: this.#room, disk: this.#turns, fileId, file, record, pieces, expiresAtMs: (of) => this.#expiresAtMs(of) })
  }

  /** In its lane. */
  async #statusOf (fileId: Uint8Array): Promise<BlobStatus | undefined> {
    const open = this.#open.get(records.diskName(fileId))
    if (open !== undefined) return open.status()
    const blob = await this.#load(fileId)
    await blob?.end()
    return blob?.status()
  }

  #expiresAtMs ({ keptChunks, chunks, changedAtMs }: records.BlobRecord): number {
    const { mailRetentionMs, unfinishedBlobTtlMs } = this.#components.limits
    return changedAtMs + (keptChunks === chunks ? mailRetentionMs : Math.min(unfinishedBlobTtlMs, mailRetentionMs))
  }

  async #record (fileId: Uint8Array): Promise<records.BlobRecord | undefined> {
    const stored = await this.#components.store.get(records.blobKey(fileId))
    return stored === undefined ? undefined : records.decodeBlob(stored)
  }

  async #honest<T> (task: () => Promise<T>): Promise<T | Unknown> {
    return await honest(async () => {
      await this.start()
      return await task()
    })
  }
}

function gone (): P2pChatError {
  return new P2pChatError('ERR_NOT_FOUND', 'The file was removed from the pool.')
}

function closed (): P2pChatError {
  return new P2pChatError('ERR_CLOSED', 'The server is stopping.')
}
