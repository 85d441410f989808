import { equals } from 'uint8arrays/equals'
import { toString } from 'uint8arrays/to-string'
import { leavesPerPiece } from '../../crypto/file/limits.js'
import { isP2pChatError, P2pChatError } from '../../errors.js'
import type { Clock, Logger } from '../../runtime.js'
import type { BlobDisk, KeyValueStore } from '../../store/index.js'
import { Lanes } from '../lanes.js'
import { sweepBatch, type RendezvousLimits } from '../limits.js'
import type { Unknown } from '../registers/index.js'
import { timesOf, type KeepingTimes } from '../steady-clock.js'
import { ChunkBits } from './chunk-bits.js'
import { honest, readerOf, writerOf } from './handles.js'
import type { Absent, BlobCopies, BlobCopy, BlobQuota, BlobReader, Blobs, BlobStatus, BlobStock, BlobTotals, BlobWriter, CreateOutcome, Foreign, NewBlob, OwnedBlob, RemoveOutcome } from './index.js'
import { blobOverheadBytes, maxDiskCalls } from './limits.js'
import { OpenBlob } from './open-blob.js'
import { overQuota, quotaOf } from './quota.js'
import * as records from './records.js'
import { Room } from './room.js'
import { BlobRows } from './rows.js'
import { assertShape, chunkBytesOf } from './shape.js'
import { Turns } from './turns.js'

export interface StoreBlobsComponents {
  /** Written by this process alone. */
  store: KeyValueStore
  disk: BlobDisk
  clock: Clock
  /** Default: those of the clock. */
  times?: KeepingTimes | undefined
  logger: Logger
  limits: Pick<RendezvousLimits, 'maxBlobBytes' | 'maxBlobsPerAccount' | 'maxBlobBytesPerAccount' | 'maxStoredBlobBytes' | 'minFreeDiskBytes' | 'mailRetentionMs' | 'unfinishedBlobTtlMs'>
}

type Made = { outcome: 'there', status: BlobStatus } | Exclude<CreateOutcome, { outcome: 'there' | 'refused' }>

interface NewFile<Refusal> {
  /** of a copy */
  age?: Pick<records.BlobRecord, 'changedAtMs' | 'keepUntilMs'>
  /** Why there may be no new one. */
  refusal?: () => Refusal | undefined
}

/** A file of this name in the folder says that what is missing is lost for good. */
const GIVEN_UP = 'lost'

/** Files kept by one server: everything is synced before it is told. */
export class StoreBlobs implements Blobs, BlobCopies {
  readonly #components: StoreBlobsComponents
  readonly #times: KeepingTimes
  readonly #lanes = new Lanes()
  readonly #open = new Map<string, OpenBlob>()
  readonly #rows: BlobRows
  readonly #room: Room
  readonly #turns = new Turns(maxDiskCalls)
  readonly #onKept: Array<(fileId: Uint8Array) => void> = []
  #blobs = 0
  #starting: Promise<void> | undefined
  #closed = false

  constructor (components: StoreBlobsComponents) {
    this.#components = components
    this.#times = components.times ?? timesOf(components.clock)
    this.#rows = new BlobRows(components.store, components.limits)
    this.#room = new Room(components.disk, components.limits)
  }

  /**
   * Counts what is there. It deletes from the disk what no record tells of, as a crash may leave that. A file that is not on
   * the disk any more has nothing from now on: others may have it, and that there was none was never true.
   *
   * @throws ERR_STORE_IO none of them is: a disk that was not mounted must not count as one that was lost
   */
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
      await this.#lanes.run(records.diskName(blob.fileId), async () => {
        const { limits } = this.#components
        const owned = await this.#rows.owned(blob.username)
        const made = await this.#create(blob, { refusal: () => overQuota(owned, blob.sealedBytes, limits, this.#times.overMs()) })
        return made.outcome === 'there' ? { ...made, quota: quotaOf(owned, limits, blob) } : made
      })))
  }

  async adopt (blob: NewBlob, { changedAtMs, expiresAtMs }: Pick<BlobCopy, 'changedAtMs' | 'expiresAtMs'>): ReturnType<BlobCopies['adopt']> {
    assertShape(blob, this.#components.limits)
    return await this.#honest(async () => await this.#lanes.run(records.diskName(blob.fileId), async () =>
      await this.#create(blob, { age: { changedAtMs, keepUntilMs: expiresAtMs } })))
  }

  async describe (fileId: Uint8Array): Promise<BlobCopy | undefined> {
    await this.start()
    return await this.#lanes.run(records.diskName(fileId), async () => {
      const open = this.#open.get(records.diskName(fileId))
      const record = open?.record ?? await this.#rows.record(fileId)
      if (record === undefined) return undefined
      const { username, chunks, sealedBytes, root, changedAtMs } = record
      const stock = open?.stock() ?? stockOf(chunks, await this.#rows.pieces(fileId))
      return { ...stock, blob: { fileId, username, chunks, sealedBytes, root }, changedAtMs, expiresAtMs: this.#rows.expiresAtMs(record), growing: (open?.writers ?? 0) > 0 }
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
    return await this.#rows.everyId()
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
    return quotaOf(await this.#rows.owned(username), this.#components.limits)
  }

  async owned (username: string): Promise<OwnedBlob[]> {
    return await this.#rows.owned(username)
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
      const record = await this.#rows.record(fileId)
      if (record === undefined) return { outcome: 'absent' }
      if (record.username !== username) return { outcome: 'foreign' }
      await this.#remove(fileId)
      return { outcome: 'removed' }
    }))
  }

  async sweep (): Promise<void> {
    for (;;) {
      const due = await this.#rows.due(this.#times.overMs())
      for (const key of due) await this.#look(key)
      if (due.length < sweepBatch) return
    }
  }

  async totals (): Promise<BlobTotals> {
    await this.start()
    return { blobs: this.#blobs, bytes: this.#room.usedBytes - this.#blobs * blobOverheadBytes }
  }

  async #start (): Promise<void> {
    const { disk, logger } = this.#components
    const orphans = new Set(await disk.list())
    const isGivenUp = orphans.has(GIVEN_UP)
    const missing: Array<[Uint8Array, records.BlobRecord]> = []
    for await (const [fileId, record] of this.#rows.every()) {
      if (!orphans.delete(records.diskName(fileId))) {
        missing.push([fileId, record])
        continue
      }
      this.#blobs++
      this.#room.count(blobOverheadBytes + record.keptChunks * chunkBytesOf(record))
    }
    // Most of them are not lost one by one: another folder is there, in which something may have been left since.
    if (!isGivenUp && missing.length > this.#blobs) throw mostMissing(missing.length, this.#blobs + missing.length)
    for (const [fileId, record] of missing) {
      await this.#rows.empty(fileId, this.#emptied(record))
      await (await disk.create(records.diskName(fileId))).close()
      orphans.delete(records.diskName(fileId))
      this.#blobs++
      this.#room.count(blobOverheadBytes)
    }
    if (missing.length > 0) logger.error({ files: missing.length }, 'files are not on the disk any more; other servers may have them')
    for (const name of orphans) await disk.remove(name)
    if (orphans.size > 0) logger.info({ files: orphans.size }, 'files that nobody knows any more were removed')
  }

  /** In its lane. */
  async #create<Refusal = never> (blob: NewBlob, { age, refusal }: NewFile<Refusal>): Promise<Made | Refusal> {
    const { disk, limits } = this.#components
    const { fileId, username, chunks, sealedBytes, root } = blob
    const before = await this.#rows.record(fileId)
    if (before !== undefined) {
      const isSame = before.username === username && before.chunks === chunks && before.sealedBytes === sealedBytes && equals(before.root, root)
      if (!isSame) return { outcome: 'conflict' }
      if (age !== undefined) await this.#adopt(fileId, before, age)
      const status = await this.#statusOf(fileId)
      if (status !== undefined) return { outcome: 'there', status }
    }
    const refused = refusal?.()
    if (refused !== undefined) return refused
    try {
      await this.#room.assert(blobOverheadBytes + sealedBytes)
      await (await disk.create(records.diskName(fileId))).close()
    } catch (error) {
      if (isP2pChatError(error, 'ERR_OVERLOADED')) return { outcome: 'full', reason: error }
      throw error
    }
    const now = this.#times.fromMs()
    const made = { username, chunks, sealedBytes, root, keptChunks: 0, changedAtMs: now, keepUntilMs: 0, ...age }
    const dueAtMs = age === undefined ? now + Math.min(limits.unfinishedBlobTtlMs, limits.mailRetentionMs) : this.#rows.expiresAtMs(made)
    await this.#rows.create(fileId, { ...made, dueAtMs })
    this.#blobs++
    this.#room.count(blobOverheadBytes)
    this.#kept(fileId)
    const status = await this.#statusOf(fileId)
    return status === undefined ? { outcome: 'unknown' } : { outcome: 'there', status }
  }

  /** In its lane. What is here is a copy of a file of that age. */
  async #adopt (fileId: Uint8Array, before: records.BlobRecord, age: Pick<records.BlobRecord, 'changedAtMs' | 'keepUntilMs'>): Promise<void> {
    const open = this.#open.get(records.diskName(fileId))
    open?.adopt(age)
    const record = open?.record ?? before
    const changedAtMs = Math.max(record.changedAtMs, age.changedAtMs)
    const keepUntilMs = Math.max(record.keepUntilMs, age.keepUntilMs)
    if (open === undefined && (changedAtMs > record.changedAtMs || keepUntilMs > record.keepUntilMs)) {
      await this.#rows.write(fileId, { ...record, changedAtMs, keepUntilMs }, { sync: false })
    }
  }

  /** Expired: it goes. Else it is looked at again when it will have. */
  async #look (key: string): Promise<void> {
    const fileId = records.fileIdOfKey(key)
    await this.#lanes.run(records.diskName(fileId), async () => {
      const open = this.#open.get(records.diskName(fileId))
      const record = open?.record ?? await this.#rows.record(fileId)
      if (record === undefined) {
        await this.#rows.postpone(key)
        return
      }
      const dueAtMs = this.#rows.expiresAtMs(record)
      if (dueAtMs <= this.#times.overMs()) {
        await this.#remove(fileId)
        return
      }
      open?.setDue(dueAtMs)
      // An open one writes its record itself, and may be doing so: the next time it says when it is due.
      await this.#rows.postpone(key, { fileId, dueAtMs, record: open === undefined ? record : undefined })
    })
  }

  /** In its lane. The records go first: a file without one is an orphan, a record without its file a lie. */
  async #remove (fileId: Uint8Array): Promise<void> {
    const name = records.diskName(fileId)
    const open = this.#open.get(name)
    if (open !== undefined) {
      await open.end(gone())
      this.#open.delete(name)
    }
    const record = await this.#rows.record(fileId)
    if (record === undefined) return
    await this.#rows.remove(fileId, record)
    this.#blobs--
    this.#room.give(blobOverheadBytes + record.keptChunks * chunkBytesOf(record))
    await this.#components.disk.remove(name)
    this.#kept(fileId)
  }

  /** Of a file that is not on the disk any more nothing is kept, for as long as what was there would have been. */
  #emptied (record: records.BlobRecord): records.BlobRecord {
    return { ...record, keptChunks: 0, keepUntilMs: this.#rows.expiresAtMs(record) }
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
    const { disk, clock, logger } = this.#components
    if (this.#closed) throw closed()
    await this.start()
    const record = await this.#rows.record(fileId)
    if (record === undefined) return undefined
    const file = await disk.open(records.diskName(fileId))
    if (file === undefined) {
      if ((await disk.list()).length === 0) throw mostMissing(this.#blobs, this.#blobs)
      logger.error({ fileId: toString(fileId, 'base16') }, 'a file is not on the disk any more; other servers may have it')
      await this.#rows.empty(fileId, this.#emptied(record))
      this.#room.give(record.keptChunks * chunkBytesOf(record))
      this.#kept(fileId)
      await (await disk.create(records.diskName(fileId))).close()
      return await this.#load(fileId)
    }
    const pieces = await this.#rows.pieces(fileId)
    return new OpenBlob({ rows: this.#rows, clock, times: this.#times, logger, room: this.#room, disk: this.#turns, fileId, file, record, pieces, onKept: () => { this.#kept(fileId) } })
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

function mostMissing (missing: number, files: number): P2pChatError {
  return new P2pChatError('ERR_STORE_IO', `Of ${files} files that were left here ${missing} are not in the folder blobs of the data folder. Mount or put back what belongs there, and start again. If they are lost for good, make an empty file named lost.blob there: then they are fetched from other servers that have them.`)
}

function gone (): P2pChatError {
  return new P2pChatError('ERR_NOT_FOUND', 'The file was removed from the pool.')
}

function closed (): P2pChatError {
  return new P2pChatError('ERR_CLOSED', 'The server is stopping.')
}
