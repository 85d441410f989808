import type { KeyValueStore, Operation } from '../../store/index.js'
import { sweepBatch, type RendezvousLimits } from '../limits.js'
import type { OwnedBlob } from './index.js'
import { blobOverheadBytes } from './limits.js'
import * as records from './records.js'

/** What the store remembers of files: what each is and has, whose it is, and when to look whether it has expired. */
export class BlobRows {
  constructor (
    private readonly store: KeyValueStore,
    private readonly limits: Pick<RendezvousLimits, 'mailRetentionMs' | 'unfinishedBlobTtlMs'>
  ) {}

  expiresAtMs ({ keptChunks, chunks, changedAtMs, keepUntilMs }: Omit<records.BlobRecord, 'dueAtMs'>): number {
    const { mailRetentionMs, unfinishedBlobTtlMs } = this.limits
    return Math.max(keepUntilMs, changedAtMs + (keptChunks === chunks ? mailRetentionMs : Math.min(unfinishedBlobTtlMs, mailRetentionMs)))
  }

  async record (fileId: Uint8Array): Promise<records.BlobRecord | undefined> {
    const stored = await this.store.get(records.blobKey(fileId))
    return stored === undefined ? undefined : records.decodeBlob(stored)
  }

  async pieces (fileId: Uint8Array): Promise<Map<number, records.PieceRecord>> {
    const pieces = new Map<number, records.PieceRecord>()
    for await (const [key, value] of this.store.range(records.pieceRange(fileId))) pieces.set(records.pieceOfKey(key), records.decodePiece(value))
    return pieces
  }

  async * every (): AsyncGenerator<[fileId: Uint8Array, record: records.BlobRecord]> {
    for await (const [key, value] of this.store.range(records.blobRange())) yield [records.fileIdOfKey(key), records.decodeBlob(value)]
  }

  async everyId (): Promise<Uint8Array[]> {
    const fileIds: Uint8Array[] = []
    for await (const [key] of this.store.range({ ...records.blobRange(), keysOnly: true })) fileIds.push(records.fileIdOfKey(key))
    return fileIds
  }

  /** The files of an account: one look at rows that lie side by side. */
  async owned (username: string): Promise<OwnedBlob[]> {
    const owned: OwnedBlob[] = []
    for await (const [key, value] of this.store.range(records.ownerRange(username))) owned.push({ fileId: records.fileIdOfKey(key), ...records.decodeOwned(value) })
    return owned
  }

  /** Keys of the index by expiry that are due, the first of them. */
  async due (nowMs: number): Promise<string[]> {
    const keys: string[] = []
    for await (const [key] of this.store.range({ ...records.dueRange(nowMs), limit: sweepBatch })) keys.push(key)
    return keys
  }

  /** A file that was not there. Synced. */
  async create (fileId: Uint8Array, record: records.BlobRecord): Promise<void> {
    await this.store.batch([...this.#recordRows(fileId, record), { type: 'put', key: records.dueKey(record.dueAtMs, fileId), value: new Uint8Array(0) }], { sync: true })
  }

  /** @param pieces what has changed of these, too */
  async write (fileId: Uint8Array, record: records.BlobRecord, { pieces = [], sync }: { pieces?: readonly Operation[], sync: boolean }): Promise<void> {
    await this.store.batch([...this.#recordRows(fileId, record), ...pieces], { sync })
  }

  /** Nothing of it is kept any more. Synced. */
  async empty (fileId: Uint8Array, record: records.BlobRecord): Promise<void> {
    await this.write(fileId, record, { pieces: await this.#pieceDeletions(fileId), sync: true })
  }

  /** It is to be looked at another time. @param record undefined: the file is gone, or writes its record itself */
  async postpone (dueKey: string, later?: { fileId: Uint8Array, dueAtMs: number, record: records.BlobRecord | undefined }): Promise<void> {
    const operations: Operation[] = [{ type: 'delete', key: dueKey }]
    if (later !== undefined) operations.push({ type: 'put', key: records.dueKey(later.dueAtMs, later.fileId), value: new Uint8Array(0) })
    if (later?.record !== undefined) operations.push(...this.#recordRows(later.fileId, { ...later.record, dueAtMs: later.dueAtMs }))
    await this.store.batch(operations, { sync: false })
  }

  /** Synced. */
  async remove (fileId: Uint8Array, { username, dueAtMs }: records.BlobRecord): Promise<void> {
    const operations: Operation[] = [
      { type: 'delete', key: records.blobKey(fileId) },
      { type: 'delete', key: records.ownerKey(username, fileId) },
      { type: 'delete', key: records.dueKey(dueAtMs, fileId) },
      ...await this.#pieceDeletions(fileId)
    ]
    await this.store.batch(operations, { sync: true })
  }

  async #pieceDeletions (fileId: Uint8Array): Promise<Operation[]> {
    const operations: Operation[] = []
    for await (const [key] of this.store.range({ ...records.pieceRange(fileId), keysOnly: true })) operations.push({ type: 'delete', key })
    return operations
  }

  #recordRows (fileId: Uint8Array, record: records.BlobRecord): Operation[] {
    const counted = { bytes: blobOverheadBytes + record.sealedBytes, expiresAtMs: this.expiresAtMs(record) }
    return [
      { type: 'put', key: records.blobKey(fileId), value: records.encodeBlob(record) },
      { type: 'put', key: records.ownerKey(record.username, fileId), value: records.encodeOwned(counted) }
    ]
  }
}
