/** One file that is being written or read: its state in memory, shared by all who do. */
import { equals } from 'uint8arrays/equals'
import { LEAF_BYTES, leafHash } from '../../crypto/file/leaf.js'
import { leavesPerPiece } from '../../crypto/file/limits.js'
import { pieceLength } from '../../crypto/file/merkle.js'
import { P2pChatError } from '../../errors.js'
import type { Clock, Logger } from '../../runtime.js'
import type { BlobFile, Operation } from '../../store/index.js'
import type { KeepingTimes } from '../steady-clock.js'
import { ChunkBits, rangesOf } from './chunk-bits.js'
import { Committer, type Batch } from './committer.js'
import type { BlobStatus, BlobStock } from './index.js'
import { LeafCache } from './leaf-cache.js'
import { maxPathBytes, maxRanges } from './limits.js'
import { encodePiece, pieceKey, type BlobRecord } from './records.js'
import type { Room } from './room.js'
import type { BlobRows } from './rows.js'
import { chunkBytesOf, chunkOffset, pieceOf, pieceOffset } from './shape.js'
import type { Turns } from './turns.js'

export interface OpenBlobInit {
  rows: BlobRows
  clock: Clock
  times: KeepingTimes
  logger: Logger
  room: Room
  disk: Turns
  fileId: Uint8Array
  file: BlobFile
  record: BlobRecord
  /** what the store says of each piece */
  pieces: ReadonlyMap<number, { kept: Uint8Array, path: Uint8Array }>
  /** What is there for good has become another. */
  onKept: () => void
}

export class OpenBlob {
  readonly #init: OpenBlobInit
  #record: BlobRecord
  readonly #chunkBytes: number
  /** Written and what its leaf hash says; `kept` of these: durable. */
  readonly #written: ChunkBits
  readonly #kept: ChunkBits
  /** Audit paths of the pieces that were written, and which of these are durable. */
  readonly #paths = new Map<number, Uint8Array>()
  readonly #keptPieces = new Set<number>()
  /** Being written: others who bring the same wait for it. */
  readonly #writing = new Map<string, Promise<void>>()
  /** Chunks that were brought from another server: they make the file no younger. */
  readonly #copied = new Set<number>()
  /** Told apart, so that what was begun before a failure does not count as written behind it. */
  #failures = 0
  readonly #leaves: LeafCache
  readonly #committer: Committer
  readonly #calls = new Set<Promise<unknown>>()
  readonly #listeners = new Set<() => void>()
  #removed: P2pChatError | undefined
  #writers = 0
  /** Writers and readers. */
  users = 0

  constructor (init: OpenBlobInit) {
    const { record, file, disk, pieces } = init
    this.#init = init
    this.#record = record
    this.#chunkBytes = chunkBytesOf(record)
    this.#written = new ChunkBits(record.chunks)
    this.#kept = new ChunkBits(record.chunks)
    for (const [piece, { kept, path }] of pieces) {
      this.#paths.set(piece, path)
      this.#keptPieces.add(piece)
      this.#written.setPiece(piece, kept)
      this.#kept.setPiece(piece, kept)
    }
    this.#leaves = new LeafCache({
      root: record.root,
      chunks: record.chunks,
      load: async (piece, into) => await disk.run(async () => await file.read(into, pieceOffset(record, piece)))
    })
    this.#committer = new Committer({
      clock: init.clock,
      commit: async (batch) => { await this.#commit(batch) },
      failed: (batches, error) => { this.#dropUncommitted(batches, error) }
    })
  }

  get record (): BlobRecord {
    return this.#record
  }

  /** How often the disk did not take what was written. */
  get failures (): number {
    return this.#failures
  }

  get writers (): number {
    return this.#writers
  }

  set writers (count: number) {
    this.#writers = count
    if (count === 0) this.#tell()
  }

  status (): BlobStatus {
    const { chunks, sealedBytes, root } = this.#record
    return {
      chunks,
      sealedBytes,
      root,
      keptChunks: this.#kept.count,
      kept: this.#kept.ranges(maxRanges),
      keptPieces: rangesOf(this.#keptPieces, maxRanges),
      expiresAtMs: this.#init.rows.expiresAtMs(this.#record),
      replicas: 1,
      servers: 1
    }
  }

  /** What is on the disk for good. */
  stock (): BlobStock {
    return { kept: this.#kept.bytes(), pieces: pieceBits(this.#record.chunks, this.#keptPieces) }
  }

  /** It is a copy of a file that is so old and expires then. Durable with what comes next. */
  adopt ({ changedAtMs, keepUntilMs }: Pick<BlobRecord, 'changedAtMs' | 'keepUntilMs'>): void {
    const record = this.#record
    this.#record = { ...record, changedAtMs: Math.max(record.changedAtMs, changedAtMs), keepUntilMs: Math.max(record.keepUntilMs, keepUntilMs) }
  }

  has (index: number): boolean {
    return this.#written.has(index)
  }

  hasLeaves (piece: number): boolean | undefined {
    return pieceLength(this.#record.chunks, piece) === 0 ? undefined : this.#paths.has(piece)
  }

  onChange (listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => { this.#listeners.delete(listener) }
  }

  async addLeaves (piece: number, leaves: Uint8Array, path: Uint8Array): Promise<void> {
    this.#assertThere()
    if (leaves.byteLength !== pieceLength(this.#record.chunks, piece) * LEAF_BYTES || path.byteLength > maxPathBytes) throw wrongLeaves()
    await this.#once(`leaves ${piece}`, async () => {
      const before = await this.#leavesOf(piece)
      if (before !== undefined) {
        if (!equals(before, leaves)) throw wrongLeaves()
        return
      }
      if (!this.#leaves.verify(piece, leaves, path)) throw wrongLeaves()
      await this.#write(leaves, pieceOffset(this.#record, piece))
      this.#leaves.add(piece, leaves.slice())
      this.#paths.set(piece, path.slice())
      this.#committer.add({ piece, bytes: leaves.byteLength })
    })
    this.#tell()
  }

  /** @param isCopy it comes from another server */
  async addChunk (index: number, sealed: Uint8Array, isCopy = false): Promise<void> {
    this.#assertThere()
    const { chunks } = this.#record
    if (index >= chunks) throw new P2pChatError('ERR_INVALID_RECORD', `A file of ${chunks} chunks has no chunk ${index}.`)
    if (sealed.byteLength !== this.#chunkBytes) throw new P2pChatError('ERR_INVALID_RECORD', `A chunk of this file has ${this.#chunkBytes} bytes, not ${sealed.byteLength}.`)
    const leaves = await this.#leavesOf(pieceOf(index))
    if (leaves === undefined) throw new P2pChatError('ERR_INVALID_RECORD', `The leaf hashes of chunk ${index} must come before it.`)
    if (!isLeafOf(leaves, index, sealed)) throw new P2pChatError('ERR_INVALID_RECORD', `Chunk ${index} is not what its leaf hash says.`)
    await this.#once(`chunk ${index}`, async () => {
      if (this.#written.has(index)) return
      await this.#init.room.take(sealed.byteLength)
      try {
        await this.#write(sealed, chunkOffset(this.#record, index))
        if (!this.#paths.has(pieceOf(index))) throw diskFailed()
      } catch (error) {
        this.#init.room.give(sealed.byteLength)
        throw error
      }
      this.#written.set(index, true)
      if (isCopy) this.#copied.add(index)
      this.#committer.add({ chunk: index, bytes: sealed.byteLength })
      if (this.#written.count === chunks) this.#committer.flush()
    })
    this.#tell()
    await this.#committer.ready()
  }

  /** Resolves when all that was added before is durable. */
  async committed (): Promise<void> {
    this.#assertThere()
    await this.#committer.done()
    this.#assertThere()
  }

  async chunk (index: number): Promise<Uint8Array | undefined> {
    this.#assertThere()
    if (!this.has(index)) return undefined
    const leaves = await this.#leavesOf(pieceOf(index))
    const sealed = new Uint8Array(this.#chunkBytes)
    const found = leaves === undefined ? 0 : await this.#call(async () => await this.#init.file.read(sealed, chunkOffset(this.#record, index)))
    this.#assertThere()
    if (leaves !== undefined && found === sealed.byteLength && isLeafOf(leaves, index, sealed)) return sealed
    if (leaves !== undefined) this.#forget(index)
    return undefined
  }

  /** The disk did not give it, and others have it: it is taken from them again. */
  lost (index: number): void {
    if (this.#removed === undefined && this.has(index)) this.#forget(index)
  }

  async leaves (piece: number): Promise<{ leaves: Uint8Array, path: Uint8Array } | undefined> {
    this.#assertThere()
    const leaves = await this.#leavesOf(piece)
    const path = this.#paths.get(piece)
    return leaves === undefined || path === undefined ? undefined : { leaves, path }
  }

  /** The same file, to be looked at another time by the index of expiry. */
  setDue (dueAtMs: number): void {
    this.#record = { ...this.#record, dueAtMs }
  }

  /** Nothing is written or read any more; what was, is synced. */
  async end (removed?: P2pChatError): Promise<void> {
    this.#removed ??= removed
    this.#tell()
    await Promise.allSettled(this.#calls)
    await this.#committer.idle()
    // What counts was synced; a file that does not close costs a descriptor.
    await this.#init.file.close().catch((error: unknown) => { this.#init.logger.warn({ error }, 'a file could not be closed') })
  }

  async #commit ({ chunks, pieces }: Batch): Promise<void> {
    const { rows, times, fileId } = this.#init
    await this.#init.disk.run(async () => { await this.#init.file.sync() })
    this.#assertThere()
    // What turned out to be damaged meanwhile does not count.
    const fresh = [...new Set(chunks)].filter((index) => this.#written.has(index) && !this.#kept.has(index))
    const record: BlobRecord = {
      ...this.#record,
      keptChunks: this.#kept.count + fresh.length,
      changedAtMs: fresh.every((index) => this.#copied.has(index)) ? this.#record.changedAtMs : Math.max(this.#record.changedAtMs, times.fromMs())
    }
    const changed = new Set([...pieces, ...fresh.map(pieceOf)])
    await rows.write(fileId, record, { pieces: [...changed].map((piece) => this.#pieceOperation(piece, fresh)), sync: true })
    for (const index of fresh) this.#kept.set(index, true)
    for (const piece of changed) if (this.#paths.has(piece)) this.#keptPieces.add(piece)
    for (const index of fresh) this.#copied.delete(index)
    const { dueAtMs, changedAtMs, keepUntilMs } = this.#record
    this.#record = { ...record, dueAtMs, keepUntilMs, changedAtMs: Math.max(record.changedAtMs, changedAtMs) }
    this.#init.onKept()
  }

  #pieceOperation (piece: number, fresh: readonly number[]): Operation {
    const key = pieceKey(this.#init.fileId, piece)
    const path = this.#paths.get(piece)
    if (path === undefined) return { type: 'delete', key }
    const bits = new ChunkBits(this.#record.chunks)
    bits.setPiece(piece, this.#kept.piece(piece))
    for (const index of fresh) if (pieceOf(index) === piece) bits.set(index, true)
    return { type: 'put', key, value: encodePiece({ kept: bits.piece(piece), path }) }
  }

  #dropUncommitted (batches: readonly Batch[], error: P2pChatError): void {
    this.#failures++
    for (const { chunks, pieces } of batches) {
      for (const index of chunks) {
        if (!this.#written.has(index) || this.#kept.has(index)) continue
        this.#written.set(index, false)
        this.#init.room.give(this.#chunkBytes)
      }
      for (const piece of pieces) {
        if (this.#keptPieces.has(piece)) continue
        this.#paths.delete(piece)
        this.#leaves.forget(piece)
      }
    }
    if (this.#removed === undefined) this.#init.logger.error({ error }, 'what was left of a file could not be written')
  }

  /** The disk gave something else than was written: it may be left again. */
  #forget (index: number): void {
    this.#init.logger.error({ chunk: index }, 'a chunk of a file was damaged on the disk and is dropped')
    if (this.#kept.has(index)) {
      this.#kept.set(index, false)
      this.#committer.add({ piece: pieceOf(index), bytes: 0 })
    }
    if (!this.#written.has(index)) return
    this.#written.set(index, false)
    this.#init.room.give(this.#chunkBytes)
  }

  /** Undefined when they have not come, or are damaged. */
  async #leavesOf (piece: number): Promise<Uint8Array | undefined> {
    const path = this.#paths.get(piece)
    if (path === undefined) return undefined
    const leaves = await this.#call(async () => await this.#leaves.get(piece, path))
    if (leaves === undefined && this.#paths.delete(piece)) {
      this.#leaves.forget(piece)
      this.#keptPieces.delete(piece)
      for (let index = piece * leavesPerPiece; index < Math.min(this.#record.chunks, (piece + 1) * leavesPerPiece); index++) {
        if (this.#written.has(index)) this.#forget(index)
      }
    }
    return leaves
  }

  /** One at a time under one name; who comes meanwhile takes part in its end. */
  async #once (name: string, task: () => Promise<void>): Promise<void> {
    const running = this.#writing.get(name) ?? task().finally(() => { this.#writing.delete(name) })
    this.#writing.set(name, running)
    await running
  }

  async #write (bytes: Uint8Array, at: number): Promise<void> {
    this.#assertThere()
    const failures = this.#failures
    await this.#call(async () => { await this.#init.disk.run(async () => { await this.#init.file.write(bytes, at) }) })
    this.#assertThere()
    if (failures !== this.#failures) throw diskFailed()
  }

  async #call<T> (task: () => Promise<T>): Promise<T> {
    const call = task()
    this.#calls.add(call)
    try {
      return await call
    } finally {
      this.#calls.delete(call)
    }
  }

  #assertThere (): void {
    if (this.#removed !== undefined) throw this.#removed
  }

  #tell (): void {
    for (const listener of this.#listeners) listener()
  }
}

function pieceBits (chunks: number, pieces: Iterable<number>): Uint8Array {
  const bits = new ChunkBits(Math.ceil(chunks / leavesPerPiece))
  for (const piece of pieces) bits.set(piece, true)
  return bits.bytes()
}

function isLeafOf (leaves: Uint8Array, index: number, sealed: Uint8Array): boolean {
  const at = index % leavesPerPiece * LEAF_BYTES
  return equals(leafHash(sealed), leaves.subarray(at, at + LEAF_BYTES))
}

function diskFailed (): P2pChatError {
  return new P2pChatError('ERR_UNKNOWN_OUTCOME', 'The disk of this server failed meanwhile. Try again.')
}

function wrongLeaves (): P2pChatError {
  return new P2pChatError('ERR_INVALID_RECORD', 'These are not the leaf hashes of this file.')
}
