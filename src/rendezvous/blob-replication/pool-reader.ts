/** A file is read from whichever server has it: this one first, another when it has more, a next one when that dies. */
import { ChunkBits } from '../blobs/chunk-bits.js'
import { isP2pChatError, type P2pChatError } from '../../errors.js'
import { leavesPerPiece } from '../../crypto/file/limits.js'
import type { Clock, Timer } from '../../runtime.js'
import type { BlobReader } from '../blobs/index.js'
import { lookAgainMs } from './limits.js'
import type { LeafPiece, RemoteSource } from './remote-source.js'
import type { CopyAt } from './servers.js'

export interface PoolReaderInit {
  chunks: number
  /** This server's own copy, if it has one; closed with the reader. */
  local: BlobReader | undefined
  /** What the other servers have, in the order in which they are to be asked; undefined: nobody was asked, as all of it is here. */
  copies: readonly CopyAt[] | undefined
  openSource: (peerId: string) => Promise<RemoteSource>
  /** What the other servers have by now. */
  lookAgain: () => Promise<CopyAt[]>
  clock: Clock
}

interface Other {
  peerId: string
  chunks: ChunkBits
  pieces: ChunkBits
  growing: boolean
}

export class PoolReader implements BlobReader {
  readonly chunks: number
  readonly #init: PoolReaderInit
  /** Others that have not failed. */
  #others: Other[]
  readonly #failed = new Set<string>()
  #source: { peerId: string, opened: Promise<RemoteSource> } | undefined
  /** Chunks that will be asked for soon. */
  #expected: number[] = []
  readonly #listeners: Array<() => void> = []
  #asking: Promise<void> | undefined
  #timer: Timer | undefined
  #isClosed = false

  constructor (init: PoolReaderInit) {
    this.#init = init
    this.chunks = init.chunks
    this.#others = (init.copies ?? []).map((copy) => this.#other(copy))
    init.local?.onChange(() => { this.#tell() })
    this.#scheduleLook()
  }

  has (index: number): boolean {
    return this.#init.local?.has(index) === true || this.#others.some(({ chunks }) => chunks.has(index))
  }

  hasLeaves (piece: number): boolean | undefined {
    if (piece < 0 || piece >= this.#pieceCount) return undefined
    return this.#init.local?.hasLeaves(piece) === true || this.#others.some(({ pieces }) => pieces.has(piece))
  }

  growing (): boolean {
    return this.#init.local?.growing() === true || this.#others.some(({ growing }) => growing)
  }

  expect (first: number, count: number): void {
    for (let index = first; index < first + count; index++) if (this.#init.local?.has(index) !== true) this.#expected.push(index)
    this.#pass()
  }

  async chunk (index: number): Promise<Uint8Array | undefined> {
    const { local } = this.#init
    const own = await readHere(async () => await local?.chunk(index))
    if (own.found !== undefined) return own.found
    await this.#asked()
    const found = await this.#fromOthers(({ chunks }) => chunks.has(index), async (source) => await source.chunk(index))
    // A disk that only refuses for a moment must not cost the last copy.
    if (own.error !== undefined && found === undefined) throw own.error
    if (own.error !== undefined) local?.lost?.(index)
    return found
  }

  async leaves (piece: number): Promise<LeafPiece | undefined> {
    const own = await readHere(async () => await this.#init.local?.leaves(piece))
    if (own.found !== undefined) return own.found
    await this.#asked()
    const found = await this.#fromOthers(({ pieces }) => pieces.has(piece), async (source) => await source.leaves(piece))
    if (own.error !== undefined && found === undefined) throw own.error
    return found
  }

  onChange (listener: () => void): void {
    this.#listeners.push(listener)
  }

  async close (): Promise<void> {
    this.#isClosed = true
    this.#timer?.cancel()
    await this.#closeSource()
    await this.#init.local?.close()
  }

  get #pieceCount (): number {
    return Math.ceil(this.chunks / leavesPerPiece)
  }

  /** Something is not here after all: what the others have is known then, if they say so. */
  async #asked (): Promise<void> {
    if (this.#init.copies !== undefined) return
    this.#asking ??= this.#look().catch(() => { this.#asking = undefined })
    await this.#asking
  }

  /** Undefined when nobody who has it gives it. Who fails is not asked again by this reader. */
  async #fromOthers<T> (hasIt: (other: Other) => boolean, take: (source: RemoteSource) => Promise<T>): Promise<T | undefined> {
    while (!this.#isClosed) {
      const able = this.#others.filter(hasIt)
      const other = able.find(({ peerId }) => peerId === this.#source?.peerId) ?? able[0]
      if (other === undefined) return undefined
      try {
        return await take(await this.#sourceAt(other))
      } catch {
        if (this.#isClosed) return undefined
        this.#failed.add(other.peerId)
        this.#others = this.#others.filter(({ peerId }) => peerId !== other.peerId)
        await this.#closeSource()
      }
    }
    return undefined
  }

  async #sourceAt ({ peerId }: Other): Promise<RemoteSource> {
    if (this.#source?.peerId === peerId) {
      const source = await this.#source.opened
      if (!source.failed) return source
    }
    await this.#closeSource()
    const opened = this.#init.openSource(peerId)
    this.#source = { peerId, opened }
    const source = await opened
    this.#pass()
    return source
  }

  /** Tells the source what it will be asked for, as far as it has that. */
  #pass (): void {
    const { peerId, opened } = this.#source ?? {}
    const other = this.#others.find((one) => one.peerId === peerId)
    if (other === undefined || opened === undefined) return
    opened.then((source) => {
      const able = this.#expected.filter((index) => other.chunks.has(index))
      this.#expected = []
      source.expect(able)
    }).catch(() => {})
  }

  async #closeSource (): Promise<void> {
    const source = this.#source
    this.#source = undefined
    await source?.opened.then(async (opened) => { await opened.close() }).catch(() => {})
  }

  /** While somebody is leaving it, there is more from time to time. */
  #scheduleLook (): void {
    if (this.#isClosed || !this.#others.some(({ growing }) => growing)) return
    this.#timer = this.#init.clock.schedule(lookAgainMs, () => {
      this.#look().catch(() => {}).finally(() => { this.#scheduleLook() }).catch(() => {})
    }, { unref: true })
  }

  async #look (): Promise<void> {
    const copies = await this.#init.lookAgain()
    this.#others = copies.filter(({ peerId }) => !this.#failed.has(peerId)).map((copy) => this.#other(copy))
    this.#tell()
  }

  #other ({ peerId, copy: { kept, pieces, growing } }: CopyAt): Other {
    return { peerId, growing, chunks: ChunkBits.of(this.chunks, kept), pieces: ChunkBits.of(this.#pieceCount, pieces) }
  }

  #tell (): void {
    for (const listener of this.#listeners) listener()
  }
}

/** What this server's own disk gives, or why it does not. */
async function readHere<T> (read: () => Promise<T | undefined>): Promise<{ found?: T | undefined, error?: P2pChatError }> {
  try {
    return { found: await read() }
  } catch (error) {
    if (isP2pChatError(error, 'ERR_STORE_IO')) return { error }
    throw error
  }
}
