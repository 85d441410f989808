import assert from 'node:assert/strict'
import type { PoolBlobs } from '../../../src/rendezvous/blob-replication/index.js'
import type { BlobWriter } from '../../../src/rendezvous/blobs/index.js'
import type { SeededRandom } from '../../helpers/seeded-random.js'
import { sealedFile, type SealedFile } from '../../rendezvous/blobs/sealed-file.js'
import type { PoolWorld } from './world.js'

const OWNER = 'alice'

export interface SimFile {
  name: string
  sealed: SealedFile
  chunks: number
  isCreated: boolean
  /** Chunks that were told as kept. */
  kept: Set<number>
  /** A removal was asked for; it may be gone. */
  mayBeGone: boolean
  isGone: boolean
}

/** Who leaves files, reads and removes them, and what they were told. */
export class FileUsers {
  readonly files: SimFile[] = []
  readonly counts = { kept: 0, removed: 0, reads: 0 }

  constructor (private readonly world: PoolWorld, private readonly random: SeededRandom) {}

  newFile (): SimFile {
    const chunks = this.random.pick([1, 1, 1, 2, 3])
    const name = `file ${this.files.length}`
    const file: SimFile = { name, chunks, sealed: sealedFile(`${this.world.seed} ${name}`, chunks, chunks === 1 ? 304 : undefined), isCreated: false, kept: new Set(), mayBeGone: false, isGone: false }
    this.files.push(file)
    return file
  }

  async create ({ blobs }: PoolBlobs, file: SimFile): Promise<void> {
    const { outcome } = await blobs.create(file.sealed.blob(OWNER))
    this.world.log(`${file.name}: create ${outcome}`)
    assert.ok(outcome !== 'conflict' || file.mayBeGone, `${file.name} conflicts with itself`)
    if (outcome !== 'there') return
    file.isCreated = true
    await this.leave({ blobs } as PoolBlobs, file)
  }

  async leave ({ blobs }: PoolBlobs, file: SimFile): Promise<void> {
    const { isCreated } = file
    const opened = await blobs.append(file.sealed.fileId, OWNER)
    this.#assertThere(file, opened.outcome, isCreated)
    if (opened.outcome !== 'open') return
    const { writer } = opened
    try {
      await writer.addLeaves(0, file.sealed.leaves(0).leaves, file.sealed.leaves(0).path)
      const added: number[] = []
      for (let index = 0; index < file.chunks; index++) {
        if (this.random.chance(0.2)) continue
        await writer.addChunk(index, file.sealed.chunk(index))
        added.push(index)
        if (this.random.chance(0.3)) await this.#kept(writer, file, added)
      }
      await this.#kept(writer, file, added)
    } finally {
      await writer.close()
    }
  }

  /** What is not told as kept now may be gone, and a sender would give it again. */
  async #kept (writer: BlobWriter, file: SimFile, added: number[]): Promise<void> {
    const kept = await writer.kept()
    if (kept.outcome !== 'kept' || file.mayBeGone) {
      added.length = 0
      return
    }
    for (const index of added) file.kept.add(index)
    this.counts.kept += added.length
    this.world.log(`${file.name}: ${added.join(', ')} told as kept on ${kept.replicas} of ${kept.servers}`)
    assert.ok(kept.keptChunks >= added.length, `${file.name}: fewer chunks are told as kept than were`)
  }

  async read ({ blobs }: PoolBlobs, file: SimFile): Promise<void> {
    const isCreated = file.isCreated
    const kept = [...file.kept]
    const found = await blobs.read(file.sealed.fileId)
    this.#assertThere(file, found.outcome, isCreated)
    if (found.outcome !== 'open') return
    const { reader } = found
    try {
      for (const index of kept) {
        const sealed = await reader.chunk(index)
        if (sealed === undefined) continue
        assert.ok(Buffer.compare(sealed, file.sealed.chunk(index)) === 0, `${file.name} reads differently`)
        this.counts.reads++
      }
    } finally {
      await reader.close()
    }
  }

  async status ({ blobs }: PoolBlobs, file: SimFile): Promise<void> {
    const isCreated = file.isCreated
    const found = await blobs.status(file.sealed.fileId)
    this.#assertThere(file, found.outcome, isCreated)
    if (found.outcome !== 'found' || file.mayBeGone) return
    // Its sender goes on behind what it is told.
    for (const { first, count } of found.status.kept) for (let index = first; index < first + count; index++) file.kept.add(index)
  }

  async remove ({ blobs }: PoolBlobs, file: SimFile): Promise<void> {
    file.mayBeGone = true
    const { outcome } = await blobs.remove(file.sealed.fileId, OWNER)
    this.world.log(`${file.name}: remove ${outcome}`)
    if (outcome !== 'removed') return
    file.isGone = true
    this.counts.removed++
  }

  #assertThere (file: SimFile, outcome: string, isCreated: boolean): void {
    assert.ok(outcome !== 'absent' || !isCreated || file.mayBeGone, `${file.name} was told as there, and is absent`)
  }
}
