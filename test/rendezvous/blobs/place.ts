import assert from 'node:assert/strict'
import { defaultLimits, type RendezvousLimits } from '../../../src/rendezvous/limits.js'
import type { BlobReader, BlobWriter } from '../../../src/rendezvous/blobs/index.js'
import { StoreBlobs } from '../../../src/rendezvous/blobs/store-blobs.js'
import { silentLogger } from '../../../src/runtime.js'
import { createMemoryBlobs, createMemoryDisk, type KeyValueStore } from '../../../src/store/index.js'
import { FakeClock } from '../../helpers/fake-clock.js'
import type { SealedFile } from './sealed-file.js'

/** A blob store on disks in memory, which a crash loses what was not synced of. */
export class Place {
  readonly clock = new FakeClock()
  readonly rows = createMemoryDisk()
  readonly disk = createMemoryBlobs()
  store: KeyValueStore = this.rows.open()
  blobs: StoreBlobs

  constructor (private readonly limits: Partial<RendezvousLimits> = {}) {
    this.blobs = this.#make()
  }

  /** SIGKILL and a new start. */
  async crash (survives: (bytes: number) => number = () => 0, survivingBatches = 0): Promise<void> {
    this.rows.crash(survivingBatches)
    this.disk.crash(survives)
    this.store = this.rows.open()
    this.blobs = this.#make()
    await this.blobs.start()
  }

  /** A new start after an orderly end. */
  async restart (): Promise<void> {
    await this.blobs.close()
    await this.store.close()
    this.store = this.rows.open()
    this.blobs = this.#make()
  }

  async create (file: SealedFile, username = 'alice'): Promise<void> {
    const created = await this.blobs.create(file.blob(username))
    assert.equal(created.outcome, 'there')
  }

  async writer (file: SealedFile, username = 'alice'): Promise<BlobWriter> {
    const opened = await this.blobs.append(file.fileId, username)
    return opened.outcome === 'open' ? opened.writer : assert.fail(opened.outcome)
  }

  async reader (file: SealedFile): Promise<BlobReader> {
    const opened = await this.blobs.read(file.fileId)
    return opened.outcome === 'open' ? opened.reader : assert.fail(opened.outcome)
  }

  /** Leaves these chunks, with their leaf hashes, durably. */
  async leave (file: SealedFile, indices: readonly number[], username = 'alice'): Promise<void> {
    const writer = await this.writer(file, username)
    for (let piece = 0; piece < file.pieces; piece++) {
      const { leaves, path } = file.leaves(piece)
      await writer.addLeaves(piece, leaves, path)
    }
    for (const index of indices) await this.clock.until(writer.addChunk(index, file.chunk(index)))
    assert.equal((await this.clock.until(writer.kept())).outcome, 'kept')
    await writer.close()
  }

  async kept (file: SealedFile): Promise<Array<{ first: number, count: number }>> {
    const found = await this.blobs.status(file.fileId)
    return found.outcome === 'found' ? found.status.kept : assert.fail(found.outcome)
  }

  #make (): StoreBlobs {
    return new StoreBlobs({ store: this.store, disk: this.disk, clock: this.clock, logger: silentLogger, limits: { ...defaultLimits, minFreeDiskBytes: 0, ...this.limits } })
  }
}

export function range (count: number): number[] {
  return Array.from({ length: count }, (_, index) => index)
}
