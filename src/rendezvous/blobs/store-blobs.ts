import { equals } from 'uint8arrays/equals'
import { toString } from 'uint8arrays/to-string'
import { leavesPerPiece } from '../../crypto/file/limits.js'
import { isP2pChatError, P2pChatError } from '../../errors.js'
import type { Clock, Logger } from '../../runtime.js'
import type { BlobDisk, KeyValueStore, Operation } from '../../store/index.js'
import { Lanes } from '../lanes.js'
import { sweepBatch, type RendezvousLimits } from '../limits.js'
import type { Unknown } from '../registers/index.js'
import { ChunkBits } from './chunk-bits.js'
import { honest, readerOf, writerOf } from './handles.js'
import type { Absent, BlobCopies, BlobCopy, BlobQuota, BlobReader, Blobs, BlobStatus, BlobStock, BlobTotals, BlobWriter, CreateOutcome, Foreign, NewBlob, OwnedBlob, RemoveOutcome } from './index.js'
import { blobOverheadBytes, maxDiskCalls } from './limits.js'
import { OpenBlob } from './open-blob.js'
import { overQuota } from './quota.js'
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
export class StoreBlobs implements Blobs, BlobCopies {
  readonly #components: StoreBlobsComponents
  readonly #lanes = new Lanes()
  readonly #open = new Map<string, OpenBlob>()
  readonly #room: Room
  readonly #turns = new Turns(maxDiskCalls)
  readonly #onKept: Array<(fileId: Uint8Array) => void> = []
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

  async adopt (blob: NewBlob, { changedAtMs, expiresAtMs }: Pick<BlobCopy, 'changedAtMs' | 'expiresAtMs'>): Promise<CreateOutcome> {
    assertShape(blob, this.#components.limits)
    return await this.#honest(async () => await this.#lanes.run(records.diskName(blob.fileId), async () =>
      await this.#create(blob, { changedAtMs, keepUntilMs: expiresAtMs })))
  }

  async describe (fileId: Uint8Array): Promise<BlobCopy | undefined> {
    await this.start()
    return await this.#lanes.run(records.diskName(fileId), async () => {
      const open = this.#open.get(records.diskName(fileId))
      const record = open?.record ?? await this.#record(fileId)
      if (record === undefined) return undefined
      const { username, chunks, sealedBytes, root, changedAtMs } = record
      const stock = open?.stock() ?? stockOf(chunks, await this.#pieces(fileId))
      return { ...stock, blob: { fileId, username, chunks, sealedBytes, root }, changedAtMs, expiresAtMs: this.#expiresAtMs(record), growing: (open?.writers ?? 0) > 0 }
    })
  }

  async copy (fileId: Uint8Array): Promise<{ outcome: 'open', writer: BlobWriter } | Absent | Unknown> {
    return await this.#honest<{ outcome: 'open', writer: BlobWriter } | Absent>(async () => {
      const blob = await this.#acquire(fileId)
      return blob === undefined ? { outcome: 'absent' } : { outcome: 'open', writer: writerOf(blob, async () => { await this.#release(fileId, blob) }, true) }
    })
  }

  async forget (fileId: Uint8Array): Promise<boolean> {
    const name = records.diskName(fileId)
    return await this.#lanes.run(name, async () => {
      if ((this.#open.get(name)?.users ?? 0) > 0) return false
      await this.#remove(fileId)
      return true
    })
  }

  async everyBlob (): Promise<Uint8Array[]> {
    const fileIds: Uint8Array[] = []
    for await (const [key] of this.#components.store.range(records.blobRange())) fileIds.push(records.fileIdOfKey(key))
    return fileIds
  }

  onKept (listener: (fileId: Uint8Array) => void): void {
    this.#onKept.push(listener)
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
    return { maxBytes: maxBlobBytesPerAccount, usedBytes: (await this.owned(username)).reduce((sum, { bytes }) => sum + bytes, 0), maxBlobBytes }
  }

  async owned (username: string): Promise<OwnedBlob[]> {
    const owned: OwnedBlob[] = []
    for await (const [key] of this.#components.store.range(records.ownerRange(username))) {
      const fileId = records.fileIdOfKey(key)
      const record = await this.#record(fileId)
      if (record !== undefined) owned.push({ fileId, bytes: blobOverheadBytes + record.sealedBytes, expiresAtMs: this.#expiresAtMs(record) })
    }
    return owned
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

  /** @param age of a copy; without it the limits of the account count */
  async #create (blob: NewBlob, age?: Pick<records.BlobRecord, 'changedAtMs' | 'keepUntilMs'>): Promise<CreateOutcome> {
    const { store, disk, clock, limits } = this.#components
    const { fileId, username, chunks, sealedBytes, root } = blob
    const before = await this.#record(fileId)
    if (before !== undefined) {
      const isSame = before.username === username && before.chunks === chunks && before.sealedBytes === sealedBytes && equals(before.root, root)
      if (!isSame) return { outcome: 'conflict' }
      if (age !== undefined) await this.#adopt(fileId, before, age)
      const status = await this.#statusOf(fileId)
      if (status !== undefined) return { outcome: 'there', status }
    }
    const refused = age === undefined ? await this.#refusal(blob) : undefined
    if (refused !== undefined) return refused
    try {
      await this.#room.assert(blobOverheadBytes + sealedBytes)
      await (await disk.create(records.diskName(fileId))).close()
    } catch (error) {
      if (isP2pChatError(error, 'ERR_OVERLOADED')) return { outcome: 'full', reason: error }
      throw error
    }
    const now = clock.now()
    const made = { username, chunks, sealedBytes, root, keptChunks: 0, changedAtMs: now, keepUntilMs: 0, ...age }
    const dueAtMs = age === undefined ? now + Math.min(limits.unfinishedBlobTtlMs, limits.mailRetentionMs) : this.#expiresAtMs(made)
    const record: records.BlobRecord = { ...made, dueAtMs }
    await store.batch([
      { type: 'put', key: records.blobKey(fileId), value: records.encodeBlob(record) },
      { type: 'put', key: records.ownerKey(username, fileId), value: new Uint8Array(0) },
      { type: 'put', key: records.dueKey(dueAtMs, fileId), value: new Uint8Array(0) }
    ], { sync: true })
    this.#blobs++
    this.#room.count(blobOverheadBytes)
    this.#kept(fileId)
    const status = await this.#statusOf(fileId)
    return status === undefined ? { outcome: 'unknown' } : { outcome: 'there', status }
  }

  /** Why the account may not leave one more of this size. */
  async #refusal ({ username, sealedBytes }: NewBlob): Promise<Extract<CreateOutcome, { outcome: 'refused' }> | undefined> {
    const { clock, limits } = this.#components
    return overQuota(await this.owned(username), sealedBytes, limits, clock.now())
  }

  /** In its lane. What is here is a copy of a file of that age. */
  async #adopt (fileId: Uint8Array, before: records.BlobRecord, age: Pick<records.BlobRecord, 'changedAtMs' | 'keepUntilMs'>): Promise<void> {
    const open = this.#open.get(records.diskName(fileId))
    open?.adopt(age)
    const record = open?.record ?? before
    const changedAtMs = Math.max(record.changedAtMs, age.changedAtMs)
    const keepUntilMs = Math.max(record.keepUntilMs, age.keepUntilMs)
    if (open === undefined && (changedAtMs > record.changedAtMs || keepUntilMs > record.keepUntilMs)) {
      await this.#components.store.batch([{ type: 'put', key: records.blobKey(fileId), value: records.encodeBlob({ ...record, changedAtMs, keepUntilMs }) }], { sync: false })
    }
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
      const operations: Operation[] = [{ type: 'delete', key }, { type: 'put', key: records.dueKey(expiresAtMs, fileId), value: new Uint8Array(0) }]
      // An open one writes its record itself, and may be doing so: the next time it says when it is due.
      if (open === undefined) operations.push({ type: 'put', key: records.blobKey(fileId), value: records.encodeBlob({ ...record, dueAtMs: expiresAtMs }) })
      await store.batch(operations, { sync: false })
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
    this.#kept(fileId)
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
    const pieces = await this.#pieces(fileId)
    return new OpenBlob({ store, clock, logger, room: this.#room, disk: this.#turns, fileId, file, record, pieces, expiresAtMs: (of) => this.#expiresAtMs(of), onKept: () => { this.#kept(fileId) } })
  }

  async #pieces (fileId: Uint8Array): Promise<Map<number, records.PieceRecord>> {
    const pieces = new Map<number, records.PieceRecord>()
    for await (const [key, value] of this.#components.store.range(records.pieceRange(fileId))) pieces.set(records.pieceOfKey(key), records.decodePiece(value))
    return pieces
  }

  #kept (fileId: Uint8Array): void {
    for (const listener of this.#onKept) listener(fileId)
  }

  /** In its lane. */
  async #statusOf (fileId: Uint8Array): Promise<BlobStatus | undefined> {
    const open = this.#open.get(records.diskName(fileId))
    if (open !== undefined) return open.status()
    const blob = await this.#load(fileId)
    await blob?.end()
    return blob?.status()
  }

  #expiresAtMs ({ keptChunks, chunks, changedAtMs, keepUntilMs }: Omit<records.BlobRecord, 'dueAtMs'>): number {
    const { mailRetentionMs, unfinishedBlobTtlMs } = this.#components.limits
    return Math.max(keepUntilMs, changedAtMs + (keptChunks === chunks ? mailRetentionMs : Math.min(unfinishedBlobTtlMs, mailRetentionMs)))
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

function stockOf (chunks: number, rows: ReadonlyMap<number, records.PieceRecord>): BlobStock {
  const kept = new ChunkBits(chunks)
  const pieces = new ChunkBits(Math.ceil(chunks / leavesPerPiece))
  for (const [piece, row] of rows) {
    kept.setPiece(piece, row.kept)
    pieces.set(piece, true)
  }
  return { kept: kept.bytes(), pieces: pieces.bytes() }
}

function gone (): P2pChatError {
  return new P2pChatError('ERR_NOT_FOUND', 'The file was removed from the pool.')
}

function closed (): P2pChatError {
  return new P2pChatError('ERR_CLOSED', 'The server is stopping.')
}
